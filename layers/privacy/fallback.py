"""Where nothing finer may be shown: the centre of a city or town, of the hromada, or of a 1 km square.

The same places as of imported incidents (generalise.py), here with the ground that each of them stands for. All
coordinates are metres of one CRS.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from shapely import Geometry, STRtree

from layers.privacy.facts import Flags, Ints, Lived, Region, Shapes, SnapPoint, Town
from layers.privacy.generalise import CELL
from layers.privacy.rules import GRID, KIND_TITLES, LEAST
from layers.shapes import clip, polygons_of

HECTARE = 1e4  # square metres: less ground than that is no part of a region but an error of its limits


def coarse_points(region: Region, towns: Sequence[Town], lived: Lived, *, mapped: bool = False) -> list[SnapPoint]:
    """Return the coarse points of a region; their catchments fill it.

    With eight homes or more in the region none of them holds one to seven: a town that would is left to its hromada.
    With fewer in a hromada, where hundreds live, buildings are not in the map, and their number says nothing. Beyond
    the hromadas a single farm is possible: where buildings are `mapped` elsewhere, few homes there share one catchment.
    """
    named = _towns_of(region, towns)
    while named and len(lived.homes) >= LEAST and (given := _given_up(region, named, lived)) is not None:
        del named[given]
    rest = _rest(region, _areas(named))
    settlements = [SnapPoint("settlement", town.title, region.code, town.centre, area) for town, area in named]
    return [*settlements, *_coarse(region, rest, lived, mapped=mapped)]


def _given_up(region: Region, named: Sequence[tuple[Town, Geometry]], lived: Lived) -> int | None:
    """Return which town is left to its hromada: one of too few homes, or the smallest when the rest has too few."""
    areas = _areas(named)
    weak, held = np.flatnonzero(_weak(areas, lived)), _held(areas, lived)
    if len(weak):
        return int(weak[held[weak].argmin()])
    rest = np.array([_rest(region, areas)], dtype=object)
    return int(held.argmin()) if _weak(rest, lived).any() else None


def _areas(named: Sequence[tuple[Town, Geometry]]) -> Shapes:
    return np.array([area for _, area in named], dtype=object)


def _towns_of(region: Region, towns: Sequence[Town]) -> list[tuple[Town, Geometry]]:
    """Return the towns whose centre is in the region, each with its ground in it."""
    shapely.prepare(region.limits)
    found: list[tuple[Town, Geometry]] = []
    for town in sorted(towns, key=lambda town: town.code):
        if shapely.intersects(region.limits, town.centre):
            ground = shapely.intersection(town.limits, region.limits)
            area = _rest_of(ground, [other for _, other in found])
            found += [(town, area)] if area.area > HECTARE else []
    return found


def _rest(region: Region, taken: Shapes) -> Geometry:
    rest = _rest_of(region.limits, taken)
    return rest if rest.area > HECTARE else polygons_of(None)


def _rest_of(ground: Geometry, taken: Sequence[Geometry] | Shapes) -> Geometry:
    return polygons_of(shapely.difference(ground, shapely.union_all(taken)))


def _coarse(region: Region, rest: Geometry, lived: Lived, *, mapped: bool) -> list[SnapPoint]:
    """Return what stands for the rest of a region: its centre, or where there is no unit the squares' centres."""
    if rest.is_empty:
        return []
    if region.kind == "hromada":
        centre = region.centre if region.centre is not None else shapely.point_on_surface(region.limits)
        return [SnapPoint("hromada", region.title, region.code, centre, rest)]
    squares = _squares(rest)
    middles, cells = _joined(shapely.centroid(squares), clip(squares, rest, grid=GRID))
    if (mapped or len(lived.homes) >= LEAST) and _weak(cells, lived).any():
        middles, cells = _merged(middles, lived, rest)
    title = KIND_TITLES["cell"]
    return [SnapPoint("cell", title, region.code, *pair) for pair in zip(middles, cells, strict=True)]


def _squares(ground: Geometry) -> Shapes:
    """Return the squares of the grid of CELL metres that meet the ground."""
    west, south, east, north = np.floor(np.array(ground.bounds) / CELL) * CELL
    x, y = np.meshgrid(np.arange(west, east + CELL, CELL), np.arange(south, north + CELL, CELL))
    squares = shapely.box(x.ravel(), y.ravel(), x.ravel() + CELL, y.ravel() + CELL)
    shapely.prepare(ground)
    return np.asarray(squares[shapely.intersects(ground, squares)], dtype=object)


def _joined(middles: Shapes, cells: Shapes) -> tuple[Shapes, Shapes]:
    """Return the squares of which at least a half is left, or the fullest; the others' ground is given to the next."""
    areas = shapely.area(cells)
    whole = np.flatnonzero((areas >= CELL**2 / 2) | (areas == areas.max()))
    rests = np.setdiff1d(np.arange(len(cells)), whole)
    heirs = whole[STRtree(middles[whole]).nearest(middles[rests])]
    for heir in np.unique(heirs):
        cells[heir] = shapely.union_all(cells[[heir, *rests[heirs == heir]]], grid_size=GRID)
    return middles[whole], cells[whole]


def _merged(middles: Shapes, lived: Lived, rest: Geometry) -> tuple[Shapes, Shapes]:
    """Return the squares' centres that are left when squares of too few homes are given to their neighbours."""
    from layers.privacy.snapping import catchments

    kept, cells = catchments(shapely.get_coordinates(middles), np.zeros(len(middles), dtype=np.int64), lived, rest)
    if not len(kept):
        inside = shapely.point_on_surface(rest)
        nearest = int(np.argmin(shapely.distance(middles, inside)))
        return middles[[nearest]], np.array([rest], dtype=object)
    return middles[kept], cells


def _weak(areas: Shapes, lived: Lived) -> Flags:
    """Return which areas hold too few homes, and yet some building."""
    built = np.zeros(len(areas), dtype=bool)
    built[STRtree(lived.buildings).query(areas, predicate="intersects")[0]] = True
    return np.asarray(built & (_held(areas, lived) < LEAST), dtype=bool)


def _held(areas: Shapes, lived: Lived) -> Ints:
    """Return how many homes each area holds."""
    held = STRtree(shapely.points(lived.homes)).query(areas, predicate="intersects")[0]
    return np.bincount(held, minlength=len(areas))
