"""The Knox table beside pointpats, beside a table worked by hand, and where there is nothing near or soon."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from layers.errors import BadInput
from layers.patrols import nearrepeat
from layers.patrols.nearrepeat import DAYS, DISTANCES_M, KnoxTable, knox_table


def records(seed: int, count: int = 300) -> tuple[Any, Any]:
    """Return places and days that have nothing to do with each other."""
    rng = np.random.default_rng(seed)
    return rng.uniform(0, 3_000, (count, 2)), rng.integers(0, 200, count).astype(float)


def table(xy: Any, day: Any, **options: Any) -> KnoxTable:
    return knox_table(xy, day, precision="day", **{"permutations": 99, **options})


def test_a_table_worked_by_hand() -> None:
    # Twenty records on a line, 10 km and 100 days apart, but for four: at 0, 100, 250 m on days 0, 7, 8 and at 0 m on
    # day 30. Pairs by metres and days: 100/7, 250/8, 150/1, 0/30, 100/23, 250/22.
    xy = np.c_[np.arange(20) * 10_000.0, np.zeros(20)]
    day = np.arange(20) * 100.0
    xy[1], xy[2], xy[3] = (100, 0), (250, 0), (0, 0)
    day[1], day[2], day[3] = 7, 8, 30
    found = table(xy, day, distances_m=(100, 200, 300), days=(7, 14, 28))
    assert found.observed.tolist() == [[1, 0, 1], [1, 0, 0], [0, 1, 1]]
    assert found.records == 20


@pytest.mark.parametrize("whole", [True, False])
def test_counts_within_each_bound_are_pointpats(whole: bool) -> None:
    from pointpats import Knox

    # Whole coordinates and days lie just at the bounds often.
    xy, day = records(1)
    xy, day = (np.rint(xy / 50) * 50, day) if whole else (xy, day + np.random.default_rng(1).uniform(size=len(day)))
    ours = table(xy, day).observed.cumsum(axis=0).cumsum(axis=1)
    for row, distance in enumerate(DISTANCES_M):
        for column, days in enumerate(DAYS):
            theirs = Knox(xy, day[:, None], delta=distance, tau=days, permutations=0)
            assert ours[row, column] == theirs.nst


def test_what_chance_gives_tends_to_pairs_near_times_pairs_soon_by_all_pairs() -> None:
    xy, day = records(2)
    found = table(xy, day, permutations=999)
    first, second = np.triu_indices(len(xy), 1)
    near = np.histogram(np.hypot(*(xy[first] - xy[second]).T), [0, *DISTANCES_M])[0]
    soon = np.histogram(np.abs(day[first] - day[second]), [-1, *(np.array(DAYS) + 0.5)])[0]
    assert found.expected == pytest.approx(np.outer(near, soon) / len(first), rel=0.05)
    assert found.ratio == pytest.approx(found.observed / found.expected)


def test_near_repeats_that_were_planted_are_found_where_they_are_and_only_there() -> None:
    xy, day = records(3)
    rng = np.random.default_rng(3)
    again = rng.integers(0, 300, 60)
    xy = np.r_[xy, xy[again] + rng.uniform(-60, 60, (60, 2))]
    day = np.r_[day, day[again] + rng.integers(1, 7, 60)]
    found = table(xy, day, permutations=999)
    assert found.p[0, 0] == 0.001
    assert found.ratio[0, 0] > 2
    assert found.ratio[2:].max() < 1.5
    assert found.p.min() >= 0.001


def test_without_near_repeats_p_is_small_as_seldom_as_it_says() -> None:
    first_cell = [table(*records(seed, 100)).p[0, 0] for seed in range(100)]
    assert np.mean(np.array(first_cell) <= 0.1) <= 0.1 + 2 * np.sqrt(0.1 * 0.9 / 100)


def test_a_first_bound_of_zero_is_the_very_same_place() -> None:
    xy, day = records(4)
    xy[1:5], day[1:5] = xy[0], day[0] + np.arange(1, 5)
    found = table(xy, day, distances_m=(0, 100, 200))
    assert found.observed[0].tolist() == [10, 0, 0, 0]


def test_pairs_of_which_chance_makes_none_have_no_ratio_and_no_significance() -> None:
    xy, day = records(5)
    found = table(xy, day * 1_000, days=(0.5, 0.6))
    assert np.isnan(found.ratio[:, 1]).all()
    assert (found.p[:, 1] == 1).all()


def test_a_band_that_holds_all_times_can_be_no_other_way() -> None:
    found = table(*records(6), days=(1_000.0,))
    assert np.array_equal(found.expected, found.observed)
    assert (found.p == 1).all()


def test_the_same_seed_gives_the_same_table_and_shifts_of_place_and_time_change_nothing() -> None:
    xy, day = records(7)
    one, moved = table(xy, day, seed=4), table(xy + 4_096, day + 40_000, seed=4)
    assert np.array_equal(one.expected, moved.expected)
    assert np.array_equal(one.p, moved.p)
    assert not np.array_equal(one.expected, table(xy, day, seed=5).expected)


def test_months_are_refused() -> None:
    with pytest.raises(BadInput, match="only the month is known"):
        knox_table(*records(1), precision="month")


def _changed(index: int, value: float) -> tuple[Any, Any]:
    xy, day = records(1, 30)
    xy[index], day[index] = (value, value), value
    return xy, day


@pytest.mark.parametrize(
    ("xy", "day", "said"),
    [
        (*records(1, 19), "at least 20 records .* there are 19"),
        (np.empty((0, 2)), np.empty(0), "at least 20 records .* there are 0"),
        (np.ones((30, 2)), np.arange(30), "All records lie at one point"),
        (records(1, 30)[0], np.full(30, 4.0), "All records are of one day"),
        (records(1, 30)[0], 4 + np.linspace(0, 0.9, 30), "All records are of one day"),
        (*_changed(3, np.nan), "Some records have no place or no time"),
        (*_changed(3, np.inf), "Some records have no place or no time"),
    ],
)
def test_what_can_have_no_near_repeats_is_refused(xy: Any, day: Any, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        table(xy, day)


@pytest.mark.parametrize("bounds", [(), (100, 50), (100, 100), (-5, 100), (0,), (100, np.nan)])
def test_bounds_that_do_not_rise_are_refused(bounds: Any) -> None:
    with pytest.raises(BadInput, match="must rise"):
        table(*records(1), distances_m=bounds)
    with pytest.raises(BadInput, match="must rise"):
        table(*records(1), days=bounds)


def test_too_many_pairs_and_too_few_permutations_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadInput, match="At least 99 permutations"):
        table(*records(1), permutations=9)
    monkeypatch.setattr(nearrepeat, "MOST_PAIRS", 1_000)
    with pytest.raises(BadInput, match=r"pairs of records lie within 500\.0 m .* at most 1000"):
        table(*records(1))
