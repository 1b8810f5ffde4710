"""Village rounds of a community officer: which settlements nobody has visited for long, and a day's way through some.

The day is a small shift: one car, one window, and the days since the last visit as the prize, so that the search of
shifts finds the round (the orienteering problem: Golden, Levy & Vohra 1987) and the same checks hold for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import ArrayLike
from scipy.spatial import cKDTree

from layers.errors import BadInput
from layers.patrols.dropped import LOWER_PRIZE, NO_PRIZE
from layers.patrols.planning import plan
from layers.patrols.shift import Break, Crew, Plan, Shift, shift
from layers.patrols.travel import Travel
from layers.places.graph import Floats, Ints
from layers.text import N_

LONG = 14  # days without a visit that are too many
NEVER = 365  # days that a settlement without any visit counts for, or a day more than the longest known
SEARCH_ROUNDS = 300

VISITED_TODAY = N_("It was visited today.")
WAITS_LESS = N_("{place}, which has waited as long or longer, would have to give way.")


@dataclass(frozen=True)
class Unvisited:
    """A settlement, by its number in the list given, and days since the last visit: None if there was none."""

    settlement: int
    days: int | None


def unvisited(last_visits: Sequence[date | None], *, today: date, days: int = LONG) -> list[Unvisited]:
    """Return the settlements not visited for more than some days, those never visited first, then the longest ago."""
    since = _days_since(last_visits, today)
    late = [Unvisited(at, each) for at, each in enumerate(since) if each is None or each > days]
    return sorted(late, key=lambda each: (each.days is not None, -(each.days or 0), each.settlement))


def day(
    travel: Travel,
    last_visits: Sequence[date | None],
    *,
    today: date,
    begins: float,
    minutes: float,
    most_km: float,
    stop_minutes: int,
    breaks: Sequence[Break] = (),
    curfew: tuple[float, float] | None = None,
    names: Sequence[str] | None = None,
    seed: int = 1,
) -> Shift:
    """Return the day's round as a shift that `round_of` plans; raises BadInput.

    `travel` is by car between the n settlements, in the order of `last_visits`, and the start behind them. The day
    begins at `begins` (minutes since midnight), ends back at the start after `minutes` at most, and is `most_km` long
    at most. The longer a settlement has waited, the higher its prize: days since the last visit.
    """
    if len(travel) != len(last_visits) + 1:
        raise BadInput(
            N_("Travel times are known for {given} places, but {count} settlements and a start make {needed}."),
            given=len(travel), count=len(last_visits), needed=len(last_visits) + 1,
        )  # fmt: skip
    since = _days_since(last_visits, today)
    longest = max([NEVER, *(each + 1 for each in since if each is not None)])
    prize = [longest if each is None else each for each in since]
    car = Crew(0, begins, begins + minutes, breaks=tuple(breaks), most_km=most_km)
    return shift(
        prize, {"drive": travel}, [car], window=max(minutes, stop_minutes), apart=0, repeat=0, curfew=curfew,
        visit=(stop_minutes, stop_minutes, stop_minutes), jitter=0, names=names, seed=seed,
    )  # fmt: skip


def round_of(given: Shift, *, rounds: int = SEARCH_ROUNDS) -> Plan:
    """Return the plan of a day: one route, and of each settlement that it leaves out the reason."""
    found = plan(given, rounds=rounds)
    reasons = {settlement: _in_days(reason) for settlement, reason in found.why_not.items()}
    return Plan(found.routes, found.prize, reasons, found.uncovered, found.approximate)


def _in_days(reason: BadInput) -> BadInput:
    """Say a reason in terms of rounds, in which the prize is time that has passed."""
    if reason.message == LOWER_PRIZE:
        return BadInput(WAITS_LESS, place=reason.values["place"])
    return BadInput(VISITED_TODAY) if reason.message == NO_PRIZE else reason


def _days_since(last_visits: Sequence[date | None], today: date) -> list[int | None]:
    since = [None if last is None else (today - last).days for last in last_visits]
    for at, each in enumerate(since):
        if each is not None and each < 0:
            raise BadInput(N_("The last visit to settlement {number} of the list lies in the future."), number=at + 1)
    return since


def nearest_shelters(stops: ArrayLike, shelters: ArrayLike) -> tuple[Ints, Floats]:
    """Return, of each of n stops, the nearest of m shelters (both x, y in metres) and the straight metres to it.

    Without any shelter the index is -1 and the distance infinite.
    """
    at, places = (np.asarray(xy, dtype=float).reshape(-1, 2) for xy in (stops, shelters))
    if not len(places):
        return np.full(len(at), -1, dtype=np.int64), np.full(len(at), np.inf)
    metres, nearest = cKDTree(places).query(at)
    return np.asarray(nearest, dtype=np.int64), np.asarray(metres)
