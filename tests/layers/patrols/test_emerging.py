"""Trends beside pymannkendall, and each pattern on a place that was made to have it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pymannkendall
import pytest

from layers.errors import BadInput
from layers.patrols.emerging import Pattern, emerging_hot_spots, mann_kendall
from layers.patrols.neighbourhoods import grid_neighbourhoods

STEPS = 20
HOT = 12


def test_trends_are_pymannkendalls_ties_included() -> None:
    series = np.random.default_rng(1).poisson(2.0, (36, 60)).astype(float)
    ours = mann_kendall(series)
    for at in range(60):
        theirs = pymannkendall.original_test(series[:, at])
        assert ours.score[at] == theirs.s
        assert ours.z[at] == pytest.approx(theirs.z)
        assert ours.p[at] == pytest.approx(theirs.p)
        assert ours.tau[at] == pytest.approx(theirs.Tau)


def test_a_series_that_never_changes_has_no_trend() -> None:
    flat = mann_kendall(np.ones((12, 1)))
    assert (flat.score[0], flat.z[0], flat.p[0]) == (0, 0, 1)


def history(*steps: int) -> Any:
    """Return how much is added in the middle of the map in each step."""
    added = np.zeros(STEPS)
    for step in steps:
        added[step] = HOT
    return added


PATTERNS = {
    Pattern.NEW: history(-1),
    Pattern.CONSECUTIVE: history(-3, -2, -1),
    Pattern.SPORADIC: history(3, 4, 9, -1),
    Pattern.PERSISTENT: np.full(STEPS, HOT) + np.tile([0, 3], STEPS // 2),
    Pattern.INTENSIFYING: 2 * HOT + np.arange(STEPS),
    Pattern.DIMINISHING: 2 * HOT + np.arange(STEPS)[::-1],
    Pattern.HISTORICAL: history(*range(STEPS - 1)),
    Pattern.NONE: np.zeros(STEPS),
}


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda each: each.name)
def test_a_place_has_the_pattern_that_its_history_was_given(pattern: Pattern) -> None:
    cube = np.random.default_rng(2).poisson(0.2, (15, 15, STEPS))
    cube[6:9, 6:9] += PATTERNS[pattern].astype(int)
    inside = np.ones((15, 15), bool)
    inside[0, 0] = False
    found = emerging_hot_spots(cube, grid_neighbourhoods(inside))
    assert Pattern(found.pattern[7, 7]) is pattern
    assert found.pattern[0, 0] == Pattern.OUTSIDE


def test_fewer_than_ten_steps_are_refused() -> None:
    with pytest.raises(BadInput, match="at least 10 steps"):
        emerging_hot_spots(np.ones((3, 3, 9)), grid_neighbourhoods(np.ones((3, 3), bool)))
