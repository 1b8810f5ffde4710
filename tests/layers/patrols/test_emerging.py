"""Trends beside pymannkendall, and a cube of places whose history is known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.errors import BadInput
from layers.patrols.emerging import BLOCK, FEWEST_STEPS, Pattern, emerging_hot_spots, mann_kendall
from layers.patrols.neighbourhoods import graph_neighbourhoods, grid_neighbourhoods

STEPS = 20
LAST, ALL = STEPS - 1, np.arange(STEPS)

# What is added to a place of 3 x 3 cells, step by step.
HISTORIES: dict[Pattern, Any] = {
    Pattern.NONE: 0 * ALL,
    Pattern.NEW: 20 * (ALL == LAST),
    Pattern.CONSECUTIVE: 20 * (ALL >= LAST - 2),
    Pattern.INTENSIFYING: 20 + 4 * ALL,
    Pattern.PERSISTENT: 30 + 5 * (ALL % 2),
    Pattern.DIMINISHING: 20 + 4 * ALL[::-1],
    Pattern.SPORADIC: 20 * (ALL % 4 == 3),
    Pattern.HISTORICAL: 30 * (ALL < LAST),
}


def whole_grid(rows: int, columns: int) -> Any:
    return grid_neighbourhoods(np.ones((rows, columns), dtype=bool))


def cube_of(histories: list[Any], background: float) -> Any:
    """Return a cube with a place every ten columns, in the middle of 11 rows, on a low and even background."""
    cube = np.random.default_rng(1).poisson(background, (11, 10 * len(histories), STEPS))
    for at, history in enumerate(histories):
        cube[4:7, 10 * at + 4 : 10 * at + 7] += history
    return cube


def test_the_trend_of_a_short_series_worked_by_hand() -> None:
    # 1 3 2 2 4: of ten pairs eight rise or tie: 1<3, 1<2, 1<2, 1<4, 3<4, 2<4, 2<4 rise, 3>2, 3>2 fall, 2=2 ties.
    # S = 7 - 2 = 5. Variance: (5 * 4 * 15 - 2 * 1 * 9) / 18 = 282 / 18. z = (5 - 1) / sqrt(282 / 18) = 1.0106.
    trend = mann_kendall(np.array([[1.0], [3], [2], [2], [4]]))
    assert trend.score.tolist() == [5]
    assert trend.z == pytest.approx([4 / np.sqrt(282 / 18)])
    assert trend.tau == pytest.approx([0.5])


@given(st.integers(2, 40), st.integers(1, 30), st.integers(0, 2**32 - 1))
@settings(max_examples=30, deadline=None)
def test_trends_are_pymannkendalls_with_ties_and_without(steps: int, kinds: int, seed: int) -> None:
    import pymannkendall

    rng = np.random.default_rng(seed)
    series = np.column_stack([rng.integers(0, kinds, (steps, 3)), rng.normal(size=steps), np.zeros(steps)]).astype(
        float
    )
    ours = mann_kendall(series)
    theirs = [pymannkendall.original_test(each) for each in series.T]
    assert ours.score.tolist() == [each.s for each in theirs]
    assert ours.z == pytest.approx([each.z for each in theirs], abs=1e-12)
    assert ours.p == pytest.approx([each.p for each in theirs], abs=1e-12)
    assert ours.tau == pytest.approx([each.Tau for each in theirs], abs=1e-12)


def test_trends_do_not_depend_on_how_many_series_are_compared_at_once() -> None:
    series = np.random.default_rng(2).integers(0, 5, (12, BLOCK + 3)).astype(float)
    assert mann_kendall(series).z[-3:].tolist() == mann_kendall(series[:, -3:]).z.tolist()


def test_each_history_has_its_name() -> None:
    cube = cube_of(list(HISTORIES.values()), background=0.3)
    found = emerging_hot_spots(cube, whole_grid(*cube.shape[:2]))
    assert [Pattern(code).name for code in found.pattern[5, 5::10]] == [pattern.name for pattern in HISTORIES]
    assert found.hot_steps[5, 5::10].tolist() == [0, 1, 3, 20, 20, 20, 5, 19]
    assert found.trend_z[5, 35] > 3
    assert found.trend_z[5, 55] < -3


def test_a_place_that_was_cold_and_hot_by_turns_is_oscillating() -> None:
    history = np.select([ALL < 5, (ALL == 10) | (ALL == LAST)], [-20, 40], 0)
    cube = np.maximum(cube_of([history, 0 * ALL], background=20), 0)
    found = emerging_hot_spots(cube, whole_grid(*cube.shape[:2]))
    assert found.pattern[5, 5] == Pattern.OSCILLATING


def test_a_cube_of_chance_has_hardly_a_pattern() -> None:
    flagged = []
    for seed in range(20):
        cube = np.random.default_rng(seed).negative_binomial(0.3, 0.2, (15, 15, 12))
        flagged.append((emerging_hot_spots(cube, whole_grid(15, 15)).hot_steps > 0).any())
    assert np.mean(flagged) <= 0.15  # 0.05 is expected; in 20 cubes more than 3 would come up once in 60


def test_places_outside_the_area_have_no_pattern_and_change_none() -> None:
    cube = cube_of(list(HISTORIES.values()), background=0.3).astype(float)
    inside = np.ones(cube.shape[:2], dtype=bool)
    inside[:2] = False
    found = emerging_hot_spots(np.where(inside[..., None], cube, np.nan), grid_neighbourhoods(inside))
    assert (found.pattern[:2] == Pattern.OUTSIDE).all()
    assert np.isnan(found.trend_z[:2]).all()
    assert (found.pattern[2:] >= Pattern.NONE).all()
    loud = np.where(inside[..., None], cube, 500)
    assert np.array_equal(emerging_hot_spots(loud, grid_neighbourhoods(inside)).pattern, found.pattern)


def test_settlements_have_patterns_as_cells_have() -> None:
    groups = np.kron(np.eye(10), np.ones((4, 4)))
    cube = np.random.default_rng(3).poisson(1.0, (40, STEPS))
    cube[4:8] += 9 * (ALL == LAST)
    found = emerging_hot_spots(cube, graph_neighbourhoods(groups))
    assert np.flatnonzero(found.pattern).tolist() == [4, 5, 6, 7]
    assert (found.pattern[4:8] == Pattern.NEW).all()


@pytest.mark.parametrize(
    ("cube", "said"),
    [
        (np.ones((3, 3, FEWEST_STEPS - 1)), "at least 10 steps of time .* there are 9"),
        (np.zeros((3, 3, 12)), "Nothing was reported here"),
        (np.full((3, 3, 12), np.nan), "108 places inside the area have no count"),
        (np.full((3, 3, 12), -1), "108 places have a count below zero"),
        (np.full((3, 3, 12), 0.5), "these counts have fractions"),
        (np.broadcast_to(1, (2_000, 2_000, 12)), "at most 10000000 are possible"),
    ],
)
def test_what_is_no_cube_of_counts_is_refused(cube: Any, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        emerging_hot_spots(cube, whole_grid(3, 3))
