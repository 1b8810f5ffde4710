"""The drawing under a handout's points: shapes cut to its box, simplified, packed into short lists of whole numbers.

A handout has no tiles, yet must be a map and not dots on white: what matters most is packed first, until the budget of
corners is used up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.geometry import to_mercator
from layers.text import bare
from maps.language import Language
from maps.picture.names import RANK
from maps.rows import Box, Rows, Shapes, distinct
from maps.styles import GROUND_OF, RECORDS, STYLES, UNITS, Label, LayerStyle, Symbol

Packed = dict[str, Any]
FINE = 100_000  # a packed number is 1/100,000 of a degree, about a metre
CORNERS = 160_000
_MAIN = ("motorway", "primary", "secondary", "rail")


def grown(box: Box, part: float = 0.15) -> Box:
    """Return a box with a part of its size added on every side, so that the map does not end at the unit's edge."""
    across, up = (box[2] - box[0]) * part, (box[3] - box[1]) * part
    return box[0] - across, box[1] - up, box[2] + across, box[3] + up


def pack(rows: Sequence[Rows], box: Box, theme: str = "light") -> list[Packed]:
    """Return the drawing in the order of drawing: for each symbol its style and its packed shapes."""
    (west, south), (east, north) = to_mercator(box[0], box[1]), to_mercator(box[2], box[3])
    tolerance = max((east - west + north - south) / 16_000, 0.7) / 111_320  # degrees
    packed: list[tuple[int, Packed]] = []
    spent = 0
    for place, part, symbol in _by_importance(rows):
        shapes = distinct(part.shapes) if part.layer in GROUND_OF else part.shapes
        shapes = shapes[~shapely.is_missing(shapes)]
        if part.layer in UNITS:
            # Limits are lines of their own: where a unit is cut at the box it has none, and neighbours share theirs.
            shapes = np.append(shapes, shapely.union_all(shapely.boundary(shapes)))
        shapes = shapely.simplify(shapely.clip_by_rect(shapes, *box), tolerance)
        corners = int(shapely.get_num_coordinates(shapes).sum())
        if not corners or spent + corners > CORNERS:
            continue
        spent += corners
        packed.append((place, _styled(part.layer, symbol, shapes, theme)))
    return [drawing for _, drawing in sorted(packed, key=lambda one: one[0])]


def _by_importance(rows: Sequence[Rows]) -> Iterator[tuple[int, Rows, Symbol]]:
    """Yield (place in the order of drawing, rows of one symbol, the symbol), what matters most first."""
    order = list(STYLES)
    found = []
    for part in rows:
        if part.layer in ("places", *RECORDS):
            continue
        style = STYLES[part.layer]
        for index, symbol in enumerate(reversed(style.symbols)):
            place = order.index(part.layer) * 100 + index
            found.append((_importance(part.layer, symbol), place, part.only(drawn_with(part, style, symbol)), symbol))
    for _, place, chosen, symbol in sorted(found, key=lambda one: one[0]):
        if len(chosen):
            yield place, chosen, symbol


def _importance(layer: str, symbol: Symbol) -> int:
    if layer in GROUND_OF:
        return 0
    if layer in UNITS:
        return UNITS[::-1].index(layer)
    if layer == "roads":
        return 10 if symbol.name in _MAIN else 30 + symbol.min_zoom
    return {"water": 11, "landuse": 20}.get(layer, 60)


def drawn_with(rows: Rows, style: LayerStyle, symbol: Symbol) -> NDArray[np.bool_]:
    """Return which rows are drawn with a symbol."""
    values = rows.column(style.column) if style.column else None
    known = values if values is not None else [None] * len(rows)
    return np.array([style.symbol_of({style.column: value}) is symbol for value in known], dtype=bool)


def _styled(layer: str, symbol: Symbol, shapes: Shapes, theme: str) -> Packed:
    flat = symbol.fill[theme] if symbol.fill else None
    if layer == "settlements":
        built_up = STYLES["landuse"].symbol("residential").fill
        flat = built_up[theme] if built_up else None
    return {
        "fill": flat,
        "opacity": symbol.opacity,
        "line": symbol.line[theme] if symbol.line else None,
        "casing": symbol.casing[theme] if symbol.casing else None,
        "width": symbol.width,
        "grows": layer in ("roads", "water"),
        "dash": [*symbol.dash],
        "hatch": symbol.pattern == "hatch",
        "zoom": max(symbol.min_zoom, 10 if layer == "settlements" else 0),
        "edged": layer not in UNITS,
        "areas": list(_areas(shapes)),
        "lines": list(_lines(shapes)),
    }


