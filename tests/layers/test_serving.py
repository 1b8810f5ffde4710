"""The SQL of a face on records that can be counted by hand. One degree is about 111 km: the points stand far apart."""

from __future__ import annotations

import json
from datetime import date
from zoneinfo import ZoneInfo

import mapbox_vector_tile
import numpy as np
import pytest
import shapely

from layers.catalogue import INCIDENTS
from layers.database.engine import raw
from layers.errors import BadInput
from layers.geometry import tile_at, tile_box
from layers.query import Query
from layers.serving import counts_sql, page_sql, tile_sql
from layers.shapes import project
from layers.viewer import PUBLIC, Role
from tests.database import viewer
from tests.incident_rows import add_incident, publish

HERE, THERE = (36.70, 49.84), (36.71, 49.84)  # 720 m apart: one tile of zoom 12, two of zoom 16
PUBLIC_FACE = INCIDENTS.face(PUBLIC)
EXACT_FACE = INCIDENTS.faces[0]
KYIV = ZoneInfo("Europe/Kyiv")


@pytest.fixture
def records(session):
    add_incident(session, at=HERE, category="theft", units=["UA1"])
    add_incident(session, at=HERE, category="theft", units=["UA1"], when="2026-04-01T00:30:00+03:00")
    add_incident(session, at=HERE, category="burglary", units=["UA1"])
    add_incident(session, at=THERE, category="traffic", units=["UA2"], when="2025-12-31T23:59:00+02:00")
    publish(session)
    return session


def _tile(session, face, z, query=None, at=HERE):
    sql, values = tile_sql(face, "incidents", query or Query(), z, *tile_at(*at, z))
    [[body]] = raw(session).execute(sql, values).fetchall()
    layer = mapbox_vector_tile.decode(bytes(body)).get("incidents")
    return [feature["properties"] for feature in layer["features"]] if layer else []


def _page(session, face, query):
    [[features, returned, cursor, matched]] = raw(session).execute(*page_sql(face, query)).fetchall()
    return json.loads(b"[%b]" % bytes(features)), returned, cursor, matched


def test_below_the_zoom_of_single_places_points_are_counted_together(records):
    [cluster] = _tile(records, PUBLIC_FACE, 8)
    assert cluster["count"] == 4


def test_each_point_is_counted_in_exactly_one_tile(records):
    for z in range(6, 14):
        tiles = {tile_at(*HERE, z), tile_at(*THERE, z)}
        sql = [tile_sql(PUBLIC_FACE, "incidents", Query(), z, *tile) for tile in tiles]
        bodies = [bytes(raw(records).execute(*one).fetchone()[0]) for one in sql]
        counts = [
            f["properties"]["count"] for b in bodies for f in mapbox_vector_tile.decode(b)["incidents"]["features"]
        ]
        assert sum(counts) == 4, z


def test_a_point_within_a_metre_of_a_tiles_edge_is_counted_once(session):
    edge = tile_box(10, *tile_at(*HERE, 10))
    for metres in (-0.4, -0.01, 0, 0.01, 0.4):
        add_incident(session, at=_degrees(edge[0] + metres, edge[3] + metres))
    publish(session)
    east, south = tile_at(*HERE, 10)
    tiles = [(east - dx, south - dy) for dx in (0, 1) for dy in (0, 1)]
    counted = [f["count"] for tile in tiles for f in _features(session, 10, tile)[0]]
    assert sum(counted) == 5


def test_heaps_keep_off_each_others_figures_and_single_records_stay_where_they_are(session):
    """Two heaps beside one edge of a cell, 512 px to a tile: their circles may touch by a few pixels, not more."""
    z = 9
    x, y = tile_at(*HERE, z)
    west, _, east, north = tile_box(z, x, y)
    cell = (east - west) / 8
    beside = [(west + cell * (2 + step), north - cell * 2.5) for step in (-0.02, 0.02)]
    for at in beside:
        for _ in range(10):
            add_incident(session, at=_degrees(*at))
    alone = _degrees(west + cell * 5.01, north - cell * 5.5)
    add_incident(session, at=alone)
    publish(session)
    found, places = _features(session, z, (x, y))
    pixels = {f["count"]: [] for f in found}
    for feature, (px, _) in zip(found, places, strict=True):
        pixels[feature["count"]].append(px / 4096 * 512)
    first, second = sorted(pixels[10])
    assert second - first == pytest.approx(2 * 0.219 * 64, abs=1), "each keeps 14 px off the edge between them"
    assert pixels[1][0] == pytest.approx(5.01 * 64, abs=0.3)


def _features(session, z, tile):
    """Return the properties of a tile's features, and their places in units of the tile."""
    sql, values = tile_sql(PUBLIC_FACE, "incidents", Query(), z, *tile)
    [[body]] = raw(session).execute(sql, values).fetchall()
    layer = mapbox_vector_tile.decode(bytes(body), default_options={"y_coord_down": True}).get("incidents")
    features = layer["features"] if layer else []
    return [f["properties"] for f in features], [f["geometry"]["coordinates"] for f in features]


def _degrees(x, y):
    return project(np.array([shapely.Point(x, y)], dtype=object), 3857, 4326)[0].coords[0]


