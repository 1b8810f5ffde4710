"""Keeping people, as an administrator's browser does it."""

from __future__ import annotations

import re
from collections.abc import Callable

import psycopg
import pytest
from sqlalchemy import text

from layers.database.engine import Database
from tests.geo_api.pages.conftest import ROBOT, MakeApp, Visit, Visitor

Member = Callable[..., Visitor]
KEY = re.compile(r'name="key" value="([^"]+)"')
LINK = re.compile(r"<code>(http[^<]+/welcome/[\w-]+)</code>")


def add(admin: Visitor, email: str, **changes: object) -> str:
    """Add somebody and return the path of their page."""
    fields = {"email": email, "name": "Нова Людина", "role": "deputy", "key": email, **changes}
    answer = admin.send("/people", page="/people/new", **fields)
    assert answer.status_code == 201, answer.text
    return str(answer.headers["location"])


PAGES = ["/people", "/people/new", "/people/00000000-0000-0000-0000-000000000000"]


@pytest.mark.parametrize("path", PAGES)
def test_a_stranger_is_led_to_the_door_and_staff_is_refused(visit: Visit, member: Member, path: str) -> None:
    assert visit().see(path).status_code == 303
    coordinator = member(f"pages{PAGES.index(path)}@example.org", "coordinator")
    assert coordinator.see(path).status_code == 403


@pytest.mark.parametrize("verb", ["", "/00000000-0000-0000-0000-000000000000/disable"])
def test_a_change_by_anyone_but_an_administrator_is_refused(visit: Visit, member: Member, verb: str) -> None:
    fields = {"email": "e@example.org", "name": "Е", "role": "admin", "version": "1", "key": "k"}
    stranger = visit().send(f"/people{verb}", page="/sign-in", **fields)
    assert (stranger.status_code, stranger.headers["location"]) == (303, "/sign-in")
    deputy = member(f"verbs{len(verb)}@example.org", "deputy")
    assert deputy.send(f"/people{verb}", page="/account", **fields).status_code == 403


def test_an_administrator_adds_a_person_and_gets_a_link_once(member: Member, visit: Visit) -> None:
    admin = member("admin@example.org", "admin")
    key = KEY.search(admin.see("/people/new").text)
    assert key
    fields = {"email": "new@example.org", "name": "Нова <i>Людина</i>", "role": "deputy", "key": key.group(1)}
    made = admin.send("/people", page="/people/new", **fields)
    again = admin.send("/people", page="/people/new", **fields)
    assert (made.status_code, again.status_code) == (201, 201)
    link = LINK.search(made.text)
    assert link
    assert link.group(1) in again.text
    assert admin.see("/people").text.count("new@example.org") == 1
    assert "Нова &lt;i&gt;Людина&lt;/i&gt;" in admin.see("/people").text
    assert "Нова &lt;i&gt;" in visit().see(link.group(1)).text
    other = admin.send("/people", page="/people/new", **{**fields, "name": "Хтось інший"})
    assert other.status_code == 422


def test_what_was_typed_stays_with_the_errors_beside(member: Member) -> None:
    admin = member("typist@example.org", "admin")
    answer = admin.send(
        "/people?lang=en", page="/people/new", email="not an address", name="Остап", role="officer", key="typed"
    )
    assert answer.status_code == 422
    assert 'value="not an address"' in answer.text
    assert 'value="Остап"' in answer.text
    assert 'value="officer" required checked' in answer.text
    assert "This is not an e-mail address." in answer.text
    assert "Choose at least one unit." in answer.text


def test_a_change_needs_the_version_it_was_made_from(member: Member) -> None:
    admin = member("versions@example.org", "admin")
    path = add(admin, "versioned@example.org")
    assert admin.see(path).headers["etag"] == '"1"'
    fields = {"email": "versioned@example.org", "name": "Інше Імʼя", "role": "deputy"}
    assert admin.send(path, page=path, **fields).status_code == 428
    assert admin.send(path, page=path, **fields, headers={"if-match": '"7"'}).status_code == 412
    assert admin.send(path, page=path, **fields, headers={"if-match": '"1"'}).status_code == 303
    stale = admin.send(path, page=path, **fields, version="1")
    assert stale.status_code == 412
    assert 'name="version" value="2"' in stale.text
    assert admin.see(path).headers["etag"] == '"2"'


