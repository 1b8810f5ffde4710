"""The shift plan: travel times on a town's streets, and the prize of a plan beside PyVRP's in the same two seconds.

PyVRP is used as its documentation says for prize-collecting problems: every visit that may be made is an optional
client with a prize; where a curfew cuts a window in two, both visits are a mutually exclusive group. Prizes count a
thousand times the seconds on the road, so that these only decide between plans of equal prize. Its clock runs while it
solves, ours from the problem to the finished plan with its reasons. Seeds 1 to 5, the worst of each figure.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from benchmarks.rows import Row
from benchmarks.streets import streets
from layers.patrols import routes, search
from layers.patrols.planning import arrays, plan
from layers.patrols.rounds import day, round_of
from layers.patrols.shift import Crew, Shift, shift
from layers.patrols.travel import Travel, travel
from layers.patrols.verify import check
from layers.places.graph import Graph

TITLE = "Shift plans: 41 x 41 travel times, and 40 places x 3 windows x 2 cars beside PyVRP"
SEEDS = (1, 2, 3, 4, 5)
SECONDS, FINISHING = 2.0, 0.15  # ours stops searching so much earlier, to have its plan with all reasons in time
PLACES, EVENING, WINDOWS = 40, (18 * 60, 24 * 60), 3
THOUSAND = 1000  # prizes are whole numbers of these, seconds of 1


def run(quick: bool) -> list[Row]:
    seeds = SEEDS[:1] if quick else SEEDS
    rows = [
        Row("41 x 41 times on 20,000 junctions, one-way streets", _matrix(quick), "s", "asked", 0.3, 1.0, lower=True)
    ]
    for what, make in CASES.items():
        found = [_beside_pyvrp(make(seed), seed, quick) for seed in seeds]
        rows += [
            Row(f"prize, {what}", min(each.ratio for each in found), "of PyVRP's", "asked", 0.97, 1.0),
            Row("  the mean of the seeds", float(np.mean([each.ratio for each in found])), "of PyVRP's"),
            Row("  greedy insertion alone", min(each.greedy for each in found), "of PyVRP's"),
            Row("  from problem to plan", max(each.seconds for each in found), "s", "asked", SECONDS, 1.0, lower=True),
        ]
    again = [_repeated(seed, quick) for seed in seeds]
    rows.append(Row("prize, falling with each visit (PyVRP: each window)", min(again), "of PyVRP's"))
    rows.append(Row("round of 20 settlements, 160 km", max(_round(seed) for seed in seeds), "s"))
    return rows


def _matrix(quick: bool) -> float:
    graph = _one_way(streets(1, segments=4_000 if quick else 40_000), 1)
    rng = np.random.default_rng(1)
    xy = rng.uniform(graph.node_xy.min(axis=0), graph.node_xy.max(axis=0), (PLACES + 1, 2))
    return min(_timed(lambda: travel(graph, xy))[0] for _ in range(5))


def _one_way(graph: Graph, seed: int) -> Graph:
    """Return the streets with a fifth of them open to cars in one direction only."""
    return replace(graph, backward=np.random.default_rng(seed).random(len(graph.lines)) > 0.2)


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    came = work()
    return time.perf_counter() - began, came


def _town(seed: int, places: int = PLACES) -> tuple[Travel, Any]:
    """Return ways between places of a town of 5.5 km and a start in its middle, and whole prizes, most of them low."""
    graph, rng = _one_way(streets(seed, segments=5_000), seed), np.random.default_rng(seed)
    xy = rng.uniform(graph.node_xy.min(axis=0), graph.node_xy.max(axis=0), (places + 1, 2))
    xy[places] = graph.node_xy.mean(axis=0)
    return travel(graph, xy, bases=[places]), np.ceil(10 + 90 * rng.beta(1.5, 2.5, places))


def _problem(seed: int, falling: float, **how: Any) -> Shift:
    ways, prize = _town(seed)
    cars = [Crew(0, *EVENING), Crew(0, *EVENING)]
    each = np.rint(prize[:, None] * falling ** np.arange(WINDOWS))
    return shift(each, {"drive": ways}, cars, **{"apart": 0, "repeat": 1.0, "seed": seed, **how})


CASES: dict[str, Callable[[int], Shift]] = {
    "the same in every window": lambda seed: _problem(seed, 1.0),
    "falling from window to window": lambda seed: _problem(seed, 0.6),
    "falling, with a curfew of half an hour": lambda seed: _problem(seed, 0.6, curfew=(21 * 60 - 15, 21 * 60 + 15)),
}


@dataclass(frozen=True)
class Beside:
    """Our prize by PyVRP's, greedy's by PyVRP's, and our seconds."""

    ratio: float
    greedy: float
    seconds: float


