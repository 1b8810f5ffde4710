"""The ground of a picture: land use, water, buildings, roads and the outlines of units, from the symbology."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from maps.picture.sheet import FINE, PX, Window, path, tag
from maps.rows import Rows, Shapes, distinct
from maps.styles import PATTERNS, RECORDS, STYLES, Ink, LayerStyle, Pattern, Symbol

OUTLINED = 10.0  # the zoom from which settlements have outlines, not only an area
BUILT_UP = STYLES["landuse"].symbol("residential")
# In black and white a colour says nothing: on paper these grounds bear a pattern too.
PAPER_PATTERNS = {("water", "water"): "waves", ("landuse", "forest"): "dots", ("landuse", "park"): "sparse"}
WAVES: Mapping[str, Pattern] = {
    "waves": Pattern("lines", Ink("#9dbccb", "#35566b"), step=7, width=0.6, angle=0),
    "sparse": Pattern("dots", Ink("#8aa06f", "#55705a"), step=12, width=1.0),
}
DASHED = 1.1  # points: a dashed line does not grow with the zoom, or its dashes become squares
_WIDER = ((6, 8, 12, 14, 17, 20), (0.2, 0.25, 0.6, 1.0, 3.0, 10.0))  # as on the screen map


@dataclass(frozen=True)
class Pen:
    """How a picture is inked: the theme of the symbology, and whether it must be safe in black and white."""

    theme: str = "light"
    paper: bool = False

    def __call__(self, ink: Ink | None) -> str | None:
        return ink[self.theme] if ink else None


@dataclass(frozen=True)
class Drawn:
    """One layer on the sheet: its rows that can be seen, their shapes in page points, and each one's symbol."""

    rows: Rows
    shapes: Shapes
    symbols: list[Symbol]
    style: LayerStyle

    @property
    def is_records(self) -> bool:
        """Tell whether the map is about these."""
        return self.rows.layer in RECORDS

    def of(self, symbol: Symbol) -> NDArray[np.bool_]:
        return np.fromiter((one is symbol for one in self.symbols), dtype=bool, count=len(self.symbols))

    def take(self, places: list[int]) -> Drawn:
        """Return only the rows at the given places."""
        chosen = np.zeros(len(self.symbols), dtype=bool)
        chosen[places] = True
        return Drawn(
            self.rows.only(chosen), self.shapes[chosen], [self.symbols[i] for i in np.flatnonzero(chosen)], self.style
        )


def on_sheet(rows: Rows, window: Window) -> Drawn:
    """Bring a layer onto the sheet and leave out what lies outside or is not shown at this zoom."""
    style = STYLES[rows.layer]
    shapes = window.paper(rows.shapes, margin=0 if rows.layer in RECORDS else 12)
    values = rows.column(style.column) if style.column else None
    values = [None] * len(rows) if values is None else values
    symbols = [style.symbol_of({style.column: value}) for value in values]
    shown = np.array([symbol.min_zoom <= window.zoom + 0.5 for symbol in symbols], dtype=bool)
    seen = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes)) & shown
    return Drawn(
        rows.only(seen), shapes[seen], [symbol for symbol, here in zip(symbols, seen, strict=True) if here], style
    )


def draw(drawn: Drawn, window: Window, pen: Pen) -> str:
    """Return the drawing of one ground layer."""
    how = _DRAW.get(drawn.rows.layer, _units)
    return "".join(how(drawn, window, pen))


def wider(width: float, zoom: float) -> float:
    """Return a line's width in points at a zoom, from its pixels at zoom 14."""
    return max(width * PX * float(np.interp(zoom, *_WIDER)), 0.25)


def _fine(value: float) -> str:
    """Write a length of the scaled group in which paths are drawn."""
    return f"{value * FINE:.0f}"


def _dash(symbol: Symbol) -> str | None:
    return " ".join(_fine(part * PX) for part in symbol.dash) if symbol.dash else None


def _landuse(drawn: Drawn, _window: Window, pen: Pen) -> Iterator[str]:
    for symbol in reversed(drawn.style.symbols):
        shape = path(drawn.shapes[drawn.of(symbol)], tolerance=0.25)
        yield from _area(shape, symbol, "landuse", pen)


def _area(shape: str, symbol: Symbol, layer: str, pen: Pen) -> Iterator[str]:
    if not shape:
        return
    yield tag("path", d=shape, fill=pen(symbol.fill))
    pattern = PAPER_PATTERNS.get((layer, symbol.name)) if pen.paper else None
    if pattern:
        yield tag("path", d=shape, fill=f"url(#{pattern})")


