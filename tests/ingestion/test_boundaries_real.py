"""The real limits of the default area: everything joins by code and adds up."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import text

from ingestion.boundaries import Joined, load_boundaries, read_path
from layers.area import Area
from layers.database.engine import Database
from layers.shapes import iou, project
from layers.units.checks import Check, check_units
from layers.units.drawing import draw
from layers.units.facts import read_facts
from layers.units.store import approximate_systems, assign_units
from layers.viewer import PUBLIC, robot

WITHOUT_LIMITS = {
    "Вовчанськ", "Білий Колодязь", "Вільча", "Зміїв", "Зідьки", "Малинівка", "Введенка", "Старий Салтів", "Чугуїв",
}  # fmt: skip


@pytest.fixture(scope="module")
def joined(shared_data: Path, area: Area) -> Joined:
    folder = shared_data / "chuhuiv" / "boundaries"
    if not folder.is_dir():
        pytest.skip(f"no real boundaries at {folder}")
    return read_path(folder, area)[0]


@pytest.fixture(scope="module")
def checks(database: Database, area: Area, joined: Joined) -> list[Check]:
    return load_boundaries(database, robot("test"), area, joined)


@pytest.fixture
def loaded(checks: list[Check], database: Database) -> Database:
    assert checks
    return database


def test_all_join_by_code_and_one_double_is_rejected(joined: Joined) -> None:
    assert joined.by_system == {"hromadas": 9, "raion": 1, "units_2017": 3, "settlements": 217}
    assert joined.read == 231
    assert (joined.by_name, joined.repaired) == ([], [])
    # The second Кукулівка has no code, and the first has taken its place.
    assert [remark.values["name"] for remark in joined.rejected] == ["Кукулівка"]


def test_the_hromadas_fill_the_raion_and_every_settlement_lies_in_its_own(checks: list[Check]) -> None:
    assert [check for check in checks if not check.ok] == []
    filled = next(check for check in checks if check.check == "filled")
    assert filled.found.values["km2"] == pytest.approx(4807.2, abs=0.1)
    inside = next(check for check in checks if check.check == "inside" and check.system == "settlements")
    assert inside.found.values == {"n": 226}


def test_settlements_without_limits_are_named_and_stay_approximate(checks: list[Check], loaded: Database) -> None:
    assert {check.name for check in checks if check.check == "limits"} == WITHOUT_LIMITS
    with loaded.begin(PUBLIC) as session:
        assert approximate_systems(session) == ["settlements"]


def test_the_old_pechenihy_raion_is_todays_hromada(joined: Joined, area: Area) -> None:
    pair = [joined.limits["6324600000"].geometry, joined.limits["UA63140090000052369"].geometry]
    old, new = project(np.array(pair, dtype=object), 4326, area.metric_srid)
    assert iou(old, new) >= 0.98


def test_a_place_of_the_former_volokhiv_yar_council_has_a_unit_of_2017_and_no_hromada(loaded: Database) -> None:
    with loaded.begin(PUBLIC) as session:
        units = session.scalar(text("SELECT units_at(ST_SetSRID(ST_MakePoint(37.0031, 49.6013), 4326))"))
    assert units == ["chuhuiv", "6325400000"]


def test_every_settlements_point_gets_its_own_code_and_its_hromadas(loaded: Database) -> None:
    with loaded.begin(PUBLIC) as session:
        points = "(SELECT code AS id, point AS geom, parent_code FROM units WHERE system = 'settlements') AS s"
        found = dict(session.execute(text(assign_units(points))).all())
        parents = dict(session.execute(text("SELECT code, parent_code FROM units WHERE system = 'settlements'")).all())
    assert len(found) == 226
    assert [code for code, units in found.items() if parents[code] not in units] == []
    # Безпалівка and Миколаївка stand twice in the facts; some points are mapped beside the built-up limits.
    assert sum(code in units for code, units in found.items()) >= 215


@pytest.mark.parametrize("seed", range(6))
def test_any_part_of_the_limits_leaves_a_whole_map(seed: int, joined: Joined, area: Area) -> None:
    some = random.Random(seed).sample(sorted(joined.limits), 20 * seed + 5)
    rows = draw(area, read_facts(area), {code: joined.limits[code] for code in some})
    assert [row["code"] for row in rows if row["geom"] is None or not row["geom"].is_valid] == []
    stored = [{**row, "lon": row["point"].x, "lat": row["point"].y} for row in rows]
    checks = check_units(area, read_facts(area), stored)
    assert [check for check in checks if check.check == "overlap" and not check.ok] == []
