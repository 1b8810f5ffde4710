"""Hot spots beside esda, beside counts of all combinations, and on maps where there is nothing to find."""

from __future__ import annotations

import itertools
import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse, stats

from layers.errors import BadInput
from layers.patrols import hotspots
from layers.patrols.hotspots import gi_star, hot_spots
from layers.patrols.neighbourhoods import (
    MOST_CELLS,
    GridNeighbourhoods,
    check_cells,
    graph_neighbourhoods,
    grid_neighbourhoods,
)

ROUND = np.hypot(*np.mgrid[-12:13, -9:10]) < 11  # an area whose border is no rectangle


def grid(rows: int, columns: int) -> GridNeighbourhoods:
    return grid_neighbourhoods(np.ones((rows, columns), dtype=bool))


def skewed(rng: np.random.Generator, shape: Any) -> Any:
    """Return counts as reports have them: most cells have none, and a few have many."""
    return rng.negative_binomial(0.3, 0.15, shape)


def linked_by_distance(inside: Any, radius: int, shape: str) -> Any:
    """Return who is whose neighbour, from all distances between the cells inside."""
    rows, columns = np.nonzero(inside)
    down, across = np.abs(np.subtract.outer(rows, rows)), np.abs(np.subtract.outer(columns, columns))
    away = np.maximum(down, across) if shape == "queen" else np.hypot(down, across)
    return sparse.csr_array((away <= radius).astype(float))


def esdas(counts: Any, linked: Any, **options: Any) -> Any:
    from esda import G_Local
    from libpysal.graph import Graph

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        graph = Graph.from_sparse(sparse.coo_array(linked))
        return G_Local(np.asarray(counts, float), graph, transform="B", star=True, n_jobs=1, seed=5, **options)


def test_gi_star_of_three_cells_worked_by_hand() -> None:
    # Counts 3 0 0: mean 1, standard deviation sqrt(9/3 - 1) = sqrt 2. The first cell and its neighbour hold 3 where 2
    # are expected, with the deviation sqrt 2 * sqrt(2 (3 - 2) / (3 - 1)) = sqrt 2; the last pair holds 0. The middle
    # cell's neighbourhood is the whole area: it can't be otherwise.
    assert gi_star([[3, 0, 0]], grid(1, 3)) == pytest.approx(np.array([[1, 0, -2]]) / np.sqrt(2))


@pytest.mark.parametrize(("radius", "shape"), [(1, "queen"), (2, "queen"), (1, "disc"), (2, "disc"), (3, "disc")])
def test_gi_star_on_a_grid_inside_an_area_is_esdas(radius: int, shape: Any) -> None:
    counts = np.where(ROUND, skewed(np.random.default_rng(1), ROUND.shape), np.nan)
    ours = gi_star(counts, grid_neighbourhoods(ROUND, radius=radius, shape=shape))
    theirs = esdas(counts[ROUND], linked_by_distance(ROUND, radius, shape), permutations=0).Zs
    assert np.abs(ours[ROUND] - theirs).max() <= 1e-10
    assert np.isnan(ours[~ROUND]).all()


def test_gi_star_on_a_graph_is_esdas() -> None:
    rng = np.random.default_rng(2)
    links = sparse.random_array((300, 300), density=0.01, rng=rng)
    linked = links + links.T
    counts = skewed(rng, 300)
    theirs = esdas(counts, (linked + sparse.eye_array(300) > 0).astype(float), permutations=0).Zs
    assert np.abs(gi_star(counts, graph_neighbourhoods(linked)) - theirs).max() <= 1e-10


def test_what_lies_outside_the_area_changes_nothing() -> None:
    counts = skewed(np.random.default_rng(3), ROUND.shape)
    neighbours = grid_neighbourhoods(ROUND)
    elsewhere = np.where(ROUND, counts, 1_000.0)
    assert np.array_equal(gi_star(counts, neighbours), gi_star(elsewhere, neighbours), equal_nan=True)


def test_a_unit_that_names_itself_is_one_neighbour_all_the_same() -> None:
    alone = sparse.csr_array(np.zeros((3, 3)))
    assert graph_neighbourhoods(alone).size.tolist() == [1, 1, 1]
    assert graph_neighbourhoods(sparse.eye_array(3)).size.tolist() == [1, 1, 1]


