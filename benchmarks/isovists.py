"""What cameras see between buildings: our sweep against pysovist and against shapely's differences of shadows."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pysovist
import shapely
from numpy.typing import NDArray

from benchmarks.rows import Row
from benchmarks.town import Town, town
from layers.cameras.isovist import Walls, areas, walls

TITLE = "1,000 isovists of 100 m in a town of 10,000 buildings: ours, pysovist, shapely's shadows"
RADIUS = 100.0
SEED = 1

Floats = NDArray[np.float64]


def run(quick: bool) -> list[Row]:
    """Compiled code is warm: the first call of ours is made before the clock starts."""
    made = town(SEED)
    around = walls(made.buildings, made.heights)
    free = made.mounts[~around.inside(made.mounts)]
    places = free[: 100 if quick else 1000]
    flat, over = (_ours(around, places, height) for height in (math.inf, 6.0))
    theirs, found = _timed(lambda: _pysovist(around, places))
    shadows, _ = _timed(lambda: _shadows(made, places))
    apart = float(np.abs(flat[1] - found).sum() / found.sum())
    n = len(places)
    return [
        Row(f"{n} isovists in the plane", flat[0], "s", "pysovist", theirs, 1 / 10, lower=True),
        Row(f"{n} isovists in the plane", flat[0], "s", "shapely's shadows", shadows, 1 / 5, lower=True),
        Row(f"{n} isovists over lower roofs", over[0], "s", "pysovist, in the plane", theirs),
        Row("mean error of area", apart, "share", "allowed", 0.0005, 1.0, lower=True),
    ]


def _ours(around: Walls, places: Floats, height: float) -> tuple[float, Floats]:
    areas(around, places[:2], radius=RADIUS, height=height)
    return _timed(lambda: areas(around, places, radius=RADIUS, height=height))


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    came = work()
    return time.perf_counter() - began, came


def _pysovist(around: Walls, places: Floats) -> Floats:
    """Give each place the walls around it, found by a tree: the library itself would look at all of them."""
    lines = shapely.linestrings(around.edges.reshape(-1, 2, 2))
    tree = shapely.STRtree(lines)
    found = []
    for x, y in places:
        near = tree.query(shapely.box(x - RADIUS, y - RADIUS, x + RADIUS, y + RADIUS))
        seen = pysovist.isovist2d.isovist(around.edges[near].reshape(-1, 2, 2), (x, y), max_distance=RADIUS)
        found.append(seen.metrics["area"])
    return np.asarray(found)


def _shadows(made: Town, places: Floats) -> Floats:
    """Take from a circle the shadow of each building around: the hull of its corners and of these moved far away.

    As quick as shapely can be, and not exact: an inner yard, or the inner corner of an L, lies in the shadow too.
    """
    tree = shapely.STRtree(made.buildings)
    found = []
    for x, y in places:
        circle = shapely.Point(x, y).buffer(RADIUS, quad_segs=45)
        near = made.buildings[tree.query(circle, predicate="intersects")]
        corners, of = shapely.get_coordinates(near, return_index=True)
        offset = corners - np.array([x, y])
        far = np.array([x, y]) + offset * (4 * RADIUS / np.maximum(np.hypot(*offset.T), 1e-9))[:, None]
        both, owner = np.concatenate([corners, far]), np.concatenate([of, of])
        order = np.argsort(owner, kind="stable")
        hulls = shapely.convex_hull(shapely.multipoints(both[order], indices=owner[order]))
        found.append(circle.difference(shapely.union_all(hulls)).area)
    return np.asarray(found)
