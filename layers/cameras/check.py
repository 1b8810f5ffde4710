"""The independent recount: who sees what, by straight lines through polygons, without the sweep and without numba.

Every plan is recounted so before it is shown. Shares no code with `sweep.py` and `coverage.py` but the shape of what
they are given; slower by a hundred times, and simple enough to be believed.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely import STRtree

from layers.cameras.coverage import Cameras
from layers.cameras.optics import TARGET_M

BEFORE_A_WALL_M = 0.05
AGREED = 0.002  # how much of the demand two ways of counting may differ by: points that lie on the very edge of a view


def seen_by(
    buildings: Any, heights: ArrayLike | None, looking: Cameras, points: ArrayLike, *, target: float = TARGET_M
) -> list[NDArray[np.int64]]:
    """Return, of each camera, which points it sees: those to which a straight line from it meets nothing higher."""
    shapes = np.asarray(buildings, dtype=object)
    tall = np.full(len(shapes), math.nan) if heights is None else np.asarray(heights, dtype=float)
    tree, where = STRtree(shapes), np.asarray(points, dtype=float).reshape(-1, 2)
    found = []
    for at in range(len(looking)):
        eye, camera = looking.xy[at], float(looking.height[at])
        inside = _in_picture(where - eye, looking, at)
        blocked = _blocked(eye, where[inside], camera, target, shapes, tall, tree)
        found.append(inside[~blocked])
    return found


def _in_picture(offset: NDArray[np.float64], looking: Cameras, at: int) -> NDArray[np.int64]:
    """Return the points within the distances and the angle of a camera, by the dot product with its axis."""
    axis = math.sin(math.radians(looking.bearing[at])), math.cos(math.radians(looking.bearing[at]))
    metres = np.hypot(offset[:, 0], offset[:, 1])
    ahead = offset @ np.array(axis)
    wide = looking.hfov[at] >= 360
    narrow = ahead >= metres * math.cos(math.radians(min(looking.hfov[at], 360.0) / 2)) - 1e-9 * (metres + 1)
    return np.flatnonzero((metres >= looking.near[at]) & (metres <= looking.far[at]) & (narrow | wide))


def _blocked(
    eye: NDArray[np.float64],
    where: NDArray[np.float64],
    camera: float,
    target: float,
    shapes: Any,
    tall: Any,
    tree: STRtree,
) -> NDArray[np.bool_]:  # fmt: skip
    """Return to which points something stands in the line of sight, which comes down from camera to target."""
    blocked = np.zeros(len(where), dtype=bool)
    if not len(where):
        return blocked
    metres = np.hypot(*(where - eye).T)
    short = where - (where - eye) * (np.minimum(BEFORE_A_WALL_M, metres) / np.maximum(metres, 1e-9))[:, None]
    lines = shapely.linestrings(np.stack([np.broadcast_to(eye, where.shape), short], axis=1))
    line, building = tree.query(lines, predicate="intersects")
    for one, other in zip(line, building, strict=True):
        if blocked[one]:
            continue
        through = shapely.intersection(lines[one], shapes[other])
        corners = shapely.get_coordinates(through)
        if not len(corners) or through.length < 1e-9:
            continue
        farthest = np.hypot(*(corners - eye).T).max()
        sight = camera - (camera - target) * farthest / metres[one] if math.isfinite(camera) else -math.inf
        ends_inside = farthest >= metres[one] - 2 * BEFORE_A_WALL_M and shapely.contains_xy(shapes[other], *where[one])
        blocked[one] = ends_inside or math.isnan(tall[other]) or sight < tall[other]
    return blocked