@given(
    counts=st.lists(st.integers(0, 6), min_size=1, max_size=8),
    size=st.integers(1, 8),
    least=st.integers(0, 12),
)
@settings(max_examples=60, deadline=None)
def test_the_exact_tail_counts_all_combinations(counts: list[int], size: int, least: int) -> None:
    size = min(size, len(counts))
    draws = [sum(each) for each in itertools.combinations(counts, size)]
    expected = np.mean([each >= least for each in draws])
    found = hotspots.exact_tail(np.array(counts), np.array([size]), np.array([least]))
    assert found == pytest.approx([expected], abs=1e-12)


def test_the_exact_tail_is_where_the_pool_of_all_shuffled_maps_tends_to() -> None:
    rng = np.random.default_rng(4)
    counts, neighbours = skewed(rng, 900), grid(30, 30)
    pool = np.concatenate([neighbours.sums(rng.permutation(counts))[neighbours.size == 9] for _ in range(2_000)])
    for least in (0, 10, 30, 50):
        exact = hotspots.exact_tail(counts, np.array([9]), np.array([least]))[0]
        # Windows overlap, so that fewer than all of the pool's sums are independent: a ninth of them.
        assert np.mean(pool >= least) == pytest.approx(exact, abs=5 * np.sqrt(exact * (1 - exact) / len(pool) * 9))


@pytest.mark.slow  # esda compiles its permutations first
def test_the_exact_tail_given_a_places_own_count_is_esdas_permutation() -> None:
    # esda holds the place's own count fixed and draws its neighbours from all others; its p is of the smaller side.
    counts = skewed(np.random.default_rng(5), 400)
    neighbours = grid(20, 20)
    theirs = esdas(counts, linked_by_distance(np.ones((20, 20)), 1, "queen"), permutations=1999)
    sums = neighbours.sums(counts)
    hottest = np.argsort(-theirs.Zs)[:40]
    for place in hottest:
        others, rest = np.delete(counts, place), sums[place] - counts[place]
        exact = hotspots.exact_tail(others, neighbours.size[[place]] - 1, np.array([rest]))[0]
        exact = min(exact, 1 - exact)
        if exact < 0.3:
            assert theirs.p_sim[place] == pytest.approx(exact, abs=5 * np.sqrt(exact / 1999) + 0.001)


def test_shuffled_maps_tend_to_the_exact_tail_and_are_the_same_for_a_seed() -> None:
    counts, neighbours = skewed(np.random.default_rng(6), 225), grid(15, 15)
    exact = hotspots.exact_tail(counts, neighbours.size, neighbours.sums(counts))
    drawn = hotspots.permutation_tail(counts, neighbours, permutations=999, seed=3)
    assert np.abs(drawn - exact).max() < 5 * np.sqrt(0.25 / 999)
    assert drawn.min() >= 0.001
    assert np.array_equal(drawn, hotspots.permutation_tail(counts, neighbours, permutations=999, seed=3))


def test_the_correction_is_benjamini_and_hochbergs() -> None:
    p = np.random.default_rng(7).beta(0.3, 1, 200)
    assert hotspots.false_discovery_rate(p) == pytest.approx(stats.false_discovery_control(p))
    thrice = hotspots.false_discovery_rate(p, np.full(200, 3))
    assert thrice == pytest.approx(stats.false_discovery_control(np.repeat(p, 3))[::3])


def _share_of_maps_with_a_flag(tail: Any, maps: int) -> float:
    neighbours = grid(30, 30)
    rng = np.random.default_rng(8)
    return float(np.mean([hot_spots(skewed(rng, (30, 30)), neighbours, tail=tail).hot.any() for _ in range(maps)]))


def test_a_map_of_chance_has_a_hot_spot_in_one_case_of_twenty_but_mostly_by_the_analytic_tail() -> None:
    assert _share_of_maps_with_a_flag("exact", 400) <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 400)
    assert _share_of_maps_with_a_flag("analytic", 100) > 0.5


