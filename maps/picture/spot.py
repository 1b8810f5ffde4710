"""The place of one report on the map: the area that everybody is shown and, for staff, the exact point in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from maps.language import Language
from maps.picture import Format, draw
from maps.picture.sheet import Window, number, tag, window
from maps.rows import Box, Caption, Rows
from maps.styles import ACCENT, DANGER, GLYPH, TEXT, Ink

Point = tuple[float, float]  # longitude, latitude
LEAST = 0.0022  # degrees of latitude that a picture shows at least, some 250 m
ROOM = 0.25  # of the box, left free around what is shown


@dataclass(frozen=True)
class Spot:
    """What is marked: `catchment` with its `shown` point for everybody; `exact` and `near` for staff alone."""

    catchment: shapely.Geometry | None = None
    shown: Point | None = None
    exact: Point | None = None
    near: Sequence[Point] = ()

    @property
    def box(self) -> Box:
        """Return what the picture has to show, in degrees: the surroundings of the exact point, or the whole area."""
        parts = [shapely.Point(point) for point in (self.exact, self.shown) if point][:1]
        parts += [self.catchment] if self.catchment is not None and self.exact is None else []
        west, south, east, north = shapely.union_all(parts).bounds
        stretch = LEAST / np.cos(np.radians((south + north) / 2))
        across, up = max(east - west, stretch) * (0.5 + ROOM), max(north - south, LEAST) * (0.5 + ROOM)
        lon, lat = (west + east) / 2, (south + north) / 2
        return float(lon - across), float(lat - up), float(lon + across), float(lat + up)


def draw_spot(
    rows: Sequence[Rows], caption: Caption, spot: Spot, language: Language, *, size: tuple[float, float]
) -> str:
    """Return an SVG of the ground around a place with what is marked on it."""
    form = Format(*size, title=False, legend="", footer=False)
    drawing = draw(rows, caption, spot.box, language, form=form)
    place = window(spot.box, 0.5, 0.5, size[0] - 1, size[1] - 1)
    marks = tag("g", "".join(_marks(spot, place)), clip_path="url(#window)")
    return drawing.removesuffix("</svg>") + marks + "</svg>"


def _marks(spot: Spot, place: Window) -> list[str]:
    marks = []
    if spot.catchment is not None:
        shapes = np.array([spot.catchment], dtype=object)
        [area] = place.paper(shapes)
        if not area.is_empty:
            ink = ACCENT["light"]
            outline = {"stroke": ink, "stroke_width": 1.6, "stroke_dasharray": "5 3", "stroke_opacity": 0.9}
            marks.append(tag("path", d=_outline(area), fill=ink, fill_opacity=0.16, fill_rule="evenodd", **outline))
    marks += [_dot(place, point, 4.2, TEXT, stroke=1.2) for point in spot.near]
    if spot.exact:
        marks.append(_dot(place, spot.exact, 7.0, DANGER, stroke=2.0))
    return marks


def _outline(area: shapely.Geometry) -> str:
    rings = [ring for part in shapely.get_parts(area) for ring in (part.exterior, *part.interiors)]
    corners = (" ".join(f"{x:.1f} {y:.1f}" for x, y in shapely.get_coordinates(ring)) for ring in rings)
    return "".join(f"M{ring}Z" for ring in corners)


def _dot(place: Window, point: Point, radius: float, ink: Ink, *, stroke: float) -> str:
    [(x, y)] = place.place(np.array([point]))
    return tag(
        "circle", cx=number(x), cy=number(y), r=radius, fill=ink["light"], stroke=GLYPH["light"], stroke_width=stroke
    )
