"""The Knox table beside pointpats, and with and without repeats that were planted."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from layers.errors import BadInput
from layers.patrols.nearrepeat import DAYS, DISTANCES_M, knox_table


def scattered(seed: int, count: int = 300) -> tuple[Any, Any]:
    rng = np.random.default_rng(seed)
    return np.round(rng.uniform(0, 3000, (count, 2)), -1), rng.integers(0, 365, count).astype(float)


def test_pairs_are_counted_as_pointpats_counts_them_bounds_included() -> None:
    from pointpats.spacetime import Knox

    xy, day = scattered(1)
    ours = knox_table(xy, day, precision="day", permutations=99).observed.cumsum(axis=0).cumsum(axis=1)
    for row, delta in enumerate(DISTANCES_M):
        for column, tau in enumerate(DAYS):
            theirs = Knox(xy, day.reshape(-1, 1), delta=delta, tau=tau, permutations=0).statistic_
            assert ours[row, column] == theirs


def test_what_is_expected_by_chance_is_pairs_near_in_space_times_the_share_near_in_time() -> None:
    """Shuffling keeps both margins, so the mean of a cell is near the product of its margins by all pairs."""
    xy, day = scattered(2)
    found = knox_table(xy, day, precision="day", permutations=499, seed=3)
    apart = np.abs(day[:, None] - day)[np.triu_indices(len(day), 1)]
    far = np.hypot(*(xy[:, None] - xy).T)[np.triu_indices(len(day), 1)]
    near = ((far > 100) & (far <= 200)).sum()
    assert found.expected[1, 0] == pytest.approx(near * (apart <= 7).mean(), rel=0.1)


def test_planted_repeats_show_in_their_band_and_nowhere_else() -> None:
    xy, day = scattered(4)
    again = np.random.default_rng(5).uniform(-60, 60, (60, 2))
    found = knox_table(
        np.r_[xy, xy[:60] + again], np.r_[day, day[:60] + 3], precision="day", distances_m=(100, 1000), days=(7, 60)
    )
    assert found.p[0, 0] == pytest.approx(1 / 1000)
    assert found.ratio[0, 0] > 2
    assert (found.p.ravel()[1:] > 0.01).all()


def test_without_repeats_the_table_says_that_chance_is_enough() -> None:
    found = [knox_table(*scattered(seed), precision="day", permutations=199, seed=seed).p for seed in range(20)]
    assert np.mean(np.stack(found) <= 0.05) <= 0.1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"precision": "month"}, "only the month is known"),
        ({"xy": np.zeros((30, 2))}, "at one point"),
        ({"day": np.ones(30)}, "of one day"),
        ({"xy": np.full((30, 2), np.nan)}, "no place"),
        ({"xy": np.zeros((5, 2)), "day": np.arange(5)}, "at least 20"),
        ({"days": (14, 7)}, "must rise"),
        ({"permutations": 9}, "permutations are needed"),
    ],
)
def test_what_can_not_be_told_is_said(change: dict[str, Any], said: str) -> None:
    xy, day = scattered(6, 30)
    with pytest.raises(BadInput, match=said):
        knox_table(**{"xy": xy, "day": day, "precision": "day"} | change)
