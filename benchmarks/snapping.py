"""Incidents to the nearest street: our search beside geopandas' sjoin_nearest and one STRtree search a point.

All three have their trees built before the clock starts; the best of several runs counts. `ours, cold` has not: it
builds its trees as well.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import geopandas
import numpy as np
import shapely

from benchmarks.rows import Row
from benchmarks.streets import incidents, streets
from layers.patrols.nearest import Lines

TITLE = "100,000 incidents to the nearest of 20,000 segments: ours, geopandas, shapely"
SEED = 1
REPEATS = 5


def run(quick: bool) -> list[Row]:
    graph = streets(SEED, segments=2_000 if quick else 20_000)
    xy = incidents(SEED, graph, count=10_000 if quick else 100_000).xy
    warm = Lines(graph.lines)
    ours, (line, metres) = best_of(lambda: warm.nearest(xy))
    cold, _ = best_of(lambda: Lines(graph.lines).nearest(xy))
    joined, found = best_of(_joining(graph.lines, xy))
    tree = shapely.STRtree(graph.lines)
    searched, (_, away) = best_of(
        lambda: tree.query_nearest(shapely.points(xy), return_distance=True, all_matches=False)
    )
    # Of equally near streets geopandas gives all, so a point's row of ours must be among its own.
    same = np.isin(np.arange(len(xy)) * len(graph.lines) + line, found.index * len(graph.lines) + found.index_right)
    what = f"{len(xy):,} points to {len(graph.lines):,} segments"
    return [
        Row(what, joined, "s, geopandas sjoin_nearest", "ours", ours, 1.0),
        Row(f"{what}, cold", joined, "s, geopandas sjoin_nearest", "ours, cold", cold, 1.0),
        Row(what, searched, "s, STRtree.query_nearest", "ours", ours),
        Row("points of the same segment as by geopandas", float(same.mean()), "share", "all", 1.0, 1.0),
        Row("largest difference of distances", np.abs(metres - away).max(), "m", "allowed", 1e-9, 1.0, lower=True),
    ]  # fmt: skip


def _joining(lines: Any, xy: Any) -> Callable[[], Any]:
    points = geopandas.GeoDataFrame(geometry=shapely.points(xy), crs=32637)
    segments = geopandas.GeoDataFrame(geometry=lines, crs=32637)
    assert segments.sindex is not None  # geopandas builds its tree when first asked, and keeps it
    return lambda: geopandas.sjoin_nearest(points, segments)


def best_of(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return the seconds of the quickest of several runs, and what came of the last."""
    took = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        came = work()
        took.append(time.perf_counter() - began)
    return min(took), came