def test_records_of_one_place_are_one_feature_that_says_how_many(records):
    [stack] = _tile(records, PUBLIC_FACE, 16)
    assert stack["count"] == 3
    assert "category" not in stack, "they do not agree on it"
    assert "id" not in stack
    [single] = _tile(records, PUBLIC_FACE, 16, at=THERE)
    assert single["count"] == 1
    assert (single["category"], single["month"]) == ("traffic", "2025-12")


def test_filters_narrow_tiles_pages_and_counts_alike(records):
    for query, expected in (
        (Query(category=("theft",)), 2),
        (Query(category=("theft", "traffic")), 3),
        (Query(status=("unknown",)), 4),
        (Query(status=("solved",)), 0),
        (Query(unit=("UA2",)), 1),
        (Query(since=date(2026, 3, 20)), 3),  # the public's times are months: March is in, whichever day is asked
        (Query(until=date(2026, 3, 1)), 3),
        (Query(since=date(2026, 4, 1)), 1),
        (Query(bbox=(36.705, 49.8, 36.72, 49.9)), 1),
    ):
        assert sum(f["count"] for f in _tile(records, PUBLIC_FACE, 8, query)) == (4 if query.bbox else expected)
        features, returned, _, matched = _page(records, PUBLIC_FACE, query)
        assert len(features) == returned == matched == expected
        counted = raw(records).execute(*counts_sql(PUBLIC_FACE, query, "category")).fetchall()
        assert sum(row[3] for row in counted) == expected


def test_the_exact_face_keeps_the_clock_of_the_area(records, see_as):
    see_as(viewer("police_lead"))
    first_of_april = Query(since=date(2026, 4, 1), until=date(2026, 4, 1), timezone=KYIV)
    features, *_ = _page(records, EXACT_FACE, first_of_april)
    assert [f["properties"]["happened_at"][:10] for f in features] == ["2026-03-31"], "in UTC it was still March"
    last_of_december = Query(since=date(2025, 12, 31), until=date(2025, 12, 31), timezone=KYIV)
    assert len(_page(records, EXACT_FACE, last_of_december)[0]) == 1
    counted = raw(records).execute(*counts_sql(EXACT_FACE, Query(timezone=KYIV), "month")).fetchall()
    assert [(row[0], row[3]) for row in counted] == [("2025-12", 1), ("2026-03", 2), ("2026-04", 1)]


@pytest.mark.parametrize(("role", "units", "seen"), [
    (Role.RESIDENT, (), 0),
    (Role.OPERATOR, (), 0),
    (Role.DEPUTY, ("UA1",), 0),
    (Role.OFFICER, (), 0),
    (Role.OFFICER, ("UA1",), 3),
    (Role.OFFICER, ("UA2",), 1),
    (Role.OFFICER, ("UA9",), 0),
    (Role.POLICE_LEAD, (), 4),
    (Role.COORDINATOR, ("UA2",), 1),
    (Role.ADMIN, (), 4),
])  # fmt: skip
def test_exact_records_show_to_those_whose_territory_they_lie_in(records, see_as, role, units, seen):
    see_as(viewer(role, *units))
    assert len(_page(records, EXACT_FACE, Query())[0]) == seen
    assert sum(f["count"] for f in _tile(records, EXACT_FACE, 8)) == seen


def test_pages_go_through_all_records_once_the_newest_first(records):
    months, query = [], Query(limit=1)
    while True:
        features, returned, cursor, matched = _page(records, PUBLIC_FACE, query)
        assert returned == len(features) == 1
        assert (matched is None) == bool(query.cursor), "the first page counts, the others need not"
        months += [(f["properties"]["month"], f["id"]) for f in features]
        if cursor is None:
            break
        query = Query(limit=1, cursor=cursor)
    assert [month for month, _ in months] == ["2026-04", "2026-03", "2026-03", "2025-12"]
    assert len(set(months)) == 4


def test_a_cursor_that_is_none_is_refused(records):
    with pytest.raises(BadInput):
        page_sql(PUBLIC_FACE, Query(cursor="nonsense"))


def test_counting_by_unit_names_what_it_counts(records):
    counted = raw(records).execute(*counts_sql(PUBLIC_FACE, Query(), "unit")).fetchall()
    assert {(row[0], row[3]) for row in counted} == {("UA1", 3), ("UA2", 1)}
    by_category = raw(records).execute(*counts_sql(PUBLIC_FACE, Query(), "category")).fetchall()
    assert by_category[0] == ("theft", "Крадіжка", "Theft", 2)


def test_counting_by_what_a_face_has_not_says_what_it_has():
    with pytest.raises(BadInput, match="category, status, unit, month"):
        counts_sql(PUBLIC_FACE, Query(), "id")


def test_a_word_that_a_face_has_not_shows_nothing_rather_than_everything(records):
    bare = type(PUBLIC_FACE)(**{**PUBLIC_FACE.__dict__, "filters": ()})
    assert _page(records, bare, Query(category=("theft",)))[1] == 0


def test_a_box_up_to_the_poles_is_everything(records):
    assert _page(records, PUBLIC_FACE, Query(bbox=(-180, -90, 180, 90)))[1] == 4
