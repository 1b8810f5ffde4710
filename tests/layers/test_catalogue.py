"""The catalogue against the database that it speaks of."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import psycopg
import pytest

from layers.area import Area
from layers.catalogue import INCIDENTS, catalogue
from layers.database.lanes import as_text, positional
from layers.database.readers import OPTIONS
from layers.layer import Face, Layer
from layers.query import Query
from layers.serving import Values, counted_by, counts_sql, page_sql, rows_sql, tile_sql
from layers.viewer import PEOPLE, PUBLIC, STAFF, Role, Viewer
from maps.styles import STYLES

# What no resident may read, whichever face leads to it.
RESTRICTED = {"incidents", "incidents_exact", "restricted_places", "history", "typed", "files", "accounts"}


def _faces(area: Area) -> list[tuple[Layer, Face]]:
    return [(layer, face) for layer in catalogue(area).values() for face in layer.faces]


@pytest.fixture
def app(database_url):
    with psycopg.connect(database_url, options=OPTIONS, autocommit=True) as connection:
        yield connection


@pytest.fixture
def owner(owner_url):
    with psycopg.connect(owner_url, autocommit=True) as connection:
        yield connection


def _run(connection, statement: tuple[str, Values], explain: str = "") -> list[tuple]:
    text, order = positional(statement[0])
    parameters = [as_text(statement[1][name]) for name in order]
    result = connection.pgconn.exec_params(f"{explain} {text}".encode(), parameters)
    assert not result.error_message, result.error_message.decode()
    return [tuple(result.get_value(r, c) for c in range(result.nfields)) for r in range(result.ntuples)]


def test_every_layer_of_the_catalogue_is_drawn_and_every_style_has_a_layer(area):
    assert set(catalogue(area)) == set(STYLES)


def test_a_unit_system_that_the_area_lacks_is_no_layer_there(area):
    assert "units_2017" in catalogue(area)
    lacking = replace(area, unit_systems=tuple(s for s in area.unit_systems if s.id != "units_2017"))
    assert "units_2017" not in catalogue(lacking)


def test_every_statement_of_every_face_runs_with_every_filter(area, app):
    full = Query(
        category=("a",),
        status=("b",),
        unit=("UA1",),
        since=date(2026, 3, 15),
        until=date(2026, 3, 15),
        bbox=(36.0, 49.0, 37.0, 50.0),
    )
    for layer, face in _faces(area):
        for query in (Query(), full):
            for z in (face.min_zoom, 12, 16):
                _run(app, tile_sql(face, layer.id, query, z, 0, 0))
            _run(app, page_sql(face, query))
            _run(app, rows_sql(face, query))
            for by in counted_by(face):
                _run(app, counts_sql(face, query, by))


def test_every_face_has_titles_for_its_columns_and_its_key_among_what_can_be_ordered(area):
    for layer, face in _faces(area):
        names = [column.name for column in face.columns]
        assert len(names) == len(set(names)), layer.id
        assert all(column.title.uk and column.title.en for column in face.columns), layer.id
        assert set(face.cluster.carry) <= set(names) if face.cluster else True


def test_no_face_of_a_resident_reads_a_restricted_relation(area, owner):
    for layer in catalogue(area).values():
        face = layer.face(PUBLIC)
        if face is None:
            continue
        assert not face.guarded, layer.id
        assert face.relation not in RESTRICTED, layer.id
        [(kind,)] = owner.execute("SELECT relkind FROM pg_class WHERE oid = %s::regclass", (face.relation,)).fetchall()
        assert kind in ("r", b"r"), f"{layer.id}: the public reads a table of its own, never a view of something else"


def test_what_a_resident_reads_stands_under_the_policy_true(area, owner):
    policies = "SELECT qual FROM pg_policies WHERE tablename = %s AND cmd = 'SELECT' AND 'bezpeka_app' = ANY(roles)"
    for layer in catalogue(area).values():
        if face := layer.face(PUBLIC):
            assert owner.execute(policies, (face.relation,)).fetchall() == [("true",)], layer.id


def test_only_those_whose_work_it_is_get_exact_incidents():
    exact = {role for role in PEOPLE if (face := INCIDENTS.face(Viewer(role))) and face.relation == "incidents_exact"}
    assert exact == {Role.OFFICER, Role.POLICE_LEAD, Role.COORDINATOR, Role.ADMIN}
    assert exact < STAFF


def test_the_public_sees_months_and_no_finer_time():
    face = INCIDENTS.face(PUBLIC)
    assert face is not None
    assert {column.name for column in face.columns}.isdisjoint({"happened_at", "time_precision", "place"})
    for word in ("from", "to"):
        assert face.filter(word).column == "month"


def test_tiles_of_open_tables_use_the_spatial_index_under_row_level_security(area, app):
    app.execute("SET enable_seqscan = off")  # the tables are empty here; an index that can't be used is still not used
    for layer in catalogue(area).values():
        face = layer.face(PUBLIC)
        for z in (12, 16):
            plan = "\n".join(
                line.decode() for [line] in _run(app, tile_sql(face, layer.id, Query(), z, 2462, 1395), "EXPLAIN")
            )
            assert "Index Cond: (geom_3857 && " in plan, f"{layer.id} at zoom {z}:\n{plan}"
            assert "Seq Scan" not in plan, plan


def test_guarded_functions_use_the_spatial_index(area, owner):
    owner.execute("LOAD 'auto_explain'")
    for setting in ("log_min_duration = 0", "log_nested_statements = on"):
        owner.execute(f"SET auto_explain.{setting}")
    owner.execute("SET client_min_messages = log")
    owner.execute("SET enable_seqscan = off")
    owner.execute("SELECT set_config('bezpeka.role', 'police_lead', false)")
    plans: list[str] = []
    owner.add_notice_handler(lambda notice: plans.append(notice.message_primary or ""))
    for layer, face in _faces(area):
        if not face.guarded:
            continue
        plans.clear()
        _run(owner, tile_sql(face, layer.id, Query(), 16, 39400, 22320))
        inner = [plan for plan in plans if "geom_3857 && " in plan and "Function Scan" not in plan]
        assert inner, plans
        assert all("Index Cond: (geom_3857 && " in plan for plan in inner), inner
