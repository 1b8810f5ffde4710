"""The sheet a map is drawn on: from degrees to points of paper, and from shapes to short SVG paths.

Web Mercator, as on the screen, so that a print shows what the reader saw. Lengths are points (1/72 inch); a size that
the symbology states in CSS pixels is `PX` points.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.geometry import WORLD, to_mercator
from maps.rows import Box, Shapes

PX = 0.75
POINT = 0.0254 / 72  # metres
FINE = 10  # path coordinates are whole tenths of a point
SMALLEST = 0.35  # square points: an area below it is not seen

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Window:
    """Where on the page a map lies (points from the top left) and which box of Mercator metres it shows."""

    left: float
    top: float
    width: float
    height: float
    west: float
    north: float
    per_point: float  # Mercator metres

    @property
    def zoom(self) -> float:
        """Return the zoom of the screen map at the same scale."""
        return math.log2(2 * WORLD / 256 / (self.per_point / PX))

    @property
    def ground(self) -> float:
        """Return metres on the ground a point, in the middle of the map."""
        middle = self.north - self.per_point * self.height / 2
        return self.per_point / math.cosh(middle * math.pi / WORLD)

    @property
    def scale(self) -> float:
        """Return N of the scale 1 : N when printed at full size."""
        return self.ground / POINT

    def paper(self, shapes: Shapes, *, margin: float = 12) -> Shapes:
        """Return the shapes in points of the page, cut to the window and a margin around it; order is kept.

        What lies outside becomes empty; None stays None.
        """
        degrees = shapely.clip_by_rect(shapes, *self._degrees(margin))
        return np.asarray(shapely.transform(degrees, self.place), dtype=object)

    def place(self, degrees: Floats) -> Floats:
        """Return page points of an (n, 2) array of longitudes and latitudes."""
        x = degrees[:, 0] * WORLD / 180
        y = np.log(np.tan((90 + degrees[:, 1]) * math.pi / 360)) * WORLD / math.pi
        return np.column_stack(
            (self.left + (x - self.west) / self.per_point, self.top + (self.north - y) / self.per_point)
        )

    def holds(self, x: float, y: float, margin: float = 0) -> bool:
        """Tell whether a page point lies within the window, at least `margin` from its edge."""
        across = self.left + margin <= x <= self.left + self.width - margin
        return across and self.top + margin <= y <= self.top + self.height - margin

    def _degrees(self, margin: float) -> Box:
        grown = margin * self.per_point
        west, north = self.west - grown, self.north + grown
        east = self.west + self.width * self.per_point + grown
        south = self.north - self.height * self.per_point - grown
        return (*_degrees(west, south), *_degrees(east, north))


def _degrees(x: float, y: float) -> tuple[float, float]:
    return x * 180 / WORLD, math.degrees(2 * math.atan(math.exp(y * math.pi / WORLD))) - 90


def window(box: Box, left: float, top: float, width: float, height: float) -> Window:
    """Fit a box of degrees into a place on the page; what the place has to spare shows more land around."""
    (west, south), (east, north) = to_mercator(box[0], box[1]), to_mercator(box[2], box[3])
    per_point = max((east - west) / width, (north - south) / height, 0.01)
    middle_x, middle_y = (west + east) / 2, (south + north) / 2
    return Window(
        left, top, width, height, middle_x - per_point * width / 2, middle_y + per_point * height / 2, per_point
    )


def path(shapes: Shapes, *, tolerance: float = 0.15) -> str:
    """Return the path data of all lines or areas together, in tenths of a point, relative, closed where they are areas.

    Areas are turned the same way round, so that overlapping ones stay filled under the nonzero rule.
    """
    parts = shapely.get_parts(shapely.simplify(shapes[~shapely.is_missing(shapes)], tolerance))
    areas = parts[shapely.get_dimensions(parts) == 2]
    areas = shapely.orient_polygons(areas[shapely.area(areas) > SMALLEST])
    lines = parts[shapely.get_dimensions(parts) == 1]
    return _strokes(shapely.get_rings(areas), "z") + _strokes(lines, "")


def _strokes(lines: Shapes, end: str) -> str:
    coordinates, index = shapely.get_coordinates(lines, return_index=True)
    whole = np.rint(coordinates * FINE).astype(np.int64)
    return "".join(_stroke(part, end) for part in np.split(whole, np.flatnonzero(np.diff(index)) + 1) if len(part) > 1)


def _stroke(points: NDArray[np.int64], end: str) -> str:
    steps = np.diff(points, axis=0)
    steps = steps[np.any(steps != 0, axis=1)]
    if end:
        steps = steps[:-1]  # z draws the last one
    if not len(steps):
        return ""
    text = " ".join(map(str, steps.ravel().tolist())).replace(" -", "-")
    return f"M{points[0][0]} {points[0][1]}l{text}{end}"


def number(value: float) -> str:
    """Write a length as short as a tenth of a point allows."""
    return f"{value:.1f}".removesuffix(".0")


def tag(name: str, inner: str = "", /, **attributes: object) -> str:
    """Return an SVG element; attributes are escaped, `inner` is markup already. `fill_rule` means `fill-rule`."""
    words = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_value(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{words}>{inner}</{name}>" if inner else f"<{name}{words}/>"


def _value(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    if isinstance(value, Sequence) and not isinstance(value, str):
        return " ".join(_value(float(part)) for part in value)
    return str(value)
