"""Symbols on a picture: records alone or heaped, and places; each drawn once as a definition and used by name."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from maps.language import Language
from maps.picture.ground import Drawn, Pen
from maps.picture.labels import Rect, Taken, centred
from maps.picture.lettering import style
from maps.picture.sheet import Floats, Window, number, tag
from maps.styles import CLUSTER, GLYPH, RECORDS, Symbol
from maps.symbols import icon_path

RADIUS = 6.2  # of a single record, in points
PLACE = 4.6
LEAST, MOST = 5.5, 34.0  # radii of a heap
CROWD = 12.0  # points: records nearer than this are heaped at once
APART = 3.0  # points between two circles


@dataclass(frozen=True)
class Heap:
    """Records drawn as one circle: its middle in page points, how many, and the symbol of a single one.

    The circle's area grows with the count (`growth` points of radius for the root of one), from a readable least on.
    """

    x: float
    y: float
    count: int
    symbol: Symbol | None
    growth: float = 1.05

    @property
    def radius(self) -> float:
        return float(_radii(np.array(self.count), self.growth))

    @property
    def rect(self) -> Rect:
        return centred(self.x, self.y, 2 * self.radius, 2 * self.radius)


def heaps(drawn: Drawn, window: Window) -> list[Heap]:
    """Heap records that would cover each other, until no two circles overlap.

    Points fall into cells of `CROWD` points first; circles that still overlap are then joined at their weighted middle.
    At the edge of the map a circle is moved inside, so that its figure can be read.
    """
    points = shapely.get_coordinates(drawn.shapes)
    if not len(points):
        return []
    _, cell = np.unique(np.floor(points / CROWD).astype(np.int64), axis=0, return_inverse=True)
    cell = cell.ravel()
    counts = np.bincount(cell)
    middles = np.column_stack([np.bincount(cell, points[:, axis]) / counts for axis in (0, 1)])
    growth = min(1.05, (MOST - LEAST - 4) / math.sqrt(counts.max()))
    group = np.arange(len(counts))
    while True:
        joined = _join(_inside(middles, counts, growth, window), counts, growth)
        if joined is None:
            break
        group = joined[group]
        weights = counts
        counts = np.bincount(joined, weights).astype(np.int64)
        middles = np.column_stack([np.bincount(joined, middles[:, axis] * weights) / counts for axis in (0, 1)])
    alone: dict[int, Symbol] = {}
    for place, symbol in zip(group[cell].tolist(), drawn.symbols, strict=True):
        alone[place] = symbol
    middles = _inside(middles, counts, growth, window)
    growth = min(growth, (MOST - LEAST) / math.sqrt(counts.max()))
    found = [
        Heap(x, y, n, alone[i] if n == 1 else None, growth)
        for i, ((x, y), n) in enumerate(zip(middles.tolist(), counts.tolist(), strict=True))
    ]
    return sorted(found, key=lambda heap: -heap.count)


def _radii(counts: NDArray[np.int64], growth: float) -> Floats:
    return np.where(counts == 1, RADIUS, np.minimum(LEAST + growth * np.sqrt(counts), MOST))


def _inside(middles: Floats, counts: NDArray[np.int64], growth: float, window: Window) -> Floats:
    room = _radii(counts, growth) + 1
    x = np.clip(middles[:, 0], window.left + room, window.left + window.width - room)
    y = np.clip(middles[:, 1], window.top + room, window.top + window.height - room)
    return np.column_stack((x, y))


def _join(middles: Floats, counts: NDArray[np.int64], growth: float) -> NDArray[np.int64] | None:
    """Return which circles become one (a new index for each), or None when none overlap."""
    radii = _radii(counts, growth)
    tree = shapely.STRtree(shapely.points(middles))
    first, second = tree.query(shapely.points(middles), predicate="dwithin", distance=2 * radii.max())
    gap = np.hypot(*(middles[first] - middles[second]).T) - (radii[first] + radii[second] + APART)
    clash = (first < second) & (gap < 0)
    if not clash.any():
        return None
    partner = np.arange(len(counts))
    busy = np.zeros(len(counts), dtype=bool)
    for one, other in sorted(
        zip(first[clash], second[clash], strict=True), key=lambda pair: -int(counts[list(pair)].sum())
    ):
        if not busy[one] and not busy[other]:
            partner[other] = one
            busy[one] = busy[other] = True
    return np.unique(partner, return_inverse=True)[1].ravel()


def symbol_id(layer: str, symbol: Symbol) -> str:
    return f"{layer}-{symbol.name}"


def definitions(layer: str, used: Iterable[Symbol], pen: Pen) -> str:
    """Define each used symbol once: a disc with its icon, around the origin."""
    return "".join(_definition(layer, symbol, pen) for symbol in used)


def _definition(layer: str, symbol: Symbol, pen: Pen) -> str:
    quiet = layer not in RECORDS
    radius = PLACE if quiet else RADIUS
    icon = radius * 1.32 / 15
    disc = tag("circle", r=radius, fill=pen(symbol.fill), stroke=pen(GLYPH), stroke_width=0.7 if quiet else 0.9)
    glyph = tag(
        "path",
        d=icon_path(symbol.icon or "maki/marker"),
        fill=pen(GLYPH),
        transform=f"scale({icon:.3f})translate(-7.5-7.5)",
    )
    return tag("g", disc + glyph, id=symbol_id(layer, symbol))


def use(layer: str, symbol: Symbol, x: float, y: float) -> str:
    return tag("use", href=f"#{symbol_id(layer, symbol)}", x=number(x), y=number(y))


def draw_heaps(found: list[Heap], layer: str, pen: Pen, language: Language, taken: Taken) -> str:
    """Draw the heaps, the biggest first, and keep names off them."""
    taken.take([heap.rect for heap in found])
    circles = "".join(heap_circle(heap, pen, language) for heap in found if not heap.symbol)
    return circles + "".join(use(layer, heap.symbol, heap.x, heap.y) for heap in found if heap.symbol)


def heap_circle(heap: Heap, pen: Pen, language: Language) -> str:
    """Draw one circle with its count."""
    x, y, radius = heap.x, heap.y, heap.radius
    said = language.number(heap.count)
    size = min(11.0, radius * 1.05, radius * 3.1 / len(said))
    circle = tag(
        "circle", cx=number(x), cy=number(y), r=number(radius), fill=pen(CLUSTER), fill_opacity=0.92,
        stroke=pen(GLYPH), stroke_width=0.9,
    )  # fmt: skip
    figure = tag(
        "text",
        said,
        x=number(x),
        y=number(y + size * 0.34),
        font_size=round(size, 1),
        text_anchor="middle",
        fill=pen(GLYPH),
        **style("bold"),
    )
    return circle + figure


def draw_places(drawn: Drawn, taken: Taken) -> tuple[str, list[int]]:
    """Draw places where nothing lies yet, the important kinds first; returns which of them were drawn."""
    centres = shapely.get_coordinates(shapely.point_on_surface(drawn.shapes)).tolist()
    order = sorted(range(len(centres)), key=lambda i: drawn.symbols[i].min_zoom)
    kept = []
    for i in order:
        if not drawn.symbols[i].icon:  # only a name: it is written where there is room
            kept.append(i)
            continue
        rect = centred(centres[i][0], centres[i][1], 2 * PLACE - 1, 2 * PLACE - 1)
        if taken.free([rect]):
            taken.take([rect])
            kept.append(i)
    return "".join(use("places", drawn.symbols[i], *centres[i]) for i in kept if drawn.symbols[i].icon), kept
