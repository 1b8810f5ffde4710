"""From records to a list: what is left out and why, what officers would change, other weights at once."""

from __future__ import annotations

import numpy as np
import pytest

from layers.errors import BadInput
from layers.patrols.ranking import place, rank, rank_placed
from layers.patrols.records import MONTH, SOURCES, records
from layers.patrols.score import Weights
from layers.patrols.terms import Settings
from layers.patrols.units import grid, limits, segments
from tests.layers.patrols.evidence import NOW, TOWN, cross, town

OFFICER, RESIDENT = SOURCES.index("officer"), SOURCES.index("resident")


def test_only_what_people_reported_counts_and_the_page_can_say_what_officers_would_change() -> None:
    given = town((50, 50, 30), (450, 50, 20), (850, 850, 60), source=[RESIDENT] * 50 + [OFFICER] * 60)
    found = rank(given, grid(TOWN), now=NOW, area=TOWN, weights=Weights(1, 0, 0, 0, 0))
    assert found.left_out == {"officer": 60}
    assert found.units.ids[found.scored.order[0]] == "100/0/0"
    change = found.officers(top=1)
    assert change is not None
    assert [found.units.ids[at] for at in change.enters] == ["100/8/8"]


def test_all_that_is_left_out_is_counted() -> None:
    days = np.r_[np.linspace(1, 300, 30), [-5, 10, 10, 20, 21, 22, 23]].astype(int)
    given = town(
        (50, 50, 20), (450, 50, 10), (50, 50, 1), (5000, 5000, 1), (0, 0, 1), (850, 850, 4), days_ago=days,
        reporter=[-1] * 33 + [5] * 4,
    )  # fmt: skip
    found = rank(given, grid(TOWN), now=NOW, area=TOWN, settings=Settings(per_reporter=2))
    assert found.left_out == {"future": 1, "outside": 1, "stray": 1, "capped": 2}
    assert found.records.count + sum(found.left_out.values()) == given.count


def test_totals_are_ranked_by_settlement_and_left_out_of_a_grid() -> None:
    points = town((50, 50, 15), (450, 50, 15))
    totals = records(np.full((4, 2), np.nan), ["2026-01-01", "2026-02-01"] * 2, places=("V1", "V2"), unit=[0, 0, 1, 1],
                     weight=[30, 20, 5, 6], precision=MONTH)  # fmt: skip
    by_village = rank(totals, limits("settlement", ["V1", "V2"], [TOWN, TOWN]), now=NOW)
    assert [by_village.units.ids[at] for at in by_village.scored.order] == ["V1", "V2"]
    assert by_village.terms.count.tolist() == [50, 11]
    with pytest.raises(BadInput, match="they are totals of a settlement"):
        rank(totals, grid(TOWN), now=NOW)
    assert rank(points, grid(TOWN), now=NOW).left_out == {}


def test_another_weighting_of_the_same_evidence_is_the_same_as_ranking_anew() -> None:
    given, units, harm = (
        town((900, 500, 30), (500, 900, 12), category=[0] * 30 + [1] * 12),
        segments(cross()),
        [1, 50, 0],
    )
    placed = place(given, units, now=NOW, area=TOWN)
    first = rank_placed(placed, harm=harm)
    weights = Weights(long_term=0, recent=0, harm=1, concern=0, near_repeat=0)
    again = rank_placed(placed, harm=harm, weights=weights)
    assert first.reweighted(weights).scored.score == pytest.approx(again.scored.score)
    assert [units.ids[at] for at in again.scored.order[:2]] == ["north", "east"]


def test_too_little_is_refused_with_the_main_reason() -> None:
    with pytest.raises(BadInput, match="their date is in the future"):
        rank(town((50, 50, 25), (450, 50, 25), days_ago=-np.arange(1, 51)), grid(TOWN), now=NOW)