def _areas(shapes: Shapes) -> Iterator[list[list[int]]]:
    """Yield each polygon as its rings, the outer one first."""
    parts = shapely.get_parts(shapes)
    for area in parts[shapely.get_dimensions(parts) == 2]:
        rings = [_packed(ring) for ring in (area.exterior, *area.interiors)]
        if len(rings[0]) > 4:
            yield [ring for ring in rings if len(ring) > 4]


def _lines(shapes: Shapes) -> Iterator[list[int]]:
    parts = shapely.get_parts(shapes)
    for line in shapely.get_parts(
        shapely.line_merge(shapely.multilinestrings(parts[shapely.get_dimensions(parts) == 1]))
    ):
        packed = _packed(line)
        if len(packed) > 2:
            yield packed


def _packed(line: shapely.Geometry) -> list[int]:
    """Return latitude, longitude of the first corner, then steps; corners that fall together are one."""
    whole = np.rint(shapely.get_coordinates(line)[:, ::-1] * FINE).astype(np.int64)
    steps = np.diff(whole, axis=0)
    steps = steps[np.any(steps != 0, axis=1)]
    return [int(n) for n in (*whole[0], *steps.ravel())]


def names(rows: Sequence[Rows], box: Box, language: Language) -> list[list[Any]]:
    """Return what is written on the map, the most important first.

    Each is [text, latitude, longitude, first zoom, kind, turn in degrees]; the page leaves out what would overlap.
    """
    known = {part.layer: part for part in rows}
    written: list[list[Any]] = []
    for layer in ("units_2017", "hromadas", "starosta_districts"):
        if layer in known:
            units = _middles(known[layer], box, language, lambda _: 0, "unit")
            written += [[bare(said), *rest] for said, *rest in units]
    if "settlements" in known:
        kinds = known["settlements"].column("kind") or []
        ranks = [RANK.get(str(kind), 2) for kind in kinds] or [2] * len(known["settlements"])
        found = list(_middles(known["settlements"], box, language, lambda i: (7, 9, 11)[ranks[i]], "settlement"))
        written += sorted(found, key=lambda one: one[3])
    if "water" in known:
        written += _middles(known["water"], box, language, lambda _: 13, "water")
    if "roads" in known:
        written += _streets(known["roads"], box, language)
    return written


def _middles(rows: Rows, box: Box, language: Language, zoom: Callable[[int], int], kind: str) -> Iterator[list[Any]]:
    shapes = shapely.clip_by_rect(rows.shapes, *box)
    said = rows.names(_label(rows.layer).column, language.code)
    seen: set[str] = set()
    for i in np.argsort(-shapely.area(shapes)):
        shape = shapes[i]
        if shape is None or shape.is_empty or not said[i] or (kind == "water" and said[i] in seen):
            continue
        seen.add(said[i])
        middle = shapely.point_on_surface(shape)
        yield [said[i], round(middle.y, 5), round(middle.x, 5), zoom(i), kind, 0]


def _label(layer: str) -> Label:
    label = STYLES[layer].label
    assert label
    return label


def _streets(rows: Rows, box: Box, language: Language) -> list[list[Any]]:
    """Name each street once, along the longest straight run of its lines."""
    style = STYLES["roads"]
    shapes = shapely.clip_by_rect(rows.shapes, *box)
    longest: dict[str, tuple[float, list[Any]]] = {}
    classes = rows.column(style.column) or [None] * len(rows)
    said = rows.names(_label("roads").column, language.code)
    for name, shape, kind in zip(said, shapes, classes, strict=True):
        symbol = style.symbol(kind)
        if not name or shape is None or shape.is_empty or symbol.dash:
            continue
        corners = shapely.get_coordinates(shape)
        runs = np.hypot(*(np.diff(corners, axis=0) * (np.cos(np.radians(corners[0][1])), 1)).T)
        at = int(np.argmax(runs))
        if runs[at] > longest.get(name, (0.0, []))[0]:
            longest[name] = float(runs[at]), [name, *_run(corners[at], corners[at + 1], max(symbol.min_zoom + 1, 14))]
    return [written for _, written in sorted(longest.values(), key=lambda one: -one[0])]


def _run(start: Any, end: Any, zoom: int) -> list[Any]:
    lon, lat = (start + end) / 2
    across, up = (end - start) * (np.cos(np.radians(lat)), 1)
    turn = -float(np.degrees(np.arctan2(up, across)))
    turn = turn - 180 if turn > 90 else turn + 180 if turn < -90 else turn
    return [round(float(lat), 5), round(float(lon), 5), zoom, "street", round(turn)]
