"""Settings over HTTP: every action of a coordinator, versions, history; and nobody else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from httpx import Response
from sqlalchemy import text

from layers.database.engine import Database
from layers.initiative import store
from layers.people.store import account_with
from layers.viewer import robot
from tests import town
from tests.geo_api.pages.conftest import MakeApp, Visit, Visitor

ROBOT = robot("test")
S = "/desk/settings"
SOMEBODY = "00000000-0000-0000-0000-000000000000"
GETS = (
    "", "/categories", "/categories/new", "/categories/road", "/helplines", "/helplines/new", "/helplines/police",
    "/institutions", "/institutions/new", "/routes", "/organisation",
)  # fmt: skip
POSTS = (
    "/categories", "/categories/road", "/categories/road/switch", "/categories/road/shift", "/categories/road/remove",
    "/helplines", "/helplines/police", "/helplines/police/checked", "/helplines/police/remove",
    "/institutions", f"/institutions/{SOMEBODY}", "/routes", "/organisation",
)  # fmt: skip
NOISE = {
    "problem_uk": "Шум від підприємства", "problem_en": "Noise of a plant", "symbol": "disorder", "family": "order",
    "audience": "public", "answer_days": "7", "severity": "1,5", "radius_m": "", "active": "on", "words": "гуде, цех",
}  # fmt: skip
LINE = {"number": "0 800 000 000", "title_uk": "Місцева лінія", "title_en": "Local line", "concerns": "emergency"}
WATER = {
    "name_uk": "Водоканал",
    "name_en": "Waterworks",
    "kind": "utility",
    "email": "office@example.org",
    "active": "on",
}


@pytest.fixture(scope="module")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the town's profile with its systems of units, so that the table of routes has columns."""
    folder = tmp_path_factory.mktemp("area")
    file = folder / "town.toml"
    units = "".join(
        f'\n[[units]]\nid = "{system}"\ntitle = {{ uk = "{title}", en = "{system}" }}\n'
        for system, title in (("hromadas", "Громади"), ("settlements", "Населені пункти"), ("units_2017", "Райони"))
    )
    file.write_text(town.PROFILE + units, "utf-8")
    return file


@pytest.fixture(scope="module")
def app(make_app: MakeApp, database: Database, profile: Path) -> FastAPI:
    with database.begin(ROBOT) as session:
        town.build(session)
    return make_app(area=profile)


@pytest.fixture
def keeper(member: Callable[..., Visitor]) -> Visitor:
    return member(f"{uuid4()}@example.org", "coordinator")


@pytest.fixture(autouse=True)
def as_shipped(database: Database, owner_url: str) -> Iterator[None]:
    """Begin each test with the settings that are shipped."""
    import psycopg

    with psycopg.connect(owner_url) as connection:
        for table in ("categories", "helplines", "institutions", "routes", "initiative"):
            connection.execute(f"CREATE TEMP TABLE kept_{table} AS SELECT * FROM {table}")
        yield
        connection.execute("SET session_replication_role = replica")
        for table in ("routes", "institutions", "helplines", "categories", "initiative"):
            connection.execute(f"DELETE FROM {table}")
            connection.execute(f"INSERT INTO {table} SELECT * FROM kept_{table}")


def send(visitor: Visitor, path: str, page: str = "", **fields: Any) -> Response:
    return visitor.send(f"{S}{path}", page=f"{S}{page or path}", **fields)


def route(visitor: Visitor, **given: str) -> Response:
    """Send the form that the table offers beside a cell."""
    return send(visitor, "/routes", "/routes?category=road&unit=", **given)


def history(database: Database, subject: str) -> list[str]:
    with database.begin(ROBOT) as session:
        lines = session.execute(text("SELECT event FROM history WHERE subject = :s ORDER BY id"), {"s": subject})
        return [line.event for line in lines]


# --- who may ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", GETS)
def test_a_stranger_is_led_to_the_door(visit: Visit, path: str) -> None:
    assert visit().see(S + path).status_code == 303


