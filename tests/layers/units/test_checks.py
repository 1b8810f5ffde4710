"""Every check of limits, each made to fail once, on three square hromadas of 79.7 km²."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
import shapely
from shapely import Geometry, MultiPolygon

from layers.area import Area
from layers.shapes import polygons_of
from layers.units.checks import Check, check_units
from layers.units.drawing import Limits, draw
from layers.units.facts import read_facts
from tests.layers.units.towns import limits_of_hromadas, square, town


@pytest.fixture
def squares(tmp_path: Path) -> Area:
    return town(tmp_path)


def table(area: Area, **shapes: Geometry) -> list[Check]:
    """Return the table of checks when these limits stand in place of the squares."""
    limits = {**limits_of_hromadas(), **{code: Limits(polygons_of(s), "a test", "CC0") for code, s in shapes.items()}}
    rows = draw(area, read_facts(area), limits)
    stored = [{**row, "lon": shapely.get_x(row["point"]), "lat": shapely.get_y(row["point"])} for row in rows]
    return check_units(area, read_facts(area), stored)


def failed(checks: list[Check]) -> list[tuple[str, str]]:
    return [(check.check, check.unit) for check in checks if not check.ok]


def figures(checks: list[Check], check: str, unit: str) -> Mapping[str, object]:
    (found,) = [each for each in checks if (each.check, each.unit) == (check, unit)]
    return found.found.values


RAION = MultiPolygon([shapely.box(36.0, 50.0, 36.3, 50.1)])


def test_squares_that_add_up_pass_every_check(squares: Area) -> None:
    checks = table(squares, R=RAION)
    assert failed(checks) == []
    assert {check.check for check in checks} == {"present", "limits", "overlap", "filled", "area", "inside"}


def test_a_unit_without_limits_is_named(squares: Area) -> None:
    rows = draw(squares, read_facts(squares), limits_of_hromadas())
    stored = [{**row, "lon": 36.05, "lat": 50.05} for row in rows if row["code"] != "B"]
    assert ("limits", "B") in failed(check_units(squares, read_facts(squares), stored))


def test_two_units_may_not_share_more_than_a_tenth_of_a_square_kilometre(squares: Area) -> None:
    # 0.001 degree more to the east: 0.0717 by 11.12 km is 0.8 km² of C's ground.
    checks = table(squares, R=RAION, B=shapely.box(36.1, 50.0, 36.201, 50.1))
    assert ("overlap", "B C") in failed(checks)
    assert figures(checks, "overlap", "B C")["km2"] == pytest.approx(0.797, rel=0.01)
    # A tenth of that is let pass, and the greatest is said.
    checks = table(squares, R=RAION, B=shapely.box(36.1, 50.0, 36.2001, 50.1))
    assert "overlap" not in [check for check, _ in failed(checks)]


def test_units_must_fill_the_one_they_make_up(squares: Area) -> None:
    checks = table(squares, R=shapely.box(36.0, 50.0, 36.31, 50.1))
    assert ("filled", "R") in failed(checks)
    assert figures(checks, "filled", "R")["away"] == pytest.approx(7.97, rel=0.01)


def test_an_area_may_differ_from_the_known_one_by_two_per_cent(squares: Area) -> None:
    assert ("area", "C") not in failed(table(squares, C=shapely.box(36.2, 50.0, 36.3015, 50.1)))
    assert ("area", "C") in failed(table(squares, C=shapely.box(36.2, 50.0, 36.303, 50.1)))


def test_a_settlement_must_lie_in_its_hromada_with_its_point(squares: Area) -> None:
    there = square(36.015, 50.045, 0.01)
    assert ("inside", "a1") not in failed(table(squares, a1=there))
    across = shapely.box(36.095, 50.045, 36.105, 50.055)
    assert ("inside", "a2") in failed(table(squares, a2=across))


def test_a_point_outside_the_hromada_is_told_even_when_the_limits_are_inside(squares: Area) -> None:
    facts = squares.profile.parent / "settlements.csv"
    facts.write_text(facts.read_text("utf-8").replace("50.05,36.02", "50.05,36.15"), "utf-8")
    (wrong,) = [c for c in table(squares, a1=square(36.015, 50.045, 0.01)) if c.check == "inside" and c.unit == "a1"]
    assert not wrong.ok
    assert "outside" in wrong.found.message


def test_approximate_units_are_told_apart(squares: Area) -> None:
    rough = [check.unit for check in table(squares, R=RAION) if check.check == "limits"]
    assert rough == ["a1", "a2", "b1", "b2", "c1", "c2", "63"]