def _water(drawn: Drawn, window: Window, pen: Pen) -> Iterator[str]:
    flat = shapely.get_dimensions(drawn.shapes) == 2
    symbol = drawn.style.symbol("water")
    shape = path(drawn.shapes[flat])
    yield from _area(shape, symbol, "water", pen)
    if shape:
        yield tag("path", d=shape, fill="none", stroke=pen(symbol.line), stroke_width=_fine(0.5))
    for kind in drawn.style.symbols:
        shape = path(drawn.shapes[~flat & drawn.of(kind)])
        if shape:
            width = _fine(max(wider(kind.width, window.zoom), 0.6))
            yield tag("path", d=shape, fill="none", stroke=pen(kind.line), stroke_width=width, stroke_linecap="round")


def _buildings(drawn: Drawn, _window: Window, pen: Pen) -> Iterator[str]:
    symbol = drawn.style.symbols[0]
    shape = path(drawn.shapes)
    if shape:
        yield tag("path", d=shape, fill=pen(symbol.fill), stroke=pen(symbol.line), stroke_width=_fine(0.4))


def _roads(drawn: Drawn, window: Window, pen: Pen) -> Iterator[str]:
    upwards = list(reversed(drawn.style.symbols))
    shapes = {symbol.name: path(drawn.shapes[drawn.of(symbol)]) for symbol in upwards}
    yield '<g fill="none" stroke-linejoin="round" stroke-linecap="round">'
    for symbol in upwards:
        if symbol.casing and shapes[symbol.name]:
            width = wider(symbol.width, window.zoom) + 1.1
            yield tag("path", d=shapes[symbol.name], stroke=pen(symbol.casing), stroke_width=_fine(width))
    for symbol in upwards:
        if not shapes[symbol.name]:
            continue
        width, ends = wider(symbol.width, window.zoom), None
        if symbol.dash:
            width, ends = min(width, DASHED), "butt"
        yield tag(
            "path",
            d=shapes[symbol.name],
            stroke=pen(symbol.line),
            stroke_width=_fine(width),
            stroke_dasharray=_dash(symbol),
            stroke_linecap=ends,
        )
    yield "</g>"


def _units(drawn: Drawn, window: Window, pen: Pen) -> Iterator[str]:
    """Draw outlines, hatched where approximate; settlements are built-up land first, and outlines when near."""
    for symbol in drawn.style.symbols:
        shape = path(drawn.shapes[drawn.of(symbol)])
        if not shape:
            continue
        fill = f"url(#{symbol.pattern})" if symbol.pattern else "none"
        if drawn.rows.layer == "settlements":
            edge = pen(STYLES["buildings"].symbols[0].line)
            yield tag("path", d=shape, fill=pen(BUILT_UP.fill), stroke=edge, stroke_width=_fine(0.35))
            if window.zoom < OUTLINED:
                continue
        if not symbol.dash:  # a light edge lifts the outline from roads and streams
            yield tag("path", d=shape, fill="none", stroke="#fff", stroke_width=_fine(3), stroke_opacity=0.6)
        yield tag(
            "path",
            d=shape,
            fill=fill,
            fill_opacity=0.4 if symbol.pattern else None,
            stroke=pen(symbol.line),
            stroke_width=_fine(symbol.width * PX),
            stroke_dasharray=_dash(symbol),
            stroke_linejoin="round",
        )


def _soft(drawn: Drawn, _window: Window, pen: Pen) -> Iterator[str]:
    """Draw ground in which something lies roughly: each area once, however many records lie in it."""
    for symbol in drawn.style.symbols:
        shape = path(distinct(drawn.shapes[drawn.of(symbol)]))
        if shape:
            yield tag(
                "path", d=shape, fill=pen(symbol.fill), fill_opacity=symbol.opacity, stroke=pen(symbol.line),
                stroke_width=_fine(symbol.width * PX), stroke_dasharray=_dash(symbol), stroke_linejoin="round",
            )  # fmt: skip


_DRAW: Mapping[str, Callable[[Drawn, Window, Pen], Iterator[str]]] = {
    "landuse": _landuse,
    "water": _water,
    "buildings": _buildings,
    "roads": _roads,
    "problem_areas": _soft,
}


def patterns(used: str, pen: Pen, unit: float = FINE) -> str:
    """Return the definitions of the patterns that a drawing uses, at `unit` to a point."""
    known = {**PATTERNS, **WAVES}
    return "".join(_pattern(name, known[name], pen, unit) for name in known if f"url(#{name})" in used)


def _pattern(name: str, pattern: Pattern, pen: Pen, unit: float) -> str:
    side = pattern.step * PX * unit
    if pattern.kind == "dots":
        inner = "".join(
            tag("circle", cx=side * at, cy=side * at, r=pattern.width * PX * unit * 0.75, fill=pen(pattern.ink))
            for at in (0.25, 0.75)
        )
    else:
        width = pattern.width * PX * unit
        inner = tag("path", d=f"M0 {side / 2:g}H{side:g}", stroke=pen(pattern.ink), stroke_width=width)
    turn = f"rotate(-{pattern.angle:g})" if pattern.kind == "lines" and pattern.angle else None
    return tag(
        "pattern", inner, id=name, width=side, height=side, patternUnits="userSpaceOnUse", patternTransform=turn
    )  # fmt: skip
