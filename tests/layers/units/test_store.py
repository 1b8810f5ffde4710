"""Which units a point lies in, on three squares in degrees: a, b beside it, and s inside a."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from layers.units.store import assign_units
from layers.viewer import PUBLIC, Viewer
from tests.database import viewer

POINTS = {1: (36.05, 50.05), 2: (36.15, 50.05), 3: (36.025, 50.025), 4: (36.1, 50.05), 5: (37.0, 51.0)}
UNITS = {1: ["a"], 2: ["b"], 3: ["a", "s"], 4: ["a"], 5: []}
AT = text("SELECT units_at(ST_SetSRID(ST_MakePoint(:lon, :lat), 4326))")


def add_square(
    session: Session, system: str, code: str, west: float, south: float, side: float, parent: str | None = None
) -> None:
    session.execute(
        text("""INSERT INTO units (system, code, name_uk, name_en, parent_code, geom) VALUES
                (:system, :code, :code, :code, :parent, ST_Multi(ST_MakeEnvelope(:w, :s, :e, :n, 4326)))"""),
        {"system": system, "code": code, "parent": parent, "w": west, "s": south, "e": west + side, "n": south + side},
    )


@pytest.fixture
def squares(session: Session) -> Session:
    add_square(session, "hromadas", "a", 36.0, 50.0, 0.1)
    add_square(session, "hromadas", "b", 36.1, 50.0, 0.1)
    add_square(session, "settlements", "s", 36.02, 50.02, 0.01, parent="a")
    return session


def test_a_point_gets_one_code_a_system_and_none_outside(squares: Session) -> None:
    for number, (lon, lat) in POINTS.items():
        assert squares.scalar(AT, {"lon": lon, "lat": lat}) == UNITS[number]


def test_many_points_at_once_get_what_each_gets_alone(squares: Session) -> None:
    squares.execute(text("CREATE TEMPORARY TABLE loaded (number int, place geometry(Point, 4326))"))
    for number, (lon, lat) in POINTS.items():
        squares.execute(
            text("INSERT INTO loaded VALUES (:number, ST_SetSRID(ST_MakePoint(:lon, :lat), 4326))"),
            {"number": number, "lon": lon, "lat": lat},
        )
    squares.execute(text("INSERT INTO loaded VALUES (6, NULL)"))
    rows = squares.execute(text(assign_units("loaded", key="number", geometry="place"))).all()
    assert {number: sorted(codes) for number, codes in rows} == {**UNITS, 6: []}


def test_a_unit_that_moves_takes_its_cells_along(squares: Session) -> None:
    squares.execute(text("UPDATE units SET geom = ST_Translate(geom, 1, 0) WHERE code = 's'"))
    assert squares.scalar(AT, {"lon": 36.025, "lat": 50.025}) == ["a"]
    assert squares.scalar(AT, {"lon": 37.025, "lat": 50.025}) == ["s"]


def test_active_hostilities_close_a_unit_and_what_it_consists_of(squares: Session) -> None:
    squares.execute(text("UPDATE units SET security = 'possible' WHERE code = 'b'"))
    assert squares.scalar(text("SELECT closed_units()")) == []
    squares.execute(text("UPDATE units SET security = 'active' WHERE code = 'a'"))
    assert sorted(squares.scalar(text("SELECT closed_units()")) or []) == ["a", "s"]
    assert squares.scalar(text("SELECT unit_is_closed('s')"))
    assert not squares.scalar(text("SELECT unit_is_closed('b')"))


def test_everybody_reads_units_and_only_keepers_write_them(
    squares: Session, see_as: Callable[[Viewer], Session]
) -> None:
    see_as(PUBLIC)
    assert squares.scalar(text("SELECT count(*) FROM units")) == 3
    assert len(squares.scalars(text("UPDATE units SET security = 'active' RETURNING code")).all()) == 0
    see_as(viewer("police_lead"))
    assert len(squares.scalars(text("UPDATE units SET security = 'active' RETURNING code")).all()) == 3
    assert len(squares.scalars(text("DELETE FROM units RETURNING code")).all()) == 0


def test_the_map_of_units_uses_the_spatial_index(squares: Session, see_as: Callable[[Viewer], Session]) -> None:
    see_as(PUBLIC)
    squares.execute(text("SET LOCAL enable_seqscan = off"))
    box = "ST_Transform(ST_MakeEnvelope(36, 50, 36.05, 50.05, 4326), 3857)"
    plan = squares.scalars(text(f"EXPLAIN SELECT code FROM units WHERE geom_3857 && {box}")).all()
    assert any("units_geom_3857_idx" in line for line in plan), plan
