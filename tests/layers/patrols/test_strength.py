"""How rare categories borrow strength: a table worked by hand, esda, the likelihood, and what always holds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.integrate import quad
from scipy.optimize import minimize_scalar
from scipy.stats import gamma, nbinom, poisson

from layers.errors import BadInput
from layers.patrols.strength import borrowed, expectation, moments, posterior

# Two categories in four places. The second has 8 reports, 2 a place if they fell evenly. By the method of moments
# (4 + 4 + 4 + 4) / 2 / 8 - 4/8 = 1/2 is the variance of its risk, so its prior weighs 2 reports, a place's own count
# 2 / (2 + 2) = 1/2, and its pattern is 3, 3, 1, 1.
RARE, COMMON = [4, 0, 0, 0], [4, 4, 0, 0]
TABLE = np.array([RARE, COMMON]).T
# The first category has 4 reports, of which that pattern expects 3/2, 3/2, 1/2, 1/2.
EXPECTED = [1.5, 1.5, 0.5, 0.5]
# Variance of its risk: (2.5^2/1.5 + 1.5^2/1.5 + 0.5 + 0.5) / 4 - 4/4 = 5/3 - 1 = 2/3, so its prior weighs 3/2 reports.
# Own weights 1.5/3 = 1/2 and 0.5/2 = 1/4 give 2.75, 0.75, 0.375, 0.375: 4.25 reports, scaled back to 4.
BORROWED = np.array([2.75, 0.75, 0.375, 0.375]) * 4 / 4.25


def simulated(units: int = 4000, strength: float = 1.5) -> tuple[np.ndarray, np.ndarray]:
    """Return counts and their expectation, of the same sum, from the model itself."""
    rng = np.random.default_rng(7)
    level = rng.gamma(2.0, 1.0, units)
    counts = rng.poisson(level * rng.gamma(strength, 1 / strength, units)).astype(float)
    return counts, level * counts.sum() / level.sum()


def test_a_category_is_expected_where_the_others_are() -> None:
    assert expectation(TABLE)[:, 0] == pytest.approx(EXPECTED)


def test_a_table_worked_by_hand_comes_out() -> None:
    assert moments(np.array(RARE, float), np.array(EXPECTED)) == pytest.approx(1.5)
    assert borrowed(TABLE)[:, 0] == pytest.approx(BORROWED)


def test_a_category_that_differs_by_chance_alone_follows_the_pattern() -> None:
    # (1.5^2/1.5 + 0.5^2/1.5 + 0.5 + 0.5) / 4 - 1 is below zero: nothing of its own can be told from chance.
    table = np.array([[3, 1, 0, 0], COMMON]).T
    assert borrowed(table)[:, 0] == pytest.approx(EXPECTED)


def test_it_is_the_global_estimate_of_esda_before_it_is_scaled() -> None:
    from esda.smoothing import Empirical_Bayes

    counts, expected = simulated(300)
    theirs = Empirical_Bayes(counts, expected).r.ravel() * expected
    ours = posterior(counts, expected, strength=moments(counts, expected))
    assert ours == pytest.approx(theirs * counts.sum() / theirs.sum(), rel=1e-9)


def test_the_strength_comes_near_that_of_the_greatest_marginal_likelihood() -> None:
    counts, expected = simulated()

    def unlikelihood(logarithm: float) -> float:
        k = np.exp(logarithm)
        return -float(nbinom.logpmf(counts, k, k / (k + expected)).sum())

    likeliest = np.exp(minimize_scalar(unlikelihood, bounds=(-3, 4), method="bounded").x)
    assert likeliest == pytest.approx(1.5, rel=0.1)
    assert moments(counts, expected) == pytest.approx(likeliest, rel=0.1)


def test_the_estimate_is_the_mean_of_the_posterior_by_numerical_integration() -> None:
    counts, expected, k = np.array([0.0, 1.0, 7.0, 3.0]), np.array([1.0, 0.3, 2.0, 9.0]), 1.7

    def mean(count: float, level: float) -> float:
        def weight(risk: float) -> float:
            return float(gamma.pdf(risk, k, scale=1 / k) * poisson.pmf(count, risk * level))

        return level * quad(lambda risk: risk * weight(risk), 0, 40)[0] / quad(weight, 0, 40)[0]

    means = np.array([mean(*pair) for pair in zip(counts, expected, strict=True)])
    found = posterior(counts, expected, strength=k)
    assert found == pytest.approx(means * counts.sum() / means.sum(), rel=1e-6)


def test_a_rare_category_comes_nearer_to_the_truth_than_its_own_counts() -> None:
    rng = np.random.default_rng(3)
    risk = rng.gamma(0.5, 2.0, 500)
    counts = np.stack([rng.poisson(0.1 * risk), rng.poisson(5 * risk)], axis=1)

    def miss(estimate: np.ndarray) -> float:
        return float(((estimate - 0.1 * risk) ** 2).sum())

    assert miss(borrowed(counts)[:, 0]) < miss(counts[:, 0]) / 3


def test_what_is_reported_only_in_one_category_is_not_lost() -> None:
    table = np.array([[6, 0, 1, 1], [0, 40, 30, 30]]).T
    assert borrowed(table)[0, 0] > 1


def test_a_single_category_keeps_the_order_of_its_places() -> None:
    counts = np.array([[7], [0], [3], [1]])
    assert np.argsort(borrowed(counts)[:, 0]).tolist() == np.argsort(counts[:, 0]).tolist()


def test_a_strength_that_is_given_replaces_the_estimate() -> None:
    assert borrowed(TABLE, strength=0) == pytest.approx(TABLE)
    assert borrowed(TABLE, strength=np.inf) == pytest.approx(expectation(TABLE))
    assert borrowed(TABLE, strength=[1.5, 0])[:, 0] == pytest.approx(BORROWED)


def test_a_larger_place_expects_more_where_others_say_nothing() -> None:
    alone = np.array([[2], [2], [2]])
    assert expectation(alone, exposure=[1, 2, 3])[:, 0] == pytest.approx([1, 2, 3])


def test_a_category_without_reports_stays_empty() -> None:
    table = np.column_stack([TABLE, np.zeros(4)])
    assert borrowed(table)[:, 2].tolist() == [0, 0, 0, 0]
    assert borrowed(table)[:, :2] == pytest.approx(borrowed(TABLE))


TABLES = arrays(np.int64, st.tuples(st.integers(1, 8), st.integers(1, 4)), elements=st.integers(0, 30))


@settings(max_examples=60, deadline=None)
@given(TABLES)
def test_each_category_keeps_its_total_and_no_count_turns_negative(table: np.ndarray) -> None:
    found = borrowed(table)
    assert found.sum(axis=0) == pytest.approx(table.sum(axis=0))
    assert (found >= 0).all()


@settings(max_examples=60, deadline=None)
@given(TABLES, st.randoms(use_true_random=False))
def test_the_order_of_places_does_not_matter(table: np.ndarray, random: object) -> None:
    order = np.array(random.sample(range(len(table)), len(table)))  # type: ignore[attr-defined]
    assert borrowed(table[order]) == pytest.approx(borrowed(table)[order])


@pytest.mark.parametrize("counts", [[[1, -1]], [[1, np.nan]], [[np.inf, 1]], [1, 2, 3]])
def test_what_is_no_table_of_counts_is_refused(counts: object) -> None:
    with pytest.raises(BadInput, match="Counts must be"):
        borrowed(np.asarray(counts))


@pytest.mark.parametrize("exposure", [0.0, -1.0, np.nan])
def test_a_place_without_size_is_refused(exposure: float) -> None:
    with pytest.raises(BadInput, match="size of each place"):
        borrowed(TABLE, exposure=[1, 1, 1, exposure])