def test_a_planted_hot_spot_is_found_and_little_else() -> None:
    rng, planted = np.random.default_rng(9), np.zeros((40, 40), dtype=bool)
    planted[10:13, 20:23] = True
    near = np.zeros((40, 40), dtype=bool)
    near[9:14, 19:24] = True
    false = []
    for _ in range(50):
        found = hot_spots(skewed(rng, (40, 40)) + 12 * planted, grid(40, 40))
        assert found.hot[11, 21]
        false.append((found.hot & ~near).sum() / found.hot.sum())
    assert np.mean(false) <= 0.05


def test_only_the_positive_side_is_asked_for() -> None:
    counts = np.full((12, 12), 9) + np.random.default_rng(10).integers(0, 3, (12, 12))
    counts[4:8, 4:8] = 0
    for tail in ("exact", "analytic"):
        found = hot_spots(counts, grid(12, 12), tail=tail)  # type: ignore[arg-type]
        assert not found.hot[4:8, 4:8].any()
        assert found.p[5, 5] > 0.99


def test_permutations_serve_a_few_places_and_are_refused_for_many() -> None:
    # Five groups of four settlements; all four of one report much. Chance does that in 1 of 4845 cases.
    groups = sparse.csr_array(np.kron(np.eye(5), np.ones((4, 4))))
    counts = np.r_[20, 25, 30, 22, np.ones(16)]
    few = hot_spots(counts, graph_neighbourhoods(groups), tail="permutation")
    assert few.hot.tolist() == [True] * 4 + [False] * 16
    with pytest.raises(BadInput, match="999 permutations can't tell one hot spot among 900 places: that takes 17999"):
        hot_spots(skewed(np.random.default_rng(11), (30, 30)), grid(30, 30), tail="permutation")


def test_equal_counts_everywhere_have_no_hot_spot() -> None:
    for tail in ("exact", "analytic"):
        found = hot_spots(np.full((5, 5), 4), grid(5, 5), tail=tail)  # type: ignore[arg-type]
        assert not found.hot.any()
        assert (found.z == 0).all()


@given(st.lists(st.lists(st.integers(0, 40), min_size=4, max_size=4), min_size=3, max_size=6))
@settings(max_examples=40, deadline=None)
def test_what_is_corrected_is_never_surer_and_all_chances_are_chances(rows: list[list[int]]) -> None:
    counts = np.array(rows)
    if counts.any():
        found = hot_spots(counts, grid(*counts.shape))
        assert (found.p <= found.q + 1e-12).all()
        assert ((found.p > 0) & (found.q <= 1)).all()
        assert np.isfinite(found.z).all()


def _with(value: float) -> Any:
    counts = np.ones((4, 4))
    counts[1, 2] = value
    return counts


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        (_with(np.nan), "1 places inside the area have no count"),
        (_with(np.inf), "1 places inside the area have no count"),
        (_with(-1), "1 places have a count below zero"),
        (_with(0.5), "these counts have fractions"),
        (np.zeros((4, 4)), "Nothing was reported here"),
        (_with(9_000_000), "too many for the exact test"),
    ],
)
def test_what_are_no_counts_is_refused(counts: Any, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        hot_spots(counts, grid(4, 4))


def test_areas_that_are_too_small_or_too_large_are_refused() -> None:
    with pytest.raises(BadInput, match="No cell of the grid lies inside the area"):
        grid_neighbourhoods(np.zeros((3, 3)))
    with pytest.raises(BadInput, match="No cell of the grid lies inside the area"):
        grid_neighbourhoods(np.zeros((0, 3)))
    with pytest.raises(BadInput, match="there must be at least 2, and there are 1"):
        hot_spots([[3]], grid(1, 1))
    with pytest.raises(BadInput, match="at most 1000000 are possible: choose larger cells"):
        check_cells(MOST_CELLS + 1)
    with pytest.raises(BadInput, match="reaches 1 to 5 cells, not 40"):
        grid_neighbourhoods(np.ones((9, 9)), radius=40)


def test_senseless_levels_and_numbers_of_permutations_are_refused() -> None:
    with pytest.raises(BadInput, match=r"between 0 and 0\.5"):
        hot_spots(_with(2), grid(4, 4), level=1.5)
    with pytest.raises(BadInput, match="At least 99 permutations"):
        hot_spots(_with(2), grid(4, 4), tail="permutation", permutations=0)
