"""Which camera, turned which way, sees which of the weighted points: the coverage matrix, and scores by level.

Coordinates are metres in a projected CRS; bearings degrees clockwise from north. A matrix is in compressed rows: row i
has the points `indices[start[i]:start[i + 1]]`, rising.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array

from layers.cameras import sweep
from layers.cameras.isovist import Walls
from layers.cameras.optics import TARGET_M
from layers.cameras.sweep import compiled, grow

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
ON_A_WALL_M = 0.05  # a point on a wall counts as before it
MOUNTS_AT_ONCE = 64


@dataclass(frozen=True)
class Cameras:
    """Orientations: n cameras, each at a mount, turned and equipped in one way. All are arrays of n, in metres.

    `near` and `far` bound the ground in which a target is in the picture at the level asked for.
    """

    xy: Floats
    height: Floats
    bearing: Floats
    hfov: Floats
    near: Floats
    far: Floats

    def __len__(self) -> int:
        return len(self.bearing)

    def take(self, index: ArrayLike) -> Cameras:
        """Return some of them, in the order asked."""
        chosen = np.asarray(index, dtype=np.int64)
        return Cameras(*(values[chosen] for values in vars(self).values()))


def cameras(
    xy: ArrayLike, *, height: ArrayLike, bearing: ArrayLike, hfov: ArrayLike, far: ArrayLike, near: ArrayLike = 0.0
) -> Cameras:
    """Return cameras from anything that broadcasts to one value each."""
    points = np.ascontiguousarray(xy, dtype=float).reshape(-1, 2)
    rest = (np.ascontiguousarray(np.broadcast_to(np.asarray(v, float), len(points))) for v in
            (height, bearing, hfov, near, far))  # fmt: skip
    return Cameras(points, *rest)


@dataclass(frozen=True)
class Matrix:
    """Who sees what: rows of cameras, columns of points, and how far each seen point is."""

    start: Ints
    indices: NDArray[np.int32]
    metres: NDArray[np.float32]
    points: int

    def __len__(self) -> int:
        return len(self.start) - 1

    def row(self, camera: int) -> NDArray[np.int32]:
        """Return the points that a camera sees, rising."""
        return self.indices[self.start[camera] : self.start[camera + 1]]

    def rows_of(self) -> NDArray[np.int32]:
        """Return the camera of each entry."""
        return np.repeat(np.arange(len(self), dtype=np.int32), np.diff(self.start))

    def sparse(self) -> Any:
        """Return the matrix as a scipy CSR array of ones."""
        shape = (len(self), self.points)
        return csr_array((np.ones(len(self.indices), np.float32), self.indices, self.start), shape=shape)

    def take(self, rows: ArrayLike) -> Matrix:
        """Return some of the rows, in the order asked."""
        chosen = np.asarray(rows, dtype=np.int64)
        sizes = np.diff(self.start)[chosen]
        start = np.concatenate([[0], np.cumsum(sizes)])
        entries = np.repeat(self.start[chosen] - start[:-1], sizes) + np.arange(start[-1])
        return Matrix(start, self.indices[entries], self.metres[entries], self.points)


def matrix(
    around: Walls,
    looking: Cameras,
    points: ArrayLike,
    *,
    target: float = TARGET_M,
    progress: Callable[[float], None] | None = None,
    threads: int | None = None,
) -> Matrix:
    """Return which of m points (m x 2) each camera sees, behind buildings and over lower ones.

    Cameras that stand at one place at one height share a sweep: give them one after another. `progress` is called with
    the share done and may raise to stop.
    """
    where = np.ascontiguousarray(points, dtype=float).reshape(-1, 2)
    if not len(looking) or not len(where):
        return Matrix(np.zeros(len(looking) + 1, np.int64), np.empty(0, np.int32), np.empty(0, np.float32), len(where))
    mounts = np.column_stack([looking.xy, looking.height])
    begins = np.flatnonzero(np.concatenate([[True], (np.diff(mounts, axis=0) != 0).any(axis=1)]))
    bounds = np.concatenate([begins, [len(looking)]]).astype(np.int64)
    cells = _cells(where)
    values = (looking.xy, looking.height, looking.bearing, looking.hfov, looking.near, looking.far)
    chunks = [bounds[at : at + MOUNTS_AT_ONCE + 1] for at in range(0, len(begins), MOUNTS_AT_ONCE)]

    def work(chunk: Ints) -> Any:
        return _rows(chunk, *values, where, *cells, target, *around.arguments)

    parts, done = [], 0
    with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
        for part in pool.map(work, chunks):
            parts.append(part)
            done += 1
            if progress is not None:
                progress(done / len(chunks))
    sizes = np.concatenate([part[0] for part in parts])
    start = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    return Matrix(start, np.concatenate([p[1] for p in parts]), np.concatenate([p[2] for p in parts]), len(where))


def _cells(where: Floats) -> tuple[Any, Any, Floats]:
    """Return the points by cells of a grid, as sweep.py keeps its walls."""
    west, south = where.min(axis=0)
    extent = where.max(axis=0) - (west, south)
    size = max(25.0, float(np.sqrt(extent[0] * extent[1] / max(1, len(where)))))
    columns, rows = (np.floor(extent / size) + 1).astype(int)
    pointer, members = sweep.cell_lists(np.hstack([where, where]), west, south, size, columns, rows)
    return pointer, members, np.array([west, south, size, columns, rows])


@compiled
def _rows(
    bounds: Any, xy: Any, height: Any, bearing: Any, hfov: Any, near: Any, far: Any,
    where: Any, point_cells: Any, cell_points: Any, point_grid: Any, target: float,
    edges: Any, tall: Any, owner: Any, pointer: Any, members: Any, grid: Any,
) -> Any:  # fmt: skip
    """Return, of the cameras from bounds[0] to bounds[-1], how many points each sees, the points, and their metres."""
    west, south, size = point_grid[0], point_grid[1], point_grid[2]
    columns, rows = int(point_grid[3]), int(point_grid[4])
    counts = np.zeros(bounds[-1] - bounds[0], np.int64)
    found, metres, n = np.empty(1024, np.int32), np.empty(1024, np.float32), 0
    none = np.empty(0)
    for mount in range(len(bounds) - 1):
        low, high = bounds[mount], bounds[mount + 1]
        x, y = xy[low, 0], xy[low, 1]
        radius = far[low:high].max()
        breaks, start, near_wall, far_wall, factor, a, b, _ = sweep.sweep(
            x, y, radius, height[low], target, none, edges, tall, owner, pointer, members, grid
        )
        seen, m = np.empty(256, np.int32), 0
        for cy in range(
            max(0, int((y - radius - south) // size)), min(rows - 1, int((y + radius - south) // size)) + 1
        ):
            for cx in range(
                max(0, int((x - radius - west) // size)), min(columns - 1, int((x + radius - west) // size)) + 1
            ):
                for place in range(point_cells[cy * columns + cx], point_cells[cy * columns + cx + 1]):
                    p = cell_points[place]
                    dx, dy = where[p, 0] - x, where[p, 1] - y
                    if dx * dx + dy * dy <= radius * radius and sweep.sees(
                        dx, dy, breaks, start, near_wall, far_wall, factor, a, b, ON_A_WALL_M
                    ):
                        seen = grow(seen, m)
                        seen[m] = p
                        m += 1
        seen = np.sort(seen[:m])
        for camera in range(low, high):
            for each in range(m):
                dx, dy = where[seen[each], 0] - x, where[seen[each], 1] - y
                distance = np.sqrt(dx * dx + dy * dy)
                if near[camera] <= distance <= far[camera] and in_sector(dx, dy, bearing[camera], hfov[camera]):
                    if n >= len(found):
                        found, metres = grow(found, n), grow(metres, n)
                    found[n], metres[n] = seen[each], distance
                    n += 1
                    counts[camera - bounds[0]] += 1
    return counts, found[:n], metres[:n]


@compiled
def in_sector(dx: float, dy: float, bearing: float, hfov: float) -> bool:
    """Tell whether (dx east, dy north) lies within half a field of view of a bearing."""
    if hfov >= 360:
        return True
    off = (np.degrees(np.arctan2(dx, dy)) - bearing + 180) % 360 - 180
    return bool(abs(off) <= hfov / 2 + 1e-9)


# --- Points that the same cameras see are one point -------------------------------------------------------------------


@dataclass(frozen=True)
class Merged:
    """The matrix with one column a covering set: `weight` sums its points', `of` says which column each point is in.

    Points that nobody sees have no column (-1).
    """

    matrix: Matrix
    weight: Floats
    of: Ints


def merge(seen: Matrix, weight: ArrayLike, group: ArrayLike | None = None) -> Merged:
    """Return the matrix with points merged that have equal covering sets (and one group, where groups are told apart).

    Every total over points stays exactly what it was: a plan can't see one of such points without the others.
    """
    weights = np.asarray(weight, dtype=float)
    groups = np.zeros(seen.points, np.int64) if group is None else np.asarray(group, dtype=np.int64)
    rng = np.random.default_rng(0)
    signs = rng.integers(0, 2**64, (len(seen), 2), dtype=np.uint64)
    marks, counts = _marks(seen.start, seen.indices, signs, seen.points)
    covered = np.flatnonzero(counts)
    keys = np.empty(len(covered), dtype=[("a", "u8"), ("b", "u8"), ("n", "i8"), ("g", "i8")])
    keys["a"], keys["b"], keys["n"], keys["g"] = marks[covered, 0], marks[covered, 1], counts[covered], groups[covered]
    order = np.lexsort((keys["g"], keys["b"], keys["a"]))
    ranked = keys[order]
    new = np.concatenate([[True], ranked[1:] != ranked[:-1]]) if len(ranked) else np.empty(0, bool)
    of = np.full(seen.points, -1, dtype=np.int64)
    of[covered[order]] = np.cumsum(new) - 1
    first = covered[order][new]
    total = np.bincount(of[covered], weights[covered], minlength=len(first)).astype(float)
    keep = np.zeros(seen.points, dtype=bool)
    keep[first] = True
    entries = keep[seen.indices]
    start = np.concatenate([[0], np.cumsum(entries)])[seen.start].astype(np.int64)
    columns = of[seen.indices[entries]].astype(np.int32)
    return Merged(Matrix(start, columns, seen.metres[entries], len(first)), total, of)


@compiled
def _marks(start: Any, indices: Any, signs: Any, points: int) -> Any:
    """Return 128 bits for each point that are equal when its covering sets are, and the sets' sizes."""
    marks, counts = np.zeros((points, 2), np.uint64), np.zeros(points, np.int64)
    for camera in range(len(start) - 1):
        for place in range(start[camera], start[camera + 1]):
            p = indices[place]
            marks[p, 0] ^= signs[camera, 0]
            marks[p, 1] ^= signs[camera, 1]
            counts[p] += 1
    return marks, counts


# --- Scores -----------------------------------------------------------------------------------------------------------


def best_density(seen: Matrix, density_at_1_m: ArrayLike, reach_m: ArrayLike | None = None) -> Floats:
    """Return the highest pixel density at which any camera of the matrix sees each point; 0 where none does.

    `density_at_1_m` is each camera's px/m at one metre: H_px / (2 tan(HFOV/2)). `reach_m` bounds each, as at night.
    """
    one = np.asarray(density_at_1_m, dtype=float)
    rows = seen.rows_of()
    density = one[rows] / np.maximum(seen.metres, 0.01)
    if reach_m is not None:
        density = np.where(seen.metres <= np.asarray(reach_m, dtype=float)[rows], density, 0.0)
    best = np.zeros(seen.points)
    np.maximum.at(best, seen.indices, density)
    return best


def shares(density: Floats, weight: Floats, levels: Sequence[float]) -> list[float]:
    """Return the share of the weight that is seen at each of the densities (px/m) or better, from 0 to 1."""
    total = float(weight.sum())
    return [float(weight[density >= level].sum()) / total if total > 0 else 0.0 for level in levels]
