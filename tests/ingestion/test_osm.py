"""Reading extracts: small ones made here and checked by hand, and what can be wrong with a file."""

from __future__ import annotations

from pathlib import Path

import pytest
from shapely import Point, box

from ingestion.osm import read_osm
from layers.errors import BadInput
from layers.places.facts import Facts
from tests.osm_file import Nodes, Ways, write_osm

AREA = box(36.0, 49.0, 37.0, 50.0)
# A square of about 70 by 110 metres, and a smaller one in its middle.
SQUARE: Nodes = {1: (36.500, 49.500), 2: (36.501, 49.500), 3: (36.501, 49.501), 4: (36.500, 49.501)}
HOLE: Nodes = {5: (36.5004, 49.5004), 6: (36.5006, 49.5004), 7: (36.5006, 49.5006), 8: (36.5004, 49.5006)}
RING = (1, 2, 3, 4, 1)


def read(tmp_path: Path, nodes: Nodes, ways: Ways | None = None, relations=None) -> Facts:
    return read_osm(write_osm(tmp_path / "small.osm.pbf", nodes, {**(ways or {}), **ANCHOR}, relations), AREA)[0]


# Every file here has one street, so that none is taken for one that was cut short.
ANCHOR: Ways = {900: ((1, 2), {"highway": "residential", "name": "вулиця Якірна"})}


def test_a_building_with_a_yard_is_one_outline_with_a_hole(tmp_path: Path) -> None:
    facts = read(
        tmp_path,
        {**SQUARE, **HOLE},
        {10: (RING, {}), 11: ((5, 6, 7, 8, 5), {})},
        {
            20: (
                [("w", 10, "outer"), ("w", 11, "inner")],
                {"type": "multipolygon", "building": "school", "building:levels": "3"},
            )
        },
    )
    [building] = facts.buildings
    assert building.id == "relation/20"
    assert (building.levels, building.height_m, building.height_from) == (3, 9, "levels")
    assert building.geom.area == pytest.approx(0.001 * 0.001 - 0.0002 * 0.0002)
    assert not building.geom.contains(Point(36.5005, 49.5005))


def test_a_buildings_address_and_name_are_kept(tmp_path: Path) -> None:
    tags = {"building": "yes", "addr:street": "вулиця Музейна", "addr:housenumber": "5а", "name": "Музей"}
    [building] = read(tmp_path, SQUARE, {10: (RING, tags)}).buildings
    assert (building.street, building.house_number, building.name_uk, building.name_en) == (
        "вулиця Музейна",
        "5а",
        "Музей",
        "Muzei",
    )


def test_an_area_of_interest_becomes_a_point_on_it(tmp_path: Path) -> None:
    facts = read(tmp_path, SQUARE, {10: (RING, {"amenity": "school", "name": "Школа"})})
    [place] = facts.places
    assert place.kind == "school"
    assert box(36.5, 49.5, 36.501, 49.501).contains(place.geom)
    assert [ground.kind for ground in facts.landuse] == ["school"]


def test_a_road_keeps_its_corners_and_direction(tmp_path: Path) -> None:
    facts = read(tmp_path, SQUARE, {10: ((1, 2, 3), {"highway": "residential", "oneway": "-1", "lit": "yes"})})
    road = next(road for road in facts.roads if road.id == "way/10")
    assert road.oneway == -1
    assert road.lit is True
    assert road.nodes.tolist() == [1, 2, 3]
    assert list(road.geom.coords) == [(36.5, 49.5), (36.501, 49.5), (36.501, 49.501)]


def test_streams_are_lines_and_ponds_areas(tmp_path: Path) -> None:
    facts = read(tmp_path, SQUARE, {10: ((1, 2), {"waterway": "stream"}), 11: (RING, {"natural": "water"})})
    assert {(row.kind, row.geom.geom_type) for row in facts.water} == {
        ("stream", "LineString"),
        ("water", "MultiPolygon"),
    }


def test_a_closed_river_that_is_an_area_too_is_kept_once_as_the_area(tmp_path: Path) -> None:
    [river] = read(tmp_path, SQUARE, {10: (RING, {"waterway": "river", "natural": "water", "water": "river"})}).water
    assert river.geom.geom_type == "MultiPolygon"


def test_what_crosses_the_edge_is_kept_whole_and_what_lies_beside_is_not(tmp_path: Path) -> None:
    nodes: Nodes = {
        **SQUARE,
        30: (36.99, 49.5),
        31: (37.01, 49.5),
        32: (37.2, 49.5),
        33: (37.3, 49.5, {"amenity": "pharmacy"}),
    }
    ways: Ways = {10: ((30, 31), {"highway": "primary"}), 11: ((31, 32), {"highway": "primary"})}
    facts = read(tmp_path, nodes, ways)
    assert [road.id for road in facts.roads] == ["way/10", "way/900"]
    assert facts.roads[0].geom.bounds == (36.99, 49.5, 37.01, 49.5)
    assert facts.places == []


