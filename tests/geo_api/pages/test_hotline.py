"""The hotline over HTTP: a call, callers who join a report, calls back, pasted messages; and who may none of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from httpx import Response
from PIL import Image
from sqlalchemy import text
from starlette.testclient import TestClient

from layers.area import load_profile
from layers.database.engine import Database
from layers.privacy.actions import ensure_snap_points
from layers.problems import store
from layers.problems.tables import Problem
from layers.viewer import Viewer, robot
from tests import town
from tests.database import viewer
from tests.geo_api.pages.conftest import TOKEN, MakeApp, Visit, Visitor

ROBOT = robot("test")
IN_CITY = {"lon": "36.005", "lat": "50.015"}
LAMP = {
    "kind": "problem", "category": "lighting", "words": "Не світить ліхтар", "name": "Олена Приклад",
    "phone": "050 000 00 01", **IN_CITY,
}  # fmt: skip
NUMBER = re.compile(r'class="big-number">№ (\d+)')
SIXTEEN = re.compile(r'class="sixteen"><code>([0-9A-Z-]{19})')
CHECK = "/desk/new/similar"
SOMEBODY = "00000000-0000-0000-0000-000000000000"
GETS = ("/desk/new", "/desk/callbacks", "/desk/paste")
POSTS = (
    "/desk/new",
    "/desk/new/same",
    CHECK,
    f"/desk/callbacks/{SOMEBODY}",
    f"/desk/callbacks/{SOMEBODY}/undo",
    "/desk/paste",
)
OUTSIDERS = ("deputy", "executor", "starosta", "officer", "police_lead")
COMPLAINT = "Патруль Вигаданий не приїхав на виклик"


@pytest.fixture(scope="module")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return town.profile(tmp_path_factory.mktemp("area")).profile


@pytest.fixture(scope="module")
def app(make_app: MakeApp, database: Database, profile: Path) -> FastAPI:
    """Give the application of the made-up town, with its units and snap points."""
    with database.begin(ROBOT) as session:
        town.build(session)
        ensure_snap_points(session, load_profile(profile), now=datetime.now(UTC))
    return make_app(area=profile)


@pytest.fixture(autouse=True)
def emptied(database: Database) -> Iterator[None]:
    yield
    with database.begin(ROBOT) as session:
        for table in ("problems", "idempotency"):
            session.execute(text(f"DELETE FROM {table}"))


@pytest.fixture
def operator(member: Callable[..., Visitor]) -> Visitor:
    return member(f"{uuid4()}@example.org", "operator")


def units_of(role: str) -> tuple[str, ...]:
    return ("H1",) if role in ("officer", "starosta") else ()


def call(visitor: Visitor, path: str = "/desk/new", **fields: Any) -> Response:
    return visitor.send(path, page="/desk/new?lang=uk", **{"key": str(uuid4()), **LAMP, **fields})


def reports(database: Database) -> list[Problem]:
    with database.begin(ROBOT) as session:
        return list(session.query(Problem).order_by(Problem.number))


# --- who may ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", GETS)
def test_a_stranger_is_led_to_the_door(visit: Visit, path: str) -> None:
    answer = visit().see(path)
    assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/sign-in")


@pytest.mark.parametrize("path", POSTS)
def test_a_stranger_changes_nothing(visit: Visit, database: Database, path: str) -> None:
    assert visit().send(path, page="/sign-in", **LAMP, key="k", pasted="Немає світла").status_code == 303
    assert reports(database) == []


@pytest.mark.parametrize("role", OUTSIDERS)
def test_another_role_is_refused_everywhere(member: Callable[..., Visitor], database: Database, role: str) -> None:
    other = member(f"{role}@example.org", role, *units_of(role))
    assert {other.see(path).status_code for path in GETS} == {403}
    sent = {other.send(path, page="/account", **LAMP, key="k", pasted="Немає світла").status_code for path in POSTS}
    assert sent == {403}
    assert reports(database) == []


@pytest.mark.parametrize("role", ["operator", "coordinator", "admin"])
def test_the_desk_is_let_in_and_no_cache_keeps_what_it_sees(member: Callable[..., Visitor], role: str) -> None:
    own = member(f"in-{role}@example.org", role)
    for path in GETS:
        answer = own.see(path)
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "private, no-store")
    assert ("/desk/settings" in own.see("/desk/new").text) == (role != "operator")


def test_a_call_without_this_pages_token_is_refused(operator: Visitor, database: Database) -> None:
    assert operator.post("/desk/new", {**LAMP, "key": "k"}).status_code == 403
    assert operator.post(CHECK, LAMP).status_code == 403
    assert reports(database) == []


# --- a call -----------------------------------------------------------------------------------------------------------


def test_a_call_is_saved_in_one_press_and_says_what_to_read_out(operator: Visitor, database: Database) -> None:
    answer = call(operator, call_back="on", on_behalf_of="сусідки", place_words="біля ринку")
    assert answer.status_code == 201
    [report] = reports(database)
    said = NUMBER.search(answer.text)
    assert said
    assert int(said.group(1)) == report.number
    assert SIXTEEN.search(answer.text)
    assert "останні чотири цифри вашого телефону: 0001" in answer.text
    assert (report.source, report.category, report.kind) == ("phone", "lighting", "problem")
    with database.begin(ROBOT) as session:
        [contact] = store.contacts_of(session, report.id)
        assert (contact.phone, contact.call_back, contact.on_behalf_of) == ("+380500000001", True, "сусідки")
        assert store.place_of(session, report.id).words == "біля ринку"


def test_pressing_twice_saves_once(operator: Visitor, database: Database) -> None:
    first, again = call(operator, key="same key"), call(operator, key="same key")
    assert NUMBER.findall(first.text) == NUMBER.findall(again.text)
    assert SIXTEEN.findall(first.text) == SIXTEEN.findall(again.text)
    assert len(reports(database)) == 1


def test_without_a_phone_only_the_16_characters_are_read_out(operator: Visitor) -> None:
    answer = call(operator, phone="")
    assert answer.status_code == 201
    assert "чотири цифри" not in answer.text
    assert "назвіть ці 16 знаків" in answer.text


def test_of_an_anonymous_caller_nothing_is_kept(operator: Visitor, database: Database) -> None:
    assert call(operator, anonymous="on", call_back="on").status_code == 201
    [report] = reports(database)
    with database.begin(ROBOT) as session:
        assert store.contacts_of(session, report.id) == []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"phone": "дев'ять"}, "Це не номер телефону"),
        ({"category": ""}, "Виберіть, про що"),
        ({"category": "nonsense"}, "Виберіть, про що"),
        ({"lon": "", "lat": ""}, "на карті або словами"),
        ({"lon": "37.5", "lat": "50.05"}, "поза нашою територією"),
        ({"phone": "", "call_back": "on"}, "Залиште номер"),
    ],
)
def test_what_was_typed_comes_back_with_the_mistake_beside(
    operator: Visitor, database: Database, given: dict[str, str], said: str
) -> None:
    answer = call(operator, words="Не світить <b>ліхтар</b>", **given)
    assert answer.status_code == 422
    assert "Не світить &lt;b&gt;ліхтар&lt;/b&gt;" in answer.text
    assert "Олена Приклад" in answer.text
    wrong = re.findall(r'class="wrong"[^>]*>([^<]+)', answer.text)
    assert len(wrong) == 1, wrong
    assert reports(database) == []


def test_after_a_mistake_the_form_saves_under_another_key(operator: Visitor, database: Database) -> None:
    wrong = call(operator, phone="дев'ять", key="first")
    fresh = re.search(r'name="key" value="([^"]+)"', wrong.text)
    assert fresh
    assert fresh.group(1) != "first"
    assert call(operator, key=fresh.group(1)).status_code == 201


def test_what_must_not_be_taken_shows_whom_to_call_and_keeps_no_word(operator: Visitor, database: Database) -> None:
    answer = call(operator, words="За школою стоїть танк, біля Вигаданої")
    assert answer.status_code == 422
    assert ">102</a>" in answer.text
    assert "ще не перевірено" in answer.text
    assert "Вигаданої" not in answer.text
    assert reports(database) == []


def test_a_photo_goes_with_the_call_and_waits_for_the_desk(operator: Visitor, database: Database) -> None:
    content = BytesIO()
    Image.linear_gradient("L").convert("RGB").save(content, "JPEG")
    token = TOKEN.search(operator.see("/desk/new").text)
    assert token
    answer = operator.client.post(
        "/desk/new",
        data={"csrf": token.group(1), "key": "photo", **LAMP},
        files={"photos": ("a.jpg", content.getvalue(), "image/jpeg")},
        headers={"accept": "text/html"},
    )
    assert answer.status_code == 201, answer.text
    [report] = reports(database)
    with database.begin(ROBOT) as session:
        assert [photo.state for photo in store.photos_of(session, report.id)] == ["waiting"]


def test_a_form_longer_than_three_photos_is_refused_unread(operator: Visitor) -> None:
    token = TOKEN.search(operator.see("/desk/new").text)
    assert token
    headers = {"x-csrf-token": token.group(1), "content-length": str(10**9), "accept": "text/html"}
    assert operator.client.post("/desk/new", content=b"x", headers=headers).status_code == 413


# --- the open reports around, while the call lasts --------------------------------------------------------------------


def test_what_may_be_the_same_is_listed_at_its_exact_place(operator: Visitor) -> None:
    call(operator, words="Не світить ліхтар біля ринку")
    answer = call(operator, CHECK, words="ліхтар не горить", lon="36.0051", lat="50.0151")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "private, no-store")
    assert 'data-lon="36.005000" data-lat="50.015000" data-letter="A"' in answer.text
    assert "Не світить ліхтар біля ринку" in answer.text
    assert 'formaction="/desk/new/same"' in answer.text
    assert "+380" not in answer.text
    assert "Олена" not in answer.text


def test_the_words_speak_for_a_category(operator: Visitor) -> None:
    answer = call(operator, CHECK, category="", words="зграя собак кидається на людей")
    assert 'data-guess="animals"' in answer.text
    assert 'data-guess=""' in call(operator, CHECK, category="", words="").text


def test_forbidden_words_stop_the_operator_while_they_type(operator: Visitor) -> None:
    answer = call(operator, CHECK, words="бачила танк")
    assert "data-stop" in answer.text
    assert ">102</a>" in answer.text


def test_this_is_it_adds_the_caller_to_the_report(operator: Visitor, database: Database) -> None:
    call(operator)
    [report] = reports(database)
    answer = call(
        operator, "/desk/new/same", same=str(report.id), phone="067 000 00 02", name="Петро", words="і в нас темно"
    )
    assert answer.status_code == 201
    assert f"№ {report.number}" in answer.text
    assert "0002" in answer.text
    [after] = reports(database)
    assert after.supporters == 2
    with database.begin(ROBOT) as session:
        assert [each.name for each in store.contacts_of(session, report.id)] == ["Олена Приклад", "Петро"]


@pytest.mark.parametrize(("same", "status"), [("nonsense", 400), (SOMEBODY, 404)])
def test_nobody_is_added_to_what_is_not_there(operator: Visitor, same: str, status: int) -> None:
    answer = call(operator, "/desk/new/same", same=same)
    assert answer.status_code == status
    assert "Не світить ліхтар" in answer.text


# --- thanks and complaints about the police ---------------------------------------------------------------------------


def addresses(app: FastAPI, number: int) -> Iterator[str]:
    """Yield what may be asked with GET, with what comes to mind as parameters."""
    words = ("", "?lang=en", "?category=police_work", "?limit=1000", "?status=received", "?q=Вигаданий", f"?q={number}")
    paths = {getattr(route, "path", "") for route in app.routes}
    paths |= {
        "/api/problems",
        "/api/problems/counts",
        "/tiles/problems/14/9829/5538.mvt",
        "/statistics",
        "/feeds/problems.atom",
    }
    paths |= {"/open311/v2/requests.json", "/open311/v2/services.json", "/data", "/embed", "/desk", f"/desk/{number}"}
    for path in sorted(paths):
        if "{" not in path and path not in ("", "/static"):
            yield from (path + query for query in words)


@pytest.mark.parametrize("kind", ["thanks", "complaint"])
def test_what_is_said_of_the_police_is_in_no_public_byte_and_in_none_that_the_police_read(
    operator: Visitor,
    database: Database,
    app: FastAPI,
    asking: TestClient,
    sign_in: Callable[[Viewer | None], None],
    kind: str,
) -> None:
    assert call(operator, kind=kind, words=COMPLAINT, police_may="on").status_code == 201
    [report] = reports(database)
    assert (report.kind, report.audience, report.category) == (kind, "statistics", "police_work")
    secrets = ("Вигаданий не приїхав", "+380500000001", str(report.id), str(report.public_id))
    kinds = set()
    for reader in (None, viewer("police_lead"), viewer("officer", "H1"), viewer("executor"), viewer("deputy")):
        sign_in(reader)
        for address in addresses(app, report.number):
            answer = asking.get(address, headers={"accept": "text/html"}, follow_redirects=False)
            assert answer.status_code < 500, address
            kinds.add(answer.headers.get("content-type", "").partition(";")[0])
            body = answer.content.decode("utf-8", "replace")
            assert [secret for secret in secrets if secret in body] == [], f"{address} for {reader}"
    assert {"text/html", "application/json", "application/geo+json"} <= kinds
    sign_in(viewer("operator"))
    assert "Вигаданий не приїхав" in asking.get(f"/desk/{report.number}", headers={"accept": "text/html"}).text


# --- calls back -------------------------------------------------------------------------------------------------------


def test_who_wants_a_call_is_listed_called_and_called_again(operator: Visitor, database: Database) -> None:
    call(operator, call_back="on")
    [report] = reports(database)
    listed = operator.see("/desk/callbacks?lang=uk")
    assert 'href="tel:+380500000001"' in listed.text
    assert "1 людина чекає" in listed.text
    act = re.search(r'action="(/desk/callbacks/[0-9a-f-]+)"', listed.text)
    assert act
    done = operator.send(act.group(1), page="/desk/callbacks", note="Подякувала, нічого не треба")
    assert done.status_code == 303
    after = operator.see(done.headers["location"])
    assert "Скасувати" in after.text
    assert "Ніхто не чекає" in after.text
    with database.begin(ROBOT) as session:
        assert [said.body for said in store.messages_of(session, report.id)] == ["Подякувала, нічого не треба"]
    assert operator.send(act.group(1), page="/desk/callbacks").status_code == 409
    assert operator.send(f"{act.group(1)}/undo", page="/desk/callbacks").status_code == 303
    assert "1 людина чекає" in operator.see("/desk/callbacks").text


# --- a pasted message -------------------------------------------------------------------------------------------------

PASTED = (
    "[23.11.2026 18:42] Олена Приклад: тьма шо жах коло базару, ліхтарі не горять, передзвоніть 050 000 00 01\n"
    "[23.11.2026 18:50] Сусід: в мене є світло"
)


def test_a_pasted_message_fills_the_form_and_is_kept_beside_the_edited_words(
    operator: Visitor, database: Database
) -> None:
    draft = operator.send("/desk/paste", page="/desk/paste?lang=uk", pasted=PASTED)
    assert draft.status_code == 200
    assert 'value="lighting" data-number="1" checked' in draft.text
    assert 'value="+380500000001"' in draft.text
    assert 'value="Олена Приклад"' in draft.text
    assert "в мене є світло" not in draft.text
    original = "тьма шо жах коло базару, ліхтарі не горять, передзвоніть 050 000 00 01"
    assert draft.text.count(original) == 3  # shown, kept, and to be edited
    saved = call(
        operator, source="message", original=original, words="Темно біля базару", place_words="базар", call_back="on"
    )
    assert saved.status_code == 201
    assert "Надішліть це" in saved.text
    [report] = reports(database)
    with database.begin(ROBOT) as session:
        words = store.words_of(session, report.id)
        assert words
        assert (report.source, report.body, words.original) == ("message", "Темно біля базару", original)


def test_a_pasted_thanks_is_a_thanks(operator: Visitor) -> None:
    draft = operator.send("/desk/paste", page="/desk/paste", pasted="Дякую дільничному, швидко приїхав")
    assert 'value="thanks" checked' in draft.text


@pytest.mark.parametrize("pasted", ["", "   ", "а" * 10_001])
def test_nothing_or_a_book_is_no_message(operator: Visitor, pasted: str) -> None:
    assert operator.send("/desk/paste", page="/desk/paste", pasted=pasted).status_code == 422


def test_a_pasted_message_that_must_not_be_kept_shows_whom_to_call(operator: Visitor) -> None:
    answer = operator.send("/desk/paste", page="/desk/paste?lang=uk", pasted="Олена:\nу нас блокпост на Вигаданій")
    assert answer.status_code == 422
    assert ">102</a>" in answer.text
    assert "Вигаданій" not in answer.text