@pytest.mark.parametrize("role", ["operator", "deputy", "executor", "police_lead"])
def test_another_role_sees_and_changes_nothing(member: Callable[..., Visitor], database: Database, role: str) -> None:
    other = member(f"{role}@example.org", role)
    assert {other.see(S + path).status_code for path in GETS} == {403}
    given = {**NOISE, **LINE, **WATER, "version": "1", "category": "road", "by": "1"}
    assert {other.send(S + path, page="/account", **given).status_code for path in POSTS} == {403}
    assert history(database, "category") == []


@pytest.mark.parametrize("path", POSTS)
def test_a_stranger_changes_nothing(visit: Visit, path: str) -> None:
    assert visit().send(S + path, page="/sign-in", version="1").status_code == 303


@pytest.mark.parametrize("role", ["coordinator", "admin"])
def test_keepers_see_all_settings_and_no_cache_keeps_them(member: Callable[..., Visitor], role: str) -> None:
    own = member(f"in-{role}@example.org", role)
    for path in GETS:
        for language in ("uk", "en"):
            answer = own.see(f"{S}{path}?lang={language}")
            assert (answer.status_code, answer.headers["cache-control"]) == (200, "private, no-store"), path


# --- categories -------------------------------------------------------------------------------------------------------


def test_a_category_is_added_changed_moved_switched_and_removed(keeper: Visitor) -> None:
    added = send(keeper, "/categories", "/categories/new", **NOISE)
    path = added.headers["location"].partition("?")[0].removeprefix(S)
    assert path == "/categories/noise_of_a_plant"
    page = keeper.see(f"{S}{path}?lang=uk")
    assert page.headers["etag"] == '"1"'
    assert 'value="1.5"' in page.text
    assert "гуде, цех" in page.text
    changed = send(keeper, path, **{**NOISE, "answer_days": "9", "version": "1"})
    assert changed.status_code == 303
    after = keeper.see(f"{S}{path}").text
    assert "днів на відповідь: 7 → 9" in after
    assert send(keeper, path, **{**NOISE, "version": "1"}).status_code == 412
    assert send(keeper, path, **NOISE).status_code == 428
    order = re.findall(r'id="([a-z_]+)">', keeper.see(f"{S}/categories").text)
    assert send(keeper, f"{path}/shift", "/categories", by="-1").status_code == 303
    moved = re.findall(r'id="([a-z_]+)">', keeper.see(f"{S}/categories").text)
    assert moved[-2:] == [order[-1], order[-2]]
    assert send(keeper, f"{path}/switch", "/categories", version="2").status_code == 303
    assert "вимкнено" in keeper.see(f"{S}/categories").text
    assert send(keeper, f"{path}/remove", path, version="3").status_code == 303
    assert keeper.see(S + path).status_code == 404


def test_a_category_in_use_says_so_and_stays(keeper: Visitor, database: Database) -> None:
    with database.begin(ROBOT) as session:
        session.execute(
            text("""
            INSERT INTO problems (id, public_id, audience, source, category, reported_at, month, status_at,
                                  status_month)
            VALUES (gen_random_uuid(), gen_random_uuid(), 'public', 'phone', 'road', now(), now(), now(), now())
        """)
        )
    page = keeper.see(f"{S}/categories/road?lang=uk").text
    assert "видалити її не можна" in page
    assert "/remove" not in page
    refused = send(keeper, "/categories/road/remove", "/categories/road", version="1")
    assert refused.status_code == 409
    with database.begin(ROBOT) as session:
        session.execute(text("DELETE FROM problems"))


def test_a_mistake_in_a_category_comes_back_beside_its_field(keeper: Visitor) -> None:
    answer = send(keeper, "/categories", "/categories/new?lang=uk", **{**NOISE, "problem_en": "", "answer_days": "сім"})
    assert answer.status_code == 422
    assert "Шум від підприємства" in answer.text
    assert re.findall(r'class="wrong" id="([a-z_]+)-wrong"', answer.text) == ["problem_en", "answer_days"]


def test_a_sign_is_chosen_from_the_one_symbology(keeper: Visitor) -> None:
    assert send(keeper, "/categories", "/categories/new", **{**NOISE, "symbol": "unicorn"}).status_code == 422
    assert keeper.see(f"{S}/categories/road").text.count('name="symbol"') == 18


def test_the_hotlines_form_follows_the_categories(keeper: Visitor) -> None:
    send(keeper, "/categories", "/categories/new", **NOISE)
    assert "Шум від підприємства" in keeper.see("/desk/new?lang=uk").text
    send(keeper, "/categories/noise_of_a_plant/switch", "/categories", version="1")
    assert "Шум від підприємства" not in keeper.see("/desk/new?lang=uk").text


