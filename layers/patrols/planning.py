"""From a shift to its plan: slots between windows and curfew, the search, and the routes read out of what it found."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from layers.patrols import search
from layers.patrols.dropped import uncovered, why_not
from layers.patrols.routes import FAR, Asked, State
from layers.patrols.shift import Pause, Plan, Route, Shift, Visit, in_order
from layers.patrols.travel import Travel
from layers.places.graph import Floats, Ints

SECONDS = 2.0


def plan(
    given: Shift,
    *,
    seconds: float = SECONDS,
    rounds: int | None = None,
    progress: Callable[[float], None] | None = None,
) -> Plan:
    """Return the best plan found in a time, or in a number of rounds: then the same for the same shift and seed.

    `progress` is called with the share of the search that is over and may raise to stop it.
    """
    began = time.monotonic()

    def over(done: int) -> float:
        share = done / rounds if rounds else (time.monotonic() - began) / seconds if seconds > 0 else 1.0
        if progress is not None:
            progress(min(share, 1.0))
        return share if rounds != 0 else 1.0

    asked = arrays(given)
    found = search.solve(asked, seed=given.seed, over=over)
    reasons = why_not(given, found)
    return Plan(
        routes=tuple(_route(given, found, crew) for crew in range(len(given.crews))),
        prize=found.prize(),
        why_not=reasons,
        uncovered=uncovered(given, found, reasons),
        approximate=any(given.travel[crew.mode].approximate for crew in given.crews),
    )


def arrays(given: Shift) -> Asked:
    """Return the problem as the search wants it: whole seconds, and a slot for every visit that may be made."""
    slots, crews = _slots(given), given.crews
    n, nowhere = len(given), len(next(iter(given.travel.values())))
    breaks = [(at, rest) for at, crew in enumerate(crews) for rest in in_order(crew.breaks)]
    groups = {hromada: at for at, hromada in enumerate(dict.fromkeys(given.must_cover))}
    return Asked(
        place=slots[:, 0], window=slots[:, 1], opens=slots[:, 2], closes=slots[:, 3], lasts=slots[:, 4],
        prize=given.prize, repeat=given.repeat,
        group=np.array([groups.get(int(hromada), -1) for hromada in given.hromada], dtype=np.int64),
        cuts=_whole(given.cuts), half=int(np.ceil(30 * given.apart)),
        start=np.array([n + crew.start for crew in crews]),
        home=np.array([n + crew.start if crew.returns else nowhere for crew in crews]),
        begins=_whole([crew.begins for crew in crews]), ends=_whole([crew.ends for crew in crews]),
        most_metres=np.array([int(min(crew.most_km * 1000, FAR)) for crew in crews]),
        break_crew=np.array([at for at, _ in breaks], dtype=np.int64),
        break_opens=_whole([rest.earliest for _, rest in breaks]),
        break_closes=_whole([rest.latest - rest.minutes for _, rest in breaks]),
        break_lasts=_whole([rest.minutes for _, rest in breaks]),
        seconds=np.stack([_with_nowhere(given.travel[crew.mode].seconds) for crew in crews]),
        metres=np.stack([_with_nowhere(given.travel[crew.mode].metres) for crew in crews]),
    )  # fmt: skip


def _whole(minutes: ArrayLike) -> Ints:
    """Return minutes as whole seconds."""
    seconds: Ints = np.rint(60 * np.asarray(minutes, dtype=float)).astype(np.int64)
    return seconds


def _with_nowhere(matrix: Floats) -> Ints:
    """Return whole seconds or metres, rounded up, and one location more that is at no distance from any."""
    whole: Ints = np.where(np.isfinite(matrix), np.ceil(matrix - 1e-6), FAR).astype(np.int64)
    return np.pad(whole, (0, 1))


def _slots(given: Shift) -> Ints:
    """Return m x 5: place, window, first and last second to begin, seconds; a curfew may cut a window in two."""
    modes = {crew.mode for crew in given.crews}
    made = []
    for place in range(len(given)):
        if all(given.travel[mode].unreached[place] is not None for mode in modes):
            continue
        for window, (opens, closes) in enumerate(zip(_whole(given.opens[place]), _whole(given.cuts[1:]), strict=True)):
            lasts = 60 * int(given.minutes[place, window])
            if given.prize[place, window] > 0 or given.hromada[place] in given.must_cover:
                free = _outside_curfew(given, int(opens), int(closes) - 1, lasts)
                made += [(place, window, first, last, lasts) for first, last in free]
    return np.array(made, dtype=np.int64).reshape(-1, 5)


def _outside_curfew(given: Shift, first: int, last: int, lasts: int) -> list[tuple[int, int]]:
    """Return the parts of an interval in which a visit may begin so that no second of it lies in a curfew."""
    parts = []
    for begins, ends in given.curfew:
        if first <= min(last, round(60 * begins) - lasts):
            parts.append((first, min(last, round(60 * begins) - lasts)))
        first = max(first, round(60 * ends))
    return [*parts, (first, last)] if first <= last else parts


def _route(given: Shift, state: State, crew: int) -> Route:
    """Read one crew's day out of the search's arrays."""
    asked, table, travel = state.asked, state.times[crew], given.travel[given.crews[crew].mode]
    stops: list[Visit | Pause] = []
    for position, item in enumerate(state.routes[crew]):
        ends = table.free[position + 1]
        if item >= len(asked.place):
            stops.append(Pause((ends - int(asked.break_lasts[item - len(asked.place)])) / 60, ends / 60))
        else:
            stops.append(_visit(state, travel, crew, position))
    home = asked.legs[crew][table.at[-1]][table.onward[-1]]
    ways = [(table.at[at], table.onward[at]) for at in range(len(stops)) if isinstance(stops[at], Visit)]
    if given.crews[crew].returns:
        ways.append((table.at[-1], table.onward[-1]))
    metres = sum(float(travel.metres[way]) for way in ways)
    return Route(crew, tuple(stops), (table.free[-1] + home) / 60, metres)


def _visit(state: State, travel: Travel, crew: int, position: int) -> Visit:
    asked, table, item = state.asked, state.times[crew], state.routes[crew][position]
    place, window = int(asked.place[item]), int(asked.window[item])
    here, ends = table.at[position], table.free[position + 1]
    way = asked.legs[crew][here][place]
    earlier = int(np.count_nonzero(state.slot[place, :window] >= 0))
    return Visit(
        place=place,
        window=window,
        arrives=(table.free[position] + way) / 60,
        begins=(ends - int(asked.lasts[item])) / 60,
        ends=ends / 60,
        on_the_way=way / 60,
        metres=float(travel.metres[here, place]),
        prize=float(asked.prize[place, window] * asked.repeat**earlier),
    )
