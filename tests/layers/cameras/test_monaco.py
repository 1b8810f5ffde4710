"""Plans on real ground: Monaco's buildings, streets, schools, crossings and the cameras that its map knows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely
from sqlalchemy import text

from layers.area import Area, load_profile
from layers.cameras import store
from layers.cameras.planning import Settings
from layers.database.engine import Database
from tests import cameras
from tests.cameras import ROBOT

PROFILE = Path(__file__).parents[2] / "areas" / "monaco.toml"
MODELS = ("fixed-4mp", "fixed-4mp-far", "vari-8mp")
TWENTY = Settings(count=20, models=MODELS, seconds=25.0)


@pytest.fixture(scope="module")
def here() -> Area:
    return load_profile(PROFILE)


@pytest.fixture(scope="module")
def monaco(database: Database, here: Area, shared_data: Path) -> Database:
    from ingestion.osm import load_osm

    load_osm(database, here, shared_data / "monaco" / "osm" / "monaco.osm.pbf")
    return database


@pytest.fixture(scope="module")
def twenty(monaco: Database, here: Area) -> int:
    return cameras.plan(monaco, here, TWENTY, title="Двадцять")


def numbers(database: Database, number: int) -> dict[str, object]:
    with database.begin(ROBOT) as session:
        plan = store.plan_by(session, number)
        assert plan is not None
        return plan.numbers


def test_twenty_cameras_are_planned_beside_those_that_stand_and_the_plan_is_certified(
    monaco: Database, here: Area, twenty: int
) -> None:
    rows = cameras.sites(monaco, twenty, here)
    told = numbers(monaco, twenty)
    assert sum(not row.locked for row in rows) == 20
    assert sum(row.locked for row in rows) >= 10
    assert not told["optimistic"]
    assert told["optimal"] or told["gap"] <= 0.03  # type: ignore[operator]
    assert {"school", "crossing", "stop", "resident"} <= set(told["kinds"])  # type: ignore[call-overload]


def test_fifty_cameras_see_more_than_twenty_and_every_beginning_of_the_list_is_good(
    monaco: Database, here: Area, twenty: int
) -> None:
    number = cameras.plan(monaco, here, replace(TWENTY, count=50), title="Пʼятдесят")
    assert numbers(monaco, number)["share"] > numbers(monaco, twenty)["share"]  # type: ignore[operator]
    bought = [row for row in cameras.sites(monaco, number, here) if not row.locked]
    for_the_money = [row.adds / row.price_uah for row in bought]
    assert for_the_money == sorted(for_the_money, reverse=True)


def test_ours_sees_more_for_the_same_money_than_a_vendors_circles_along_the_streets(
    monaco: Database, here: Area, twenty: int
) -> None:
    rng = np.random.default_rng(7)
    with monaco.begin(ROBOT) as session:
        found = store.rows(session, store.JUNCTIONS, within=_everywhere(here), srid=here.metric_srid)
        chosen = rng.choice(len(found), 20, replace=False)
        metres = [(found[at].x, found[at].y) for at in chosen]
        placed = [
            tuple(session.execute(text("SELECT ST_X(p), ST_Y(p) FROM ST_Transform(ST_SetSRID(ST_Point(:x, :y), :srid),"
                                       " 4326) AS p"), {"x": x, "y": y, "srid": here.metric_srid}).one())
            for x, y in metres
        ]  # fmt: skip
    sites = [
        {"lon": lon, "lat": lat, "mount": "pole", "height_m": 6.0, "bearing": float(45 * n % 360), "tilt": None,
         "hfov": None, "model": "vari-8mp"}
        for n, (lon, lat) in enumerate(placed)
    ]  # fmt: skip
    vendor = cameras.plan(monaco, here, TWENTY, title="Кола", what="vendor", sites=sites, rejects=None)
    theirs = numbers(monaco, vendor)
    ours = numbers(monaco, cameras.plan(monaco, here, replace(TWENTY, count=None, budget=float(theirs["cost"])),  # type: ignore[arg-type]
                                        title="Ті самі гроші"))  # fmt: skip
    assert ours["cost"] <= theirs["cost"]  # type: ignore[operator]
    assert ours["share"] > 1.5 * theirs["share"]  # type: ignore[operator]


def _everywhere(here: Area) -> str:
    return str(shapely.to_wkb(shapely.set_srid(shapely.box(*here.box), 4326), hex=True, include_srid=True))