def test_cameras_and_military_go_to_the_restricted_and_nowhere_else(tmp_path: Path) -> None:
    camera = {"man_made": "surveillance", "surveillance:type": "camera", "camera:direction": "N", "camera:type": "dome"}
    camera |= {"camera:mount": "pole", "height": "5", "surveillance:zone": "town", "amenity": "pharmacy", "name": "К"}
    facts = read(
        tmp_path,
        {**SQUARE, 40: (36.7, 49.7, camera), 41: (36.8, 49.8), 42: (36.81, 49.8), 43: (36.81, 49.81)},
        {
            10: (RING, {"building": "yes", "military": "barracks", "amenity": "school"}),
            12: ((41, 42, 43, 41), {"landuse": "military"}),
        },
    )
    kinds = {row.id: row.kind for row in facts.restricted}
    assert kinds == {"node/40": "camera", "way/10": "military", "way/12": "military"}
    seen = next(row for row in facts.restricted if row.kind == "camera")
    assert (seen.bearing, seen.camera_type, seen.mount, seen.height_m, seen.zone) == (0, "dome", "pole", 5, "town")
    assert facts.buildings == facts.places == facts.landuse == []


def test_what_stands_inside_a_military_area_is_withheld(tmp_path: Path) -> None:
    nodes: Nodes = {
        **SQUARE, **HOLE,
        50: (36.5002, 49.5002, {"amenity": "cafe"}), 51: (36.5008, 49.5008, {"place": "village", "name": "Село"}),
        52: (36.6, 49.6, {"amenity": "cafe"}),
    }  # fmt: skip
    ways: Ways = {
        10: (RING, {"landuse": "military"}), 11: ((5, 6, 7, 8, 5), {"building": "yes"}),
        12: ((5, 7), {"highway": "service"}), 13: ((6, 8), {"highway": "tertiary"}),
    }  # fmt: skip
    path = write_osm(tmp_path / "base.osm.pbf", nodes, ways)
    facts, report = read_osm(path, AREA)
    assert [place.id for place in facts.places] == ["node/51", "node/52"]
    assert facts.buildings == []
    assert [road.id for road in facts.roads] == ["way/13"]
    assert (report.withheld, report.restricted) == (3, 1)


def test_broken_outlines_are_named_and_restricted_ones_only_counted(tmp_path: Path) -> None:
    bow_tie = (1, 3, 2, 4, 1)
    path = write_osm(
        tmp_path / "broken.osm.pbf",
        {**SQUARE, **HOLE},
        {
            10: (bow_tie, {"building": "yes"}),
            11: (bow_tie, {"building": "barracks"}),
            12: ((5, 6, 7), {"natural": "water"}),
            **ANCHOR,
        },
        {20: ([("w", 10, "outer"), ("w", 999, "outer")], {"type": "multipolygon", "landuse": "forest"})},
    )
    facts, report = read_osm(path, AREA)
    assert facts.buildings == []
    assert dict(report.skipped) == {
        "the outline is not closed": ["way/12"],
        "the outline crosses itself or parts of it are missing": ["way/10", "relation/20"],
    }
    assert report.restricted == 1
    assert report.read == 5 == report.kept + report.restricted + report.withheld + report.passed_over + 3


def test_a_street_cut_by_the_extracts_edge_keeps_the_part_that_is_there(tmp_path: Path) -> None:
    facts = read(tmp_path, SQUARE, {10: ((777, 1, 2, 3, 888), {"highway": "tertiary"})})
    road = next(road for road in facts.roads if road.id == "way/10")
    assert road.nodes.tolist() == [1, 2, 3]
    assert len(road.geom.coords) == 3


def test_what_is_no_extract_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="There is no file"):
        read_osm(tmp_path / "missing.osm.pbf", AREA)
    for name, content in (("not.osm.pbf", b"hello world" * 100), ("note.txt", b"hello")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(BadInput, match="is not an OpenStreetMap extract"):
            read_osm(tmp_path / name, AREA)


def test_an_empty_file_is_damaged(tmp_path: Path) -> None:
    (tmp_path / "empty.osm.pbf").write_bytes(b"")
    with pytest.raises(BadInput, match="damaged or cut short"):
        read_osm(tmp_path / "empty.osm.pbf", AREA)


def test_an_extract_of_another_place_is_refused(tmp_path: Path) -> None:
    path = write_osm(
        tmp_path / "far.osm.pbf", {1: (7.4, 43.7), 2: (7.41, 43.7)}, {10: ((1, 2), {"highway": "service"})}
    )
    with pytest.raises(BadInput, match="nothing inside this area's outline"):
        read_osm(path, AREA)


def test_an_extract_without_any_way_is_taken_for_one_cut_short(tmp_path: Path) -> None:
    path = write_osm(tmp_path / "points.osm.pbf", {1: (36.5, 49.5, {"amenity": "school"})})
    with pytest.raises(BadInput, match="cut short"):
        read_osm(path, AREA)
