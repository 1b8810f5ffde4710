"""Approximate limits, made from settlement points alone until real ones are loaded.

Each settlement gets the ground nearer to it than to any other (its Voronoi cell); greater units are the union of the
settlements they consist of. The cells end at a stated hull: the concave hull of the points (ratio 0.2), widened until
it holds the known area of the greater units together, or by 2 km when that is not known. Inside a unit whose real
limits are known, only its own settlements share its ground. All coordinates are metres in one metric CRS.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Geometry, MultiPolygon

from layers.area import Area
from layers.shapes import Shapes, polygons_of
from layers.units.facts import UnitFacts

HULL_RATIO = 0.2
REACH = 2000.0
GRID = 0.001  # metres: overlays snap to it, so that sides that almost meet never tangle
Points = NDArray[np.float64]


def hull_of(points: Points, area: float | None = None) -> Geometry:
    """Return the concave hull of (n, 2) points, widened until it holds `area` square metres, or by REACH."""
    tight = shapely.concave_hull(shapely.MultiPoint(points), ratio=HULL_RATIO)
    if not area:
        return tight.buffer(REACH)
    narrow, wide = 0.0, float(np.sqrt(area))
    for _ in range(20):
        middle = (narrow + wide) / 2
        narrow, wide = (middle, wide) if tight.buffer(middle).area < area else (narrow, middle)
    return tight.buffer(wide)


def cells(points: Points, region: Geometry) -> Shapes:
    """Return for each of (n, 2) points the part of the region nearest to it; equal points are parted by a metre."""
    apart = np.array(points, dtype=float)
    _, first = np.unique(apart, axis=0, return_index=True)
    for repeated in sorted(set(range(len(apart))) - set(first.tolist())):
        apart[repeated, 0] += 1.0 + repeated / len(apart)
    if len(apart) == 1:
        return np.array([region], dtype=object)
    diagram = shapely.voronoi_polygons(shapely.MultiPoint(apart), extend_to=region, ordered=True)
    return np.asarray(shapely.intersection(shapely.get_parts(diagram), region, grid_size=GRID), dtype=object)


def approximate(
    area: Area,
    units: Sequence[UnitFacts],
    *,
    places: Mapping[str, tuple[float, float]],
    real: Mapping[str, Geometry],
    outline: Geometry | None = None,
) -> dict[str, MultiPolygon]:
    """Return limits for every unit without real ones, as far as places or parts allow.

    `places` are the units' points and `real` the known limits, by code; `outline` replaces the hull.
    """
    drawn: dict[str, Geometry] = dict(real)
    ground: dict[str, Geometry] = {}  # what a unit contributes to a greater one: a village's limits hold no fields
    for system in _from_the_smallest(area):
        own = [unit for unit in units if unit.system == system]
        if _consists_of_others(area, system):
            near = _unions(own, units, {**drawn, **ground})
        else:
            near = _cells_of(own, units, places=places, real=real, outline=outline)
            ground |= near
        taken = shapely.union_all([real[unit.code] for unit in own if unit.code in real], grid_size=GRID)
        rough = {code: cell for code, cell in near.items() if code not in real}
        drawn |= {code: shapely.difference(cell, taken, grid_size=GRID) for code, cell in rough.items()}
    return {code: polygons_of(shape) for code, shape in drawn.items() if code not in real and not shape.is_empty}


def _from_the_smallest(area: Area) -> list[str]:
    """Return the systems so that each comes after those its units consist of; a circle ends where it began."""
    order: list[str] = []

    def visit(system: str, path: tuple[str, ...]) -> None:
        for part in _part_systems(area, system):
            if part not in path:
                visit(part, (*path, part))
        if system not in order:
            order.append(system)

    for system in area.unit_systems:
        visit(system.id, (system.id,))
    return order


def _part_systems(area: Area, system_id: str) -> list[str]:
    system = area.system(system_id)
    if system and system.member_system:
        return [system.member_system]
    # Districts that are only named groups are no ground of their own: their hromada consists of settlements.
    return [s.id for s in area.unit_systems if s.parent == system_id and not s.member_system]


def _consists_of_others(area: Area, system_id: str) -> bool:
    return bool(_part_systems(area, system_id))


def _parts_of(unit: UnitFacts, units: Iterable[UnitFacts]) -> Sequence[str]:
    return unit.members or [other.code for other in units if other.parent_code == unit.code and not other.members]


def _unions(
    own: Iterable[UnitFacts], units: Sequence[UnitFacts], ground: Mapping[str, Geometry]
) -> dict[str, Geometry]:
    inside = {unit.code: [ground[part] for part in _parts_of(unit, units) if part in ground] for unit in own}
    return {code: shapely.union_all(shapes, grid_size=GRID) for code, shapes in inside.items() if shapes}


def _cells_of(
    own: Sequence[UnitFacts],
    units: Sequence[UnitFacts],
    *,
    places: Mapping[str, tuple[float, float]],
    real: Mapping[str, Geometry],
    outline: Geometry | None,
) -> dict[str, Geometry]:
    """Return the cells of one system's units: within their parent where its limits are known, else within the hull."""
    placed = [unit for unit in own if unit.code in places]
    groups: dict[str | None, list[UnitFacts]] = {}
    for unit in placed:
        groups.setdefault(unit.parent_code if unit.parent_code in real else None, []).append(unit)
    made: dict[str, Geometry] = {}
    for parent, group in groups.items():
        points = np.array([places[unit.code] for unit in group])
        if parent is None:
            known = [real[p] for p in groups if p is not None]
            whole = outline or hull_of(points, _known_area(placed, units))
            region = shapely.difference(whole, shapely.union_all(known, grid_size=GRID), grid_size=GRID)
        else:
            region = real[parent]
        made |= zip((unit.code for unit in group), cells(points, region), strict=True)
    return made


def _known_area(placed: Iterable[UnitFacts], units: Iterable[UnitFacts]) -> float | None:
    """Return the area in m² of the parents of these units, or of the units themselves; None unless all are known."""
    placed = list(placed)
    parents = {unit.parent_code for unit in placed}
    for group in ([u for u in units if u.code in parents], placed):
        known = [unit.area_km2 for unit in group]
        if known and all(known):
            return sum(figure for figure in known if figure) * 1e6
    return None
