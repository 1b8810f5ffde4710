"""Where a camera could hang: lamps, walls of public buildings, junctions, poles along roads; never where it must not.

All coordinates are metres in a projected CRS, x east and y north.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import cKDTree

from layers.cameras.coverage import Floats
from layers.cameras.isovist import Walls, facade_point
from layers.errors import BadInput
from layers.text import N_

MOUNTS = ("lamp", "wall", "junction", "road")  # of two that stand too near, the one named first stays
HEIGHTS = {"lamp": 6.0, "wall": 4.0, "junction": 6.0, "road": 6.0}
ROADSIDE_M = 4.0  # a pole beside the axis of a road
SHORTEST_WALL_M = 5.0


@dataclass(frozen=True)
class Rules:
    """How candidates are made: what they hang on, how far apart along roads, how near to each other at all."""

    mounts: tuple[str, ...] = MOUNTS
    spacing_m: float = 40.0
    apart_m: float = 8.0
    headings: int = 8

    def __post_init__(self) -> None:
        if not 5 <= self.spacing_m <= 1000:
            raise BadInput(N_("The spacing along roads must be 5 to 1000 m, not {value}."), value=self.spacing_m)
        if not 1 <= self.headings <= 36:
            raise BadInput(N_("A mount can be tried in 1 to 36 directions, not {value}."), value=self.headings)


@dataclass(frozen=True)
class Mounts:
    """n places for a camera: where, on what (an index into MOUNTS), how high, and which way a wall looks (nan else)."""

    xy: Floats
    kind: NDArray[np.int64]
    height: Floats
    outward: Floats

    def __len__(self) -> int:
        return len(self.xy)

    def take(self, index: ArrayLike) -> Mounts:
        chosen = np.asarray(index)
        return Mounts(*(values[chosen] for values in vars(self).values()))


def mounts(
    around: Walls,
    *,
    roads: Sequence[Any] = (),
    lamps: ArrayLike = (),
    junctions: ArrayLike = (),
    public_buildings: Sequence[Any] = (),
    zones: Sequence[Any] = (),
    rules: Rules = Rules(),
) -> Mounts:
    """Return the candidates outside buildings and exclusion zones, thinned so that none are nearer than `apart_m`."""
    found = {
        "lamp": np.asarray(lamps, dtype=float).reshape(-1, 2),
        "wall": np.empty((0, 2)),
        "junction": np.asarray(junctions, dtype=float).reshape(-1, 2),
        "road": _along(roads, rules.spacing_m),
    }
    found["wall"], looks = _walls_of(public_buildings)
    xy, kind, outward = [], [], []
    for at, name in enumerate(MOUNTS):
        if name in rules.mounts:
            xy.append(found[name])
            kind.append(np.full(len(found[name]), at))
            outward.append(looks if name == "wall" else np.full(len(found[name]), np.nan))
    if not xy:
        raise BadInput(N_("Choose at least one thing for cameras to hang on."))
    places, kinds, bearings = np.concatenate(xy), np.concatenate(kind), np.concatenate(outward)
    heights = np.array([HEIGHTS[name] for name in MOUNTS])[kinds]
    drawn = Mounts(places, kinds, heights, bearings)
    free = ~around.inside(drawn.xy) & ~_within(drawn.xy, zones)
    return _thinned(drawn.take(free), rules.apart_m)


def _along(roads: Sequence[Any], spacing: float) -> Floats:
    """Return places beside roads, every so many metres, on the left and the right in turn."""
    found = [np.empty((0, 2))]
    for line in roads:
        count = max(1, round(line.length / spacing))
        at = (np.arange(count) + 0.5) * line.length / count
        here = shapely.get_coordinates(shapely.line_interpolate_point(line, at))
        ahead = shapely.get_coordinates(shapely.line_interpolate_point(line, np.minimum(at + 1, line.length)))
        back = shapely.get_coordinates(shapely.line_interpolate_point(line, np.maximum(at - 1, 0)))
        along = (ahead - back) / np.maximum(np.hypot(*(ahead - back).T), 1e-9)[:, None]
        side = np.where(np.arange(count) % 2, 1.0, -1.0)[:, None]
        found.append(here + side * ROADSIDE_M * np.column_stack([-along[:, 1], along[:, 0]]))
    return np.concatenate(found)


def _walls_of(buildings: Sequence[Any]) -> tuple[Floats, Floats]:
    """Return places before the middle of every longer outer wall, and the bearing that each wall looks to."""
    places, bearings = [], []
    parts = shapely.orient_polygons(shapely.get_parts(np.asarray(buildings, dtype=object)))
    for ring in shapely.get_exterior_ring(parts):
        corners = shapely.get_coordinates(ring)
        for one, other in pairwise(corners):
            dx, dy = other - one
            if np.hypot(dx, dy) >= SHORTEST_WALL_M:
                places.append(facade_point(one, other))
                bearings.append(np.degrees(np.arctan2(dy, -dx)) % 360)
    return np.asarray(places, dtype=float).reshape(-1, 2), np.asarray(bearings, dtype=float)


def _within(xy: Floats, zones: Sequence[Any]) -> NDArray[np.bool_]:
    inside = np.zeros(len(xy), dtype=bool)
    if len(zones) and len(xy):
        inside[
            shapely.STRtree(np.asarray(zones, dtype=object)).query(shapely.points(xy), predicate="intersects")[0]
        ] = True
    return inside


def _thinned(drawn: Mounts, apart: float) -> Mounts:
    """Return the candidates without those too near to an earlier one; the result doesn't depend on their order."""
    order = np.lexsort((drawn.xy[:, 1], drawn.xy[:, 0], drawn.kind))
    if not len(order):
        return drawn
    near: Any = cKDTree(drawn.xy[order]).query_ball_point(drawn.xy[order], apart)
    kept = np.ones(len(order), dtype=bool)
    for at, others in enumerate(near):
        if kept[at]:
            kept[[other for other in others if other > at]] = False
    return drawn.take(order[kept])


def headings(places: Mounts, count: int) -> tuple[NDArray[np.int64], Floats]:
    """Return (mount, bearing) of each orientation tried: evenly around, only those before its wall for a wall."""
    bearing = np.tile(np.arange(count) * 360.0 / count, len(places))
    mount = np.repeat(np.arange(len(places)), count)
    outward = places.outward[mount]
    turned = np.abs((bearing - outward + 180) % 360 - 180)
    kept = np.isnan(outward) | (turned <= 90)
    return mount[kept], bearing[kept]
