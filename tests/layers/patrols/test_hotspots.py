"""Gi* and its tails beside esda, beside all draws counted one by one, and on maps where nothing is to be found."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest
from libpysal.weights import lat2W
from scipy.sparse import csr_array

from layers.errors import BadInput
from layers.patrols.hotspots import exact_tail, false_discovery_rate, gi_star, hot_spots
from layers.patrols.neighbourhoods import GridNeighbourhoods, graph_neighbourhoods, grid_neighbourhoods

EVERYWHERE = np.ones((20, 30), bool)


def skewed(rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
    """Return counts as a town has them: most places have none, a few have many."""
    return rng.negative_binomial(0.3, 0.2, shape)


@pytest.fixture(scope="module")
def town() -> Any:
    return skewed(np.random.default_rng(3), (20, 30))


def test_gi_star_is_esdas(town: Any) -> None:
    from esda.getisord import G_Local

    weights = lat2W(*town.shape, rook=False)
    theirs = G_Local(town.ravel().astype(float), weights, star=True, transform="B", permutations=0).Zs
    ours = gi_star(town, grid_neighbourhoods(EVERYWHERE))
    assert np.abs(ours.ravel() - theirs).max() <= 1e-10


def test_a_grid_and_the_graph_of_its_cells_give_the_same(town: Any) -> None:
    links = csr_array(lat2W(*town.shape, rook=False).sparse)
    graph = gi_star(town.ravel(), graph_neighbourhoods(links))
    assert np.abs(graph - gi_star(town, grid_neighbourhoods(EVERYWHERE)).ravel()).max() <= 1e-12


def test_cells_outside_the_area_are_no_neighbours_and_no_zeros(town: Any) -> None:
    inside = np.random.default_rng(4).random(town.shape) < 0.7
    found = gi_star(np.where(inside, town, 99), grid_neighbourhoods(inside, radius=2, shape="disc"))
    assert np.isnan(found[~inside]).all()
    row, column = next(zip(*np.nonzero(inside), strict=True))
    near = [(r, c) for r, c in zip(*np.nonzero(inside), strict=True) if (r - row) ** 2 + (c - column) ** 2 <= 4]
    values, n = town[inside].astype(float), int(inside.sum())
    size, total = len(near), sum(town[place] for place in near)
    by_hand = (total - values.mean() * size) / (values.std() * np.sqrt(size * (n - size) / (n - 1)))
    assert found[row, column] == pytest.approx(by_hand)


def test_the_exact_tail_is_the_share_of_all_draws() -> None:
    counts = np.array([0, 0, 0, 1, 2, 5, 1])
    for size in (1, 2, 3):
        sums = np.array([sum(draw) for draw in combinations(counts, size)])
        for least in range(8):
            assert exact_tail(counts, np.array([size]), np.array([least]))[0] == pytest.approx((sums >= least).mean())


def test_permutations_agree_with_the_exact_tail(town: Any) -> None:
    near = grid_neighbourhoods(EVERYWHERE[:4, :5])
    part = town[:4, :5]
    exact = hot_spots(part, near).p
    drawn = hot_spots(part, near, tail="permutation", permutations=1999, seed=2).p
    assert np.abs(exact - drawn).max() < 5 * np.sqrt(0.25 / 1999)


def test_a_planted_hot_spot_is_found_and_nothing_far_from_it() -> None:
    counts = skewed(np.random.default_rng(5), (20, 30))
    counts[8:11, 12:15] += 6
    hot = hot_spots(counts, grid_neighbourhoods(EVERYWHERE)).hot
    assert hot[9, 13]
    rows, columns = np.nonzero(hot)
    assert (np.abs(rows - 9) <= 3).all()
    assert (np.abs(columns - 13) <= 3).all()


def test_where_nothing_gathers_few_maps_have_any_hot_spot_though_counts_are_skewed() -> None:
    """With 5 % of false discoveries, one map of twenty may have any; the analytic tail has them far more often."""
    near, rng = grid_neighbourhoods(EVERYWHERE), np.random.default_rng(6)
    maps = [skewed(rng, EVERYWHERE.shape) for _ in range(100)]
    exact = sum(hot_spots(each, near).hot.any() for each in maps)
    analytic = sum(hot_spots(each, near, tail="analytic").hot.any() for each in maps)
    assert exact <= 12
    assert analytic >= 3 * max(exact, 5)


def test_the_correction_is_benjamini_and_hochbergs_by_hand() -> None:
    # Sorted 0.01, 0.02, 0.03, 0.5: times 4 by rank 0.04, 0.04, 0.04, 0.5.
    assert false_discovery_rate(np.array([0.03, 0.5, 0.01, 0.02])) == pytest.approx([0.04, 0.5, 0.04, 0.04])


@pytest.mark.parametrize(
    ("counts", "options", "said"),
    [
        (np.zeros((3, 3)), {}, "no hot spots to look for"),
        (np.full((3, 3), -1), {}, "below zero"),
        (np.full((3, 3), np.nan), {}, "no count"),
        (np.full((3, 3), 0.5), {}, "fractions"),
        (np.ones((3, 3)), {"level": 0.7}, "between 0 and 0.5"),
        (np.ones((3, 3)), {"tail": "permutation", "permutations": 3}, "permutations are needed"),
    ],
)
def test_what_can_not_be_tested_is_said(counts: Any, options: dict[str, Any], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        hot_spots(counts, grid_neighbourhoods(np.ones((3, 3), bool)), **options)


def test_permutations_too_few_to_flag_anything_are_refused() -> None:
    near = grid_neighbourhoods(np.ones((100, 100), bool))
    with pytest.raises(BadInput, match="exact test instead"):
        hot_spots(np.ones((100, 100)), near, tail="permutation", permutations=99)


def test_one_place_and_an_empty_area_have_no_hot_spots() -> None:
    with pytest.raises(BadInput, match="among other places"):
        hot_spots(np.ones((1, 1)), GridNeighbourhoods(np.ones((1, 1), bool), (1, 1)))
    with pytest.raises(BadInput, match="inside the area"):
        grid_neighbourhoods(np.zeros((3, 3), bool))
    with pytest.raises(BadInput, match="larger cells"):
        grid_neighbourhoods(np.ones((2000, 2000), bool))
