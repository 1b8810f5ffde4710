"""Small towns for tests: buildings of all shapes from a seed, and problems solved by looking at all sets."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import shapely
from shapely import Polygon, affinity, box

from layers.cameras import siting
from layers.cameras.coverage import Matrix
from layers.cameras.isovist import Walls, walls


def random_buildings(rng: np.random.Generator, count: int) -> list[Polygon]:
    """Return buildings with courtyards, notches and turns, which may overlap and touch."""
    found = []
    for _ in range(count):
        x, y = rng.uniform(-60, 60, 2)
        w, h = rng.uniform(2, 25, 2)
        shape = box(x - w / 2, y - h / 2, x + w / 2, y + h / 2)
        form = rng.random()
        if form < 0.3:
            shape = shape.difference(box(x - w / 4, y - h / 4, x + w / 4, y + h / 4))
        elif form < 0.6:
            shape = shape.difference(box(x - w / 4, y - h / 4, x + w, y + h / 4))
        if rng.random() < 0.7:
            shape = affinity.rotate(shape, rng.uniform(0, 90))
        found.append(shape)
    return list(shapely.get_parts(shapely.union_all(found))) if rng.random() < 0.5 else found


def free_place(rng: np.random.Generator, around: Walls) -> tuple[float, float] | None:
    """Return a place outside all buildings, or None where none was found."""
    for _ in range(50):
        place = rng.uniform(-50, 50, 2)
        if not around.inside(place[None, :])[0]:
            return float(place[0]), float(place[1])
    return None


def scene(rng: np.random.Generator) -> tuple[Walls, tuple[float, float] | None]:
    around = walls(random_buildings(rng, int(rng.integers(1, 40))))
    return around, free_place(rng, around)


def matrix_of(rows: list[list[int]], points: int) -> Matrix:
    """Return a matrix from the points that each camera sees."""
    start = np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.int64)
    indices = np.array([p for row in rows for p in sorted(row)], dtype=np.int32)
    return Matrix(start, indices, np.ones(len(indices), np.float32), points)


def random_problem(rng: np.random.Generator, **rules: Any) -> siting.Siting:
    """Return a problem of up to nine cameras and a dozen points."""
    cameras, points = int(rng.integers(5, 10)), 12
    rows = [list(np.flatnonzero(rng.random(points) < 0.35)) for _ in range(cameras)]
    given = {"cost": 1.0, "mount": rng.integers(0, 5, cameras), **rules}
    if callable(given["cost"]):
        given["cost"] = given["cost"](cameras)
    if callable(given.get("penalty")):
        given["penalty"] = given["penalty"](cameras)
    return siting.siting(matrix_of(rows, points), rng.uniform(0.5, 5, points).round(2), **given)


def best_of_all(asked: siting.Siting) -> float:
    """Return the value of the best set of cameras that the rules allow, by looking at every set."""
    locked = [int(c) for c in np.flatnonzero(asked.locked)]
    free = [int(c) for c in np.flatnonzero(~asked.locked & ~asked.excluded)]
    best = -np.inf
    for size in range(min(asked.count, len(free)) + 1):
        for new in combinations(free, size):
            if allowed(asked, new):
                best = max(best, siting.value_of(asked, [*locked, *new]))
    return best


def allowed(asked: siting.Siting, new: Any) -> bool:
    """Tell whether new cameras keep to budget, number, poles and overlap, counted in the plainest way."""
    new = [int(c) for c in new]
    poles = [int(asked.mount[c]) for c in new]
    if len(new) > asked.count or sum(asked.cost[c] for c in new) > asked.budget + 1e-9:
        return False
    if any(poles.count(pole) > asked.per_mount for pole in poles):
        return False
    every = [*new, *np.flatnonzero(asked.locked)]
    for one, other in combinations(every, 2):
        if asked.overlap < 1 and (one in new or other in new):
            a, b = set(asked.seen.row(one)), set(asked.seen.row(other))
            weigh = [sum(asked.weight[p] for p in points) for points in (a & b, a, b)]
            if weigh[0] > asked.overlap * min(weigh[1:]) + 1e-9:
                return False
    return True
