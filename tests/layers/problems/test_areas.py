"""A published report is ground on the map: its street's catchment, once, with how many lie in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import mapbox_vector_tile
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from layers.catalogue import PROBLEM_AREAS
from layers.database.engine import raw
from layers.geometry import tile_at
from layers.query import Query
from layers.serving import tile_sql
from layers.viewer import PUBLIC
from tests.layers.problems.conftest import IN_CITY, IN_VILLAGE, NOW, Bring, Move

Confirm = Callable[..., UUID]
# A street whose ground reaches from one parent tile of zoom 10 into the next, at 36.2109 degrees.
STREET = "POLYGON((36 50,36.25 50,36.25 50.02,36 50.02,36 50))"
NEW_LIST = text("""
INSERT INTO snap_lists (made_at, fingerprint, mark, homes, counts) VALUES (:now, '', '', 8, '{}') RETURNING version
""")
POINT = text("""
INSERT INTO snap_points (version, kind, title_uk, title_en, region, units, buildings, geom, catchment)
VALUES (:version, :kind, 'Вулиця', 'Street', 'H1', '{H1}', 8, ST_GeomFromText(:point, 4326),
        ST_Multi(ST_GeomFromText(:catchment, 4326)))
""")
AREAS = text("SELECT a.id, a.status, ST_AsText(a.geom) AS geom FROM problem_areas a ORDER BY a.id")


@pytest.fixture
def street(placed: Session) -> Session:
    """Give a newer list of snap points: a street in the city, the hromada for all the rest."""
    version = placed.scalar(NEW_LIST, {"now": NOW})
    rest = "POLYGON((36 50.02,36.1 50.02,36.1 50.1,36 50.1,36 50.02))"
    for kind, point, catchment in (("street", "36.01 50.01", STREET), ("hromada", "36.05 50.05", rest)):
        placed.execute(POINT, {"version": version, "kind": kind, "point": f"POINT({point})", "catchment": catchment})
    return placed


def tile(session: Session, **words: Any) -> list[dict[str, Any]]:
    face = PROBLEM_AREAS.face(PUBLIC)
    assert face
    sql, values = tile_sql(face, "problem_areas", Query(**words), 14, *tile_at(*IN_CITY, 14))
    [[body]] = raw(session).execute(sql, values).fetchall()
    return [feature["properties"] for feature in mapbox_vector_tile.decode(bytes(body))["problem_areas"]["features"]]


def test_a_report_in_a_street_has_the_streets_ground_and_one_shown_for_a_hromada_has_none(
    street: Session, bring: Bring, confirm: Confirm
) -> None:
    confirm(bring("Яма", "road", at=IN_CITY))
    confirm(bring("Собаки", "animals", at=IN_VILLAGE))
    [area] = street.execute(AREAS).all()
    assert area.geom == f"MULTIPOLYGON(({STREET.removeprefix('POLYGON(')})"
    assert street.scalar(text("SELECT category FROM problems_public WHERE id = :id"), {"id": area.id}) == "road"


def test_the_ground_of_several_reports_is_drawn_once_with_their_number(
    street: Session, bring: Bring, confirm: Confirm
) -> None:
    for n in range(3):
        confirm(bring(f"Яма {n}", "road"))
    confirm(bring("Темно", "lighting"))
    [drawn] = tile(street)
    assert (drawn["count"], drawn.get("symbol"), drawn["location_precision"]) == (4, None, "street")
    [narrowed] = tile(street, category=("road",))
    assert (narrowed["count"], narrowed["symbol"]) == (3, "road")


def test_ground_follows_its_report_from_step_to_step_and_off_the_map(
    street: Session, bring: Bring, confirm: Confirm, move: Move
) -> None:
    problem = confirm(bring())
    move(problem, "forwarded", institution=street.scalar(text("SELECT id FROM institutions WHERE code = 'energy'")))
    assert [area.status for area in street.execute(AREAS)] == ["forwarded"]
    move(problem, "checking", reason="mistake")
    assert street.execute(AREAS).all() == []


def test_every_tile_that_the_ground_reaches_into_is_fresh_again(
    street: Session, bring: Bring, confirm: Confirm
) -> None:
    confirm(bring())
    versions = text("SELECT x FROM tile_versions WHERE layer = 'problem_areas' ORDER BY x")
    x, _ = tile_at(*IN_CITY, 10)
    assert street.scalars(versions).all() == [x, x + 1]
