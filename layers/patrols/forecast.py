"""What is expected where next month, from counts alone: ways to score places, and the two that any other must beat.

A score takes counts of the months before, units x months (x categories), and returns what each unit (of each category)
may expect, on any scale. Months are whole: terms finer than a month are for data with days.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from layers.patrols.strength import Floats, borrowed

Ints = NDArray[np.int64]
Score = Callable[[Ints], Floats]
HALF_LIVES = (float("inf"), 24.0, 12.0, 6.0, 3.0)  # months; the published family, the plain count first


def long_term(past: Ints) -> Floats:
    """Return the count of all months before: the baseline that clever models rarely beat."""
    return np.asarray(past.sum(axis=1), dtype=float)


def last_month(past: Ints) -> Floats:
    """Return the count of the month before: the baseline of whoever goes where it happened last."""
    return np.asarray(past[:, -1], dtype=float)


def recent(past: Ints, *, half_life: float) -> Floats:
    """Return the count of all months before, each worth half of what a month is that is `half_life` months younger.

    The weights are scaled so that their sum equals the sum of their squares, as `borrowed` asks.
    """
    weights = 0.5 ** (np.arange(past.shape[1])[::-1] / half_life)
    weights *= weights.sum() / (weights**2).sum()
    return np.asarray(np.tensordot(past, weights, axes=(1, 0)))


def with_strength(past: Ints, *, score: Score, exposure: ArrayLike | None = None) -> Floats:
    """Return a score of units x categories in which rare categories borrow strength from all; `exposure` is of units.

    A single category has nobody to borrow from: its places keep their order.
    """
    counted = score(past)
    return borrowed(counted.reshape(len(counted), -1), exposure=exposure).reshape(counted.shape)


def family(half_lives: Sequence[float] = HALF_LIVES, *, exposure: ArrayLike | None = None) -> Mapping[str, Score]:
    """Return the scores among which `backtest.tuned` chooses, by name, the simplest first."""
    counts: dict[str, Score] = {
        "all months alike" if np.isinf(months) else f"half-life {months:g} months": partial(recent, half_life=months)
        for months in half_lives
    }
    borrowing: dict[str, Score] = {
        f"{name}, borrowed strength": partial(with_strength, score=score, exposure=exposure)
        for name, score in counts.items()
    }
    return counts | borrowing
