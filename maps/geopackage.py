"""Rows as a GeoPackage (OGC), the format that QGIS keeps: one layer, its metadata, and titles of its columns."""

from __future__ import annotations

import sqlite3
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from layers.layer import Geometry, Kind
from maps.language import Language
from maps.rows import Caption, Rows
from maps.values import metadata, plain, rounded, text

_SCHEMA = """
CREATE TABLE IF NOT EXISTS gpkg_data_columns (
    table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT, description TEXT, mime_type TEXT,
    constraint_name TEXT, PRIMARY KEY (table_name, column_name), UNIQUE (table_name, name)
);
CREATE TABLE IF NOT EXISTS gpkg_extensions (
    table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL, scope TEXT NOT NULL,
    UNIQUE (table_name, column_name, extension_name)
);
INSERT INTO gpkg_extensions VALUES (
    'gpkg_data_columns', NULL, 'gpkg_schema', 'http://www.geopackage.org/spec121/#extension_schema', 'read-write'
);
"""


def geopackage(rows: Rows, caption: Caption, language: Language) -> bytes:
    """Write a GeoPackage of one layer; columns' titles are their aliases (extension gpkg_schema)."""
    from pyogrio.raw import write

    about = {
        name: text(plain(value)) for name, value in metadata(rows, caption, language).items() if value not in (None, "")
    }
    kind = _geometry_type(rows)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"{rows.layer}.gpkg")
        write(
            str(path),
            geometry=np.array(shapely.to_wkb(rounded(rows.shapes)), dtype=object),
            field_data=[_field(rows, place) for place in range(len(rows.columns))],
            fields=np.array([column.name for column in rows.columns], dtype=object),
            field_mask=[_mask(rows, place) for place in range(len(rows.columns))],
            layer=rows.layer,
            driver="GPKG",
            geometry_type=kind,
            crs="EPSG:4326",
            encoding="UTF-8",
            promote_to_multi=kind.startswith("Multi"),
            layer_metadata=about,
            layer_options={"IDENTIFIER": caption.title, "DESCRIPTION": about.get("notes", "")},
        )
        _aliases(path, rows, language)
        return path.read_bytes()


def _geometry_type(rows: Rows) -> str:
    """Return the one type that all shapes fit, lines and areas as parts of many, or "Unknown" where they are mixed."""
    seen = {int(dimension) for dimension in shapely.get_dimensions(rows.shapes) if dimension >= 0}
    declared = {Geometry.POINT: 0, Geometry.LINE: 1, Geometry.POLYGON: 2}[rows.geometry]
    names = ("MultiPoint" if 4 in shapely.get_type_id(rows.shapes) else "Point", "MultiLineString", "MultiPolygon")
    return "Unknown" if len(seen) > 1 else names[seen.pop() if seen else declared]


def _field(rows: Rows, place: int) -> Any:
    """Return a column as an array that keeps numbers and flags what they are; gaps are told by `_mask`."""
    values = [plain(row[place]) for row in rows.values]
    known = [value for value in values if value is not None]
    if known and all(isinstance(value, bool) for value in known):
        return np.array([bool(value) for value in values])
    if known and all(isinstance(value, int) and not isinstance(value, bool) for value in known):
        return np.array([value or 0 for value in values], dtype=np.int64)
    if (known or rows.columns[place].kind is Kind.NUMBER) and all(isinstance(value, int | float) for value in known):
        return np.array([value if value is not None else 0.0 for value in values], dtype=np.float64)
    return np.array(
        [text(value) if value is not None else None for value in values],
        dtype=object,
    )


def _mask(rows: Rows, place: int) -> Any:
    return np.array([row[place] is None for row in rows.values], dtype=bool)


def _aliases(path: Path, rows: Rows, language: Language) -> None:
    with sqlite3.connect(path) as package:
        package.executescript(_SCHEMA)
        package.executemany(
            "INSERT INTO gpkg_data_columns (table_name, column_name, title) VALUES (?, ?, ?)",
            [(rows.layer, column.name, column.title[language.code]) for column in rows.columns],
        )
    package.close()