# --- numbers to call --------------------------------------------------------------------------------------------------


def test_a_number_is_checked_today_by_one_press(keeper: Visitor, database: Database) -> None:
    assert "ще не перевірено" in keeper.see(f"{S}/helplines?lang=uk").text
    assert send(keeper, "/helplines/violence/checked", "/helplines", version="1").status_code == 303
    assert keeper.see(f"{S}/helplines").text.count("перевірено: ") == 1
    assert send(keeper, "/helplines/violence/checked", "/helplines", version="1").status_code == 412
    assert history(database, "helpline")[-1] == "checked"


def test_a_number_is_added_changed_and_removed(keeper: Visitor) -> None:
    assert send(keeper, "/helplines", "/helplines/new", **LINE).status_code == 303
    changed = send(keeper, "/helplines/local_line", **{**LINE, "number": "0 800 000 001", "version": "1"})
    assert changed.status_code == 303
    assert "0 800 000 001" in keeper.see(f"{S}/helplines").text
    wrong = send(keeper, "/helplines/local_line", **{**LINE, "number": "сто", "version": "2"})
    assert wrong.status_code == 422
    assert send(keeper, "/helplines/local_line/remove", "/helplines/local_line", version="2").status_code == 303
    assert "0 800 000 001" not in keeper.see(f"{S}/helplines").text
    assert keeper.see(f"{S}/helplines/local_line").status_code == 404


def test_a_concern_without_any_number_is_pointed_out(keeper: Visitor) -> None:
    for code in ("rescue", "emergency"):
        send(keeper, f"/helplines/{code}/remove", f"/helplines/{code}", version="1")
    page = keeper.see(f"{S}/helplines?lang=uk").text
    assert "Немає номера для випадку: Вибухонебезпечний чи підозрілий предмет" in page


# --- institutions -----------------------------------------------------------------------------------------------------


def test_an_institution_gets_its_people_from_the_executors_there_are(
    keeper: Visitor, member: Callable[..., Visitor], database: Database
) -> None:
    member("worker@example.org", "executor")
    send(keeper, "/institutions", "/institutions/new", **WATER)
    with database.begin(ROBOT) as session:
        water = next(each for each in store.institutions(session) if each.code == "waterworks")
    page = keeper.see(f"{S}/institutions/{water.id}?lang=uk")
    with database.begin(ROBOT) as session:
        worker = str(account_with(session, "worker@example.org"))
    assert worker in re.findall(r'name="members" value="([0-9a-f-]+)"', page.text)
    assert "worker@example.org" not in page.text  # a keeper knows names, an administrator accounts
    saved = send(keeper, f"/institutions/{water.id}", **WATER, members=[worker, "nobody"], version="1")
    assert saved.status_code == 303
    assert "Олена Приклад" in keeper.see(f"{S}/institutions").text
    assert send(keeper, f"/institutions/{water.id}", **WATER, version="1").status_code == 412
    off = send(keeper, f"/institutions/{water.id}", **{**WATER, "active": ""}, members=worker, version="2")
    assert off.status_code == 303
    assert "вимкнено" in keeper.see(f"{S}/institutions").text


def test_a_mistake_in_an_institution_comes_back_beside_its_field(keeper: Visitor) -> None:
    answer = send(keeper, "/institutions", "/institutions/new", **{**WATER, "name_uk": "", "email": "скринька"})
    assert answer.status_code == 422
    assert re.findall(r'class="wrong" id="([a-z_]+)-wrong"', answer.text) == ["name_uk", "email"]
    assert keeper.see(f"{S}/institutions/{SOMEBODY}").status_code == 404
    assert keeper.see(f"{S}/institutions/nonsense").status_code == 422


# --- who gets what ----------------------------------------------------------------------------------------------------


def cell(page: str, category: str, unit: str) -> tuple[str, str]:
    """Return how a cell of the table looks (own, follows, gap) and whom it names."""
    found = re.search(
        rf'<td class="(\w+)[^"]*"><a href="[^"]*category={category}&amp;unit={unit}#chosen"[^>]*>([^<]+)</a>', page
    )
    assert found, (category, unit)
    return found.group(1), found.group(2)


