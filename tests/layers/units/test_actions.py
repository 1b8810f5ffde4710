"""The verbs of units, on three square hromadas and on the default area."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
import shapely
from sqlalchemy import text
from sqlalchemy.orm import Session

from layers import history
from layers.area import Area
from layers.errors import BadInput, Conflict, NotAllowed, NotFound
from layers.units import store
from layers.units.actions import District, define_districts, ensure_units, replace_limits, set_security
from layers.units.rules import Security
from layers.viewer import PUBLIC, Viewer, robot
from tests.database import viewer
from tests.layers.units.towns import SETTLEMENTS, limits_of_hromadas, town

ROBOT = robot("test")


@pytest.fixture
def squares(tmp_path: Path) -> Area:
    return town(tmp_path)


def by_code(session: Session) -> dict[str, dict[str, object]]:
    return {unit["code"]: unit for unit in store.all_units(session)}


def test_a_fresh_database_gets_approximate_units_at_once(session: Session, area: Area) -> None:
    began = time.perf_counter()
    assert ensure_units(session, area)
    took = time.perf_counter() - began
    counts = dict(session.execute(text("SELECT system, count(geom) FROM units GROUP BY 1")).all())
    assert counts == {"hromadas": 9, "settlements": 226, "units_2017": 3, "raion": 1, "area": 1}
    assert session.scalar(text("SELECT bool_and(approximate AND ST_IsValid(geom) AND point IS NOT NULL) FROM units"))
    assert took < 3  # about 0.6 s on an idle machine


def test_a_second_start_changes_nothing(session: Session, squares: Area) -> None:
    assert ensure_units(session, squares)
    assert not ensure_units(session, squares)


def test_changed_facts_are_taken_over_and_real_limits_stay(session: Session, squares: Area) -> None:
    ensure_units(session, squares)
    replace_limits(session, ROBOT, squares, limits_of_hromadas())
    facts = squares.profile.parent / "settlements.csv"
    facts.write_text(SETTLEMENTS.replace("Ясне", "Світле").replace("c2,C,Іванівка,77,50.05,36.28\n", ""), "utf-8")
    assert ensure_units(session, squares)
    units = by_code(session)
    assert (units["a1"]["name_uk"], units["a1"]["name_en"]) == ("Світле", "Svitle")
    assert "c2" not in units
    assert not units["A"]["approximate"]


def test_villages_without_limits_share_their_real_hromada(session: Session, squares: Area) -> None:
    replace_limits(session, ROBOT, squares, limits_of_hromadas())
    units = by_code(session)
    # Points at 0.02 and 0.06 of a square of 0.1: the border between their cells stands at 0.04.
    assert units["a1"]["geom"].area == pytest.approx(0.004, rel=1e-3)  # type: ignore[attr-defined]
    assert units["a2"]["geom"].area == pytest.approx(0.006, rel=1e-3)  # type: ignore[attr-defined]
    assert units["a1"]["approximate"]
    # The old unit had the villages of A and B; so, approximately, both squares.
    assert units["63"]["geom"].area == pytest.approx(0.02, rel=1e-3)  # type: ignore[attr-defined]
    assert units["R"]["geom"].area == pytest.approx(0.03, rel=1e-6)  # type: ignore[attr-defined]
    assert store.approximate_systems(session) == ["area", "raion", "settlements", "units_2017"]


def test_loading_again_replaces_and_keeps_the_security(session: Session, squares: Area) -> None:
    replace_limits(session, ROBOT, squares, limits_of_hromadas())
    session.execute(text("UPDATE units SET security = 'possible' WHERE code = 'A'"))
    replace_limits(session, ROBOT, squares, limits_of_hromadas())
    assert session.scalar(text("SELECT count(*) FROM units WHERE system = 'hromadas'")) == 3
    assert session.scalar(text("SELECT security FROM units WHERE code = 'A'")) == "possible"


def test_residents_load_no_limits(session: Session, squares: Area) -> None:
    with pytest.raises(NotAllowed):
        replace_limits(session, PUBLIC, squares, limits_of_hromadas())


def test_a_district_is_the_union_of_its_settlements(session: Session, squares: Area) -> None:
    replace_limits(session, ROBOT, squares, limits_of_hromadas())
    districts = [District("S1", "Яснівський", ("a1",)), District("S2", "Лозівський", ("a2",))]
    define_districts(session, ROBOT, squares, "starosta_districts", districts)
    units = by_code(session)
    assert (units["S1"]["name_en"], units["S1"]["parent_code"]) == ("Yasnivskyi", "A")
    assert units["S1"]["geom"].equals(units["a1"]["geom"])  # type: ignore[attr-defined]
    assert units["S1"]["approximate"]
    # They outlive the next loading of limits, and a new list replaces them.
    replace_limits(session, ROBOT, squares, limits_of_hromadas())
    assert "S1" in by_code(session)
    define_districts(session, ROBOT, squares, "starosta_districts", districts[1:])
    assert "S1" not in by_code(session)


def test_a_settlement_is_in_one_district_only_and_must_exist(session: Session, squares: Area) -> None:
    ensure_units(session, squares)
    with pytest.raises(BadInput, match="two districts: S1 and S2"):
        twice = [District("S1", "Один", ("a1",)), District("S2", "Два", ("a1",))]
        define_districts(session, ROBOT, squares, "starosta_districts", twice)
    with pytest.raises(BadInput, match="no settlement with the code x9"):
        define_districts(session, ROBOT, squares, "starosta_districts", [District("S1", "Один", ("x9",))])


def test_a_status_of_hostilities_is_set_with_a_reason_and_kept_in_the_history(
    session: Session, squares: Area, see_as: Callable[[Viewer], Session]
) -> None:
    ensure_units(session, squares)
    lead = viewer("police_lead")
    see_as(lead)
    version = store.one_unit(session, "A")["version"]  # type: ignore[index]
    assert set_security(session, lead, "A", Security.ACTIVE, reason="наказ № 1", version=version) == version + 1
    assert session.scalar(text("SELECT unit_is_closed('A') AND unit_is_closed('a1') AND NOT unit_is_closed('B')"))
    (line,) = history.of(session, "unit", "A")
    assert line["codes"] == {"from": "none", "to": "active"}
    with pytest.raises(Conflict):
        set_security(session, lead, "A", Security.NONE, reason="скасовано", version=version)


def test_a_status_needs_a_reason_a_unit_and_the_right(session: Session, squares: Area) -> None:
    ensure_units(session, squares)
    coordinator = viewer("coordinator")
    with pytest.raises(BadInput):
        set_security(session, coordinator, "A", Security.ACTIVE, reason=" ")
    with pytest.raises(NotFound):
        set_security(session, coordinator, "nowhere", Security.ACTIVE, reason="є")
    with pytest.raises(NotAllowed):
        set_security(session, viewer("officer", "A"), "A", Security.ACTIVE, reason="є")


def test_an_area_without_units_is_its_box(session: Session, tmp_path: Path) -> None:
    squares = town(tmp_path)
    plain = Area(**{**squares.__dict__, "unit_systems": ()})
    ensure_units(session, plain)
    (only,) = store.all_units(session)
    assert (only["system"], only["code"], only["approximate"]) == ("area", "squares", False)
    assert only["geom"].equals(shapely.box(*plain.box))
    inside = text("SELECT units_at(ST_SetSRID(ST_MakePoint(:lon, 50.05), 4326))")
    assert session.scalar(inside, {"lon": 36.05}) == ["squares"]
    assert session.scalar(inside, {"lon": 36.4}) == []


def test_approximate_limits_name_the_source_of_their_points(session: Session, area: Area) -> None:
    ensure_units(session, area)
    rows = session.execute(text("SELECT DISTINCT source, licence FROM units WHERE system <> 'area'")).all()
    assert [tuple(row) for row in rows] == [("GeoNames, OpenStreetMap", "CC BY 4.0, ODbL 1.0")]
