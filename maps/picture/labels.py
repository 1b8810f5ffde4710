"""Names on a picture: placed in order of importance, each only where it covers no other and no symbol."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from html import escape

import numpy as np
import shapely

from maps.picture.lettering import broken, style, width
from maps.picture.sheet import Floats, Window, number, tag
from maps.rows import Shapes

Rect = tuple[float, float, float, float]  # left, top, right, bottom
CELL = 48.0
LINE = 1.12  # of the size
APART = 230.0  # points between two names of one street
OUTSIDE = 1e6  # what lying outside the window costs, in square points
STRAIGHT = 0.965  # chord to length: how much a name may bend


@dataclass
class Taken:
    """What of the page is covered already, in a grid of cells."""

    window: Window
    cells: dict[tuple[int, int], list[Rect]] = field(default_factory=lambda: defaultdict(list))

    def free(self, rects: Iterable[Rect]) -> bool:
        """Tell whether rectangles lie within the window and touch nothing placed before."""
        return all(self._inside(rect) and not self._hit(rect) for rect in rects)

    def take(self, rects: Iterable[Rect]) -> None:
        for rect in rects:
            for cell in _cells(rect):
                self.cells[cell].append(rect)

    def covered(self, rect: Rect) -> float:
        """Return how much of a rectangle is covered, overlaps counted twice; what lies outside counts as covered."""
        left, top, right, bottom = rect
        seen = {other for cell in _cells(rect) for other in self.cells.get(cell, ())}
        overlap = sum(
            max(0.0, min(right, r) - max(left, x)) * max(0.0, min(bottom, b) - max(top, y)) for x, y, r, b in seen
        )
        return overlap + (0.0 if self._inside(rect) else OUTSIDE)

    def _inside(self, rect: Rect) -> bool:
        return self.window.holds(rect[0], rect[1], 2) and self.window.holds(rect[2], rect[3], 2)

    def _hit(self, rect: Rect) -> bool:
        left, top, right, bottom = rect
        return any(
            left < r and x < right and top < b and y < bottom
            for cell in _cells(rect)
            for x, y, r, b in self.cells.get(cell, ())
        )


def _cells(rect: Rect) -> Iterator[tuple[int, int]]:
    for column in range(int(rect[0] // CELL), int(rect[2] // CELL) + 1):
        for row in range(int(rect[1] // CELL), int(rect[3] // CELL) + 1):
            yield column, row


@dataclass(frozen=True)
class Lettering:
    """How the names of one kind of thing are written, in points."""

    size: float
    ink: str
    halo: str
    cut: str = "regular"
    widest: float = 90.0
    spacing: float = 0.0

    def open(self, inner: str) -> str:
        """Return a group in which the names of this kind are written."""
        return tag(
            "g",
            inner,
            fill=self.ink,
            stroke=self.halo,
            stroke_width=round(self.size * 0.28, 1),
            stroke_linejoin="round",
            paint_order="stroke",
            font_size=round(self.size, 1),
            letter_spacing=self.spacing or None,
            **style(self.cut),
        )


def block(said: str, of: Lettering) -> tuple[list[str], float, float]:
    """Return a name's lines and the width and height that they take."""
    lines = broken(said, of.size, of.widest, of.cut)
    widest = max((width(line, of.size, of.cut) + of.spacing * len(line) for line in lines), default=0.0)
    return lines, widest, of.size * LINE * len(lines)


def around(x: float, y: float, wide: float, high: float, gap: float) -> Iterator[tuple[Rect, str]]:
    """Yield the places of a name beside a point, best first, with where its text is anchored."""
    yield (x + gap, y - high / 2, x + gap + wide, y + high / 2), "start"
    yield (x - wide / 2, y - gap - high, x + wide / 2, y - gap), "middle"
    yield (x - wide / 2, y + gap, x + wide / 2, y + gap + high), "middle"
    yield (x - gap - wide, y - high / 2, x - gap, y + high / 2), "end"
    yield (x + gap, y - high - gap / 2, x + gap + wide, y - gap / 2), "start"
    yield (x + gap, y + gap / 2, x + gap + wide, y + high + gap / 2), "start"
    yield (x - gap - wide, y - high - gap / 2, x - gap, y - gap / 2), "end"
    yield (x - gap - wide, y + gap / 2, x - gap, y + high + gap / 2), "end"


def centred(x: float, y: float, wide: float, high: float) -> Rect:
    return x - wide / 2, y - high / 2, x + wide / 2, y + high / 2


def written(lines: list[str], rect: Rect, anchor: str, of: Lettering) -> str:
    """Write a name's lines into the rectangle that was found for them."""
    x = {"start": rect[0], "middle": (rect[0] + rect[2]) / 2, "end": rect[2]}[anchor]
    step = of.size * LINE
    return "".join(
        tag(
            "text",
            escape(line),
            x=number(x),
            y=number(rect[1] + step * row + of.size * 0.86),
            text_anchor=None if anchor == "start" else anchor,
        )
        for row, line in enumerate(lines)
    )


def beside(said: str, x: float, y: float, gap: float, of: Lettering, taken: Taken) -> str:
    """Write a name beside a point, or nothing where there is no room."""
    lines, wide, high = block(said, of)
    for rect, anchor in around(x, y, wide, high, gap):
        if taken.free([rect]):
            taken.take([rect])
            return written(lines, rect, anchor, of)
    return ""


