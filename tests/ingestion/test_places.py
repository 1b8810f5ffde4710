"""A community's own places into a small town whose every limit is known."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas
import openpyxl
import pytest
from shapely import MultiPolygon, Point, box
from sqlalchemy import text
from sqlalchemy.orm import Session

from ingestion.places import Options, Report, load_places
from layers.area import Area
from layers.errors import BadInput
from layers.places.actions import replace_facts
from layers.places.facts import Facts, Restricted
from tests import town
from tests.layers.places.made import place

HEAD = "Вид;Назва;Широта;Довгота;Адреса\n"
SCHOOL = "Школа;Ліцей № 1;50,015;36,005;вул. Тиха, 1\n"
Load = Callable[..., Report]


@pytest.fixture
def area(session: Session, tmp_path: Path) -> Area:
    town.build(session)
    return town.profile(tmp_path)


@pytest.fixture
def load(session: Session, area: Area, tmp_path: Path) -> Load:
    """Return a function that loads a text as a file of the town."""

    def load_text(content: str, name: str = "schools.csv", **options: Any) -> Report:
        path = tmp_path / name
        path.write_text(content, "utf-8")
        return load_path(session, area, path, **options)

    return load_text


def load_path(session: Session, area: Area, path: Path, **options: Any) -> Report:
    report = load_places(session, area, path, Options(**{"spare": path.parent, "say": str, **options}))
    assert report.read == report.placed + report.no_place + report.outside + report.rejected
    return report


def rows(session: Session) -> list[Any]:
    return list(session.execute(text("SELECT *, ST_X(geom) AS x, ST_Y(geom) AS y FROM places ORDER BY name_uk")))


def reasons(report: Report) -> list[tuple[str, str, str]]:
    assert report.rejects
    with report.rejects.open(encoding="utf-8-sig", newline="") as file:
        return [(row["row"], row["column"], row["reason"]) for row in csv.DictReader(file)]


def test_a_row_becomes_a_place_with_its_source_and_licence(load: Load, session: Session) -> None:
    report = load(HEAD + SCHOOL, source="Відділ освіти", licence="CC BY 4.0")
    [found] = rows(session)
    assert (report.read, report.placed, report.added) == (1, 1, 1)
    assert (found.kind, found.name_uk, found.name_en) == ("school", "Ліцей № 1", "Litsei № 1")
    assert (found.x, found.y, found.street) == (36.005, 50.015, "вул. Тиха, 1")
    assert (found.source, found.licence) == ("Відділ освіти", "CC BY 4.0")


@pytest.mark.parametrize(
    ("said", "kind"),
    [("дитсадок", "kindergarten"), ("SHELTER", "shelter"), ("Автобусна зупинка", "stop"), ("Ліцей", "school")],
)
def test_kinds_are_known_by_what_people_call_them(load: Load, session: Session, said: str, kind: str) -> None:
    load(HEAD + SCHOOL.replace("Школа", said))
    assert [row.kind for row in rows(session)] == [kind]


def test_each_row_that_is_no_place_is_kept_with_its_reason(load: Load) -> None:
    report = load(
        HEAD
        + SCHOOL
        + "Літаючий острів;Лапута;50,015;36,005;\n"
        + "Школа;Без місця;;;\n"
        + "Школа;Далеко;51,5;0,1;\n"
        + "Школа;Словами;пʼятдесят;36,0;\n"
        + "Школа;У метрах;5540000;300000;\n"
    )
    assert (report.placed, report.no_place, report.outside, report.rejected) == (1, 1, 1, 3)
    assert [(row, column) for row, column, _ in reasons(report)] == [
        ("3", "Вид"), ("4", ""), ("5", ""), ("6", "Широта"), ("7", "Широта"),
    ]  # fmt: skip


@pytest.mark.parametrize("said", ["camera", "Відеокамера", "блокпост", "Військовий обʼєкт", "checkpoint"])
def test_cameras_and_military_objects_are_refused(load: Load, session: Session, said: str) -> None:
    report = load(HEAD + SCHOOL + SCHOOL.replace("Школа", said))
    assert report.rejected == 1
    assert "never become places" in reasons(report)[0][2]
    assert [row.kind for row in rows(session)] == ["school"]


def test_a_settlements_name_is_place_enough(load: Load, session: Session) -> None:
    load("Вид;Назва;Населений пункт\nФАП;Амбулаторія;V1\n")
    [found] = rows(session)
    assert (found.kind, found.x, found.y) == ("clinic", 36.07, 50.07)


def test_the_same_file_again_changes_nothing_and_a_newer_one_replaces_its_own_source_only(
    load: Load, session: Session, area: Area
) -> None:
    replace_facts(session, Facts(places=[place("node/1", "police", "Відділок", 36.01, 50.01)]), metric_srid=32637)
    load(HEAD + SCHOOL, name="stops.csv", kind="stop")
    load(HEAD + SCHOOL * 2)
    again = load(HEAD + SCHOOL * 2)
    assert (again.added, again.changed, again.removed) == (0, 0, 0)
    newer = load(HEAD + SCHOOL.replace("№ 1", "№ 2"))
    assert (newer.added, newer.removed) == (1, 2)
    assert [row.name_uk for row in rows(session)] == ["Відділок", "Ліцей № 1", "Ліцей № 2"]
    replace_facts(session, Facts(places=[place("node/2", "police", "Новий відділок", 36.01, 50.01)]), metric_srid=32637)
    assert [row.name_uk for row in rows(session)] == ["Ліцей № 1", "Ліцей № 2", "Новий відділок"]


def test_a_file_of_which_nothing_can_be_used_replaces_nothing(load: Load, session: Session) -> None:
    load(HEAD + SCHOOL)
    load(HEAD + SCHOOL.replace("50,015", ""))
    assert len(rows(session)) == 1


def test_what_stands_inside_a_military_area_is_withheld_whichever_is_loaded_first(
    load: Load, session: Session, area: Area
) -> None:
    barracks = MultiPolygon([box(36.0, 50.01, 36.01, 50.02)])
    secret = Facts(restricted=[Restricted("way/9", "military", None, None, None, None, None, None, barracks)])
    load(HEAD + SCHOOL)
    replace_facts(session, secret, metric_srid=32637)
    assert rows(session) == []
    report = load(HEAD + SCHOOL + SCHOOL.replace("50,015", "50,05"))
    assert (report.placed, report.withheld) == (2, 1)
    assert len(rows(session)) == 1


def test_a_map_file_in_another_crs_is_read_with_a_point_on_each_shape(
    session: Session, area: Area, tmp_path: Path
) -> None:
    shapes = [Point(36.005, 50.015), box(36.05, 50.05, 36.06, 50.06)]
    frame = geopandas.GeoDataFrame(
        {"amenity": ["shelter", "school"], "name": ["Сховище", "Школа"]}, geometry=shapes, crs=4326
    )
    path = tmp_path / "own.gpkg"
    frame.to_crs(32637).to_file(path, driver="GPKG")
    load_path(session, area, path)
    found = {row.name_uk: (row.kind, round(row.x, 3), round(row.y, 3)) for row in rows(session)}
    assert found == {"Сховище": ("shelter", 36.005, 50.015), "Школа": ("school", 36.055, 50.055)}


def test_an_excel_table_is_read_too(session: Session, area: Area, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Тип", "Назва", "Координати"])
    book.active.append(["Укриття", "Підвал", "50.015, 36.005"])
    book.save(tmp_path / "shelters.xlsx")
    load_path(session, area, tmp_path / "shelters.xlsx")
    assert [(row.kind, row.source) for row in rows(session)] == [("shelter", "shelters")]


def test_a_file_without_kinds_needs_one_for_all(load: Load, session: Session) -> None:
    content = "Назва;Широта;Довгота\nПідвал;50,015;36,005\n"
    with pytest.raises(BadInput, match="--kind"):
        load(content)
    with pytest.raises(BadInput, match="no kind of place"):
        load(content, kind="острів")
    load(content, kind="укриття")
    assert [row.kind for row in rows(session)] == ["shelter"]


def test_the_first_bad_row_stops_a_load_that_was_told_so(load: Load, session: Session) -> None:
    with pytest.raises(BadInput, match="Row 3, column “Вид”"):
        load(HEAD + SCHOOL + SCHOOL.replace("Школа", "Острів"), stop_on_error=True)
    assert rows(session) == []


def test_a_table_without_any_place_column_is_refused_with_its_headings(load: Load) -> None:
    with pytest.raises(BadInput, match="Вид, Назва"):
        load("Вид;Назва\nШкола;Ліцей\n")


def test_geojson_properties_are_columns(load: Load, session: Session) -> None:
    feature = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [36.005, 50.015]},
        "properties": {"kind": "stop", "name": "Ринок", "lat": 1.0},
    }
    load(json.dumps({"type": "FeatureCollection", "features": [feature]}), name="stops.geojson")
    assert [(row.name_uk, row.y) for row in rows(session)] == [("Ринок", 50.015)]
