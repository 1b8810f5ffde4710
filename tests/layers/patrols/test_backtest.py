"""Would the list have done well last month? Tables worked by hand, independent peers, and the City of London."""

from __future__ import annotations

import itertools
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.stats import binomtest

from benchmarks import backtest as london
from layers.errors import BadInput
from layers.patrols.accuracy import Measured, Outcome, accuracy, difference, verdict
from layers.patrols.backtest import Trial, checked, covered, forecasts, trial, trials, tuned
from layers.patrols.forecast import family, last_month, long_term, recent, with_strength

# Four places of one size, three months. Before the third month the places had 9, 3, 0 and 0 reports of 12.
TABLE = np.array([[5, 4, 3], [1, 2, 4], [0, 0, 1], [0, 0, 0]])


def random_counts(seed: int, *, units: int = 30, months: int = 10, categories: int = 2) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.poisson(rng.gamma(0.5, 1.0, (units, 1, categories)), (units, months, categories))


def hand(covered_part: list[float], events: list[int], *, share: float = 0.5, months: int = 1) -> Trial:
    """Return a trial of one category in which each month has the same places covered and the same events."""
    parts, counts = (np.tile(np.array(each)[None, :, None], (months, 1, 1)) for each in (covered_part, events))
    known = np.ones((months, 1))
    return Trial(share, parts.astype(float), counts, 0.5 * known, float(sum(events)) * known)


# --- what is forecast, and from what


def test_a_month_is_forecast_from_the_months_before_it() -> None:
    assert forecasts(TABLE, long_term, before=1)[..., 0].tolist() == [[5, 1, 0, 0], [9, 3, 0, 0]]
    assert forecasts(TABLE, last_month, before=1)[..., 0].tolist() == [[5, 1, 0, 0], [4, 2, 0, 0]]


@pytest.mark.parametrize("name", family())
def test_shuffling_the_future_changes_no_forecast(name: str) -> None:
    counts, rng = random_counts(1), np.random.default_rng(2)
    other = counts.copy()
    other[:, 7:] = rng.permuted(counts[:, 7:], axis=0)
    before, after = (forecasts(each, family()[name], before=4) for each in (counts, other))
    assert np.array_equal(before[:4], after[:4])  # of months 4 to 7: the last of them knows months 0 to 6


def test_a_score_that_writes_on_its_past_spoils_no_later_forecast() -> None:
    def spoils(past: np.ndarray) -> np.ndarray:
        counted = long_term(past)
        past += 100
        return counted

    assert np.array_equal(forecasts(TABLE, spoils, before=1), forecasts(TABLE, long_term, before=1))


def test_a_month_of_one_half_life_ago_counts_half() -> None:
    months = np.eye(3, dtype=np.int64)  # each place had one report, in a month of its own
    weights = recent(months, half_life=1.0)
    assert weights / weights[-1] == pytest.approx([0.25, 0.5, 1.0])
    assert weights.sum() == pytest.approx((weights**2).sum())


def test_months_that_count_alike_are_the_long_term_count() -> None:
    assert recent(TABLE, half_life=np.inf) == pytest.approx(long_term(TABLE))


def test_categories_are_forecast_together_but_scored_one_by_one() -> None:
    counts = random_counts(3)
    both = trial(counts, 1.0, long_term, share=0.1)
    for category in range(2):
        alone = trial(counts[..., category], 1.0, long_term, share=0.1)
        assert np.array_equal(both.of([category]).hits, alone.hits)


def test_borrowing_strength_leaves_a_single_category_in_its_order() -> None:
    plain, borrowing = (trial(TABLE, 1.0, score, share=0.25, before=1)
                        for score in (long_term, partial(with_strength, score=long_term)))  # fmt: skip
    assert np.array_equal(plain.covered, borrowing.covered)


# --- the budget


def test_equals_at_the_edge_of_the_budget_are_taken_in_part() -> None:
    assert covered(np.array([9.0, 3.0, 0.0, 0.0]), np.ones(4), 0.75).tolist() == [1, 1, 0.5, 0.5]


def test_that_is_what_drawing_lots_among_them_would_find_on_average() -> None:
    score, events = np.array([2, 1, 1, 1, 0]), np.array([5, 4, 1, 0, 7])
    by_lot = [
        events[sorted(range(5), key=lambda place: (-score[place], order[place]))[:3]].sum()
        for order in itertools.permutations(range(5))
    ]
    assert covered(score.astype(float), np.ones(5), 0.6) @ events == pytest.approx(np.mean(by_lot))


def test_places_are_taken_by_what_they_expect_per_area() -> None:
    assert covered(np.array([10.0, 2.0]), np.array([10.0, 1.0]), 1 / 11).tolist() == [0, 1]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.floats(0.1, 50)), min_size=1, max_size=20), st.floats(0.001, 1))
def test_every_method_gets_exactly_the_same_area(places: list[tuple[int, float]], share: float) -> None:
    score, area = np.array(places, dtype=float).T
    taken = covered(score, area, share)
    assert taken @ area == pytest.approx(share * area.sum())
    assert ((taken >= 0) & (taken <= 1)).all()


