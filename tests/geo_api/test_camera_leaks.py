"""Every address is asked by people who may not see exact sites, over plans with known places: none gets out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import product
from uuid import uuid4

import pytest
from fastapi import FastAPI
from sqlalchemy import text
from starlette.testclient import TestClient

from geo_api.app import create_app
from layers.area import Area
from layers.cameras import actions, reviews, store
from layers.database.engine import Database
from layers.viewer import Role, Viewer
from tests import cameras
from tests.cameras import ROBOT
from tests.geo_api.conftest import make_settings
from tests.geo_api.test_report_leaks import MAPS, parts_of, paths, readable
from tests.leaks import Secrets, scan, tiles_around
from tests.reports import photo

KEEPER = Viewer(Role.COORDINATOR, uuid4())
WORDS = ("Щогла за каплицею", "Банк Небувалий", "Сервер у підвалі", "Зауваження, якого ніхто не бачить", "Регламент 77")
OUTSIDERS: Mapping[str, Viewer | None] = {
    "stranger": None,
    "deputy": Viewer(Role.DEPUTY, uuid4()),
    "starosta": Viewer(Role.STAROSTA, uuid4(), frozenset({"C1"})),
}


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Area:
    return cameras.area_of(tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="module")
def secrets(database: Database, here: Area) -> Secrets:
    """Make two plans, publish one, say and write down things of it; return where cameras stand and what was said."""
    with database.begin(ROBOT) as session:
        cameras.lay(session)
    first, second = (cameras.plan(database, here, title=title) for title in ("Оприлюднений", "Схований"))
    with database.begin(KEEPER) as session:
        actions.publish(session, KEEPER, first)
        reviews.comment(session, KEEPER, first, signed="Хтось", body=WORDS[3])
        reviews.copy(session, KEEPER, first, reader="Читачка Небувала", form="pdf-a4")
        site = store.plan_sites(session, actions.plan(session, KEEPER, first).id, 4326)[-1].id
        reviews.add_photo(session, KEEPER, first, site, photo())
        session.execute(
            text("UPDATE camera_sites SET place = :place, owner = :owner, server = :server, access_rule = :rule"),
            {"place": WORDS[0], "owner": WORDS[1], "server": WORDS[2], "rule": WORDS[4]},
        )
    points = {(row.lon, row.lat) for number in (first, second) for row in cameras.sites(database, number, here)}
    return Secrets(frozenset({*WORDS, "Читачка Небувала", "Схований"}), tuple(points))


@pytest.fixture(scope="module")
def app(database_url: str, here: Area, secrets: Secrets, tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    return create_app(make_settings(database_url, tmp_path_factory.mktemp("home"), area=here.profile))


@pytest.fixture(scope="module")
def fillings(database: Database, secrets: Secrets) -> dict[str, tuple[str, ...]]:
    with database.begin(ROBOT) as session:
        photos = tuple(map(str, session.scalars(text("SELECT id FROM camera_photos"))))
        ids = tuple(map(str, session.scalars(text("SELECT id FROM camera_sites UNION SELECT id FROM camera_plans"))))
    return {
        "number": ("1", "2", "99"), "site": ids[:2], "job": (ids[0], "1"), "zone": ids[:1],
        "photo": photos,
        "layer": ("places", "buildings", "roads", "hromadas"), "form": ("csv", "geojson", "json", "kml", "gpkg"),
    }  # fmt: skip


def addresses(fillings: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Return every address, the parts that are no camera's filled with an id of one."""
    found = []
    for path in paths():
        if path.startswith("/tiles/"):
            continue
        parts = parts_of(path)
        queries = (
            ("", "?a=1&b=2") if path.startswith("/plans") else ("?at=18/50.0121/36.0061",) if path in MAPS else ("",)
        )
        for values in product(*(fillings.get(part, fillings["site"][:1]) for part in parts)):
            filled = path
            for part, value in zip(parts, values, strict=True):
                filled = re.sub(rf"\{{{part}(:\w+)?\}}", value, filled)
            found += [filled + query for query in queries]
    return found


@pytest.mark.parametrize("who", OUTSIDERS)
def test_no_address_tells_an_outsider_where_a_camera_stands_or_what_was_said_of_it(
    asking: TestClient,
    sign_in: Callable[[Viewer | None], None],
    secrets: Secrets,
    fillings: dict[str, tuple[str, ...]],
    who: str,
) -> None:
    sign_in(OUTSIDERS[who])
    leaks, asked = [], 0
    for address in addresses(fillings):
        answer = asking.get(address, headers={"Accept": "text/html"}, follow_redirects=False)
        asked += 1
        assert answer.status_code < 500, f"{address}: {answer.status_code}"
        assert not (address.startswith("/plans") and answer.headers.get("content-type") == "image/jpeg"), address
        media = answer.headers.get("content-type", "").partition(";")[0]
        body = readable(answer.content, media) + "\n".join(answer.headers.values()).encode()
        leaks += [f"{address}: {leak}" for leak in scan(body, secrets)]
    assert sorted(set(leaks)) == []
    assert asked > 60


def test_no_tile_holds_the_place_of_a_camera(asking: TestClient, secrets: Secrets) -> None:
    leaks, drawn = [], 0
    for layer, tile in product(("places", "buildings", "roads"), sorted(tiles_around(secrets.points, (14, 17, 18)))):
        answer = asking.get(f"/tiles/{layer}/{'/'.join(map(str, tile))}.mvt", headers={"Accept-Encoding": "identity"})
        if answer.status_code == 200 and answer.content:
            drawn += 1
            leaks += scan(answer.content, Secrets(secrets.words), tile=tile)
    assert leaks == []
    assert drawn > 0


def test_the_walk_would_see_a_place_on_the_coordinators_own_page(
    asking: TestClient, sign_in: Callable[[Viewer | None], None], secrets: Secrets
) -> None:
    sign_in(Viewer(Role.POLICE_LEAD, uuid4()))
    assert scan(asking.get("/plans/1/drawing").content, secrets)
