"""From the facts of an area to its list of snap points: pure, degrees in and out, metres in between."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
import shapely
from shapely import Geometry, STRtree

from layers.geometry import WGS84
from layers.layer import Title
from layers.privacy.facts import Facts, Flags, Floats, Ints, Lived, Region, Shapes, SnapPoint, Town
from layers.privacy.fallback import coarse_points
from layers.privacy.generalise import CELL
from layers.privacy.rules import CLEAR, LEAST, STREET
from layers.shapes import project, repair

Progress = Callable[[int, int | None], None]

LONG_DEGREES = 0.002  # longer sides are divided before they change their CRS, so that they stay on each other:
LONG_METRES = 200.0  # a straight side of that length is nowhere off by a millimetre in the other

Unit = TypeVar("Unit", Region, Town)


def list_points(facts: Facts, *, srid: int, progress: Progress | None = None) -> list[SnapPoint]:
    """Return the snap points of every region, by regions and then from west to east; `srid` is a metric CRS.

    `progress` is told how many candidates are decided, of how many.
    """
    ground = _Ground(facts, srid)
    free = np.ones(len(ground.xy), dtype=bool)
    at_home = np.ones(len(ground.homes), dtype=bool)
    found: list[SnapPoint] = []
    for region in sorted(ground.regions, key=lambda region: region.code):
        inside = free & _inside(region.limits, ground.xy)
        homes = at_home & _inside(region.limits, ground.homes)
        free, at_home = free & ~inside, at_home & ~homes  # on a common border the first has them
        lived = ground.lived(region, homes)
        fine = ground.points(region, np.flatnonzero(inside), lived)
        found += fine or coarse_points(region, ground.towns, lived, mapped=len(ground.homes) >= LEAST)
        if progress:
            progress(int(np.count_nonzero(~free)), len(free))
    return _in_degrees(found, srid)


class _Ground:
    """The facts in metres, and the candidates in one order whatever order they came in."""

    def __init__(self, facts: Facts, srid: int) -> None:
        self.regions = [_in_metres(region, srid) for region in facts.regions]
        self.towns = [_in_metres(town, srid) for town in facts.towns]
        self.homes = shapely.get_coordinates(project(shapely.points(facts.homes), WGS84, srid))
        self.buildings = project(facts.buildings, WGS84, srid)
        self._tree = STRtree(self.buildings)
        streets = self._streets(facts, srid)
        spots = shapely.get_coordinates(project(_array(p.point for p in facts.places), WGS84, srid)).tolist()
        places = [(*xy, p.rank, "place", p.title) for xy, p in zip(spots, facts.places, strict=True)]
        rows = sorted([*streets, *places], key=lambda row: (*row[:4], str(row[4])))
        self.xy: Floats = np.array([row[:2] for row in rows], dtype=float).reshape(-1, 2)
        self.rank: Ints = np.array([row[2] for row in rows], dtype=np.int64)
        self.kinds = [row[3] for row in rows]
        self.titles: list[Title] = [row[4] for row in rows]

    def _streets(self, facts: Facts, srid: int) -> list[tuple[Any, ...]]:
        self.signs: Floats = np.empty((0, 2))
        if not facts.streets:
            return []
        from layers.privacy.snapping import street_points  # SciPy: a start with nothing loaded can do without

        known = {street.key: street for street in sorted(facts.streets, key=lambda s: (s.key, str(s.title)))}
        lines = project(_array(street.line for street in facts.streets), WGS84, srid)
        xy, keys = street_points(list(lines), [street.key for street in facts.streets])
        self.signs = xy[[known[key].lived for key in keys]]
        return [(*point, STREET, "street", known[key].title) for point, key in zip(xy.tolist(), keys, strict=True)]

    def lived(self, region: Region, homes: Flags) -> Lived:
        near = self._tree.query(region.limits, predicate="dwithin", distance=CLEAR)
        signs = self.signs[_inside(region.limits, self.signs)]
        return Lived(self.homes[homes], self.buildings[np.sort(near)], signs)

    def points(self, region: Region, inside: Ints, lived: Lived) -> list[SnapPoint]:
        """Return the points that the rule of eight allows in a region, if it allows any."""
        if not len(inside) or len(lived.homes) < LEAST:
            return []
        from layers.privacy.snapping import catchments

        kept, cells = catchments(self.xy[inside], self.rank[inside], lived, region.limits)
        return [
            SnapPoint(self.kinds[index], self.titles[index], region.code, shapely.Point(self.xy[index]), cell)
            for index, cell in sorted(zip(inside[kept].tolist(), cells, strict=True), key=lambda pair: pair[0])
        ]


def beyond(regions: Sequence[Region], outline: Geometry, *, srid: int) -> Geometry:
    """Return the ground of an outline that no region covers, in degrees.

    Strips that are nowhere as broad as a square is are errors of the limits: their places go to the region beside them
    (store.at), because a catchment of such a shape would be too small.
    """
    taken = shapely.union_all(_metres([region.limits for region in regions], srid))
    left = shapely.get_parts(shapely.difference(_metres([outline], srid)[0], taken))
    broad = left[~shapely.is_empty(shapely.buffer(left, -CELL / 2))]
    return _degrees([shapely.union_all(broad)], srid)[0]


def _in_metres(row: Unit, srid: int) -> Unit:
    """Return a region or town with its shapes in metres."""
    centre = None if row.centre is None else project(_array([row.centre]), WGS84, srid)[0]
    return replace(row, limits=_metres([row.limits], srid)[0], centre=centre)


def _in_degrees(rows: Sequence[SnapPoint], srid: int) -> list[SnapPoint]:
    # To a tenth of a millimetre: there and back, a place's own point is again what its source says.
    points = shapely.transform(project(_array(row.point for row in rows), srid, WGS84), lambda xy: xy.round(9))
    catchments = _degrees([row.catchment for row in rows], srid)
    return [
        replace(row, point=point, catchment=catchment)
        for row, point, catchment in zip(rows, points, catchments, strict=True)
    ]


def _metres(shapes: Iterable[Geometry], srid: int) -> Shapes:
    return project(shapely.segmentize(_array(shapes), LONG_DEGREES), WGS84, srid)


def _degrees(shapes: Iterable[Geometry], srid: int) -> list[Geometry]:
    return [repair(shape) for shape in project(shapely.segmentize(_array(shapes), LONG_METRES), srid, WGS84)]


def _array(shapes: Iterable[Geometry]) -> Shapes:
    return np.array(list(shapes), dtype=object)


def _inside(limits: Geometry, xy: Floats) -> Flags:
    shapely.prepare(limits)
    return np.asarray(shapely.intersects_xy(limits, xy[:, 0], xy[:, 1]), dtype=bool)
