"""What the public is shown of exact records, and that it is never more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlalchemy.orm import Session

from layers.viewer import PUBLIC, Role, Viewer
from tests import town
from tests.database import viewer
from tests.layers.incidents.conftest import Bring

IN_CITY = (36.005, 50.015, "exact")
IN_VILLAGE = (36.065, 50.071, "exact")
IN_2017_ONLY = (36.152, 50.033, "exact")
SNAPPED_IN_VILLAGE = (36.065, 50.071, "snapped")
NOWHERE = (float("nan"), float("nan"), "")
OUTSIDE = (37.0, 50.05, "exact")
SWAPPED = (50.05, 36.05, "exact")
PUBLIC_ROWS = text("""
SELECT round(ST_X(geom)::numeric, 4)::float AS lon, round(ST_Y(geom)::numeric, 4)::float AS lat, location_precision,
       units, hromada, unit_2017, month::text, source FROM incidents_public ORDER BY lon
""")


def public(session: Session) -> list[Any]:
    return list(session.execute(PUBLIC_ROWS).all())


def close(session: Session, code: str, security: str = "active") -> None:
    session.execute(text("UPDATE units SET security = :s WHERE code = :c"), {"s": security, "c": code})


def count(session: Session, table: str) -> int:
    return int(session.scalar(text(f"SELECT count(*) FROM {table}")) or 0)


def test_an_exact_place_in_a_city_is_shown_at_its_centre(bring: Bring, session: Session) -> None:
    bring(IN_CITY)
    row = public(session)[0]
    assert (row.lon, row.lat, row.location_precision) == (*town.CITY_CENTRE, "settlement")
    assert (row.hromada, row.unit_2017, row.month) == ("H1", "U17", "2026-05-01")


def test_an_exact_place_in_a_village_is_shown_at_its_hromadas_centre_and_without_the_villages_code(
    bring: Bring, session: Session
) -> None:
    bring(IN_VILLAGE)
    row = public(session)[0]
    assert (row.lon, row.lat, row.location_precision) == (*town.HROMADA_CENTRE, "hromada")
    assert sorted(row.units) == ["H1", "U17"]


def test_a_record_with_a_2017_unit_and_no_hromada_is_on_the_map_in_a_1_km_cell(bring: Bring, session: Session) -> None:
    bring(IN_2017_ONLY)
    row = public(session)[0]
    assert (row.hromada, row.unit_2017, row.location_precision) == (None, "U17", "cell")
    metres = session.scalar(
        text("SELECT ST_Distance(geom::geography, ST_MakePoint(36.152, 50.033)::geography) FROM incidents_public")
    )
    assert 0 < metres <= 708  # half the diagonal of a cell


def test_what_arrives_generalised_is_shown_as_it_arrived(bring: Bring, session: Session) -> None:
    bring(SNAPPED_IN_VILLAGE)
    row = public(session)[0]
    assert (row.lon, row.lat, row.location_precision) == (36.065, 50.071, "snapped")


def test_the_same_record_is_generalised_the_same_in_every_load(bring: Bring, session: Session) -> None:
    bring(IN_2017_ONLY, IN_2017_ONLY)
    first, second = public(session)
    assert first == second


def test_a_record_without_a_place_is_counted_and_on_no_map(bring: Bring, session: Session) -> None:
    counts = bring(NOWHERE, IN_CITY)
    assert (counts.landed, counts.no_place, counts.published) == (1, 1, 1)
    assert (count(session, "incidents"), count(session, "incidents_public")) == (2, 1)
    assert count(session, "incidents_exact(NULL)") == 1


def test_a_place_outside_the_area_is_told_apart_and_a_swapped_one_recognised(bring: Bring, session: Session) -> None:
    counts = bring(OUTSIDE, SWAPPED, IN_CITY)
    assert counts.outside == {2: False, 3: True}
    assert (counts.landed, count(session, "incidents")) == (1, 1)


def test_equal_rows_of_a_file_are_different_incidents_and_a_second_load_adds_none(
    bring: Bring, session: Session, area: Any
) -> None:
    from layers.incidents.actions import Landing
    from tests.layers.incidents.conftest import SOURCE, frame

    assert bring(IN_CITY, IN_CITY, IN_CITY).landed == 3
    again = Landing(session, area, SOURCE).add(frame((IN_CITY, IN_CITY, IN_CITY, IN_CITY)))
    assert (again.known, again.landed) == (3, 1)


def test_closing_a_unit_takes_its_records_from_the_public_and_opening_it_gives_them_back(
    bring: Bring, session: Session
) -> None:
    bring(IN_CITY, IN_VILLAGE, IN_2017_ONLY)
    before = public(session)
    close(session, town.HROMADA)
    assert [row.unit_2017 for row in public(session)] == ["U17"]
    assert count(session, "incidents") == 3
    close(session, town.HROMADA, "none")
    assert public(session) == before


def test_closing_a_village_takes_what_stands_at_its_hromadas_centre(bring: Bring, session: Session) -> None:
    bring(IN_CITY, IN_VILLAGE)
    close(session, town.VILLAGE)
    assert [row.location_precision for row in public(session)] == ["settlement"]


def test_records_of_a_closed_unit_land_unpublished(bring: Bring, session: Session) -> None:
    bring(IN_CITY)
    close(session, town.UNIT_2017)
    counts = bring(IN_VILLAGE)
    assert (counts.landed, counts.published, count(session, "incidents_public")) == (1, 0, 0)


def test_whoever_closes_a_unit_and_sees_few_records_closes_them_all(
    bring: Bring, session: Session, see_as: Callable[[Viewer], Session]
) -> None:
    bring(IN_CITY, IN_VILLAGE)
    see_as(viewer("coordinator", town.CITY))
    assert count(session, "incidents") == 1
    close(session, town.HROMADA)
    assert count(session, "incidents_public") == 0
    assert count(session, "incidents") == 1  # and they see no more than before


def test_no_statement_publishes_a_record_of_a_closed_unit(bring: Bring, session: Session) -> None:
    bring(IN_CITY)
    close(session, town.CITY)
    forged = text("""
        INSERT INTO incidents_public (id, category, symbol, status, month, location_precision, units, source, demo,
                                      geom)
        SELECT public_id, category, 'theft', status, month, 'settlement', '{}', source, demo, geom FROM incidents
    """)
    with pytest.raises(ProgrammingError, match="not published"):
        session.execute(forged)


def test_a_deleted_record_is_withdrawn_from_the_public(bring: Bring, session: Session) -> None:
    bring(IN_CITY, IN_VILLAGE)
    session.execute(text("DELETE FROM incidents WHERE settlement = 'C1'"))
    assert [row.location_precision for row in public(session)] == ["hromada"]


def test_a_categorys_new_symbol_is_drawn_at_once(bring: Bring, session: Session) -> None:
    bring(IN_CITY)
    session.execute(text("UPDATE categories SET symbol = 'other' WHERE code = 'theft'"))
    assert session.scalars(text("SELECT symbol FROM incidents_public")).all() == ["other"]


@pytest.mark.parametrize(
    "statement", ["DELETE FROM categories WHERE code = 'theft'", "UPDATE incidents SET category = 'x'"]
)
def test_a_record_always_has_a_known_category(bring: Bring, session: Session, statement: str) -> None:
    bring(IN_CITY)
    with pytest.raises(IntegrityError):
        session.execute(text(statement))


def test_a_new_record_bumps_the_tiles_it_is_on(bring: Bring, session: Session) -> None:
    bring(IN_CITY)
    tiles = session.scalar(text("SELECT count(*) FROM tile_versions WHERE layer = 'incidents'"))
    assert tiles >= 1


# --- who sees the exact records ---------------------------------------------------------------------------------------

EVERYTHING, NOTHING = 3, 0
MAY_SEE = [
    (PUBLIC, NOTHING),
    *((viewer(role), NOTHING) for role in (Role.OPERATOR, Role.DEPUTY, Role.STAROSTA, Role.EXECUTOR)),
    (viewer(Role.OFFICER), NOTHING),
    (viewer(Role.OFFICER, town.HROMADA), 2),
    (viewer(Role.OFFICER, town.VILLAGE), 1),
    (viewer(Role.POLICE_LEAD), EVERYTHING),
    (viewer(Role.POLICE_LEAD, town.CITY), 1),
    (viewer(Role.COORDINATOR), EVERYTHING),
    (viewer(Role.ADMIN), EVERYTHING),
]


@pytest.mark.parametrize(("who", "seen"), MAY_SEE, ids=lambda each: getattr(each, "scope", None))
@pytest.mark.parametrize(
    "relation", ["incidents", "incidents_exact(NULL)", "incidents_exact(ST_TileEnvelope(0, 0, 0))"]
)
def test_exact_records_are_seen_by_those_whose_work_it_is(
    bring: Bring, session: Session, see_as: Callable[[Viewer], Session], who: Viewer, seen: int, relation: str
) -> None:
    bring(IN_CITY, IN_VILLAGE, IN_2017_ONLY)
    see_as(who)
    assert count(session, relation) == seen
    assert count(session, "incidents_public") == EVERYTHING


def test_nobody_but_a_robot_writes_records(bring: Bring, session: Session, see_as: Callable[[Viewer], Session]) -> None:
    bring(IN_CITY)
    see_as(viewer(Role.ADMIN))
    assert session.execute(text("DELETE FROM incidents")).rowcount == 0  # type: ignore[attr-defined]
    assert session.execute(text("UPDATE incidents_public SET source = ''")).rowcount == 0  # type: ignore[attr-defined]


def test_the_staffs_box_is_found_by_the_spatial_index(bring: Bring, session: Session) -> None:
    bring(*[(36.0 + n / 50_000, 50.0 + n / 100_000, "exact") for n in range(3000)])
    scans = text("SELECT pg_stat_get_xact_numscans(oid) FROM pg_class WHERE relname = 'ix_incidents_geom_3857'")
    before = session.scalar(scans) or 0
    box = "ST_Transform(ST_MakeEnvelope(36.0001, 50, 36.0002, 50.1, 4326), 3857)"
    found = session.scalar(text(f"SELECT count(*) FROM incidents_exact({box})"))
    assert found == 6  # n = 5 .. 10
    assert (session.scalar(scans) or 0) == before + 1
