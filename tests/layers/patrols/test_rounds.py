"""Which villages have waited long, and a day's round through some of them."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from layers.errors import BadInput
from layers.patrols.rounds import day, nearest_shelters, round_of, unvisited
from layers.patrols.travel import travel
from layers.patrols.verify import check

TODAY = date(2026, 11, 2)


def ago(days: int | None) -> date | None:
    return None if days is None else TODAY - timedelta(days=days)


def test_those_never_visited_come_first_then_the_longest_ago_and_fourteen_days_are_not_too_many() -> None:
    late = unvisited([ago(14), ago(15), None, ago(40), ago(0)], today=TODAY)
    assert [(each.settlement, each.days) for each in late] == [(2, None), (3, 40), (1, 15)]


def test_a_days_round_takes_those_that_waited_longest_within_its_kilometres() -> None:
    """Villages every 10 km along a road: with 45 km a day the round reaches two, and the third is told why not."""
    ways = travel(None, [(10_000 / 1.4 * at, 0) for at in (1, 2, 3, 0)], kmh={"walk": 4.5, "drive": 50.0})
    given = day(ways, [ago(20), ago(30), ago(60)], today=TODAY, begins=480, minutes=480, most_km=45, stop_minutes=30)
    found = round_of(given)
    check(found, given)
    assert {visit.place for visit in found.routes[0].visits} == {0, 1}
    assert found.routes[0].metres == pytest.approx(40_000, rel=1e-6)
    assert "km" in found.why_not[2].message


def test_what_was_visited_today_waits_and_says_so() -> None:
    ways = travel(None, [(5_000, 0), (6_000, 0), (0, 0)])
    given = day(ways, [ago(0), None], today=TODAY, begins=480, minutes=240, most_km=100, stop_minutes=30)
    found = round_of(given)
    assert found.why_not[0].message == "It was visited today."
    assert [visit.place for visit in found.routes[0].visits] == [1]


def test_twenty_settlements_are_planned_as_the_rules_have_it() -> None:
    rng = np.random.default_rng(3)
    ways = travel(None, rng.uniform(0, 40_000, (21, 2)), kmh={"walk": 4.5, "drive": 50.0})
    last = [ago(int(days)) for days in rng.integers(1, 60, 20)]
    given = day(ways, last, today=TODAY, begins=480, minutes=480, most_km=160, stop_minutes=30, curfew=(1320, 300))
    found = round_of(given, rounds=60)
    check(found, given)
    assert 1 < len(found.routes[0].visits) < 20
    assert len(found.why_not) + len(found.routes[0].visits) == 20


def test_each_stop_has_its_nearest_shelter_or_none() -> None:
    nearest, metres = nearest_shelters([(0, 0), (100, 0)], [(90, 0), (0, 30)])
    assert (nearest.tolist(), metres.tolist()) == ([1, 0], [30, 10])
    nearest, metres = nearest_shelters([(0, 0)], np.empty((0, 2)))
    assert (nearest.tolist(), np.isinf(metres).all()) == ([-1], True)


def test_a_visit_in_the_future_and_times_for_too_few_places_are_refused() -> None:
    with pytest.raises(BadInput, match="settlement 2 of the list lies in the future"):
        unvisited([None, ago(-1)], today=TODAY)
    ways = travel(None, [(0, 0), (1, 1)])
    with pytest.raises(BadInput, match="a start make 3"):
        day(ways, [None, None], today=TODAY, begins=0, minutes=60, most_km=10, stop_minutes=10)
