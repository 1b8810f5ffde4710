"""Choosing and proving, against every set of cameras looked at one by one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from layers.cameras import proof, siting
from layers.errors import BadInput
from tests.layers.cameras.towns import allowed, best_of_all, matrix_of, random_problem

PRICES: Callable[[int], Any] = lambda n: np.tile([10.0, 16.0, 25.0], n)[:n]  # noqa: E731
RULES: dict[str, dict[str, Any]] = {
    "a number": {"count": 3},
    "a budget of different prices": {"budget": 45.0, "cost": PRICES},
    "a budget and a number": {"budget": 45.0, "count": 2, "cost": PRICES},
    "two a pole": {"count": 4, "per_mount": 2},
    "some stand already": {"count": 2, "locked": [0, 3]},
    "some are excluded": {"count": 3, "excluded": [1, 2]},
    "privacy costs": {"count": 3, "penalty": lambda n: np.tile([0.0, 3.0, 1.0], n)[:n]},
    "a second look counts": {"count": 3, "backup": 0.4},
    "a second look counts beside what stands": {"count": 2, "backup": 0.5, "locked": [1]},
    "little overlap": {"count": 3, "overlap": 0.5},
}


@pytest.mark.parametrize("rules", RULES.values(), ids=RULES)
def test_the_proof_finds_the_best_of_all_sets_and_the_plan_keeps_to_the_rules(rules: dict[str, Any]) -> None:
    rng = np.random.default_rng(7)
    for _ in range(12):
        asked = random_problem(rng, **rules)
        best = best_of_all(asked)
        plan = siting.plan(asked, seconds=0.02)
        new = [c for c in plan.cameras if not asked.locked[c]]
        assert allowed(asked, new)
        assert plan.value == pytest.approx(siting.value_of(asked, plan.cameras))
        assert siting.greedy(asked).value - 1e-9 <= plan.value <= best + 1e-9
        bounded = proof.lagrangian(asked, plan.cameras, seconds=1)
        assert bounded.bound >= best - 1e-6
        proven = proof.prove(asked, plan, seconds=10)
        assert proven.bound >= best - 1e-6
        assert proven.chosen.value == pytest.approx(best)
        assert proven.gap == pytest.approx(0, abs=1e-5)
        assert allowed(asked, [c for c in proven.chosen.cameras if not asked.locked[c]])


def test_what_the_bound_fixes_never_costs_the_best_plan() -> None:
    rng = np.random.default_rng(17)
    for _ in range(40):
        asked = random_problem(rng, count=3)
        best = proof.prove(asked, siting.plan(asked, seconds=0.02), seconds=10).chosen
        worse = siting.greedy(asked)
        bounded = proof.lagrangian(asked, worse.cameras, seconds=1)
        if best.value > worse.value + 1e-6:
            assert bounded.may_enter(worse.value)[best.cameras].all()
            assert set(np.flatnonzero(bounded.must_stay(worse.value))) <= set(best.cameras.tolist())


def test_every_unit_gets_its_least_share_where_that_is_possible() -> None:
    # Three cameras of one unit see much, one of the other unit little: fairness buys that one too.
    seen = matrix_of([[0, 1], [2, 3], [4], [5]], 6)
    weight, group = [5, 5, 4, 4, 3, 1], [0, 0, 0, 0, 0, 1]
    plain = siting.siting(seen, weight, count=2, group=group)
    assert set(siting.plan(plain, seconds=0.02).cameras) == {0, 1}
    fair = siting.siting(seen, weight, count=2, group=group, minimum=[0.0, 0.5])
    assert set(siting.plan(fair, seconds=0.1).cameras) == {0, 3}
    assert siting.unit_shares(fair, [0, 3]) == pytest.approx([10 / 21, 1])


def test_a_purchase_may_stop_at_any_camera_and_each_says_what_it_adds() -> None:
    rng = np.random.default_rng(3)
    for _ in range(20):
        asked = random_problem(rng, count=4, locked=[0])
        plan = siting.plan(asked, seconds=0.02)
        for end in range(1, len(plan) + 1):
            assert siting.value_of(asked, plan.cameras[:end]) == pytest.approx(plan.adds[:end].sum())
        assert plan.cameras[0] == 0
        assert (np.diff(plan.adds[1:]) <= 1e-9).all()


def test_the_cheapest_plan_sees_its_share_and_needs_every_camera_it_has() -> None:
    rng = np.random.default_rng(11)
    for _ in range(15):
        asked = random_problem(rng, cost=PRICES)
        possible = asked.weight[siting.seen_times(asked.seen, np.arange(len(asked.seen))) > 0].sum() / asked.total
        share = 0.5 * float(possible)
        try:
            plan = siting.cheapest(asked, share, seconds=0.1)
        except BadInput:
            pytest.fail("half of what is possible is possible")
        assert siting.value_of(asked, plan.cameras) >= share * asked.total - 1e-9
        for camera in plan.cameras:
            rest = [c for c in plan.cameras if c != camera]
            assert siting.value_of(asked, rest) < share * asked.total


def test_a_refused_site_costs_nothing_when_another_stands_in_for_it() -> None:
    seen = matrix_of([[0, 1], [0, 1], [2]], 3)
    asked = siting.siting(seen, [1.0, 1.0, 2.0], count=2, mount=[0, 1, 2])
    plan = siting.plan(asked, seconds=0.02)
    lost = dict(zip(plan.cameras.tolist(), siting.refused(asked, plan).tolist(), strict=True))
    assert lost[2] == pytest.approx(0.5)
    assert [value for camera, value in lost.items() if camera != 2] == pytest.approx([0])


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ({"budget": 5.0, "cost": 10.0}, "the cheapest costs 10"),
        ({"count": 0}, "above zero"),
        ({"budget": -1.0}, "above zero"),
        ({"count": 1, "excluded": [0, 1]}, "excluded or taken"),
    ],
)
def test_a_plan_that_cannot_be_says_why(rules: dict[str, Any], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        siting.siting(matrix_of([[0], [1]], 2), 1.0, **rules)


def test_without_demand_there_is_no_plan() -> None:
    with pytest.raises(BadInput, match="No demand"):
        siting.siting(matrix_of([[], []], 0), np.empty(0), count=1)


def test_more_than_all_places_see_together_cannot_be_asked_for() -> None:
    asked = siting.siting(matrix_of([[0], [1]], 3), [1.0, 1.0, 2.0])
    with pytest.raises(BadInput, match="together they see 50"):
        siting.cheapest(asked, 0.9)


class _Stop(Exception):
    pass


def test_whoever_stops_the_search_or_the_proof_is_obeyed() -> None:
    rng = np.random.default_rng(1)
    rows = [list(np.flatnonzero(rng.random(300) < 0.04)) for _ in range(120)]
    asked = siting.siting(matrix_of(rows, 300), rng.uniform(1, 2, 300), count=15)

    def stop(*_: float) -> None:
        raise _Stop

    with pytest.raises(_Stop):
        siting.plan(asked, seconds=5, progress=stop)
    with pytest.raises(_Stop):
        proof.prove(asked, siting.plan(asked, seconds=0.02), seconds=20, progress=stop)
