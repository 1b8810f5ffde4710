"""A camera plan on the map: what its cameras see, where they stand and look, and what nobody sees."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from maps.language import Language
from maps.picture import Format, Pen, draw
from maps.picture.sheet import Window, number, path, tag, window
from maps.rows import Box, Caption, Rows
from maps.styles import ACCENT, GLYPH, LAND, MUTED_TEXT, TEXT

RADIUS = 6.2
ROOM = 0.08  # of the box, left free around what is shown


@dataclass(frozen=True)
class Standing:
    """One camera on paper: what it is called, its place, bearing (None: all round), whether it stands now."""

    label: str
    lon: float
    lat: float
    bearing: float | None
    locked: bool


@dataclass(frozen=True)
class Plan:
    """What is drawn: cameras, their views (EPSG:4326), and the points of the demand that no camera sees."""

    cameras: Sequence[Standing]
    views: Sequence[shapely.Geometry]
    blind: Sequence[tuple[float, float]]

    def box(self) -> Box:
        """Return the box of all new cameras and views, with some room around; of the blind points without any."""
        parts = [*self.views, *(shapely.Point(one.lon, one.lat) for one in self.cameras)]
        west, south, east, north = shapely.total_bounds(parts or [shapely.Point(point) for point in self.blind])
        across, up = max(east - west, 0.004) * ROOM, max(north - south, 0.003) * ROOM
        return float(west - across), float(south - up), float(east + across), float(north + up)


def draw_plan(
    rows: Sequence[Rows], caption: Caption, plan: Plan, box: Box, language: Language, *, size: tuple[float, float]
) -> str:
    """Return an SVG of the ground with the plan on it, fit for black-and-white paper."""
    form = Format(*size, title=False, legend="", footer=False)
    drawing = draw(rows, caption, box, language, form=form, pen=Pen(paper=True))
    place = window(box, 0.5, 0.5, size[0] - 1, size[1] - 1)
    marks = tag("g", "".join(_marks(plan, place)), clip_path="url(#window)")
    return drawing.removesuffix("</svg>") + marks + "</svg>"


def _marks(plan: Plan, place: Window) -> list[str]:
    marks = []
    for shape in place.paper(np.asarray(plan.views, dtype=object)) if len(plan.views) else ():
        if not shape.is_empty:
            outline = path(np.array([shape], dtype=object))
            ink = ACCENT["light"]
            marks.append(tag("path", d=outline, fill=ink, fill_opacity=0.2, stroke=ink, stroke_width=0.7))
    if len(plan.blind):
        for x, y in place.place(np.asarray(plan.blind, dtype=float)):
            marks.append(_cross(float(x), float(y)))
    for camera in plan.cameras:
        marks += _camera(camera, place)
    return marks


def _cross(x: float, y: float) -> str:
    d = f"M{x - 2:.1f} {y - 2:.1f}l4 4M{x - 2:.1f} {y + 2:.1f}l4 -4"
    return tag("path", d=d, stroke=MUTED_TEXT["light"], stroke_width=0.9, fill="none")


def _camera(camera: Standing, place: Window) -> list[str]:
    [(x, y)] = place.place(np.array([(camera.lon, camera.lat)]))
    fill, ink = (LAND["light"], TEXT["light"]) if camera.locked else (ACCENT["light"], GLYPH["light"])
    found = []
    if camera.bearing is not None:
        turn = math.radians(camera.bearing)
        tip = x + 2 * RADIUS * math.sin(turn), y - 2 * RADIUS * math.cos(turn)
        side = RADIUS * 0.75 * math.cos(turn), RADIUS * 0.75 * math.sin(turn)
        d = f"M{x + side[0]:.1f} {y + side[1]:.1f}L{tip[0]:.1f} {tip[1]:.1f}L{x - side[0]:.1f} {y - side[1]:.1f}Z"
        found.append(tag("path", d=d, fill=ACCENT["light"] if not camera.locked else TEXT["light"]))
    circle = {"cx": number(x), "cy": number(y), "r": RADIUS, "fill": fill, "stroke": TEXT["light"], "stroke_width": 0.8}
    found.append(tag("circle", **circle))
    said = {"font_size": 7 if len(camera.label) < 3 else 5.5, "text_anchor": "middle", "font_family": "Source Sans 3",
            "font_weight": "bold", "fill": ink}  # fmt: skip
    found.append(tag("text", camera.label, x=number(x), y=number(y + 2.4), **said))
    return found
