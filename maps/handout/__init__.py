"""A handout: one HTML file with a live map that opens from disk, in a classroom or a village hall without network.

folium lays the map and the clusters; what it would load from elsewhere is replaced by the vendored copies, inlined, and
a content security policy forbids the page any request at all. Data is text: nothing of it is ever read as markup.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

import shapely

from layers.layer import Column, Kind
from maps.handout.ground import grown, names, pack
from maps.handout.page import dress
from maps.language import Language
from maps.picture.marks import symbol_id
from maps.rows import Box, Caption, Rows, records_of
from maps.styles import STYLES

MAX_ZOOM = 19
CLUSTER_PIXELS = 54
# Columns that the card's heading says already, or that only machines read.
Over = Callable[[Any], None]
_UNSAID = {"id", "symbol", "units", "code", "source_id"}


def handout(
    rows: Sequence[Rows], caption: Caption, box: Box, language: Language, *, over: Over | None = None, mark: str = ""
) -> str:
    """Return the file's text: the rows of records as points, all other layers as the ground under them.

    `over` may draw on folium's map what no layer holds; `mark` is written all over a copy made for one reader.
    """
    import folium  # slow to import, and only needed here
    from folium.plugins import FastMarkerCluster

    points = records_of(rows)
    west, south, east, north = box
    # tiles=None leaves the map without a deepest zoom, which the clusters need.
    map_ = folium.Map(
        location=((south + north) / 2, (west + east) / 2), tiles=None, prefer_canvas=True, control_scale=True,
        zoom_control="topright", font_size="15px", max_bounds=True,
        min_lat=south - (north - south), max_lat=north + (north - south),
        min_lon=west - (east - west), max_lon=east + (east - west),
    )  # fmt: skip
    map_.options |= {"max_zoom": MAX_ZOOM, "zoom_snap": 0.5, "attribution_control": False}
    map_.default_js, map_.default_css = [], []
    data, records = _data(rows, points, box, language)
    if points is not None:
        clusters: Any = FastMarkerCluster(  # type: ignore[no-untyped-call]
            records, callback="handout.marker", icon_create_function="handout.heapIcon",
            max_cluster_radius=CLUSTER_PIXELS, show_coverage_on_hover=False, zoom_to_bounds_on_click=False,
            spiderfy_on_max_zoom=False, chunked_loading=False,
        )  # fmt: skip
        clusters.default_js, clusters.default_css = [], []
        map_.add_child(clusters)
    if over is not None:
        over(map_)
    return dress(map_, clusters if points is not None else None, data, rows, caption, language, mark)


def _data(
    rows: Sequence[Rows], points: Rows | None, box: Box, language: Language
) -> tuple[dict[str, Any], list[list[Any]]]:
    """Return what the page's script reads, and the records of the points: place, symbol, numbers of words."""
    columns = [c for c in points.columns if c.name not in _UNSAID] if points else []
    words: dict[str, int] = {"": 0}
    records: list[list[Any]] = []
    symbols: list[dict[str, str]] = []
    if points is not None:
        style = STYLES[points.layer]
        symbols = [{"id": symbol_id(points.layer, s), "title": s.title[language.code]} for s in style.symbols]
        order = {symbol.name: place for place, symbol in enumerate(style.symbols)}
        values = points.column(style.column) or [None] * len(points)
        chosen = [place for place, column in enumerate(points.columns) if column.name not in _UNSAID]
        for shape, row, value in zip(points.shapes, points.values, values, strict=True):
            if shape is None or shape.is_empty:
                continue
            said = [_said(row[place], points.columns[place], language) for place in chosen]
            numbers = [words.setdefault(text, len(words)) for text in said]
            records.append([round(shape.y, 5), round(shape.x, 5), order[style.symbol(value).name], *numbers])
    _ = language.gettext
    around = grown(box)
    data = {
        "bounds": [(box[1], box[0]), (box[3], box[2])],
        "language": language.code,
        "ground": pack(rows, around),
        "names": names(rows, around, language),
        "symbols": symbols,
        "columns": [column.title[language.code] for column in columns],
        "words": list(words),
        "said": {"closer": _("Zoom in"), "farther": _("Zoom out"), "m": _("m"), "km": _("km")},
    }
    return data, records


def _said(value: Any, column: Column, language: Language) -> str:
    """Write a value as people write it in their language."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return language.gettext("yes") if value else language.gettext("no")
    if column.kind is Kind.MONTH:
        return language.month(value if isinstance(value, date) else datetime.strptime(str(value), "%Y-%m"))  # noqa: DTZ007
    if isinstance(value, datetime):
        return language.time(value)
    if isinstance(value, int | float) and column.kind is Kind.NUMBER:
        return language.number(value, 2)
    return "; ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def extent(rows: Sequence[Rows]) -> Box | None:
    """Return the box of all shapes, or None where there are none."""
    west, south, east, north = shapely.total_bounds([shape for part in rows for shape in part.shapes]).tolist()
    return None if west != west else (west, south, east, north)  # not a number: nothing there
