"""A new extract over an old one; who may read and write; what the public must not see."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from layers.database.base import Base
from layers.database.engine import Database, set_viewer
from layers.places import tables
from layers.places.actions import replace_facts
from layers.viewer import PUBLIC, Role, robot
from tests.database import viewer
from tests.layers.places.made import building, camera, place, town
from tests.layers.places.secrets import restricted_secrets

UTM = 32637
OPEN_TABLES = ("roads", "buildings", "water", "landuse", "places", "streets", "road_nodes", "road_edges")
VERSIONS = text("SELECT layer, x, y, version FROM tile_versions ORDER BY 1, 2, 3")


def count(session: Session, table: str) -> int:
    return int(session.scalar(text(f"SELECT count(*) FROM {table}")) or 0)


def test_the_facts_land_in_their_tables(session: Session) -> None:
    changes = replace_facts(session, town(), metric_srid=UTM)
    assert {table: change.added for table, change in changes.items()} == {
        "roads": 2, "buildings": 2, "water": 1, "landuse": 1, "places": 2, "streets": 2,
        "road_nodes": 5, "road_edges": 4,
    }  # fmt: skip
    assert {table: count(session, table) for table in changes} == {table: c.total for table, c in changes.items()}
    row = session.execute(text("SELECT kind, levels, height_m, height_from FROM buildings WHERE id = 'way/10'")).one()
    assert tuple(row) == ("house", 2, 6, "levels")
    assert session.scalar(text("SELECT ST_SRID(geom_3857) FROM roads LIMIT 1")) == 3857


def test_the_same_facts_again_change_nothing_not_even_the_tiles(session: Session) -> None:
    replace_facts(session, town(), metric_srid=UTM)
    before = session.execute(VERSIONS).all()
    marks = session.execute(text("SELECT id, xmin::text, ctid::text FROM roads ORDER BY id")).all()
    changes = replace_facts(session, town(), metric_srid=UTM)
    assert all((c.added, c.changed, c.removed) == (0, 0, 0) for c in changes.values())
    assert session.execute(VERSIONS).all() == before
    assert session.execute(text("SELECT id, xmin::text, ctid::text FROM roads ORDER BY id")).all() == marks
    assert session.scalar(text("SELECT count(*) FROM history WHERE subject = 'places'")) == 1


def test_a_newer_extract_adds_changes_and_removes(session: Session) -> None:
    replace_facts(session, town(), metric_srid=UTM)
    newer = town()
    newer.buildings = [replace(newer.buildings[0], levels=3.0, height_m=9.0), building("way/12", 36.5, 49.5)]
    newer.roads = newer.roads[:1]
    newer.restricted = []
    changes = replace_facts(session, newer, metric_srid=UTM)
    assert (changes["buildings"].added, changes["buildings"].changed, changes["buildings"].removed) == (1, 1, 1)
    assert (changes["roads"].removed, changes["streets"].removed) == (1, 1)
    # Without the cross street, the other is one edge between its ends.
    assert changes["road_edges"].total == 1
    assert count(session, "restricted_places") == 0


def test_readers_see_the_old_map_until_the_new_one_is_whole(database: Database) -> None:
    with database.begin(robot("test")) as first:
        replace_facts(first, town(), metric_srid=UTM)
    with database.begin(robot("test")) as writer:
        newer = town()
        newer.roads, newer.places = newer.roads[:1], []
        replace_facts(writer, newer, metric_srid=UTM)
        with database.begin(PUBLIC) as reader:
            assert (count(reader, "roads"), count(reader, "places"), count(reader, "streets")) == (2, 2, 2)
    with database.begin(PUBLIC) as reader:
        assert (count(reader, "roads"), count(reader, "places"), count(reader, "streets")) == (1, 0, 1)


def test_an_invalid_outline_stops_the_load_and_leaves_the_old_map(database: Database) -> None:
    from shapely import from_wkt

    with database.begin(robot("test")) as session:
        replace_facts(session, town(), metric_srid=UTM)
    broken = town()
    bow_tie = from_wkt("MULTIPOLYGON(((36 49, 37 50, 37 49, 36 50, 36 49)))")
    broken.buildings = [replace(broken.buildings[0], geom=bow_tie)]
    with pytest.raises(Exception, match="ck_buildings_geom"), database.begin(robot("test")) as session:
        replace_facts(session, broken, metric_srid=UTM)
    with database.begin(PUBLIC) as session:
        assert count(session, "buildings") == 2


@pytest.mark.parametrize("role", sorted(Role))
def test_only_a_few_of_the_staff_see_cameras(session: Session, role: Role) -> None:
    replace_facts(session, town(), metric_srid=UTM)
    set_viewer(session, viewer(role))
    may = role in {Role.POLICE_LEAD, Role.COORDINATOR, Role.ADMIN, Role.ROBOT}
    assert count(session, "restricted_places") == (1 if may else 0)
    assert count(session, "roads") == 2


@pytest.mark.parametrize("table", OPEN_TABLES)
def test_the_public_writes_nothing(session: Session, table: str) -> None:
    replace_facts(session, town(), metric_srid=UTM)
    rows = count(session, table)
    set_viewer(session, PUBLIC)
    assert session.execute(text(f"DELETE FROM {table}")).rowcount == 0
    with pytest.raises(DBAPIError, match="row-level security"), session.begin_nested():
        session.execute(text(f"INSERT INTO {table} DEFAULT VALUES"))
    assert count(session, table) == rows


def test_even_a_coordinator_does_not_write_restricted_places(session: Session) -> None:
    replace_facts(session, town(), metric_srid=UTM)
    set_viewer(session, viewer(Role.COORDINATOR))
    assert session.execute(text("DELETE FROM restricted_places")).rowcount == 0
    assert count(session, "restricted_places") == 1


def test_no_open_row_holds_a_restricted_id_or_place(session: Session) -> None:
    facts = town()
    facts.restricted.append(camera("node/51", 36.5155555, 49.5066666))
    facts.places.append(place("node/42", "pharmacy", "Аптека", 36.507, 49.507))
    replace_facts(session, facts, metric_srid=UTM)
    secrets = restricted_secrets(session)
    assert secrets.points == ((36.5123456, 49.5012345), (36.5155555, 49.5066666))
    assert "node/50" in secrets.words
    for table in OPEN_TABLES:
        for (row,) in session.execute(text(f"SELECT to_jsonb(t)::text FROM {table} t")):
            assert not any(f'"{word}"' in row for word in secrets.words), (table, row)
        points = session.execute(text(f"SELECT (ST_DumpPoints(geom)).geom AS p FROM {table}")).all()
        assert points
        for lon, lat in secrets.points:
            near = text(f"SELECT count(*) FROM {table} WHERE ST_DWithin(geom, ST_Point(:lon, :lat, 4326), 0.000005)")
            assert session.scalar(near, {"lon": lon, "lat": lat}) == 0


@pytest.mark.parametrize("layer", ["roads", "buildings", "water", "landuse", "places"])
def test_a_tiles_box_is_answered_by_the_spatial_index_under_row_level_security(session: Session, layer: str) -> None:
    replace_facts(session, town(), metric_srid=UTM)
    set_viewer(session, PUBLIC)
    session.execute(text("SET LOCAL enable_seqscan = off"))
    box = "ST_MakeEnvelope(4064000, 6360000, 4065000, 6361000, 3857)"
    plan = "\n".join(
        row[0] for row in session.execute(text(f"EXPLAIN SELECT id FROM {layer} WHERE geom_3857 && {box}"))
    )
    assert f"ix_{layer}_geom_3857" in plan


def test_the_declared_tables_are_those_of_the_database(session: Session) -> None:
    known = text(
        "SELECT column_name, is_nullable = 'YES', is_generated = 'ALWAYS' FROM information_schema.columns "
        "WHERE table_schema = 'public' AND table_name = :table"
    )
    models = [
        row for row in vars(tables).values() if isinstance(row, type) and issubclass(row, Base) and row is not Base
    ]
    assert len(models) == 9
    for model in models:
        declared = {
            (c.name, bool(c.nullable) and c.computed is None, c.computed is not None) for c in model.__table__.columns
        }
        found = {
            (name, nullable and not generated, generated)
            for name, nullable, generated in session.execute(known, {"table": model.__tablename__})
        }
        assert declared == found, model.__tablename__