def _beside_pyvrp(given: Shift, seed: int, quick: bool) -> Beside:
    limit = 0.5 if quick else SECONDS
    took, ours = _timed(lambda: plan(given, seconds=limit - FINISHING))
    check(ours, given)
    theirs = _prize_of(given, _pyvrp(given, seed, limit))
    greedy = routes.empty(arrays(given))
    search.fill(greedy, np.random.default_rng(seed))
    return Beside(ours.prize / theirs, greedy.prize() / theirs, took)


def _pyvrp(given: Shift, seed: int, seconds: float) -> list[tuple[int, int]]:
    """Return the visits of PyVRP's best plan: places and windows."""
    import pyvrp

    asked, model = arrays(given), pyvrp.Model()
    where = [model.add_location(0, 0) for _ in range(PLACES + 1)]
    for here in range(PLACES + 1):
        for there in range(PLACES + 1):
            if here != there:
                way = int(asked.seconds[0, here, there])
                model.add_edge(where[here], where[there], distance=way, duration=way)
    depot, pairs = model.add_depot(where[PLACES]), list(zip(asked.place.tolist(), asked.window.tolist(), strict=True))
    shared = {pair: model.add_client_group(required=False) for pair, times in Counter(pairs).items() if times > 1}
    for slot, (place, window) in enumerate(pairs):
        model.add_client(
            where[place], service_duration=int(asked.lasts[slot]), tw_early=int(asked.opens[slot]),
            tw_late=int(asked.closes[slot]), prize=int(THOUSAND * given.prize[place, window]), required=False,
            group=shared.get((place, window)),
        )  # fmt: skip
    model.add_vehicle_type(
        len(given.crews), start_depot=depot, end_depot=depot, tw_early=int(asked.begins[0]), tw_late=int(asked.ends[0])
    )
    best = model.solve(pyvrp.stop.MaxRuntime(seconds), seed=seed, collect_stats=False, display=False).best
    assert best.is_feasible()
    return [pairs[visit.idx] for route in best.routes() for visit in route if visit.is_client()]


def _prize_of(given: Shift, visits: list[tuple[int, int]]) -> float:
    """Return the prize of visits by the problem's own rule."""
    seen: Counter[int] = Counter()
    total = 0.0
    for place, window in sorted(visits, key=lambda visit: visit[1]):
        total += float(given.prize[place, window]) * given.repeat ** seen[place]
        seen[place] += 1
    return total


def _repeated(seed: int, quick: bool) -> float:
    """Return our prize by PyVRP's where each further visit is worth less, which a model of single prizes can't say.

    PyVRP is given prizes that fall from window to window instead, and what it finds is counted by the true rule.
    """
    limit = 0.5 if quick else SECONDS
    truth, model = _problem(seed, 1.0, repeat=0.6), _problem(seed, 0.6)
    return plan(truth, seconds=limit - FINISHING).prize / _prize_of(truth, _pyvrp(model, seed, limit))


def _round(seed: int) -> float:
    from datetime import date, timedelta

    rng = np.random.default_rng(seed)
    ways = travel(None, rng.uniform(0, 40_000, (21, 2)), kmh={"walk": 4.5, "drive": 50.0})
    today = date(2026, 11, 2)
    last = [None if rng.random() < 0.2 else today - timedelta(days=int(rng.integers(0, 60))) for _ in range(20)]
    given = day(ways, last, today=today, begins=8 * 60, minutes=8 * 60, most_km=160, stop_minutes=30)
    took, found = _timed(lambda: round_of(given))
    check(found, given)
    return took
