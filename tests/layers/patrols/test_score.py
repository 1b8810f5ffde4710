"""The terms and the score as somebody redoes them with a pocket calculator; scenarios, ranks by hand, the clock."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.stats import chi2

from layers.errors import BadInput
from layers.patrols.records import MINUTE, MONTH
from layers.patrols.score import Override, Weights, clock, compare, municipal, overridden, score, shown
from layers.patrols.terms import TERMS, Settings, Terms, garwood, terms
from layers.patrols.units import Units, assign, grid
from tests.layers.patrols.evidence import NOW, TOWN, town

PLAIN = Settings(borrow=False)
UNITS = grid(TOWN)
A, B, C = ((50.0, 50.0), (450.0, 50.0), (850.0, 850.0))


def unit_of(x: float, y: float) -> int:
    return int(assign(town((x, y, 1)), UNITS)[0])


def of(given: Any, *, units: Units = UNITS, **options: Any) -> Terms:
    return terms(given, assign(given, units), units, now=NOW, **{"settings": PLAIN, **options})


def test_each_term_is_a_units_share_of_the_towns_hundred_points() -> None:
    """30 in A and 10 in B: 75 and 25 points of long-term; of the last 30 days 1 in A and 3 in B: 25 and 75."""
    ago = [*np.linspace(60, 360, 29).astype(int), 5, *np.linspace(60, 360, 7).astype(int), 5, 6, 7]
    found = of(town((*A, 30), (*B, 10), days_ago=ago))
    shares = found.shares[[unit_of(*A), unit_of(*B)]]
    assert shares[:, TERMS.index("long_term")] == pytest.approx([75, 25])
    assert shares[:, TERMS.index("recent")] == pytest.approx([25, 75])
    assert found.shares.sum(axis=0)[found.available] == pytest.approx(100)


def test_harm_is_days_of_the_sanction_and_what_has_none_is_told() -> None:
    given = town((*A, 10), (*B, 10), category=[0] * 10 + [1] * 5 + [2] * 5)
    found = of(given, harm=[10, 100, np.nan])
    harm = found.value("harm")
    assert harm is not None
    assert (harm[unit_of(*A)], harm[unit_of(*B)]) == (100, 500)
    [note] = [each for each in found.notes if each.term == "harm"]
    assert note.values == {"count": 5, "all": 20}


def test_a_near_repeat_fades_with_days_and_metres() -> None:
    """One report 7 days ago in the middle of its square: (1 - 7/14) there, half of (1 - 50/200) in the next ones."""
    found = of(town((150, 150, 1), (*C, 1), days_ago=[7, 300]))
    boost = found.value("near_repeat")
    assert boost is not None
    assert boost[unit_of(150, 150)] == pytest.approx(0.5)
    assert boost[unit_of(250, 150)] == pytest.approx(0.5 * 0.75)
    assert boost[unit_of(*C)] == 0


def test_where_only_months_are_known_what_needs_days_is_unavailable_and_said_so() -> None:
    found = of(town((*A, 15), (*B, 15), precision=MONTH))
    assert {term for term in TERMS if found.value(term) is None} == {"recent", "harm", "concern", "near_repeat"}
    said = {note.term: note.message for note in found.notes}
    assert "Only the month is known" in said["recent"]
    assert "Only the month is known" in said["near_repeat"]


def test_the_interval_is_garwoods_by_chi_squared() -> None:
    low, high = garwood(np.array([0.0, 1.0, 12.0]))
    assert low == pytest.approx([0, chi2.ppf(0.025, 2) / 2, chi2.ppf(0.025, 24) / 2])
    assert high == pytest.approx([chi2.ppf(0.975, 2) / 2, chi2.ppf(0.975, 4) / 2, chi2.ppf(0.975, 26) / 2])


def test_few_incidents_are_too_few_to_say_much() -> None:
    found = of(town((*A, 4), (*B, 5)))
    assert (found.enough[unit_of(*A)], found.enough[unit_of(*B)]) == (False, True)


def test_a_rare_category_borrows_strength_and_its_total_stays() -> None:
    given = town((*A, 40), (*B, 20), (*C, 1), category=[0] * 38 + [1] * 2 + [0] * 20 + [1])
    plain, borrowed = (of(given, settings=Settings(only=(1,), borrow=which)) for which in (False, True))
    assert plain.value("long_term")[unit_of(*B)] == 0  # type: ignore[index]
    long_term = borrowed.value("long_term")
    assert long_term is not None
    assert long_term[unit_of(*B)] > 0
    assert long_term.sum() == pytest.approx(plain.value("long_term").sum())  # type: ignore[union-attr]
    assert any("borrow strength" in note.message for note in borrowed.notes)


def test_points_add_up_to_the_score_and_to_a_hundred_over_the_town() -> None:
    found = of(town((*A, 30), (*B, 10)), harm=[5, 0, 0], concern=np.where(np.arange(len(UNITS)) < 10, 1.0, np.nan))
    scored = score(found, Weights())
    assert (((scored.points[:, 0] + scored.points[:, 1]) + scored.points[:, 2]) + scored.points[:, 3]
            + scored.points[:, 4] == scored.score).all()  # fmt: skip
    assert scored.score.sum() == pytest.approx(100)
    assert scored.used.sum() == pytest.approx(1)
    assert (np.diff(scored.score[scored.order]) <= 0).all()


def test_rounded_terms_add_up_to_the_rounded_score() -> None:
    points = np.array([[1.005, 1.005, 1.005, 0, 0], [0.333, 0.333, 0.334, 0, 0]])
    rounded = shown(points)
    assert rounded.sum(axis=1) == pytest.approx(np.round(points.sum(axis=1), 2), abs=0.0051)
    assert (np.abs(rounded - points) < 0.01).all()


def test_the_weight_of_what_is_unknown_goes_to_the_others_in_proportion() -> None:
    found = of(town((*A, 15), (*B, 15), precision=MONTH), harm=[1, 1, 1])
    used = score(found, Weights(long_term=40, harm=20, recent=20, concern=0, near_repeat=20)).used
    assert used == pytest.approx([2 / 3, 0, 1 / 3, 0, 0])
    with pytest.raises(BadInput, match="can be known from these data"):
        score(found, Weights(long_term=0, recent=0, harm=0, concern=1, near_repeat=0))


@pytest.mark.parametrize("weights", [{"harm": -1}, {"harm": np.nan}, dict.fromkeys(TERMS, 0.0)])
def test_weights_that_mean_nothing_are_refused(weights: dict[str, float]) -> None:
    with pytest.raises(BadInput):
        Weights(**weights)


def test_two_scenarios_say_who_rises_who_falls_and_how_many_differ() -> None:
    ago = [*np.linspace(60, 360, 20).astype(int), *np.linspace(60, 360, 8).astype(int), 3, 4, 200, 300]
    found = of(town((*A, 20), (*B, 10), (*C, 2), days_ago=ago))
    long_term, recent = (score(found, Weights(*weights)) for weights in ((1, 0, 0, 0, 0), (0, 1, 0, 0, 0)))
    change = compare(long_term, recent, top=1)
    assert (change.enters.tolist(), change.leaves.tolist(), change.differ) == ([unit_of(*B)], [unit_of(*A)], 1)
    assert unit_of(*B) in change.rises
    assert unit_of(*A) in change.falls


def test_a_rank_by_hand_needs_a_reason_and_is_shown_as_one() -> None:
    scored = score(of(town((*A, 20), (*B, 10))), Weights())
    changed = overridden(scored, [Override(unit_of(*C), 1, "Новий садочок", "Координаторка")])
    assert changed.order[:3].tolist() == [unit_of(*C), unit_of(*A), unit_of(*B)]
    assert changed.top(3).tolist() == changed.order[:3].tolist()
    assert (changed.score == scored.score).all()
    assert list(changed.overrides) == [unit_of(*C)]
    for wrong, said in (([Override(0, 1, " ")], "needs a reason"), ([Override(0, 0, "чому")], "no rank 0"),
                        ([Override(0, 1, "чому"), Override(1, 1, "чому")], "by hand twice")):  # fmt: skip
        with pytest.raises(BadInput, match=said):
            overridden(scored, wrong)


def test_the_clock_counts_only_what_is_known_by_the_minute() -> None:
    # 1 November 2026 is a Sunday: a day before it is Saturday.
    given = town((*A, 3), days_ago=[1, 1, 2], minute=[23 * 60, -1, 30], precision=[MINUTE, MINUTE, MINUTE])
    told = clock(given)
    assert told.hours is not None
    assert (told.hours[5, 23], told.hours[4, 0], told.hours.sum(), told.known, told.count) == (1, 1, 2, 2, 3)
    assert clock(town((*A, 3))).hours is None


def test_the_municipal_fix_stands_beside_the_patrol() -> None:
    given = town((*A, 6), category=[2, 2, 2, 2, 0, 1])
    found = municipal(given, assign(given, UNITS), len(UNITS), fixes={"lighting": "lamps"})
    assert found.of(unit_of(*A)) == {"lamps": 4}
    assert found.of(unit_of(*B)) == {}
