"""Streets of a synthetic town from a seed, as a graph, and incidents along them: most on few streets, most of them old.

The blocks are those of `town`, its corners moved a little and its streets bent, as real ones are.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import shapely
from numpy.typing import NDArray

from benchmarks.town import BLOCK, STREET
from layers.patrols.records import Records, records
from layers.places.graph import Graph, build_graph

Floats = NDArray[np.float64]
CATEGORIES = tuple(f"category_{at}" for at in range(12))
FIRST_DAY, DAYS = date(2023, 1, 1), 1096


def streets(seed: int, *, segments: int = 20_000) -> Graph:
    """Return a town's streets: about `segments` edges of 110 m between crossings, with up to three bends each."""
    rng = np.random.default_rng(seed)
    side = int(np.ceil((1 + np.sqrt(1 + 2 * segments)) / 2))
    x, y = np.meshgrid(np.arange(side), np.arange(side))
    xy = np.column_stack([x.ravel(), y.ravel()]) * (BLOCK + STREET) + rng.normal(0, STREET, (side * side, 2))
    node = np.arange(side * side).reshape(side, side)
    along = np.column_stack([node[:, :-1].ravel(), node[:, 1:].ravel()])
    across = np.column_stack([node[:-1].ravel(), node[1:].ravel()])
    ends = np.concatenate([along, across])
    ends = ends[np.sort(rng.permutation(len(ends))[:segments])]
    lines = np.array([_bent(rng, xy[start], xy[end]) for start, end in ends], dtype=object)
    names = np.array([f"street/{at}" for at in range(len(ends))], dtype=object)
    return build_graph(
        np.arange(len(xy)), xy, names, ends, shapely.length(lines), np.ones((len(ends), 3), dtype=bool), lines
    )


def _bent(rng: np.random.Generator, start: Floats, end: Floats) -> shapely.LineString:
    share = np.sort(rng.random(rng.integers(0, 4)))[:, None]
    bends = start + (end - start) * share + rng.normal(0, STREET / 4, (len(share), 2))
    return shapely.LineString(np.concatenate([start[None], bends, end[None]]))


def incidents(seed: int, graph: Graph, *, count: int = 100_000) -> Records:
    """Return incidents beside streets (15 m), half of them on a tenth of the streets, over three years."""
    rng = np.random.default_rng(seed)
    risk = rng.pareto(1.2, len(graph.lines)) + 0.1
    on = rng.choice(len(graph.lines), count, p=risk / risk.sum())
    place = shapely.line_interpolate_point(graph.lines[on], rng.random(count), normalized=True)
    rare = rng.dirichlet(np.full(len(CATEGORIES), 0.7))
    return records(
        shapely.get_coordinates(place) + rng.normal(0, 15, (count, 2)),
        np.datetime64(FIRST_DAY) + rng.integers(0, DAYS, count).astype("timedelta64[D]"),
        categories=CATEGORIES, category=rng.choice(len(CATEGORIES), count, p=rare), minute=rng.integers(0, 1440, count),
        precision=0, source=rng.choice(5, count, p=[0.3, 0.4, 0.05, 0.2, 0.05]),
        reporter=np.where(rng.random(count) < 0.3, rng.integers(0, count // 10 + 1, count), -1),
    )  # fmt: skip
