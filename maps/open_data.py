"""Open data for programs: a table whose headings are the dictionary's names, and that dictionary."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import shapely

from layers.layer import Column, Kind, Title
from maps.rows import Rows
from maps.values import DIGITS, plain, rounded, text

# The point, which is no column of its own: degrees of WGS 84.
PLACE = (
    Column(
        "longitude", Title("Довгота точки, якою показано місце", "Longitude of the point it is shown at"), Kind.NUMBER
    ),
    Column("latitude", Title("Широта точки, якою показано місце", "Latitude of the point it is shown at"), Kind.NUMBER),
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # without which spreadsheets misread Cyrillic

Names = Mapping[str, Mapping[str, Title]]


def table(rows: Rows) -> bytes:
    """Write points as CSV (RFC 4180): codes as they are, lists told apart by semicolons."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([column.name for column in (*rows.columns, *PLACE)])
    near = rounded(rows.shapes)
    for values, lon, lat in zip(rows.values, shapely.get_x(near), shapely.get_y(near), strict=True):
        cells = [_cell(value, column) for value, column in zip(values, rows.columns, strict=True)]
        writer.writerow([*cells, *("" if np.isnan(n) else f"{n:.{DIGITS}f}" for n in (lon, lat))])
    return BYTE_ORDER_MARK + out.getvalue().encode()


def _cell(value: Any, column: Column) -> str:
    """Write a value; a text that a spreadsheet would run as a formula gets an apostrophe before it."""
    known = plain(value)
    if known is None:
        return ""
    said = text(known)
    return f"'{said}" if said.startswith(_FORMULA) and column.kind is not Kind.NUMBER else said


def dictionary_table(columns: tuple[Column, ...], names: Names) -> bytes:
    """Write the dictionary as CSV: a line a column, then a line for each code it may hold."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(("column", "type", "code", "title_uk", "title_en"))
    for column in (*columns, *PLACE):
        writer.writerow((column.name, column.kind, "", column.title.uk, column.title.en))
        for code, title in names.get(column.name, {}).items():
            writer.writerow((column.name, column.kind, code, title.uk, title.en))
    return BYTE_ORDER_MARK + out.getvalue().encode()


def dictionary(columns: tuple[Column, ...], names: Names) -> bytes:
    """Write the dictionary as JSON."""
    return json.dumps({"columns": list(_entries(columns, names))}, ensure_ascii=False, indent=1).encode()


def _entries(columns: tuple[Column, ...], names: Names) -> Iterator[dict[str, Any]]:
    for column in (*columns, *PLACE):
        entry: dict[str, Any] = {"name": column.name, "type": column.kind, **_both(column.title)}
        if column.name in names:
            entry["values"] = [{"code": code, **_both(title)} for code, title in names[column.name].items()]
        yield entry


def _both(title: Title) -> dict[str, str]:
    return {"title_uk": title.uk, "title_en": title.en}