def test_a_submission_needs_a_key(member: Member) -> None:
    admin = member("keys@example.org", "admin")
    fields = {"email": "keyless@example.org", "name": "Без Ключа", "role": "deputy"}
    assert admin.send("/people", page="/people/new", **fields).status_code == 400
    headers = {"idempotency-key": "from-the-header"}
    assert admin.send("/people", page="/people/new", **fields, headers=headers).status_code == 201
    assert admin.send("/people", page="/people/new", **fields, headers=headers).status_code == 201


def test_a_disabled_person_is_out_at_once_and_may_come_back(member: Member) -> None:
    admin = member("closer@example.org", "admin")
    person = member("closed@example.org", "deputy")
    assert person.see("/account").status_code == 200
    listed = re.search(r'href="(/people/[0-9a-f-]+)">[^<]+</a><br><small>closed@', admin.see("/people").text)
    assert listed
    path = listed.group(1)
    assert admin.send(f"{path}/disable", page=path, version="1").status_code == 303
    assert person.see("/account").status_code == 303
    assert "disabled" in admin.see(f"{path}?lang=en&done=disabled").text
    assert admin.send(f"{path}/enable", page=path, version="2").status_code == 303
    assert person.see("/account").status_code == 303


def test_another_role_signs_the_person_out_at_once(member: Member) -> None:
    admin = member("promoter@example.org", "admin")
    person = member("promoted@example.org", "deputy")
    listed = re.search(r'href="(/people/[0-9a-f-]+)">[^<]+</a><br><small>promoted@', admin.see("/people").text)
    assert listed
    fields = {"email": "promoted@example.org", "name": "Олена Приклад", "role": "coordinator", "version": "1"}
    assert admin.send(listed.group(1), page=listed.group(1), **fields).status_code == 303
    assert person.see("/account").status_code == 303


def test_a_reset_gives_a_new_link_and_ends_the_old_ways_in(member: Member, visit: Visit) -> None:
    admin = member("resetter@example.org", "admin")
    person = member("reset@example.org", "deputy")
    listed = re.search(r'href="(/people/[0-9a-f-]+)">[^<]+</a><br><small>reset@', admin.see("/people").text)
    assert listed
    answer = admin.send(f"{listed.group(1)}/reset", page=listed.group(1), version="1")
    link = LINK.search(answer.text)
    assert link
    assert visit().see(link.group(1)).status_code == 200
    assert person.see("/account").status_code == 303


def test_the_last_administrator_stays(make_app: MakeApp, member: Member, owner_url: str) -> None:
    with psycopg.connect(owner_url) as connection:
        connection.execute("UPDATE accounts SET disabled_at = now() WHERE role = 'admin'")
    admin = member("last@example.org", "admin")
    listed = re.search(r'href="(/people/[0-9a-f-]+)">[^<]+</a><br><small>last@', admin.see("/people").text)
    assert listed
    refused = admin.send(f"{listed.group(1)}/disable", page=listed.group(1), version="1")
    assert refused.status_code == 409
    assert admin.see("/people").status_code == 200


def test_with_a_mail_server_the_link_goes_out_once_in_the_same_transaction(
    make_app: MakeApp, member: Member, visit: Visit, database: Database
) -> None:
    public = "https://map.example.org"
    app = make_app(smtp_host="127.0.0.1", public_url=public)
    admin = member("mailer@example.org", "admin", at=public, application=app)
    fields = {"email": "mailed@example.org", "name": "Адресат", "role": "deputy", "key": "mailed"}
    first = admin.send("/people", page="/people/new", **fields)
    again = admin.send("/people", page="/people/new", **fields)
    assert "mailed@example.org" in first.text
    assert "mailed@example.org" in again.text
    refused = admin.send("/people", page="/people/new", **{**fields, "key": "other"})
    assert refused.status_code == 422
    with database.begin(ROBOT) as session:
        letters = session.execute(text("SELECT recipient, body FROM outbox")).all()
    assert [letter.recipient for letter in letters] == ["mailed@example.org"]
    link = LINK.search(first.text)
    assert link
    assert link.group(1) in letters[0].body
    assert link.group(1).startswith(public + "/welcome/")