@pytest.mark.parametrize("seed", range(5))
def test_the_best_possible_is_the_optimum_of_a_linear_programme(seed: int) -> None:
    rng = np.random.default_rng(seed)
    counts, area = rng.poisson(2.0, (12, 2)), rng.uniform(0.5, 3.0, 12)
    found = trial(counts, area, long_term, share=0.3, before=1)
    solved = linprog(-counts[:, 1], A_ub=area[None], b_ub=[0.3 * area.sum()], bounds=(0, 1))
    assert found.best[0, 0] == pytest.approx(-solved.fun)


# --- the figures


def test_a_table_worked_by_hand_gives_each_figure() -> None:
    # A quarter of the area is the first place: 3 of the third month's 8 events, where the best place has 4.
    found = accuracy(trial(TABLE, 1.0, long_term, share=0.25, before=2))
    assert found.hit_rate.value == pytest.approx(3 / 8)
    assert found.pai.value == pytest.approx(3 / 8 / 0.25)
    assert found.pei.value == pytest.approx(3 / 4)
    assert found.recapture is not None
    assert found.recapture.value == pytest.approx((3 / 8) / (9 / 12))


def test_months_are_pooled_by_their_events() -> None:
    # Second month: the first place has 4 of 6. Third: 3 of 8. The same places had 5 of 6 and 9 of 12 before.
    found = accuracy(trial(TABLE, 1.0, long_term, share=0.25, before=1))
    assert found.hit_rate.value == pytest.approx(7 / 14)
    assert found.pei.value == pytest.approx(7 / (4 + 4))
    assert found.recapture is not None
    assert found.recapture.value == pytest.approx(7 / (6 * 5 / 6 + 8 * 9 / 12))


def test_every_figure_carries_its_hits_its_events_and_an_interval() -> None:
    found = accuracy(trial(TABLE, 1.0, long_term, share=0.25, before=2))
    for figure in (found.pai, found.pei, found.hit_rate, found.recapture):
        assert figure is not None
        assert (figure.hits, figure.events) == (3, 8)
        assert figure.low < figure.value < figure.high


def test_a_figure_without_events_or_interval_cannot_be_made() -> None:
    with pytest.raises(TypeError):
        Measured(value=2.0)  # type: ignore[call-arg]
    with pytest.raises(ValueError, match="needs events"):
        Measured(value=2.0, low=1.0, high=3.0, hits=0.0, events=0)
    with pytest.raises(ValueError, match="interval"):
        Measured(value=2.0, low=1.0, high=float("nan"), hits=1.0, events=2)


@pytest.mark.parametrize("hits", [0, 3, 20])
def test_the_interval_of_one_month_is_wilsons(hits: int) -> None:
    found = accuracy(hand([1, 0], [hits, 20 - hits])).hit_rate
    expected = binomtest(hits, 20).proportion_ci(method="wilson")
    assert (found.low, found.high) == (pytest.approx(expected.low), pytest.approx(expected.high))


def test_months_that_differ_by_more_than_chance_widen_the_interval() -> None:
    steady = hand([1, 0], [10, 10], months=8)
    events = steady.events.copy()
    events[::2], events[1::2] = [[19], [1]], [[1], [19]]
    restless = Trial(0.5, steady.covered, events, steady.past, steady.best)
    wide, narrow = accuracy(restless).hit_rate, accuracy(steady).hit_rate
    assert wide.value == narrow.value
    assert wide.high - wide.low > 2 * (narrow.high - narrow.low)


def test_places_without_a_past_have_no_recapture() -> None:
    found = hand([1, 0], [3, 3])
    assert accuracy(Trial(0.5, found.covered, found.events, 0 * found.past, found.best)).recapture is None


# --- ours beside a baseline


def test_the_interval_of_the_difference_is_that_of_paired_events() -> None:
    # Of 400 events 60 are hit by ours alone and 40 by theirs alone: the difference of hits has variance 100 - 20^2/400.
    found = difference(hand([1, 1, 0, 0], [100, 60, 40, 200]), hand([1, 0, 1, 0], [100, 60, 40, 200]))
    half = 1.96 * np.sqrt(100 - 20**2 / 400) / 400 / 0.5
    assert found.value == pytest.approx(20 / 400 / 0.5)
    assert (found.high - found.low) / 2 == pytest.approx(half, rel=0.08)
    assert found.ratio is not None
    assert found.ratio.low < 160 / 140 < found.ratio.high


def test_when_months_are_drawn_months_that_are_alike_leave_no_doubt() -> None:
    ours, theirs = hand([1, 0, 0], [30, 10, 60], months=9), hand([0, 1, 0], [30, 10, 60], months=9)
    found = difference(ours, theirs, over="months")
    assert found.low == pytest.approx(found.high) == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("alone", "outcome"), [((60, 10), Outcome.BETTER), ((30, 28), Outcome.LEVEL), ((10, 60), Outcome.WORSE)]
)
def test_the_verdict_says_whether_ours_beats_the_baseline(alone: tuple[int, int], outcome: Outcome) -> None:
    events = [*alone, 100]
    said = verdict(difference(hand([1, 0, 0], events), hand([0, 1, 0], events)))
    assert said.outcome is outcome
    assert said.beats == (outcome is Outcome.BETTER) == ("does not beat" not in said.sentence)