def test_the_table_says_who_gets_what_and_where_that_follows_from(keeper: Visitor, database: Database) -> None:
    with database.begin(ROBOT) as session:
        ids = {each.code: str(each.id) for each in store.institutions(session)}
    page = keeper.see(f"{S}/routes?lang=uk").text
    assert cell(page, "road", "") == ("own", "Комунальне підприємство")
    assert cell(page, "road", "H1") == ("follows", "Комунальне підприємство")
    assert "Прогалин немає" in page
    chosen = keeper.see(f"{S}/routes?category=road&unit=H1").text
    assert "без власного рядка: Комунальне підприємство" in chosen
    given = {"category": "road", "unit": "H1", "was": "", "institution": ids["energy"], "system": "hromadas"}
    assert route(keeper, **given).status_code == 303
    page = keeper.see(f"{S}/routes").text
    assert cell(page, "road", "H1") == ("own", "Обленерго")
    assert cell(page, "road", "") == ("own", "Комунальне підприємство")
    assert route(keeper, **given).status_code == 412  # it is not what this page was shown any more
    away = {**given, "was": ids["energy"], "institution": ""}
    assert route(keeper, **away).status_code == 303
    assert cell(keeper.see(f"{S}/routes").text, "road", "H1") == ("follows", "Комунальне підприємство")
    assert history(database, "route")[-2:] == ["routed", "routed"]


def test_a_gap_is_seen_at_once(keeper: Visitor, database: Database) -> None:
    with database.begin(ROBOT) as session:
        ids = {each.code: str(each.id) for each in store.institutions(session)}
    route(keeper, category="", unit="", was=ids["administration"], institution="")
    route(keeper, category="road", unit="", was=ids["utilities"], institution="")
    page = keeper.see(f"{S}/routes?lang=uk").text
    assert cell(page, "road", "H1") == ("gap", "нікому")
    assert "2 прогалини" in page  # everywhere and in the one hromada
    assert "2 прогалини" in keeper.see(f"{S}?lang=uk").text


def test_a_line_about_a_unit_without_a_column_is_listed_below(keeper: Visitor, database: Database) -> None:
    with database.begin(ROBOT) as session:
        ids = {each.code: str(each.id) for each in store.institutions(session)}
    given = {"category": "road", "unit": "U17", "was": "", "institution": ids["energy"], "system": "units_2017"}
    assert route(keeper, **given).status_code == 303
    assert cell(keeper.see(f"{S}/routes?system=units_2017").text, "road", "U17") == ("own", "Обленерго")
    page = keeper.see(f"{S}/routes?system=hromadas&lang=uk").text
    assert re.search(r"Дорога і перехід · U17 <small>Обленерго", page)


@pytest.mark.parametrize("given", [{"category": "nonsense"}, {"unit": "nonsense"}, {"institution": "nonsense"}])
def test_a_line_about_nothing_is_refused(keeper: Visitor, given: dict[str, str]) -> None:
    assert route(keeper, **{"category": "road", "unit": "", "institution": SOMEBODY, **given}).status_code == 422


# --- the organisation -------------------------------------------------------------------------------------------------


def test_the_organisation_is_kept_and_martial_law_switched(keeper: Visitor, database: Database) -> None:
    given = {"name_uk": "Безпечне Вербове", "hotline": "097 000 00 00", "signatory": "Олена Приклад", "version": "1"}
    assert "checked" in re.search(r'name="martial_law"[^>]*', keeper.see(f"{S}/organisation").text)[0]  # type: ignore[index]
    assert send(keeper, "/organisation", **given).status_code == 303
    page = keeper.see(f"{S}/organisation?lang=uk")
    assert page.headers["etag"] == '"2"'
    assert 'value="Безпечне Вербове"' in page.text
    assert "воєнний стан: ✓ → ✗" in page.text
    with database.begin(ROBOT) as session:
        assert store.initiative(session).martial_law is False
    assert send(keeper, "/organisation", **given).status_code == 412
    wrong = send(keeper, "/organisation", **{**given, "hotline": "дзвоніть", "version": "2"})
    assert wrong.status_code == 422
    assert 'value="дзвоніть"' in wrong.text
