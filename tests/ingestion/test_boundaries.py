"""Limits from files of every format: joined by code, mended or refused with a reason, replaced in one transaction."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely
from shapely import Geometry
from sqlalchemy import text

from ingestion.boundaries import Joined, load_boundaries, read_path, sentence
from layers.area import Area
from layers.database.engine import Database
from layers.errors import BadInput
from layers.shapes import iou, project
from layers.viewer import PUBLIC, robot
from tests.layers.units.towns import square, town

ROBOT = robot("test")
SQUARES = [("A", square(36.0)), ("B", square(36.1)), ("C", square(36.2))]
BOW_TIE = shapely.Polygon([(36.1, 50.0), (36.2, 50.1), (36.2, 50.0), (36.1, 50.1)])


@pytest.fixture
def squares(tmp_path: Path) -> Area:
    return town(tmp_path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "boundaries").mkdir()
    return tmp_path / "boundaries"


def geojson(file: Path, features: Sequence[tuple[dict[str, Any], Geometry | None]], **more: Any) -> Path:
    content = [
        {"type": "Feature", "properties": properties, "geometry": json.loads(shapely.to_geojson(s)) if s else None}
        for properties, s in features
    ]
    file.write_text(json.dumps({"type": "FeatureCollection", "features": content, **more}), "utf-8")
    return file


def coded(shapes: Sequence[tuple[str, Geometry | None]]) -> list[tuple[dict[str, Any], Geometry | None]]:
    return [({"katottg": code}, shape) for code, shape in shapes]


def read(path: Path, area: Area, **options: Any) -> Joined:
    return read_path(path, area, **options)[0]


@pytest.mark.parametrize(
    ("ending", "driver", "crs"),
    [(".geojson", "GeoJSON", "EPSG:4326"), (".gpkg", "GPKG", "EPSG:32637"), (".shp", "ESRI Shapefile", "EPSG:3857")],
)
def test_every_format_in_any_crs_gives_the_same_squares(
    squares: Area, folder: Path, ending: str, driver: str, crs: str
) -> None:
    shapes = project(np.array([shape for _, shape in SQUARES], dtype=object), 4326, crs)
    codes = np.array([code for code, _ in SQUARES], dtype=object)
    pyogrio.raw.write(
        folder / f"h{ending}", shapely.to_wkb(shapes), [codes], ["katottg"],
        driver=driver, crs=crs, geometry_type="MultiPolygon",
    )  # fmt: skip
    joined = read(folder, squares)
    assert (joined.read, sorted(joined.limits), joined.rejected) == (3, ["A", "B", "C"], [])
    for code, wanted in SQUARES:
        assert iou(joined.limits[code].geometry, wanted) > 0.999999


def test_a_code_wins_over_any_name(squares: Area, folder: Path) -> None:
    geojson(folder / "h.geojson", [({"katottg": "B", "name": "Абрикосова"}, square(36.1))])
    assert sorted(read(folder, squares).limits) == ["B"]


def test_a_name_is_a_reported_fallback_old_names_too(squares: Area, folder: Path) -> None:
    geojson(folder / "h.geojson", [({"name": "Стара"}, square(36.1)), ({"name:uk": "АБРИКОСОВА"}, square(36.0))])
    joined = read(folder, squares)
    assert sorted(joined.limits) == ["A", "B"]
    assert [remark.values["code"] for remark in joined.by_name] == ["B", "A"]


def test_a_name_that_two_units_bear_joins_neither(squares: Area, folder: Path) -> None:
    geojson(folder / "s.geojson", [({"name": "Іванівка"}, square(36.17, 50.04, 0.02)), *coded(SQUARES[:1])])
    joined = read(folder, squares)
    assert sorted(joined.limits) == ["A"]
    assert sentence(joined.rejected[0]).endswith("“Іванівка” may be any of b2, c2.")


def test_an_unknown_code_is_not_saved_by_a_known_name(squares: Area, folder: Path) -> None:
    geojson(folder / "h.geojson", [({"katottg": "Z", "name": "Бузкова"}, square(36.1)), *coded(SQUARES[:1])])
    joined = read(folder, squares)
    assert sorted(joined.limits) == ["A"]
    assert "No unit of this area has the code Z." in sentence(joined.rejected[0])


def test_what_can_be_mended_is_mended_and_said(squares: Area, folder: Path) -> None:
    geojson(folder / "h.geojson", coded([("B", BOW_TIE)]))
    joined = read(folder, squares)
    assert joined.limits["B"].geometry.is_valid
    assert joined.limits["B"].geometry.area == pytest.approx(0.005)
    assert "Self-intersection" in sentence(joined.repaired[0])


REFUSED = {
    "It has no geometry.": None,
    "It is no area but Point.": shapely.Point(36.1, 50.0),
    "Its geometry can't be repaired": shapely.Polygon([(36.1, 50.0), (36.2, 50.1), (36.1, 50.0), (36.1, 50.0)]),
    "It lies outside the area": square(20.0),
    "Its coordinates are not on Earth": shapely.box(500, 500, 501, 501),
    "A, Абрикосова has come already": square(36.0),
}


@pytest.mark.parametrize("reason", REFUSED)
def test_what_can_not_be_used_is_rejected_with_its_number_and_reason(reason: str, squares: Area, folder: Path) -> None:
    code = "A" if "already" in reason else "B"
    geojson(folder / "h.geojson", coded([SQUARES[0], (code, REFUSED[reason])]))
    joined = read(folder, squares)
    assert (joined.read, len(joined.limits), len(joined.rejected)) == (2, 1, 1)
    assert sentence(joined.rejected[0]).startswith("h.geojson, 2: ")
    assert reason in sentence(joined.rejected[0])
    with pytest.raises(BadInput, match=r"h\.geojson, feature 2: .* Nothing was loaded\."):
        read(folder, squares, on_error="stop")


def test_files_that_hold_nothing_of_use_are_refused_in_a_sentence(squares: Area, folder: Path) -> None:
    with pytest.raises(BadInput, match="holds no boundaries"):
        read(folder, squares)
    with pytest.raises(BadInput, match="no file or folder"):
        read(folder / "nowhere", squares)
    (folder / "x.geojson").write_text("{not json", "utf-8")
    with pytest.raises(BadInput, match=r"x\.geojson can't be read"):
        read(folder, squares)
    (folder / "x.geojson").unlink()
    geojson(folder / "h.geojson", coded([("Z", square(36.0))]))
    with pytest.raises(BadInput, match="None of the 1 features"):
        read(folder, squares)


def test_a_shapefile_without_crs_must_be_in_degrees(squares: Area, folder: Path) -> None:
    shapes = project(np.array([SQUARES[0][1]], dtype=object), 4326, 32637)
    codes = np.array(["A"], dtype=object)
    pyogrio.raw.write(
        folder / "h.shp", shapely.to_wkb(shapes), [codes], ["katottg"], geometry_type="MultiPolygon", crs="EPSG:32637"
    )
    (folder / "h.prj").unlink()
    with pytest.raises(BadInput, match="doesn't say its CRS"):
        read(folder, squares)


def test_a_second_load_adds_nothing_and_a_dry_run_leaves_nothing(
    database: Database, squares: Area, folder: Path
) -> None:
    joined = read(geojson(folder / "h.geojson", coded(SQUARES), attribution="a surveyor, CC0"), squares)
    assert load_boundaries(database, ROBOT, squares, joined, dry_run=True)
    counted = text("SELECT count(*) FROM units")
    with database.begin(PUBLIC) as session:
        assert session.scalar(counted) == 0
    for _ in range(2):
        load_boundaries(database, ROBOT, squares, joined)
        with database.begin(PUBLIC) as session:
            assert session.scalar(counted) == 12  # 1 raion, 3 hromadas, 6 settlements, 1 old unit, the outline
            of_a = text("SELECT source, licence, approximate FROM units WHERE code = 'A'")
            assert tuple(session.execute(of_a).one()) == ("a surveyor", "CC0", False)


def test_districts_come_from_a_csv_or_from_polygons_called_by_their_layer(
    database: Database, squares: Area, folder: Path
) -> None:
    file = folder / "starosta_districts.csv"
    file.write_text("код;назва;населені пункти\nS1;Яснівський;a1\nS2;Зелений;b1 b2\n", "utf-8")
    joined, districts = read_path(folder, squares)
    assert {d.code: d.members for d in districts["starosta_districts"]} == {"S1": ("a1",), "S2": ("b1", "b2")}
    load_boundaries(database, ROBOT, squares, joined, districts)
    rows = text("SELECT code, approximate FROM units WHERE system = 'starosta_districts' ORDER BY code")
    with database.begin(PUBLIC) as session:
        assert [tuple(row) for row in session.execute(rows)] == [("S1", True), ("S2", True)]
    file.unlink()
    # Drawn: the settlements are those whose points lie in it.
    geojson(folder / "drawn.geojson", [({"code": "S3", "name": "Схід"}, square(36.05))])
    joined, districts = read_path(folder / "drawn.geojson", squares, system_id="starosta_districts")
    assert districts["starosta_districts"][0].members == ("a2", "b1")
    load_boundaries(database, ROBOT, squares, joined, districts)
    with database.begin(PUBLIC) as session:
        assert [tuple(row) for row in session.execute(rows)] == [("S3", False)]


def test_a_district_without_settlements_is_refused(squares: Area, folder: Path) -> None:
    (folder / "starosta_districts.csv").write_text("code,name,settlements\nS1,Порожній,\n", "utf-8")
    with pytest.raises(BadInput, match=r"starosta_districts\.csv, 2: a district needs"):
        read_path(folder, squares)
    with pytest.raises(BadInput, match="no units of the kind “hromadas”"):
        read_path(folder / "starosta_districts.csv", squares, system_id="hromadas")