def test_a_score_that_is_the_baseline_does_not_beat_it() -> None:
    counts = random_counts(4)
    found = trials(counts, 1.0, {"ours": long_term, "baseline": long_term}, shares=(0.05,))
    assert verdict(difference(found["ours", 0.05], found["baseline", 0.05])).outcome is Outcome.LEVEL


def test_the_same_seed_gives_the_same_interval() -> None:
    ours, theirs = (trial(random_counts(5), 1.0, score, share=0.1) for score in (long_term, last_month))
    assert difference(ours, theirs, seed=3) == difference(ours, theirs, seed=3)
    assert difference(ours, theirs, seed=3).low != difference(ours, theirs, seed=4).low


def test_where_the_baseline_may_hit_nothing_there_is_no_ratio() -> None:
    assert difference(hand([1, 0], [5, 5]), hand([0, 0], [5, 5])).ratio is None


# --- the choice of a score


def moving() -> np.ndarray:
    """Return counts whose hot place is another one every four months, so that what is old misleads."""
    counts = np.zeros((6, 24), np.int64)
    for month in range(24):
        counts[month // 4, month] = 10
    return counts


def test_the_score_that_hits_most_is_chosen() -> None:
    # Of the 18 months forecast the month before knows the place, save in the 4 in which it moves.
    chosen = tuned(moving(), 1.0, {"all": long_term, "last": last_month}, months=24, share=1 / 6)
    assert (chosen.name, chosen.hits["last"], chosen.events) == ("last", 140, 180)
    assert chosen.hits["all"] < 140


def test_of_scores_that_hit_alike_the_first_is_chosen() -> None:
    assert tuned(moving(), 1.0, {"a": long_term, "b": long_term}, months=24).name == "a"


def test_what_comes_after_the_months_of_tuning_has_no_say() -> None:
    counts = random_counts(6, months=20)
    other = counts.copy()
    other[:, 12:] = 99 * (np.arange(30) == 7)[:, None, None]
    assert tuned(counts, 1.0, family(), months=12).hits == tuned(other, 1.0, family(), months=12).hits


# --- what cannot be tested


def spread(units: int, months: int, incidents: int) -> np.ndarray:
    counts = np.zeros((units, months), np.int64)
    np.add.at(counts, (np.arange(incidents) % units, np.arange(incidents) % months), 1)
    return counts


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        (spread(9, 6, 50), "needs 7 months or more, 6 to learn from and one to test; there are 6"),
        (spread(9, 10, 19), "There are 19 incidents; a backtest needs 20"),
        (spread(1, 10, 50), "All incidents are in one place"),
        (np.pad(spread(9, 1, 50), ((0, 0), (0, 9))), "All incidents are in one month"),
        (spread(9, 10, 50) - 1, "Counts must be numbers of zero or more"),
    ],
)
def test_too_little_to_test_is_said_in_a_sentence(counts: np.ndarray, told: str) -> None:
    with pytest.raises(BadInput, match=told):
        checked(counts)


@pytest.mark.parametrize("share", [0.0, -0.1, 1.5])
def test_a_share_of_the_area_out_of_range_is_refused(share: float) -> None:
    with pytest.raises(BadInput, match="share of the area"):
        trial(TABLE, 1.0, long_term, share=share, before=1)


@pytest.mark.parametrize("area", [0.0, -1.0, np.nan])
def test_a_place_without_area_is_refused(area: float) -> None:
    with pytest.raises(BadInput, match="size of each place"):
        trial(TABLE, [1, 1, 1, area], long_term, share=0.1, before=1)


def test_test_months_without_any_incident_give_no_figure() -> None:
    quiet = np.column_stack([TABLE, TABLE, np.zeros((4, 2), np.int64)])
    with pytest.raises(BadInput, match="No incident fell in the months tested"):
        accuracy(trial(quiet, 1.0, long_term, share=0.1, before=6))


# --- real records


def test_on_the_city_of_london_no_category_is_worse_than_its_long_term_count(shared_data: Path) -> None:
    path = shared_data / "city_of_london" / "incidents" / "city_of_london_2018_2020.csv"
    if not path.exists():
        pytest.skip(f"no real data at {path}")
    made = london.city(path)
    placed = int(made.counts.sum()) + made.unplaced + made.outside
    assert (placed, made.counts.shape[1], len(made.tested())) == (22_111, 32, 13)
    _, found = london.backtested(made)
    assert [each.high >= 0 for each in london.by_category(found)] == [True] * 13
    pooled = difference(found["ours", 0.05], found["long-term count", 0.05])
    assert pooled.ratio is not None
    assert pooled.ratio.value >= 0.98


def test_the_benchmark_says_when_the_records_are_not_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(london, "RECORDS", tmp_path / "missing.csv")
    assert london.run(quick=True) == []
    assert "no records of the City of London" in capsys.readouterr().out
