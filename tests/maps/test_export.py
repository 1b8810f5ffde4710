"""Each export is read back with another program's reader and compared, value by value."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import geopandas
import numpy as np
import pyogrio
import pytest
import shapely

from layers.errors import BadInput
from maps.export import FORMATS, export
from maps.language import speak
from maps.rows import Rows
from tests.maps.rows import CAPTION, INCIDENT_COLUMNS, hromadas, incidents, rows

UK, EN = speak("uk"), speak("en")
KML = "{http://www.opengis.net/kml/2.2}"


def _read(body: bytes, form: str, folder: Path) -> geopandas.GeoDataFrame:
    path = folder / f"export.{form}"
    path.write_bytes(body)
    return pyogrio.read_dataframe(path)


@pytest.mark.parametrize("form", ["geojson", "gpkg"])
def test_areas_come_back_with_equal_shapes_and_values(form: str, tmp_path: Path) -> None:
    units = hromadas()
    back = _read(export(units, CAPTION, form, UK), form, tmp_path)
    assert list(back["code"]) == ["UA01", "UA02"]
    assert list(back["name_uk"]) == ["Їжакська ʼромада", "Ґанківська"]
    assert back["area_km2"][0] == 80.5
    assert np.isnan(back["area_km2"][1])
    assert list(back["approximate"]) == [False, False]
    assert back.crs.to_epsg() == 4326
    assert shapely.equals(back.geometry.values, units.shapes).all()


@pytest.mark.parametrize("form", list(FORMATS))
def test_points_come_back_as_many_as_they_were(form: str, tmp_path: Path) -> None:
    found = incidents((36.61, 49.81), (36.62, 49.82), (36.62, 49.82))
    back = _read(export(found, CAPTION, form, EN), form, tmp_path)
    assert len(back) == 3
    if form == "csv":
        assert list(back["Longitude"].astype(float)) == [36.61, 36.62, 36.62]
    else:
        assert list(back.geometry.x) == [36.61, 36.62, 36.62]


@pytest.mark.parametrize("form", list(FORMATS))
def test_nothing_found_is_a_valid_empty_file(form: str, tmp_path: Path) -> None:
    body = export(incidents(), CAPTION, form, UK)
    if form == "kml":  # GDAL opens no KML without a placemark
        assert ElementTree.fromstring(body).find(f"{KML}Document/{KML}name") is not None
        return
    assert len(_read(body, form, tmp_path)) == 0


def test_a_csv_opens_in_a_spreadsheet_and_runs_nothing_there() -> None:
    found = incidents((36.61, 49.81), category='=HYPERLINK("http://evil","x")')
    body = export(found, CAPTION, "csv", UK)
    assert body.startswith(b"\xef\xbb\xbf")
    head, row = csv.reader(io.StringIO(body.decode("utf-8-sig")))
    assert head[:4] == ["Номер", "Категорія", "Знак", "Місяць"]
    assert row[1] == '\'=HYPERLINK("http://evil","x")'
    assert row[5:7] == ["36.610000", "49.810000"]


def test_a_negative_number_stays_a_number_in_a_csv() -> None:
    units = hromadas()
    units.values[0][3] = -5.5
    row = list(csv.reader(io.StringIO(export(units, CAPTION, "csv", EN).decode("utf-8-sig"))))[1]
    assert row[3:5] == ["-5.5", "no"]


@pytest.mark.parametrize("form", list(FORMATS))
def test_every_file_says_where_it_is_from_and_what_it_is_not(form: str, tmp_path: Path) -> None:
    body = export(hromadas(approximate=True), replace(CAPTION, demo=True), form, EN)
    if form == "gpkg":
        (tmp_path / "export.gpkg").write_bytes(body)
        said = str(pyogrio.read_info(tmp_path / "export.gpkg", layer="hromadas")["layer_metadata"])
    else:
        said = body.decode()
    assert "Demo data" in said
    assert "Approximate boundaries" in said
    assert "Test source" in said
    assert "CC0" in said


def test_markup_in_a_value_stays_text_in_kml() -> None:
    found = incidents((36.61, 49.81), category='<script>alert(1)</script> & "\x0b]]>')
    tree = ElementTree.fromstring(export(found, CAPTION, "kml", UK))
    values = [value.text for value in tree.iter(f"{KML}value")]
    assert '<script>alert(1)</script> & "]]>' in values
    assert b"http" not in export(found, CAPTION, "kml", UK).replace(b"http://www.opengis.net/kml/2.2", b"")


def test_a_kml_placemark_carries_its_month_and_the_titles_of_its_columns() -> None:
    tree = ElementTree.fromstring(export(incidents((36.61, 49.81)), CAPTION, "kml", UK))
    assert [when.text for when in tree.iter(f"{KML}when")] == ["2026-11"]
    assert "Категорія" in [title.text for title in tree.iter(f"{KML}displayName")]


def test_a_geopackage_names_its_columns_for_people(tmp_path: Path) -> None:
    import sqlite3

    path = tmp_path / "export.gpkg"
    path.write_bytes(export(hromadas(), CAPTION, "gpkg", UK))
    with sqlite3.connect(path) as package:
        titles = dict(package.execute("SELECT column_name, title FROM gpkg_data_columns"))
    assert titles["area_km2"] == "Площа, км²"


def test_lines_and_areas_of_one_layer_share_a_geopackage(tmp_path: Path) -> None:
    water = rows("water", (), [shapely.box(0, 0, 1, 1), shapely.LineString([(0, 0), (1, 1)])], [[], []])
    back = _read(export(water, CAPTION, "gpkg", UK), "gpkg", tmp_path)
    assert sorted(back.geometry.geom_type) == ["LineString", "Polygon"]


def test_a_row_without_a_place_is_kept(tmp_path: Path) -> None:
    lost = rows("incidents", INCIDENT_COLUMNS, [None], [["i1", "theft", "theft", "2026-11", None]])
    assert json.loads(export(lost, CAPTION, "geojson", UK))["features"][0]["geometry"] is None
    assert len(_read(export(lost, CAPTION, "gpkg", UK), "gpkg", tmp_path)) == 1
    assert list(csv.reader(io.StringIO(export(lost, CAPTION, "csv", UK).decode())))[1][5:7] == ["", ""]


def test_an_unknown_format_is_answered_with_those_that_exist() -> None:
    with pytest.raises(BadInput, match="geojson, gpkg, csv, kml"):
        export(incidents(), CAPTION, "shp", UK)


def test_a_list_of_codes_stays_a_list_in_geojson_and_is_one_text_elsewhere(tmp_path: Path) -> None:
    found: Rows = incidents((36.61, 49.81))
    found.values[0][4] = ["UA01", "UA02"]
    assert json.loads(export(found, CAPTION, "geojson", UK))["features"][0]["properties"]["units"] == ["UA01", "UA02"]
    assert _read(export(found, CAPTION, "gpkg", UK), "gpkg", tmp_path)["units"][0] == "UA01; UA02"
