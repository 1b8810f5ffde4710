"""Hot spots and near repeats beside the packages that are known for them: KDEpy, esda, pymannkendall and pointpats.

Figures are units of work a second, warm and the best of several runs, in one process each; so a ratio says how many
times faster ours is. Every peer gets what its documentation says is fast: esda a Graph that has its diagonal already,
one job and no simulations to keep; KDEpy a grid of its own choice, of as many cells. Where a peer is too slow for the
whole, it does a part, and its row says which.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.rows import Row
from layers.patrols import density, emerging, hotspots, nearrepeat
from layers.patrols.neighbourhoods import grid_neighbourhoods

TITLE = "Hot spots, emerging hot spots and near repeats, and KDEpy, esda, pymannkendall and pointpats on the same"
SIDE_M, CELLS = 10_000.0, 500
BANDWIDTH_M = 100.0
SERIES_OF_THE_PEER = 300


def run(quick: bool) -> list[Row]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return [*_surface(quick), *_gi_star(quick), *_emerging(quick), *_near_repeat(quick)]


def _best(work: Callable[[], Any], times: int = 5) -> float:
    work()
    took = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        took.append(time.perf_counter() - began)
    return min(took)


def _town(count: int, spread_m: float, seed: int = 1) -> Any:
    """Return points around centres of a square town, denser around some."""
    rng = np.random.default_rng(seed)
    centres = rng.uniform(0, SIDE_M, (150, 2))
    weight = rng.gamma(0.5, 1.0, 150)
    near = centres[rng.choice(150, 2 * count, p=weight / weight.sum())] + rng.normal(0, spread_m, (2 * count, 2))
    inside = ((near > SIDE_M / CELLS) & (near < SIDE_M - SIDE_M / CELLS)).all(axis=1)
    return near[inside][:count]


def _surface(quick: bool) -> list[Row]:
    from KDEpy import FFTKDE

    xy = _town(10_000 if quick else 100_000, 400.0)
    cell = SIDE_M / CELLS

    def ours() -> Any:
        return density.density_surface(xy, bounds=(0, 0, SIDE_M, SIDE_M), cell_m=cell, bandwidth_m=BANDWIDTH_M)

    theirs = _best(lambda: FFTKDE(kernel="gaussian", bw=BANDWIDTH_M).fit(xy).evaluate((CELLS, CELLS)))
    top = int(0.01 * CELLS**2)
    first, second = (np.argsort(-each.ravel())[:top] for each in (ours(), _exact(xy)))
    shared = np.intersect1d(first, second)
    return [
        Row(f"KDE {CELLS}x{CELLS} from {len(xy):,} points", 1 / _best(ours, 20), "/s", "KDEpy FFTKDE", 1 / theirs, 3.0),
        Row("its top 1 % of cells that the exact KDE has too", len(shared) / top, "share", "asked", 0.995, 1.0),
    ]


def _exact(xy: Any) -> Any:
    """Return the sum of all kernels at all cells, as a matrix product: a Gaussian is a product of both directions."""
    centres = (np.arange(CELLS) + 0.5) * SIDE_M / CELLS
    total = np.zeros((CELLS, CELLS))
    for part in np.array_split(xy, len(xy) // 5_000):
        across, up = (np.exp(-0.5 * ((centres[:, None] - along) / BANDWIDTH_M) ** 2) for along in part.T)
        total += up @ across.T
    return total


def _gi_star(quick: bool) -> list[Row]:
    from esda import G_Local
    from libpysal.graph import Graph
    from libpysal.weights import lat2W

    side, permutations = 200, 99 if quick else 999
    counts = np.random.default_rng(2).negative_binomial(0.5, 0.3, (side, side))
    neighbours, flat = grid_neighbourhoods(np.ones((side, side), dtype=bool)), counts.ravel()
    graph = Graph.from_W(lat2W(side, side, rook=False)).assign_self_weight(1)
    options: dict[str, Any] = {"transform": "B", "star": True}

    def theirs(permuted: int) -> Any:
        return G_Local(
            flat.astype(float), graph, permutations=permuted, n_jobs=1, keep_simulations=False, seed=1, **options
        )

    differ = float(np.abs(hotspots.gi_star(counts, neighbours).ravel() - theirs(0).Zs).max())
    analytic = _best(lambda: hotspots.gi_star(counts, neighbours), 20)
    shuffled = _best(lambda: hotspots.permutation_tail(flat, neighbours, permutations=permutations), 3)
    exact = _best(lambda: hotspots.hot_spots(counts, neighbours))
    their_shuffled = _best(lambda: theirs(permutations), 3)
    size = f"{side}x{side}"
    return [
        Row(f"Gi* {size}, analytic", 1 / analytic, "/s", "esda", 1 / _best(lambda: theirs(0)), 10.0),
        Row("its largest difference", differ, "z", "asked", 1e-10, 1.0, lower=True),
        Row(f"Gi* {size}, {permutations} permutations, no numba", 1 / shuffled, "/s", "esda, n_jobs=1",
            1 / their_shuffled, 2.0),
        Row(f"Gi* {size}, the tail of all permutations, FDR", 1 / exact, "/s", f"our {permutations} permutations",
            1 / shuffled),
    ]  # fmt: skip


def _emerging(quick: bool) -> list[Row]:
    """Compare the whole (Gi*, tails, FDR, trends, patterns) with what pymannkendall's trends alone take."""
    import pymannkendall

    side, steps = (60 if quick else 200), 36
    cube = np.random.default_rng(3).negative_binomial(0.5, 0.3, (side, side, steps))
    neighbours = grid_neighbourhoods(np.ones((side, side), dtype=bool))
    ours = _best(lambda: emerging.emerging_hot_spots(cube, neighbours))
    values = np.moveaxis(cube, -1, 0).reshape(steps, -1).astype(float)
    series = hotspots.z_scores(values, neighbours).T[:SERIES_OF_THE_PEER].copy()
    theirs = _best(lambda: [pymannkendall.original_test(each) for each in series], 3)
    peer = f"pymannkendall, {len(series)} of {side**2:,} cells, trend only"
    return [
        Row(f"emerging hot spots {side}x{side}x{steps}, cells", side**2 / ours, "/s", peer, len(series) / theirs, 20.0)
    ]


def _near_repeat(quick: bool) -> list[Row]:
    """Compare a whole table with pointpats' permutations of single cells: one column of the table, its set-up free."""
    from pointpats import Knox

    count, permutations, peers = (2_000, 99, 3) if quick else (11_700, 999, 3)
    xy = _town(count, 500.0, seed=4)
    day = np.random.default_rng(4).integers(0, 974, len(xy)).astype(float)
    bands = len(nearrepeat.DISTANCES_M) * len(nearrepeat.DAYS)
    ours = _best(lambda: nearrepeat.knox_table(xy, day, precision="day", permutations=permutations), 2)

    def theirs(distance: float, permuted: int) -> float:
        soon = nearrepeat.DAYS[0]
        return _best(lambda: Knox(xy, day[:, None], delta=distance, tau=soon, permutations=permuted), 1)

    column = [(theirs(distance, peers) - theirs(distance, 0)) / peers for distance in nearrepeat.DISTANCES_M]
    return [
        Row(f"Knox {len(xy):,} points, 5x4, {permutations} permutations: cells times permutations",
            permutations * bands / ours, "/s", f"pointpats, 5 of {bands} cells, {peers} permutations each",
            len(column) / sum(column), 5.0),
        Row("the whole table", ours, "s"),
    ]  # fmt: skip
