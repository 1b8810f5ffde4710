"""Small rows for the tests of pictures, handouts and exports: shapes that can be checked by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import shapely

from layers.layer import Column, Geometry, Kind, Title
from maps.rows import Caption, Rows

CAPTION = Caption("Чугуїв: події", date(2026, 11, 23), "листопад 2026 р.")
SOURCE = Title("Тестове джерело", "Test source")

INCIDENT_COLUMNS = (
    Column("id", Title("Номер", "Number")),
    Column("category", Title("Категорія", "Category")),
    Column("symbol", Title("Знак", "Symbol")),
    Column("month", Title("Місяць", "Month"), Kind.MONTH),
    Column("units", Title("Територіальні одиниці", "Units")),
)
UNIT_COLUMNS = (
    Column("code", Title("Код", "Code")),
    Column("name_uk", Title("Назва", "Name in Ukrainian")),
    Column("name_en", Title("Назва англійською", "Name")),
    Column("area_km2", Title("Площа, км²", "Area, km²"), Kind.NUMBER),
    Column("approximate", Title("Наближені межі", "Approximate boundaries"), Kind.FLAG),
)
ROAD_COLUMNS = (Column("class", Title("Клас", "Class")), Column("name_uk", Title("Назва", "Name")))

POINTS = {"incidents": Geometry.POINT, "problems": Geometry.POINT, "places": Geometry.POINT, "roads": Geometry.LINE}


def rows(
    layer: str, columns: tuple[Column, ...], shapes: Sequence[shapely.Geometry | None], values: Sequence[Sequence[Any]]
) -> Rows:
    placed = np.empty(len(shapes), dtype=object)
    placed[:] = list(shapes)
    titles = {
        "incidents": Title("Події", "Incidents"),
        "problems": Title("Повідомлення", "Reports"),
        "hromadas": Title("Громади", "Hromadas"),
    }
    title = titles.get(layer, Title(layer, layer))
    return Rows(layer, title, POINTS.get(layer, Geometry.POLYGON), SOURCE, "CC0", columns, placed, values)


def incidents(
    *places: tuple[float, float], symbol: str = "theft", category: str = "theft", layer: str = "incidents"
) -> Rows:
    values = [[f"i{n}", category, symbol, "2026-11", ["UA63140130010000001"]] for n in range(len(places))]
    return rows(layer, INCIDENT_COLUMNS, [shapely.Point(place) for place in places], values)


def problems(*places: tuple[float, float]) -> Rows:
    return incidents(*places, symbol="lighting", category="lighting", layer="problems")


def hromadas(*, approximate: bool = False) -> Rows:
    """Two squares side by side, a tenth of a degree wide each."""
    shapes = [shapely.box(36.6, 49.8, 36.7, 49.9), shapely.box(36.7, 49.8, 36.8, 49.9)]
    values = [
        ["UA01", "Їжакська ʼромада", "Yizhakska", 80.5, approximate],
        ["UA02", "Ґанківська", "Gankivska", None, approximate],
    ]
    return rows("hromadas", UNIT_COLUMNS, shapes, values)


def roads(*lines: tuple[str, str, Sequence[tuple[float, float]]]) -> Rows:
    """Roads of (class, name, places)."""
    return rows("roads", ROAD_COLUMNS, [shapely.LineString(line[2]) for line in lines], [line[:2] for line in lines])
