"""Every address that answers GET is asked by a stranger, over reports full of secrets in every status: none gets out.

The addresses come from the application itself. A new one whose parts have no values in `FILLINGS` fails the first test.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from fastapi import FastAPI
from sqlalchemy import text
from starlette.routing import Route
from starlette.testclient import TestClient

from geo_api import app as application
from geo_api.app import create_app
from geo_api.later import routes_of
from layers.database.engine import Database
from layers.letters import actions as letters
from layers.letters.checks import Applicant, Draft
from layers.people.credentials import Keys
from layers.problems.intake import Contact
from layers.viewer import robot
from tests import town
from tests.geo_api.conftest import make_settings
from tests.leaks import Secrets, scan, tiles_around
from tests.reports import COORDINATOR, DOOR, HIDDEN, NAME, NOTE, OTHER_DOOR, SECRET, Desk, photo, secrets_of

NOW = datetime.now(UTC).replace(microsecond=0)
CAME = NOW - timedelta(days=3, hours=7, minutes=13)
APPLICANT = Applicant("Заявниця Небувала", "вул. Прихована, 99", "Суть, якої ніхто не бачить", "0509998877", "phone")
PRIVATE = ("Пригнано здалеку", "Скарга на екіпаж", "Торгують тут за рогом", "Забрав свої слова назад", "Не наше зовсім")
# What asks for a key, a token or an account is tried with what a stranger may guess.
STRANGERS = ("x", "0000", "00000000-0000-4000-8000-000000000000")
QUERIES: Mapping[str, tuple[str, ...]] = {
    "/list": ("", "?layer=problems", "?layer=problems&here=36.00500,50.01500"),
    "/api/search": ("?q=заявниця", "?q=0501112233", "?q=C1"),
    "/api/{layer}": ("?limit=1000", "?bbox=35.9,49.9,36.3,50.2&limit=1000&lang=en", "?category=drugs"),
    "/api/{layer}/counts": ("?by=category", "?by=status", "?by=unit", "?by=month"),
    "/open311/v2/requests": ("", "?extensions=true", "?status=closed"),
    "/open311/v2/requests.{form}": ("", "?extensions=true"),
    "/poster.pdf": ("", "?unit=C1"),
}  # fmt: skip
MAPS = ("/map.svg", "/sheet.svg", "/map.pdf", "/print", "/handout.html", "/card.png", "/export/{layer}.{form}", "/")


@pytest.fixture(scope="module")
def desk(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    made = Desk(database, town.profile(tmp_path_factory.mktemp("town")), Keys(SECRET))
    made.build(NOW)
    return made


@pytest.fixture(scope="module")
def secrets(desk: Desk) -> Secrets:
    """Bring reports in and leave them in every status; return what nobody may see of them."""
    lamp = desk.bring("lamp", now=CAME, photos=(photo(),), place_words="за гаражем із синіми дверима").problem
    desk.publish(lamp, "Не світить ліхтар", now=CAME)
    desk.note(lamp, NOTE, now=NOW)
    desk.answer(lamp, "Завтра полагодимо", now=NOW)
    desk.answer(lamp, "Відповідь лише авторові", now=NOW, publish=False)
    road = desk.bring("road", now=CAME, at=OTHER_DOOR, category="road").problem
    desk.publish(road, "Яма на дорозі", now=CAME)
    desk.move(road, "checking", now=NOW, reason="asked")  # off the map again
    drugs = desk.bring("drugs", now=CAME, category="drugs", words=PRIVATE[2]).problem
    desk.publish(drugs, PRIVATE[2], now=CAME)
    desk.bring("police", now=CAME, category="police_work", words=PRIVATE[1], kind="complaint")
    refused = desk.bring("refused", now=CAME, words=PRIVATE[4]).problem
    desk.move(refused, "checking", now=CAME)
    desk.move(refused, "refused", now=CAME, reason="not_ours")
    merged = desk.bring("merged", now=CAME, words=PRIVATE[0], contact=Contact(NAME, "0671112233")).problem
    desk.move(merged, "checking", now=CAME)
    desk.move(merged, "merged", now=CAME, into=lamp)
    desk.bring("waiting", now=CAME, words=HIDDEN, photos=(photo(),))
    with desk.database.begin(COORDINATOR) as session:
        somebody = session.scalar(text("SELECT id FROM institutions ORDER BY position LIMIT 1"))
        draft = Draft("appeal", somebody, "Про ліхтар", "Тіло листа столу", "Прохання", "О. П.", "Голова")
        letters.write(session, COORDINATOR, desk.area, draft, [lamp], applicant=APPLICANT, key="appeal", now=NOW)
    with desk.database.begin(robot("test")) as session:
        minutes = (f"{CAME:%H:%M}", CAME.astimezone(desk.area.timezone).strftime("%H:%M"))
        found = secrets_of(session, *(f"T{minute}" for minute in minutes))
    said = {APPLICANT.name, APPLICANT.residence, APPLICANT.substance, "0509998877", "Тіло листа столу", "0671112233"}
    return found | Secrets(frozenset({*PRIVATE, *said, "за гаражем із синіми дверима", "Відповідь лише авторові"}))


@pytest.fixture(scope="module")
def app(database_url: str, desk: Desk, secrets: Secrets, tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    return create_app(make_settings(database_url, tmp_path_factory.mktemp("home"), area=desk.area.profile))


@pytest.fixture(scope="module")
def fillings(desk: Desk, secrets: Secrets) -> dict[str, tuple[str, ...]]:
    """Return for each part of an address what a stranger may put there, ids that are not theirs included."""
    with desk.database.begin(robot("test")) as session:

        def every(sql: str) -> tuple[str, ...]:
            return tuple(map(str, session.scalars(text(sql))))

        reports = every("SELECT public_id FROM problems") + every("SELECT id FROM problems")
        numbers = every("SELECT number FROM problems")
        photos = every("SELECT id FROM problem_photos") + every("SELECT id FROM files")
        categories = every("SELECT code FROM categories WHERE code IN ('drugs', 'police_work', 'lighting')")
        return {
            "public_id": (*reports, *STRANGERS),
            "id": (*reports, *numbers, *STRANGERS),
            "key": (*reports, *numbers, *STRANGERS),
            "ref": (*numbers, *reports),
            "photo": (*photos, *STRANGERS),
            "letter": every("SELECT id FROM letters"),
            "institution": every("SELECT id FROM institutions LIMIT 2"),
            "code": (*categories, "police"),
            "layer": ("problems", "problem_areas", "incidents", "hromadas", "settlements", "places"),
            "form": ("json", "xml", "csv", "geojson", "kml", "gpkg", "atom", "rss"),
            "month": (f"{CAME:%Y-%m}", f"{NOW:%Y-%m}"),
            "token": STRANGERS,
            "rest": STRANGERS,
            "account": STRANGERS,
            "job": ("1", *STRANGERS),
            "number": ("1", "99"),
            "which": ("original", "public"),
            "theme": ("light",),
            "name": ("lighting", "letter"),
        }


def paths() -> Iterator[str]:
    """Yield the path of everything that answers GET, in whichever module it lies."""
    tables: Iterable[Route] = (
        application.tiles.route,
        *(route for module in application.PAGES for route in module.router.routes),
        *(route for module in application.READ_LATER for route in routes_of(module)),
        *application.map_page.routes, *application.signs.routes, *application.offline.routes,
        *application.features.routes,
    )  # type: ignore[assignment]  # fmt: skip
    yield from dict.fromkeys(route.path for route in tables if route.methods is None or "GET" in route.methods)


def parts_of(path: str) -> list[str]:
    return re.findall(r"\{(\w+)(?::\w+)?\}", path)


def addresses(fillings: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    for path in paths():
        if path.startswith("/tiles/"):
            continue  # asked where the secrets lie
        parts = parts_of(path)
        queries = QUERIES.get(
            path, ("?layer=problems", "?layer=problems&at=16/50.0148/36.0053") if path in MAPS else ("",)
        )
        for values in product(*(fillings[part] for part in parts)):
            filled = path
            for part, value in zip(parts, values, strict=True):
                filled = re.sub(rf"\{{{part}(:\w+)?\}}", value, filled)
            yield from (filled + query for query in queries)


def readable(content: bytes, media: str) -> bytes:
    """Return an answer as somebody reads it: a PDF as its text."""
    if media != "application/pdf":
        return content
    return subprocess.run(["pdftotext", "-", "-"], input=content, capture_output=True, check=True).stdout


def test_each_part_of_each_address_has_values_to_try(fillings: dict[str, tuple[str, ...]]) -> None:
    unknown = {part for path in paths() if not path.startswith("/tiles/") for part in parts_of(path)} - fillings.keys()
    assert unknown == set(), "a new address: say what a stranger may put into it"


def test_no_address_gives_a_stranger_an_exact_place_a_contact_or_a_word_that_nobody_approved(
    client: TestClient, secrets: Secrets, fillings: dict[str, tuple[str, ...]]
) -> None:
    leaks, kinds, asked = [], set(), 0
    for address in addresses(fillings):
        for accept in ("text/html", "application/json"):
            answer = client.get(address, headers={"Accept": accept}, follow_redirects=False)
            asked += 1
            assert answer.status_code < 500, f"{address}: {answer.status_code}"
            media = answer.headers.get("content-type", "").partition(";")[0]
            kinds.add(media)
            own = Secrets(frozenset(word for word in secrets.words if word not in address), secrets.points)
            body = readable(answer.content, media) + "\n".join(answer.headers.values()).encode()
            leaks += [f"{address}: {leak}" for leak in scan(body, own)]
    assert sorted(set(leaks)) == []
    assert asked > 500
    assert {
        "text/html",
        "application/geo+json",
        "text/csv",
        "application/pdf",
        "application/atom+xml",
        "text/xml",
    } <= kinds


def test_no_tile_holds_the_exact_place_of_a_report(client: TestClient, secrets: Secrets) -> None:
    leaks, drawn = [], 0
    for layer, tile in product(
        ("problems", "problem_areas"), sorted(tiles_around(secrets.points, (8, 12, 15, 17, 18)))
    ):
        answer = client.get(f"/tiles/{layer}/{'/'.join(map(str, tile))}.mvt", headers={"Accept-Encoding": "identity"})
        if answer.status_code == 200:
            drawn += 1
            leaks += [f"{layer} {tile}: {leak}" for leak in scan(answer.content, secrets, tile=tile)]
    assert leaks == []
    assert drawn > 0


def test_what_is_for_the_staff_sends_a_stranger_to_the_door(
    client: TestClient, fillings: dict[str, tuple[str, ...]]
) -> None:
    closed = ("/desk", "/people", "/account")
    for address in addresses(fillings):
        if address.startswith(closed):
            answer = client.get(address, headers={"Accept": "text/html"}, follow_redirects=False)
            assert answer.status_code in (302, 303, 401, 403, 404, 422), f"{address}: {answer.status_code}"


def test_the_scan_would_see_a_door_a_number_and_a_name(secrets: Secrets) -> None:
    assert scan(f'{{"coordinates":[{DOOR[0]},{DOOR[1]}]}}'.encode(), secrets)
    assert scan(NAME.encode(), secrets)
    assert scan(APPLICANT.residence.encode(), secrets)


def test_the_walk_would_see_a_name_that_somebody_approved_by_mistake(
    client: TestClient, desk: Desk, secrets: Secrets
) -> None:
    desk.publish(desk.bring("mistake", now=CAME).problem, f"Темно, каже {NAME}", now=NOW)
    answer = client.get("/api/problems?limit=999", headers={"Accept": "application/json"})
    assert scan(answer.content, secrets)
