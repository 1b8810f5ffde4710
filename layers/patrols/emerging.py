"""Emerging hot spots: which places turn hot, stay hot or cool down, over ten or more steps of time.

Patterns as ESRI defines them ("How Emerging Hot Spot Analysis works", ArcGIS Pro 3, where a sporadic hot spot must be
hot in the last step): each place's hot and cold steps, and the trend of its Gi* by Mann (1945) and Kendall (1975).
Whether a step is hot is asked against all steps of all places, corrected for their number (FDR), as ESRI does; but by
the exact tail of `hotspots`, because counts are skewed, and with neighbours in space only: ESRI's step before would
give neighbouring steps common reports, and the trend test would take that for a trend.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from layers.errors import BadInput
from layers.patrols.hotspots import chances, check_counts, false_discovery_rate, upper, whole, z_scores
from layers.patrols.neighbourhoods import Flags, Floats, Neighbourhoods, Numbers, check_cells
from layers.text import N_

FEWEST_STEPS = 10  # as ESRI's tool asks; with fewer the trend's normal approximation doesn't hold either
MOST_BINS = 10_000_000
MOSTLY = 0.9  # the share of steps from which on a place counts as always hot
BLOCK = 2048  # series that are compared at once, so that they stay in the processor's cache


class Pattern(IntEnum):
    """What a place's history is, by ESRI's names."""

    OUTSIDE = -1
    NONE = 0
    NEW = 1  # hot in the last step, and never before
    CONSECUTIVE = 2  # hot in two or more last steps without a gap, and never before
    INTENSIFYING = 3  # hot in 90 % of the steps and in the last, with a rising trend
    PERSISTENT = 4  # hot in 90 % of the steps and in the last, without a trend
    DIMINISHING = 5  # hot in 90 % of the steps and in the last, with a falling trend
    SPORADIC = 6  # hot in the last step and, with gaps, before; never cold
    OSCILLATING = 7  # hot in the last step and before, and cold in some step
    HISTORICAL = 8  # hot in 90 % of the steps, and not in the last


@dataclass(frozen=True)
class Trend:
    """Mann-Kendall of n series: the score S, its standard score z, the two-sided p, and Kendall's tau (a)."""

    score: NDArray[np.int64]
    z: Floats
    p: Floats
    tau: Floats


@dataclass(frozen=True)
class Emerging:
    """Maps of the pattern (codes of `Pattern`), how many steps were hot, and the trend of Gi* (nan outside)."""

    pattern: NDArray[np.int8]
    hot_steps: NDArray[np.int64]
    trend_z: Floats
    trend_p: Floats


def emerging_hot_spots(
    cube: ArrayLike, neighbours: Neighbourhoods, *, level: float = 0.05, trend_level: float = 0.05
) -> Emerging:
    """Return the pattern of each place of a cube of counts (rows x columns x steps, or n x steps); raises BadInput.

    `level` is the false discovery rate of hot steps, and that of cold ones; `trend_level` is of each place's trend.
    """
    given = np.asarray(cube)
    check_cells(given.size, most=MOST_BINS)
    counts = np.ascontiguousarray(np.moveaxis(given, -1, 0), dtype=float)
    if len(counts) < FEWEST_STEPS:
        raise BadInput(
            N_("Emerging hot spots need at least {least} steps of time (months, say), and there are {count}."),
            least=FEWEST_STEPS, count=len(counts),
        )  # fmt: skip
    values = np.stack([neighbours.units(step) for step in counts])
    check_counts(values)
    hot, cold = _hot_and_cold(values, neighbours, level)
    trend = mann_kendall(z_scores(values, neighbours))
    pattern = _pattern(hot, cold, np.where(trend.p <= trend_level, np.sign(trend.z), 0.0))
    return Emerging(
        neighbours.on_map(pattern, Pattern.OUTSIDE),
        neighbours.on_map(hot.sum(axis=0), 0),
        neighbours.on_map(trend.z, np.nan),
        neighbours.on_map(trend.p, np.nan),
    )


def mann_kendall(series: Floats) -> Trend:
    """Return the trends of n series (steps x n), corrected for ties (Mann 1945; Kendall 1975; Gilbert 1987)."""
    steps, count = series.shape
    score, ties = np.empty(count, np.int64), np.empty(count, np.int64)
    for start in range(0, count, BLOCK):
        block = np.ascontiguousarray(series[:, start : start + BLOCK])
        score[start : start + BLOCK], ties[start : start + BLOCK] = _score_and_ties(block)
    variance = (steps * (steps - 1) * (2 * steps + 5) - ties) / 18
    z = np.divide(score - np.sign(score), np.sqrt(variance), out=np.zeros(count), where=variance > 0)
    return Trend(score, z, 2 * np.asarray(ndtr(-np.abs(z))), score / (steps * (steps - 1) / 2))


def _score_and_ties(block: Floats) -> tuple[Numbers, Numbers]:
    """Return S, the rises minus the falls of all pairs of steps, and the sum of t (t - 1) (2t + 5) over ties.

    Each of the t steps of a tie is equal to t - 1 others, so that this is a sum of (t - 1) (2t + 5) over all steps.
    """
    steps, count = block.shape
    rises, equal = np.zeros(count, np.int32), np.zeros((steps, count), np.int32)
    for later in range(1, steps):
        above = block[later] > block[:later]
        same = block[later] == block[:later]
        rises += above.sum(axis=0, dtype=np.int32)
        equal[:later] += same
        equal[later] += same.sum(axis=0, dtype=np.int32)
    pairs = steps * (steps - 1) // 2
    score = 2 * rises + equal.sum(axis=0) // 2 - pairs
    return score, (equal * (2 * equal + 7)).sum(axis=0)


def _hot_and_cold(values: Floats, neighbours: Neighbourhoods, level: float) -> tuple[Flags, Flags]:
    """Return which steps of which places (steps x n) hold more, and less, than chance gives to as many neighbours."""
    counts, size = whole(values), neighbours.size
    sums = neighbours.sums(counts)
    chance = chances(counts, int(size.max()), int(sums.max()))
    kind = size * chance.shape[1] + sums
    times = np.bincount(kind.ravel(), minlength=chance.size)
    hot, cold = (
        false_discovery_rate(tail.ravel(), times)[kind] <= level for tail in (upper(chance), chance.cumsum(axis=1))
    )
    return hot, cold


def _pattern(hot: Flags, cold: Flags, trend: Floats) -> NDArray[np.int8]:
    """Return the first of ESRI's patterns that each place has: they overlap where a place was both hot and cold."""
    steps = len(hot)
    mostly, last, before = hot.mean(axis=0) >= MOSTLY, hot[-1], hot[:-1].any(axis=0)
    run = np.where(hot.all(axis=0), steps, np.argmin(hot[::-1], axis=0))
    one_run = run == hot.sum(axis=0)
    rules = [
        (mostly & ~last, Pattern.HISTORICAL),
        (mostly & (trend > 0), Pattern.INTENSIFYING),
        (mostly & (trend < 0), Pattern.DIMINISHING),
        (mostly, Pattern.PERSISTENT),
        (last & ~before, Pattern.NEW),
        (last & one_run, Pattern.CONSECUTIVE),
        (last & cold.any(axis=0), Pattern.OSCILLATING),
        (last, Pattern.SPORADIC),
    ]
    return np.select([rule for rule, _ in rules], [code for _, code in rules], Pattern.NONE).astype(np.int8)
