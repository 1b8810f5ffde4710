"""A shift plan checked from nothing but the problem: every time, way, window, break, curfew and prize anew.

It shares no arithmetic with the search, so that what both say is right twice.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from layers.patrols.shift import Crew, Pause, Plan, Route, Shift, Visit

EXACT = 1e-6  # minutes
ROUNDED = 1 / 60  # minutes: a way is rounded up to whole seconds


class BadPlan(AssertionError):
    """A plan breaks a rule of its own problem: a defect of ours, never of what was given."""


def check(plan: Plan, problem: Shift) -> None:
    """Raise BadPlan, in words, if anything about the plan isn't as the problem has it."""
    _need(sorted(route.crew for route in plan.routes) == list(range(len(problem.crews))), "each crew has one route")
    for route in plan.routes:
        crew = problem.crews[route.crew]
        _check_way(route, crew, problem)
        _check_breaks(route, crew)
    visits = [visit for route in plan.routes for visit in route.visits]
    for visit in visits:
        _check_hours(visit, problem)
    _check_repeats(visits, problem)
    total = sum(_prize(problem, place, visits) for place in range(len(problem)))
    _need(np.isclose(plan.prize, total) and np.isclose(sum(visit.prize for visit in visits), total), "prizes add up")
    idle = set(range(len(problem))) - {visit.place for visit in visits}
    _need(set(plan.why_not) == idle, "each place without a visit, and no other, has its reason")
    covered = {int(problem.hromada[visit.place]) for visit in visits}
    _need(set(plan.uncovered) == set(problem.must_cover) - covered, "each hromada is covered or has its reason")
    approximate = any(problem.travel[crew.mode].approximate for crew in problem.crews)
    _need(plan.approximate == approximate, "straight lines are called approximate")


def _need(true: bool | np.bool_, what: str) -> None:
    if not true:
        raise BadPlan(f"it should hold, but doesn't, that {what}")


def _check_way(route: Route, crew: Crew, problem: Shift) -> None:
    """Follow a crew from its start: it must have the time to come wherever it is said to be."""
    travel, start = problem.travel[crew.mode], len(problem) + crew.start
    now, here, metres = crew.begins, start, 0.0
    for stop in route.stops:
        if isinstance(stop, Pause):
            _need(stop.begins >= now - EXACT and stop.ends > stop.begins, f"{stop} begins after what comes before it")
        else:
            way = travel.seconds[here, stop.place] / 60
            _need(np.isfinite(way), f"a way leads to {stop}")
            _need(stop.arrives >= now + way - EXACT, f"there is time to come to {stop}")
            _need(way - EXACT <= stop.on_the_way <= way + ROUNDED + EXACT, f"the way to {stop} is as long as it is")
            _need(np.isclose(stop.metres, travel.metres[here, stop.place]), f"metres to {stop} are right")
            _need(stop.begins >= stop.arrives - EXACT, f"{stop} begins after it is come to")
            metres, here = metres + float(travel.metres[here, stop.place]), stop.place
        now = stop.ends
    if crew.returns:
        now, metres = now + travel.seconds[here, start] / 60, metres + float(travel.metres[here, start])
    _need(now - EXACT <= route.ends <= now + ROUNDED + EXACT, f"crew {route.crew} is done when it says")
    _need(route.ends <= crew.ends + EXACT, f"crew {route.crew} is done when its shift ends")
    _need(np.isclose(metres, route.metres), f"metres of crew {route.crew} add up")
    _need(metres <= crew.most_km * 1000 + EXACT, f"crew {route.crew} has its kilometres")


def _check_breaks(route: Route, crew: Crew) -> None:
    """Find for each break a pause of its length between its moments, each pause for one break only."""
    pauses = [stop for stop in route.stops if isinstance(stop, Pause)]
    _need(len(pauses) == len(crew.breaks), f"crew {route.crew} takes as many breaks as it has")
    for rest in sorted(crew.breaks, key=lambda each: each.latest):
        fitting = [
            pause
            for pause in pauses
            if abs(pause.ends - pause.begins - rest.minutes) <= EXACT
            and pause.begins >= rest.earliest - EXACT
            and pause.ends <= rest.latest + EXACT
        ]
        _need(bool(fitting), f"crew {route.crew} takes {rest}")
        pauses.remove(fitting[0])


def _check_hours(visit: Visit, problem: Shift) -> None:
    opens, closes = problem.cuts[visit.window], problem.cuts[visit.window + 1]
    _need(opens - EXACT <= visit.begins < closes, f"{visit} begins in its window")
    _need(visit.begins >= problem.opens[visit.place, visit.window] - EXACT, f"{visit} begins no earlier than drawn")
    minutes = problem.minutes[visit.place, visit.window]
    _need(abs(visit.ends - visit.begins - minutes) <= EXACT, f"{visit} lasts its minutes")
    for begins, ends in problem.curfew:
        _need(visit.ends <= begins + EXACT or visit.begins >= ends - EXACT, f"{visit} keeps off the curfew")


def _check_repeats(visits: list[Visit], problem: Shift) -> None:
    by_place = sorted(visits, key=lambda visit: (visit.place, visit.window))
    for one, other in pairwise(by_place):
        if one.place == other.place:
            _need(one.window < other.window, f"{one} is the only one in its window")
            gap = other.begins - one.ends
            _need(problem.apart == 0 or gap >= problem.apart - EXACT, f"{one} and {other} lie apart")


def _prize(problem: Shift, place: int, visits: list[Visit]) -> float:
    total, factor = 0.0, 1.0
    for visit in sorted((each for each in visits if each.place == place), key=lambda each: each.begins):
        worth = factor * float(problem.prize[place, visit.window])
        _need(np.isclose(visit.prize, worth), f"the prize of {visit} is {worth}")
        total, factor = total + worth, factor * problem.repeat
    return total
