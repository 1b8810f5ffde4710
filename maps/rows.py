"""Rows of a served layer as plain data, and what a map made of them says about itself.

Pictures, handouts, paper and exports all start from these two; nothing here knows a session or a viewer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.layer import Column, Geometry, Kind, Layer, Title
from maps.language import Language
from maps.records import WORDS
from maps.styles import RECORDS

Box = tuple[float, float, float, float]  # west, south, east, north in EPSG:4326
Shapes = NDArray[np.object_]  # shapely geometries

DEMO = Title("демонстраційні дані", "demo data")


@dataclass(frozen=True)
class Rows:
    """The rows that one viewer may see of a layer: shapes in EPSG:4326, and the values of its columns."""

    layer: str
    title: Title
    geometry: Geometry
    source: Title
    licence: str
    columns: tuple[Column, ...]
    shapes: Shapes
    values: Sequence[Sequence[Any]]

    def __len__(self) -> int:
        return len(self.values)

    def column(self, name: str) -> list[Any] | None:
        """Return the values of a column, or None where these rows have no such column."""
        places = [place for place, column in enumerate(self.columns) if column.name == name]
        return [row[places[0]] for row in self.values] if places else None

    def names(self, column: str, language: str) -> list[str]:
        """Return what the rows are called: in the language asked, else in the other, empty where they have no name."""
        other = "en" if language == "uk" else "uk"
        columns = [self.column(name) for name in (f"{column}_{language}", column, f"{column}_{other}")]
        known = [values for values in columns if values is not None]
        return [str(next((name for name in row if name), "")) for row in zip(*known, strict=True)] or [""] * len(self)

    def true(self, name: str) -> NDArray[np.bool_]:
        """Return which rows have a flag set."""
        return np.array([value is True for value in self.column(name) or [False] * len(self)], dtype=bool)

    def with_names(self, names: Mapping[str, Mapping[str, Title]], language: str) -> Rows:
        """Return the rows with what people call their values in place of codes, where that is known."""
        known = [names.get(column.name, {}) for column in self.columns]

        def said(value: Any, titles: Mapping[str, Title]) -> Any:
            if isinstance(value, list):
                return [said(part, titles) for part in value]
            return titles[value][language] if isinstance(value, str) and value in titles else value

        values = [[said(value, titles) for value, titles in zip(row, known, strict=True)] for row in self.values]
        return replace(self, values=values)

    def only(self, chosen: NDArray[np.bool_]) -> Rows:
        """Return the chosen rows."""
        values = [row for row, keep in zip(self.values, chosen, strict=True) if keep]
        return replace(self, shapes=self.shapes[chosen], values=values)


def distinct(shapes: Shapes) -> Shapes:
    """Return each shape once, in the order of their first occurrence."""
    return np.array([*{shape.wkb: shape for shape in shapes if shape is not None}.values()], dtype=object)


def rows_of(layer: Layer, columns: tuple[Column, ...], records: Iterable[Sequence[Any]]) -> Rows:
    """Read records of (WKB, then the columns in order) as `layers/serving.py` selects them."""
    found = [tuple(record) for record in records]
    shapes = np.empty(len(found), dtype=object)
    if found:
        shapes[:] = shapely.from_wkb([bytes(record[0]) if record[0] is not None else None for record in found])
    values = [record[1:] for record in found]
    return Rows(layer.id, layer.title, layer.geometry, layer.source, layer.licence, columns, shapes, values)


def records_of(rows: Iterable[Rows]) -> Rows | None:
    """Return the rows that a map is about, or None where it is of the ground alone."""
    return next((part for part in rows if part.layer in RECORDS), None)


@dataclass(frozen=True)
class Caption:
    """What a map says about itself. `period` and `filters` are written out already, in the map's language."""

    title: str
    day: date
    period: str = ""
    filters: str = ""
    link: str = ""
    demo: bool = False

    def notes(self, rows: Sequence[Rows], language: Language) -> list[str]:
        """Return what must be read with the map: that it is fictional, approximate or generalised."""
        _ = language.gettext
        said = []
        if self.demo:
            said.append(_("Demo data: none of this happened."))
        if any(part.true("approximate").any() for part in rows):
            said.append(_("Approximate boundaries: made from settlement points, not surveyed."))
        about = records_of(rows)
        if about and any(column.kind is Kind.TIME for column in about.columns) and len(about):
            said.append(_("For staff only: exact places and times. Don't pass it on."))
        elif about and len(about):
            said.append(_(WORDS[about.layer].note))
        if about and WORDS[about.layer].fair:
            said.append(_(WORDS[about.layer].fair))
        return said


def span(rows: Rows, language: Language) -> str:
    """Return the months that records are of, from the first to the last; empty where there are none."""
    months = sorted({str(value)[:7] for value in rows.column("month") or [] if value})
    ends = [language.month(date.fromisoformat(f"{month}-01")) for month in dict.fromkeys(months[:1] + months[-1:])]
    return " – ".join(ends)


def sources(rows: Sequence[Rows], language: Language) -> str:
    """Return the source and licence line of a map: each source once, in the order of the layers."""
    named: dict[str, list[str]] = {}
    for part in filter(len, rows):
        for source in _sources(part, language):
            named.setdefault(source, []).append(part.title[language.code])
    return "; ".join(f"{', '.join(titles)}: {source}" for source, titles in named.items())


def _sources(rows: Rows, language: Language) -> list[str]:
    """Return the sources that the rows themselves name, or else the layer's."""
    own = rows.column("source") or []
    licences = rows.column("licence") or [rows.licence] * len(own)
    found = sorted(
        {_with_licence(str(source), licence) for source, licence in zip(own, licences, strict=True) if source}
    )
    return found or [_with_licence(rows.source[language.code], rows.licence)]


def _with_licence(source: str, licence: str | None) -> str:
    return f"{source} ({licence})" if licence else source
