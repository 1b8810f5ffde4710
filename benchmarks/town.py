"""A synthetic town from a seed: streets in blocks, houses and yards along them, lamps to hang cameras on, demand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

Floats = NDArray[np.float64]
BLOCK, STREET, LOT = 96.0, 14.0, 24.0  # metres: side of a block, width of a street, side of a lot


@dataclass(frozen=True)
class Town:
    """Footprints with heights, places on streets where cameras could hang, and weighted points; metres."""

    buildings: NDArray[np.object_]
    heights: Floats
    mounts: Floats
    points: Floats
    weights: Floats


def town(seed: int, *, buildings: int = 10_000, mounts: int = 2_000, points: int = 100_000) -> Town:
    """Return a town: lots of 24 m around blocks of 96 m, a third of the houses L-shaped, some with a courtyard."""
    rng = np.random.default_rng(seed)
    per_block = round(BLOCK / LOT) ** 2
    side = int(np.ceil(np.sqrt(buildings / per_block)))
    lots = np.array([(i * LOT, j * LOT) for i in range(4) for j in range(4)]) + LOT / 2
    blocks = np.array([(i, j) for i in range(side) for j in range(side)]) * (BLOCK + STREET)
    centres = (blocks[:, None] + lots[None]).reshape(-1, 2)[:buildings]
    shapes = np.array([_house(rng, *centre) for centre in centres], dtype=object)
    heights = rng.choice([3.5, 6.0, 9.0, 15.0], len(shapes), p=[0.3, 0.35, 0.25, 0.1])
    reach = side * (BLOCK + STREET)
    hearts = reach / 2 + rng.normal(0, reach / 5, (60, 2))
    near_hearts = _on_streets(rng, 20 * mounts, reach)
    near_hearts = near_hearts[np.argsort(_metres_to(hearts, near_hearts))][: mounts // 2]
    places = rng.permutation(np.concatenate([near_hearts, _on_streets(rng, mounts - mounts // 2, reach)]))
    return Town(shapes, heights, places, *_demand(rng, points, reach, shapes, hearts))


def _metres_to(hearts: Floats, places: Floats) -> Floats:
    return np.asarray(cKDTree(hearts).query(places)[0], dtype=float)


def _house(rng: np.random.Generator, x: float, y: float) -> shapely.Polygon:
    width, depth = rng.uniform(10, 20, 2)
    house = shapely.box(x - width / 2, y - depth / 2, x + width / 2, y + depth / 2)
    shape = rng.random()
    if shape < 0.33:
        house = house.difference(shapely.box(x, y, x + width, y + depth))
    elif shape < 0.4:
        house = house.difference(shapely.box(x - width / 5, y - depth / 5, x + width / 5, y + depth / 5))
    return shapely.affinity.rotate(house, rng.uniform(-8, 8))


def _on_streets(rng: np.random.Generator, count: int, reach: float) -> Floats:
    """Return places on the axes of streets, a step to the side."""
    step = BLOCK + STREET
    across = (rng.integers(1, max(2, int(reach // step)), count)) * step - STREET / 2 + rng.uniform(-4, 4, count)
    along = rng.uniform(0, reach - STREET, count)
    turned = rng.random(count) < 0.5
    return np.column_stack([np.where(turned, across, along), np.where(turned, along, across)])


def _demand(
    rng: np.random.Generator, count: int, reach: float, shapes: NDArray[np.object_], hearts: Floats
) -> tuple[Floats, Floats]:
    """Return points outside buildings, on streets, near hearts and anywhere, with weights of a long tail."""
    tree = shapely.STRtree(shapes)
    kept: list[Floats] = []
    while sum(map(len, kept)) < count:
        n = count // 3 + 100
        near = hearts[rng.integers(0, len(hearts), n)] + rng.normal(0, 60, (n, 2))
        drawn = np.concatenate([_on_streets(rng, n, reach), near, rng.uniform(0, reach, (n, 2))])
        free = np.ones(len(drawn), dtype=bool)
        free[tree.query(shapely.points(drawn), predicate="intersects")[0]] = False
        kept.append(drawn[free])
    points = rng.permutation(np.concatenate(kept))[:count]
    return points, rng.gamma(0.6, 1.0, count).round(3) + 0.05
