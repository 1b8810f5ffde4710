"""The door as a browser meets it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from layers.database.engine import Database
from layers.people import actions, rules
from layers.people.credentials import Keys
from layers.people.rules import ROLE_TITLES, Particulars
from layers.viewer import TERRITORIAL, Role
from tests.geo_api.pages.conftest import PASSWORD, ROBOT, SECRET, TOKEN, MakeApp, Visit, Visitor

Member = Callable[..., Visitor]


def test_a_link_leads_to_an_account_with_codes_to_print(member: Member) -> None:
    olena = member("link@example.org", "coordinator")
    page = olena.see("/account?lang=uk")
    assert page.status_code == 200
    assert "link@example.org" in page.text
    assert "Координатор" in page.text
    assert page.headers["cache-control"] == "no-store"


def test_the_first_page_shows_a_code_to_scan_and_asks_for_a_new_password(visit: Visit, database: Database) -> None:
    keys = Keys(SECRET)
    with database.begin(ROBOT) as session:
        given = Particulars("scan@example.org", "Іван <b>Приклад</b>", "deputy")
        invited = actions.add(session, ROBOT, keys, given, idempotency_key="scan", now=datetime.now(UTC))
    visitor = visit()
    page = visitor.see(f"/welcome/{invited.token}")
    assert "<svg" in page.text
    assert "otpauth://totp/" in page.text
    assert 'autocomplete="new-password"' in page.text
    assert "Іван &lt;b&gt;Приклад&lt;/b&gt;" in page.text
    refused = visitor.send(f"/welcome/{invited.token}", page=f"/welcome/{invited.token}", password="short", code="1")
    assert refused.status_code == 422
    assert refused.text.count('class="wrong"') == 2
    assert "short" not in refused.text.replace("short-", "")
    assert visitor.see("/welcome/no-such-link").status_code == 404


def test_signing_in_leads_where_one_wanted_to_go(member: Member, visit: Visit) -> None:
    phone = member("in@example.org", "coordinator")
    visitor = visit()
    sent_away = visitor.see("/account")
    assert sent_away.status_code == 303
    assert sent_away.headers["location"] == "/sign-in?next=%2Faccount"
    came = visitor.send(
        "/sign-in", page="/sign-in", email="in@example.org", password=PASSWORD, code=phone.code(), next="/account"
    )
    assert (came.status_code, came.headers["location"]) == (303, "/account")
    assert visitor.see("/account").status_code == 200
    assert visitor.see("/sign-in?next=/account").headers["location"] == "/account"


@pytest.mark.parametrize("away", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_the_door_sends_nobody_to_another_site(member: Member, visit: Visit, away: str) -> None:
    phone = member(f"away{abs(hash(away))}@example.org", "coordinator")
    email = f"away{abs(hash(away))}@example.org"
    came = visit().send("/sign-in", page="/sign-in", email=email, password=PASSWORD, code=phone.code(), next=away)
    assert (came.status_code, came.headers["location"]) == (303, "/")


def test_a_refusal_keeps_the_email_and_never_the_password(member: Member, visit: Visit) -> None:
    member("typed@example.org", "coordinator")
    answers = [
        visit().send("/sign-in", page="/sign-in", email=email, password="моя таємна фраза", code="123456")
        for email in ("typed@example.org", "nobody@example.org")
    ]
    for answer, email in zip(answers, ("typed@example.org", "nobody@example.org"), strict=True):
        assert answer.status_code == 403
        assert f'value="{email}"' in answer.text
        assert "таємна" not in answer.text
        assert 'role="alert"' in answer.text
    plain = [re.sub(r"[0-9a-f]{32}\.[0-9a-f]{64}|\w+@example\.org", "", answer.text) for answer in answers]
    assert plain[0] == plain[1]


def test_the_fields_help_a_password_manager(visit: Visit) -> None:
    page = visit().see("/sign-in").text
    for autocomplete in ("username", "current-password", "one-time-code"):
        assert f'autocomplete="{autocomplete}"' in page


def test_too_many_attempts_are_told_when_to_come_back(visit: Visit) -> None:
    visitor = visit()
    for _ in range(rules.ATTEMPTS_OF_ACCOUNT):
        visitor.send("/sign-in", page="/sign-in", email="often@example.org", password="x", code="1")
    refused = visitor.send("/sign-in?lang=en", page="/sign-in", email="often@example.org", password="x", code="1")
    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= 900
    assert "That was tried too often. Wait 15 min" in refused.text


def test_signing_out_ends_the_session_here_and_in_the_database(member: Member) -> None:
    visitor = member("out@example.org", "deputy")
    kept = dict(visitor.client.cookies)
    left = visitor.send("/sign-out", page="/account")
    assert left.headers["location"].startswith("/sign-in")
    assert visitor.see("/account").status_code == 303
    visitor.client.cookies.update(kept)
    assert visitor.see("/account").status_code == 303


def test_signing_out_everywhere_ends_the_other_browser_too(member: Member, visit: Visit) -> None:
    first = member("everywhere@example.org", "deputy")
    second = visit()
    second.send("/sign-in", page="/sign-in", email="everywhere@example.org", password=PASSWORD, code=first.code())
    assert second.see("/account").status_code == 200
    first.send("/sign-out", page="/account", everywhere="1")
    assert second.see("/account").status_code == 303


def test_a_made_up_session_is_nobody(visit: Visit) -> None:
    visitor = visit()
    visitor.client.cookies.set("bezpeka", "made-up")
    assert visitor.see("/account").status_code == 303


def test_over_https_the_cookies_are_bound_to_the_host(make_app: MakeApp, member: Member) -> None:
    visitor = member("https@example.org", "deputy", at="https://map.example.org", client="203.0.113.9")
    assert {cookie.name for cookie in visitor.client.cookies.jar} == {"__Host-bezpeka", "__Host-bezpeka-csrf"}
    lines = visitor.send("/sign-out", page="/account").headers.get_list("set-cookie")
    assert lines
    for line in lines:
        assert "; Secure" in line
        assert "; HttpOnly" in line
        assert "; SameSite=Lax" in line
        assert "; Path=/" in line
        assert "omain" not in line


def test_plain_http_beyond_loopback_lets_nobody_sign_in_unless_a_setting_says_so(
    make_app: MakeApp, visit: Visit
) -> None:
    outside = {"at": "http://192.168.1.5:8000", "client": "192.168.1.77"}
    visitor = visit(**outside)
    assert 'type="password"' not in visitor.see("/sign-in").text
    room = visit(**outside, application=make_app(plain_http=True))
    token = TOKEN.search(room.see("/sign-in").text)
    assert token
    visitor.client.cookies.update(room.client.cookies)
    form: dict[str, object] = {"csrf": token.group(1), "email": "a@b.org", "password": "x", "code": "1"}
    assert "https" in visitor.post("/sign-in", form).text
    assert "https" not in room.post("/sign-in", form).text


def test_a_session_of_loopback_is_not_honoured_over_the_open_network(member: Member, visit: Visit) -> None:
    near = member("near@example.org", "deputy")
    far = visit(at="http://192.168.1.5:8000", client="192.168.1.77")
    far.client.cookies.update({"bezpeka": near.client.cookies["bezpeka"]})
    assert far.see("/account").status_code == 303


def test_a_proxy_that_speaks_https_for_the_public_address_gets_bound_cookies(make_app: MakeApp, visit: Visit) -> None:
    app = make_app(public_url="https://map.example.org")
    visitor = visit(at="http://map.example.org", client="127.0.0.1", application=app)
    assert visitor.see("/sign-in").headers["set-cookie"].startswith("__Host-bezpeka-csrf=")


@pytest.mark.parametrize("role", sorted(set(ROLE_TITLES) - TERRITORIAL))
def test_the_demo_lets_in_each_role_at_this_machine(make_app: MakeApp, visit: Visit, role: Role) -> None:
    visitor = visit(application=make_app(demo=True))
    assert visitor.send("/sign-in/demo", page="/sign-in", role=role).headers["location"] == "/"
    assert ROLE_TITLES[role]["en"] in visitor.see("/account?lang=en").text


@pytest.mark.parametrize(
    ("settings", "where", "headers"),
    [
        ({}, {}, {}),
        ({"demo": True}, {"at": "http://192.168.1.5:8000", "client": "192.168.1.77"}, {}),
        ({"demo": True, "plain_http": True}, {"at": "http://192.168.1.5:8000", "client": "192.168.1.77"}, {}),
        ({"demo": True}, {"at": "http://map.example.org", "client": "127.0.0.1"}, {}),
        ({"demo": True}, {}, {"x-forwarded-for": "203.0.113.9"}),
        ({"demo": True, "public_url": "https://map.example.org"}, {}, {}),
    ],
)
def test_the_demos_door_is_shut_anywhere_else(
    make_app: MakeApp, visit: Visit, settings: dict[str, object], where: dict[str, str], headers: dict[str, str]
) -> None:
    visitor = visit(**where, application=make_app(**settings))
    page = visitor.client.get("/sign-in", headers=headers).text
    assert 'action="/sign-in/demo"' not in page
    token = re.search(r'name="csrf" value="([0-9a-f.]+)"', page)
    form = {"csrf": token.group(1) if token else "", "role": "admin"}
    answer = visitor.post("/sign-in/demo", form, headers)
    assert answer.status_code == 403
    assert visitor.see("/account").status_code == 303


def test_an_officer_of_the_demo_has_a_territory(make_app: MakeApp, visit: Visit, database: Database) -> None:
    visitor = visit(application=make_app(demo=True))
    assert visitor.send("/sign-in/demo", page="/sign-in", role="officer").status_code == 422
    with database.begin(ROBOT) as session:
        session.execute(
            text(
                "INSERT INTO units (system, code, name_uk, name_en, population_2022) VALUES "
                "('hromadas', 'H1', 'Мала громада', 'Small', 5), ('hromadas', 'H2', 'Велика громада', 'Large', 9), "
                "('settlements', 'S1', 'Село', 'Village', 99)"
            )
        )
    assert visitor.send("/sign-in/demo", page="/sign-in", role="officer").status_code == 303
    assert "Велика громада" in visitor.see("/account?lang=uk").text


def test_changing_the_password_needs_the_old_one_and_a_code(member: Member, visit: Visit) -> None:
    visitor = member("change@example.org", "deputy")
    new = "зовсім інші слова поспіль"
    wrong = visitor.send("/account/password", page="/account", current="x", new="short", code="1")
    assert wrong.status_code == 422
    assert wrong.text.count('class="wrong"') == 2
    changed = visitor.send("/account/password", page="/account", current=PASSWORD, new=new, code=visitor.code())
    assert (changed.status_code, changed.headers["location"]) == (303, "/account?done=password")
    assert "password" in visitor.see("/account?done=password&lang=en").text


def test_new_recovery_codes_are_shown_once(member: Member) -> None:
    visitor = member("paper@example.org", "deputy")
    assert visitor.send("/account/recovery-codes", page="/account", code="aaaaa-aaaaa").status_code == 422
    fresh = visitor.send("/account/recovery-codes", page="/account", code=visitor.code())
    assert len(set(re.findall(r"<code>(\w{5}-\w{5})</code>", fresh.text))) == 8
    assert fresh.headers["cache-control"] == "no-store"


def test_a_session_that_was_seen_lately_is_looked_up_once_a_second(
    member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = member("often-seen@example.org", "deputy")
    viewers = visitor.client.app.state.viewers  # type: ignore[attr-defined]
    viewers.forget()
    asked: list[str] = []
    look_up = viewers.look_up
    monkeypatch.setattr(viewers, "look_up", lambda token: asked.append(token) or look_up(token))
    for _ in range(5):
        assert visitor.see("/account").status_code == 200
    assert len(asked) == 1


def test_without_a_cookie_nobody_is_looked_up(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    visitor = visit()
    viewers = visitor.client.app.state.viewers  # type: ignore[attr-defined]

    def refuse(token: str) -> None:
        raise AssertionError("the database was asked for nobody")

    monkeypatch.setattr(viewers, "look_up", refuse)
    assert visitor.see("/sign-in").status_code == 200


def test_an_address_is_counted_by_a_keyed_hash_only(visit: Visit, database: Database) -> None:
    visit(client="127.0.0.1").send("/sign-in", page="/sign-in", email="hashed@example.org", password="x", code="1")
    with database.begin(ROBOT) as session:
        keys = session.scalars(text("SELECT key FROM rate_limits")).all()
    assert any(key.startswith("sign-in:address:") for key in keys)
    assert not any("127.0.0.1" in key or "hashed@" in key for key in keys)
