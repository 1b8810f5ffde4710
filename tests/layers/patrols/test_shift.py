"""A shift plan keeps every rule of its problem, misses no better one where all can be tried, and says why not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from layers.errors import BadInput
from layers.patrols.planning import plan
from layers.patrols.shift import Break, Crew, Pause, Plan, Shift, Visit, shift
from layers.patrols.travel import travel
from layers.patrols.verify import BadPlan, check
from tests.layers.patrols.shifts import EVENING, best_prize, on_a_line, random_shift

ROUNDS = 60
CAR = Crew(0, EVENING, EVENING + 120)


def planned(given: Shift, rounds: int = ROUNDS) -> Plan:
    found = plan(given, rounds=rounds)
    check(found, given)
    return found


@pytest.mark.parametrize("seed", range(40))
def test_every_time_way_window_break_curfew_and_prize_of_any_plan_is_right(seed: int) -> None:
    planned(random_shift(np.random.default_rng(seed)), rounds=25)


@pytest.mark.parametrize("seed", range(12))
def test_where_every_plan_can_be_tried_none_is_better(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rest = (Break(15, EVENING + 20, EVENING + 80),) if seed % 3 == 0 else ()
    crews = [Crew(0, EVENING, EVENING + 90, breaks=rest, returns=bool(seed % 2))]
    given = on_a_line(rng.integers(1, 20, 4), rng.uniform(-25, 25, 4), crews, window=45.0, repeat=0.5)
    assert planned(given, rounds=200).prize == pytest.approx(best_prize(given))


def test_a_plan_is_the_same_for_the_same_seed_and_times_of_another_seed_differ() -> None:
    """The prize stays nearly the same: only when each place is visited can nobody tell beforehand."""
    xy = np.random.default_rng(1).uniform(0, 4_000, (21, 2))
    ways: Any = {"drive": travel(None, xy)}
    prize = np.random.default_rng(2).integers(5, 50, 20)

    def night(seed: int) -> Plan:
        return planned(shift(prize, ways, [Crew(0, EVENING, EVENING + 360)], seed=seed))

    def times(made: Plan) -> list[tuple[int, float]]:
        return [(visit.place, visit.begins) for route in made.routes for visit in route.visits]

    assert times(night(1)) == times(night(1))
    assert times(night(1)) != times(night(2))
    assert night(2).prize == pytest.approx(night(1).prize, rel=0.1)


def test_visits_last_ten_to_sixteen_minutes_and_a_place_has_one_a_window_at_falling_prizes() -> None:
    given = on_a_line([10, 8], [2, 4], [Crew(0, EVENING, EVENING + 360)], visit=(10, 12, 16), repeat=0.6, jitter=15)
    visits = [visit for route in planned(given).routes for visit in route.visits]
    assert all(10 <= visit.ends - visit.begins <= 16 for visit in visits)
    mine = sorted((visit.window, visit.prize) for visit in visits if visit.place == 0)
    assert mine == [(0, 10), (1, pytest.approx(6)), (2, pytest.approx(3.6))]


def test_each_hromada_is_visited_once_even_for_less_prize_or_it_is_said_why_not() -> None:
    given = on_a_line([50, 50, 50, 1, 9], [1, 2, 3, 30, 200], [Crew(0, EVENING, EVENING + 85)],
                      hromada=[0, 0, 0, 1, 2], must_cover=[0, 1, 2, 3])  # fmt: skip
    found = planned(given)
    assert 3 in {visit.place for route in found.routes for visit in route.visits}
    assert set(found.uncovered) == {2, 3}
    assert "No ranked place lies in this hromada" in found.uncovered[3].message
    assert "None of its places can be visited" in found.uncovered[2].message


def test_each_place_that_is_left_out_has_its_reason() -> None:
    far = on_a_line([5, 5], [1, 300], [CAR])
    assert "too far from every start" in planned(far).why_not[1].message
    worthless = on_a_line([5, 0], [1, 2], [CAR])
    assert planned(worthless).why_not[1].message == "It has no prize."
    full = on_a_line([9, 9, 9, 2], [1, 1, 1, 1], [Crew(0, EVENING, EVENING + 35)])
    reason = planned(full).why_not[3]
    assert ("not above" in reason.message) or ("No time is left" in reason.message)
    dark = on_a_line([5], [1], [CAR], curfew=(17 * 60, 23 * 60))
    assert planned(dark).why_not[0].message == "Its whole time lies in the curfew."


def test_nobody_is_visited_in_the_curfew_also_over_midnight() -> None:
    night = Crew(0, 21 * 60, 30 * 60)
    found = planned(on_a_line([5, 4, 3], [3, 5, 7], [night], curfew=(23 * 60, 5 * 60)))
    visits = [visit for route in found.routes for visit in route.visits]
    assert visits
    assert all(visit.ends <= 23 * 60 or visit.begins >= 29 * 60 for visit in visits)


def test_a_break_is_taken_between_its_moments() -> None:
    rest = Break(20, EVENING + 30, EVENING + 70)
    found = planned(on_a_line([5, 4, 3, 2], [3, 5, 7, 9], [replace(CAR, breaks=(rest,))]))
    [pause] = [stop for stop in found.routes[0].stops if isinstance(stop, Pause)]
    assert pause.begins >= rest.earliest
    assert pause.ends <= rest.latest
    assert pause.ends - pause.begins == pytest.approx(20)


def test_without_streets_the_plan_says_that_it_is_approximate() -> None:
    assert planned(on_a_line([1], [1], [CAR])).approximate


def test_the_check_sees_a_visit_that_begins_too_early_and_a_prize_that_is_not_right() -> None:
    given = on_a_line([5, 4], [3, 5], [CAR])
    found = planned(given)
    route = found.routes[0]
    first = next(stop for stop in route.stops if isinstance(stop, Visit))
    early = replace(first, begins=first.begins - 5, ends=first.ends - 5, arrives=first.arrives - 5)
    for wrong in (
        replace(found, routes=(replace(route, stops=(early, *route.stops[1:])),)),
        replace(found, prize=found.prize + 1),
        replace(found, routes=()),
    ):
        with pytest.raises(BadPlan):
            check(wrong, given)


def test_the_search_says_how_far_it_is_and_can_be_stopped() -> None:
    told: list[float] = []

    def stop(share: float) -> None:
        told.append(share)
        if share >= 0.5:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        plan(on_a_line([5, 4], [3, 5], [CAR]), rounds=10, progress=stop)
    assert told == sorted(told)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"crews": []}, "at least one crew"),
        ({"crews": [Crew(0, EVENING, EVENING)]}, "ends before it begins"),
        ({"prize": []}, "ranked list is empty"),
        ({"prize": [1, -1]}, "place 2 is not a number"),
        ({"crews": [replace(CAR, breaks=(Break(10, 0, 20),))]}, "outside its shift"),
        ({"crews": [replace(CAR, breaks=(Break(50, EVENING, EVENING + 20),))]}, "fit between its two moments"),
        ({"window": 5.0}, "shorter than a visit"),
        ({"visit": (12, 10, 16)}, "in this order"),
        ({"repeat": 2.0}, "worth 0 to 1"),
        ({"curfew": (-5, 60)}, "times of the day"),
        ({"crews": [replace(CAR, start=4)]}, "not among the places"),
        ({"crews": [replace(CAR, most_km=0)]}, "more than 0 km"),
    ],
)
def test_a_shift_that_can_not_be_is_refused_in_a_sentence(change: dict[str, Any], said: str) -> None:
    given: dict[str, Any] = {"prize": [5, 4], "crews": [CAR], **change}
    where = [3.0, 5.0][: len(given["prize"])]
    with pytest.raises(BadInput, match=said):
        on_a_line(given.pop("prize"), where, given.pop("crews"), **given)
