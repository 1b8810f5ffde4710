"""A layer's rows as a file for other programs: GeoJSON, GeoPackage, CSV and KML.

GeoJSON and GeoPackage name columns as the API does, with their titles in the metadata; CSV and KML are read by people
and carry the titles. Every file says its source, licence, date and what must be read with it.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from layers.errors import BadInput
from layers.layer import Column, Geometry, Kind
from layers.text import N_
from maps.geopackage import geopackage
from maps.kml import keyhole
from maps.language import Language
from maps.rows import Caption, Rows, Shapes, sources
from maps.values import DIGITS, metadata, plain, rounded, text

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def export(rows: Rows, caption: Caption, form: str, language: Language) -> bytes:
    """Write rows in one of `FORMATS`; raises BadInput for another."""
    if form not in FORMATS:
        raise BadInput(N_("There is no format “{name}”; known are {known}."), name=form, known=", ".join(FORMATS))
    return FORMATS[form].write(rows, caption, language)


# --- GeoJSON ----------------------------------------------------------------------------------------------------------


def geojson(rows: Rows, caption: Caption, language: Language) -> bytes:
    """Write a FeatureCollection (RFC 7946); what the file says about itself is its member `metadata`."""
    names = [column.name for column in rows.columns]
    shapes = shapely.to_geojson(shapely.orient_polygons(rounded(rows.shapes)))
    features = ",\n".join(
        f'{{"type":"Feature","geometry":{shape or "null"},"properties":{_json(dict(zip(names, values, strict=True)))}}}'
        for shape, values in zip(shapes, rows.values, strict=True)
    )
    about = _json(metadata(rows, caption, language))
    return f'{{"type":"FeatureCollection","metadata":{about},"features":[\n{features}\n]}}\n'.encode()


def _json(values: Mapping[str, Any]) -> str:
    return json.dumps({name: plain(value) for name, value in values.items()}, ensure_ascii=False)


# --- CSV --------------------------------------------------------------------------------------------------------------


def comma_separated(rows: Rows, caption: Caption, language: Language) -> bytes:
    """Write UTF-8 with a byte order mark, without which Excel misreads Cyrillic; commas, decimal points, CRLF.

    Points are two columns of degrees, other shapes one of WKT; the last two columns hold what the file says about
    itself. A text that a spreadsheet would run as a formula gets an apostrophe before it.
    """
    _ = language.gettext
    flat = rows.geometry is Geometry.POINT
    titles = [column.title[language.code] for column in rows.columns]
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(
        [*titles, *((_("Longitude"), _("Latitude")) if flat else ("WKT",)), _("Source and licence"), _("Note")]
    )
    about = (sources([rows], language), " ".join(caption.notes([rows], language)))
    for values, place in zip(rows.values, _places(rows.shapes, flat=flat), strict=True):
        cells = [_cell(value, column, language) for value, column in zip(values, rows.columns, strict=True)]
        writer.writerow([*cells, *place, *about])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _places(shapes: Shapes, *, flat: bool) -> Iterator[tuple[str, ...]]:
    near = rounded(shapes)
    if not flat:
        yield from ((text or "",) for text in shapely.to_wkt(near, rounding_precision=DIGITS))
        return
    for lon, lat in zip(shapely.get_x(near), shapely.get_y(near), strict=True):
        yield ("", "") if np.isnan(lon) else (f"{lon:.{DIGITS}f}", f"{lat:.{DIGITS}f}")


def _cell(value: Any, column: Column, language: Language) -> str:
    """Write a value as people read it in a table, never as a formula."""
    known = plain(value)
    if known is None:
        return ""
    if isinstance(known, bool):
        return language.gettext("yes") if known else language.gettext("no")
    is_number = isinstance(known, int | float) or column.kind is Kind.NUMBER
    said = text(known)
    return f"'{said}" if said.startswith(_FORMULA) and not is_number else said


@dataclass(frozen=True)
class Format:
    """One kind of file: its media type, and how rows are written in it."""

    media_type: str
    write: Callable[[Rows, Caption, Language], bytes]


FORMATS: Mapping[str, Format] = {
    "geojson": Format("application/geo+json", geojson),
    "gpkg": Format("application/geopackage+sqlite3", geopackage),
    "csv": Format("text/csv; charset=utf-8", comma_separated),
    "kml": Format("application/vnd.google-earth.kml+xml", keyhole),
}
