"""From incidents to a ranked list: the whole numeric chain beside its snapping alone, and what a moved weight costs."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from benchmarks.rows import Row
from benchmarks.snapping import SEED, best_of
from benchmarks.streets import CATEGORIES, DAYS, FIRST_DAY, incidents, streets
from layers.patrols.ranking import place, rank, rank_placed
from layers.patrols.score import Weights, compare, score
from layers.patrols.units import segments

TITLE = "100,000 incidents to ranked segments; 20,000 segments by other weights"
REWEIGHTED_S = 0.05  # the numeric part of the 0.2 s in which a list must reorder on the page


def run(quick: bool) -> list[Row]:
    graph = streets(SEED, segments=2_000 if quick else 20_000)
    given = incidents(SEED, graph, count=10_000 if quick else 100_000)
    now = FIRST_DAY + timedelta(days=DAYS)
    rng = np.random.default_rng(SEED)
    units = segments(graph)
    harm, concern = rng.gamma(0.5, 400, len(CATEGORIES)), rng.random(len(units))
    snapped, _ = best_of(lambda: segments(graph).lines.nearest(given.xy))
    cold, _ = best_of(lambda: rank(given, segments(graph), now=now, harm=harm, concern=concern))
    placed = place(given, units, now=now)
    warm, ranking = best_of(lambda: rank_placed(placed, harm=harm, concern=concern))
    reordered, other = best_of(lambda: score(ranking.terms, Weights(harm=60)))
    compared, _ = best_of(lambda: compare(ranking.scored, other))
    what = f"{len(given):,} incidents to {len(units):,} ranked segments"
    return [
        Row(what, cold, "s", "snapping alone", snapped),
        Row(f"{what}, placed already", warm, "s", "of the page", 0.3, 1.0, lower=True),
        Row(f"{len(units):,} segments by other weights", reordered, "s", "asked", REWEIGHTED_S, 1.0, lower=True),
        Row("two scenarios compared", compared, "s"),
    ]  # fmt: skip