def within(said: str, area: shapely.Geometry, of: Lettering, taken: Taken) -> str:
    """Write a name into an area where it is roomiest and free, or nothing where there is no room."""
    lines, wide, high = block(said, of)
    for x, y in _places(area, wide, high):
        rect = centred(x, y, wide, high)
        if taken.free([rect]):
            taken.take([rect])
            return written(lines, rect, "middle", of)
    return ""


def across(said: str, area: shapely.Geometry, of: Lettering, taken: Taken) -> str:
    """Write the name of an area that must be named: smaller if need be, then over its limits, at last where it
    covers least.

    An area that only shows a corner in the window is not named: its name would be cut.
    """
    tried = [_tried(said, area, replace(of, size=of.size * times)) for times in (1.0, 0.87, 0.75)]
    for wholly in (True, False):
        for smaller, lines, rects, inside in tried:
            for rect, fits in zip(rects, inside, strict=True):
                if (fits or not wholly) and taken.free([rect]):
                    taken.take([rect])
                    return smaller.open(written(lines, rect, "middle", smaller))
    smaller, lines, rects, _ = tried[-1]
    rect = min(rects, key=taken.covered)
    if taken.covered(rect) >= OUTSIDE:
        return ""
    taken.take([rect])
    return smaller.open(written(lines, rect, "middle", smaller))


def _tried(said: str, area: shapely.Geometry, of: Lettering) -> tuple[Lettering, list[str], list[Rect], list[bool]]:
    """Return the places that a name of one size could have in an area, and which of them lie wholly inside."""
    lines, wide, high = block(said, of)
    rects = [centred(x, y, wide, high) for x, y in _places(area, wide, high)]
    return of, lines, rects, list(shapely.contains_properly(area, shapely.box(*np.array(rects).T)))


def _places(area: shapely.Geometry, wide: float, high: float) -> list[tuple[float, float]]:
    """Return points of an area for a name's middle: where the whole name fits before where it does not."""
    left, top, right, bottom = area.bounds
    columns = np.linspace(left, right, 22)[1:-1]
    rows = np.linspace(top, bottom, 22)[1:-1]
    points = shapely.points(np.array(np.meshgrid(columns, rows)).reshape(2, -1).T)
    shapely.prepare(area)
    points = points[shapely.contains(area, points)]
    points = np.append(points, shapely.point_on_surface(area))
    room = shapely.distance(shapely.boundary(area), points)
    middle = area.centroid
    fits = np.minimum(room, max(wide, high) / 2 + 3)
    order = np.lexsort((shapely.distance(points, middle), -np.round(fits)))
    return [(float(x), float(y)) for x, y in shapely.get_coordinates(points[order])]


@dataclass
class Along:
    """Names written along lines; their paths are shared definitions."""

    taken: Taken
    paths: list[str] = field(default_factory=list)

    def write(self, said: str, lines: Shapes, of: Lettering, *, most: int = 6) -> str:
        """Write a name along the straightest free stretches of the lines that bear it."""
        merged = shapely.get_parts(shapely.line_merge(shapely.union_all(lines)))
        wide = width(said, of.size, of.cut) + of.spacing * len(said)
        long = merged[shapely.length(merged) >= wide + 4]
        found: list[Floats] = []
        for line in long[np.argsort(-shapely.length(long))]:
            found += self._stretches(line, wide, of, found, most - len(found))
        return "".join(self._text(said, stretch) for stretch in found)

    def _stretches(
        self, line: shapely.Geometry, wide: float, of: Lettering, before: list[Floats], most: int
    ) -> list[Floats]:
        step = max(of.size * 0.7, 3.0)
        along = np.arange(0, line.length + step / 2, step)
        points = _smooth(shapely.get_coordinates(shapely.line_interpolate_point(line, along)))
        count = int(np.ceil((wide + 3) / step))
        if len(points) <= count or most <= 0:
            return []
        chords = np.hypot(*(points[count:] - points[:-count]).T) / (count * step)
        middle = np.abs(np.arange(len(chords)) - (len(chords) - 1) / 2) / max(len(chords), 1)
        found: list[Floats] = []
        for start in np.argsort(-np.minimum(chords, 0.995) + middle * 0.02)[:60]:
            if chords[start] < STRAIGHT or len(found) >= most:
                break
            stretch = points[start : start + count + 1]
            near = any(np.hypot(*(stretch[len(stretch) // 2] - o[len(o) // 2])) < APART for o in before + found)
            half = of.size * 0.55
            rects = [(x - half, y - half, x + half, y + half) for x, y in stretch.tolist()]
            if not near and self.taken.free(rects):
                self.taken.take(rects)
                found.append(stretch)
        return found

    def _text(self, said: str, stretch: Floats) -> str:
        if stretch[0][0] > stretch[-1][0]:
            stretch = stretch[::-1]
        name = f"l{len(self.paths)}"
        points = shapely.get_coordinates(shapely.simplify(shapely.linestrings(stretch), 0.25))
        steps = " ".join(f"{number(x)} {number(y)}" for x, y in points.tolist())
        self.paths.append(tag("path", id=name, d=f"M{steps}"))
        run = tag("textPath", escape(said), href=f"#{name}", startOffset="50%")
        return tag("text", run, text_anchor="middle", dy=".33em")


def _smooth(points: Floats) -> Floats:
    """Round off the corners of an evenly sampled line, its ends kept."""
    if len(points) < 5:
        return points
    padded = np.vstack((points[:1], points[:1], points, points[-1:], points[-1:]))
    kernel = np.array([1, 2, 3, 2, 1]) / 9
    smooth = np.column_stack([np.convolve(padded[:, axis], kernel, "valid") for axis in (0, 1)])
    smooth[0], smooth[-1] = points[0], points[-1]
    return smooth
