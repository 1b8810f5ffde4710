"""When limits are replaced, records follow: their units, where they are shown, and whether they are shown at all."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
import shapely
from sqlalchemy import text
from sqlalchemy.orm import Session

from layers.area import Area
from layers.incidents.actions import Landing, Source, find_units_again
from layers.shapes import polygons_of
from layers.units.actions import ensure_units, replace_limits, set_security
from layers.units.drawing import Limits
from layers.units.rules import Security
from layers.viewer import robot
from tests.database import viewer
from tests.layers.units.towns import limits_of_hromadas, square, town

ROBOT = robot("test")
# Longitudes at 50.05° N: one in A whatever happens, one that the border between A and B passes, one beside everything.
PLACES = {1: 36.02, 2: 36.095, 3: 36.29}


@pytest.fixture
def squares(session: Session, tmp_path: Path) -> Area:
    """Give three real squares with a record in each place."""
    area = town(tmp_path)
    replace_limits(session, ROBOT, area, limits_of_hromadas())
    records = pd.DataFrame(
        {
            "row": list(PLACES),
            "digest": [bytes([number]) * 16 for number in PLACES],
            "nth": 1,
            "at": pd.Timestamp("2026-05-03 10:00"),
            "month": pd.Timestamp("2026-05-01"),
            "time_precision": "minute",
            "category": session.scalar(text("SELECT min(code) FROM categories")),
            "category_label": "",
            "status": session.scalar(text("SELECT min(code) FROM incident_statuses")),
            "place": "",
            "lon": list(PLACES.values()),
            "lat": 50.05,
            "location_precision": "exact",
        }
    )
    landing = Landing(session, area, Source("test", "a test"))
    landing.add(records)
    landing.finish()
    return area


def shown(session: Session) -> dict[int, tuple[str | None, float]]:
    """Return what the public has: number of the record -> (hromada, longitude)."""
    rows = session.execute(
        text("""SELECT get_byte(uuid_send(i.digest), 0), p.hromada, round(ST_X(p.geom)::numeric, 2)
                FROM incidents_public p JOIN incidents i ON i.public_id = p.id ORDER BY 1""")
    )
    return {number: (hromada, float(lon)) for number, hromada, lon in rows}


def moved_border() -> dict[str, Limits]:
    """Return limits in which B takes from A what lies east of 36.09."""
    west = polygons_of(shapely.box(36.0, 50.0, 36.09, 50.1))
    east = polygons_of(shapely.box(36.09, 50.0, 36.2, 50.1))
    return limits_of_hromadas() | {"A": Limits(west, "a test", "CC0"), "B": Limits(east, "a test", "CC0")}


def test_a_record_follows_the_border(session: Session, squares: Area) -> None:
    assert {number: hromada for number, (hromada, _) in shown(session).items()} == {1: "A", 2: "A", 3: "C"}
    before = shown(session)
    replace_limits(session, ROBOT, squares, moved_border())
    # The villages' approximate cells move too; the record in the east keeps all of its units.
    assert find_units_again(session, squares) >= 1
    after = shown(session)
    assert {number: hromada for number, (hromada, _) in after.items()} == {1: "A", 2: "B", 3: "C"}
    assert after[2][1] != before[2][1]  # shown at the centre of B, no more of A
    assert {"B", "R", "squares"} <= set(session.scalar(text("SELECT units FROM incidents WHERE hromada = 'B'")) or [])


def test_unchanged_limits_move_nothing(session: Session, squares: Area) -> None:
    assert find_units_again(session, squares) == 0
    assert not ensure_units(session, squares)


def test_a_record_that_comes_to_lie_in_a_closed_unit_is_withdrawn(session: Session, squares: Area) -> None:
    set_security(session, viewer("admin"), "B", Security.ACTIVE, reason="наказ")
    assert set(shown(session)) == {1, 2, 3}
    replace_limits(session, ROBOT, squares, moved_border())
    find_units_again(session, squares)
    assert set(shown(session)) == {1, 3}
    assert session.scalar(text("SELECT count(*) FROM incidents")) == 3


def test_a_record_that_no_unit_holds_any_more_is_kept_in_a_cell(session: Session, squares: Area) -> None:
    small = {**limits_of_hromadas(), "C": Limits(square(36.2, side=0.05), "a test", "CC0")}
    small["R"] = Limits(square(36.0, side=0.1), "a test", "CC0")
    replace_limits(session, ROBOT, squares, small)
    find_units_again(session, squares)
    hromada, lon = shown(session)[3]
    assert hromada is None
    assert lon == pytest.approx(36.29, abs=0.01)
