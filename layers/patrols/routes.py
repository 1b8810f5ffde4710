"""Routes in the making: what a visit more or less changes in a crew's timetable, and in the prize.

Times are whole seconds. The items of a route are slots (0 to m - 1: a place in a window, with a first and a last second
to begin) and breaks (m and on); a break is taken where the crew happens to be. A timetable says when the crew is free,
and how late it may be where it goes next (the forward time slack of Savelsbergh 1992).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from layers.places.graph import Floats, Ints

FAR = 10**9  # seconds or metres, where no way leads
TIE = 1e-5  # of the highest prize, for a second on the road: of plans with equal prizes the shorter wins


class Slot(NamedTuple):
    """A visit that may be made, in whole seconds."""

    place: int
    window: int
    opens: int
    closes: int
    lasts: int


@dataclass(frozen=True)
class Asked:
    """The problem as arrays: m slots, n places x w windows, c crews, r breaks, l locations, of which places come first.

    The last location is nowhere, at no distance from any other: home of a crew that need not return.
    """

    place: Ints  # m
    window: Ints  # m
    opens: Ints  # m: the first second at which the visit may begin
    closes: Ints  # m: the last one
    lasts: Ints  # m
    prize: Floats  # n x w
    repeat: float  # by which a prize is multiplied for each visit to the same place before
    group: Ints  # n: the index of a group that must be visited, or -1
    cuts: Ints  # w + 1 seconds, between which the windows lie
    half: int  # of the seconds that must lie between two visits to one place: so much on either side of a cut
    start: Ints  # c: a location
    home: Ints  # c: a location
    begins: Ints  # c
    ends: Ints  # c
    most_metres: Ints  # c
    break_crew: Ints  # r, each crew's in the order in which it can take them
    break_opens: Ints  # r
    break_closes: Ints  # r: the last second at which it may begin
    break_lasts: Ints  # r
    seconds: Ints  # c x l x l
    metres: Ints  # c x l x l

    @cached_property
    def groups(self) -> int:
        return int(self.group.max(initial=-1)) + 1

    @cached_property
    def bonus(self) -> float:
        """Return what the first visit to a group is worth: more than all prizes together."""
        return float(self.prize.sum()) + 1.0

    # Single numbers are read off lists many times faster than off arrays.

    @cached_property
    def legs(self) -> list[list[list[int]]]:
        legs: list[list[list[int]]] = self.seconds.tolist()
        return legs

    @cached_property
    def slots(self) -> list[Slot]:
        columns = (self.place, self.window, self.opens, self.closes, self.lasts)
        return [Slot(*row) for row in np.column_stack(columns).tolist()]

    @cached_property
    def breaks(self) -> list[tuple[int, int, int]]:
        """Return of each break the first and the last second at which it may begin, and how long it is."""
        columns = (self.break_opens, self.break_closes, self.break_lasts)
        return [(opens, closes, lasts) for opens, closes, lasts in np.column_stack(columns).tolist()]


@dataclass
class Timetable:
    """What follows from a route of k items, for each of its k + 1 positions: before every item, and at the end."""

    free: list[int]  # when the crew is free
    at: list[int]  # where it is then
    onward: list[int]  # where it goes next, home at last; from a break on, where the item after it is
    latest: list[int]  # the last second to be at that next place (to begin a visit there, or to be home)
    metres: int  # of the whole way, where these are limited


@dataclass
class State:
    """A plan in the making: routes, their timetables, and when each place is visited in each window.

    `begin` and `end` have a column more on either side, so that every window has neighbours.
    """

    asked: Asked
    routes: list[list[int]]
    times: list[Timetable]
    slot: Ints  # n x w: the slot that is planned, or -1
    begin: Ints  # n x (w + 2): FAR where no visit is planned
    end: Ints  # n x (w + 2): -FAR where none is
    gain: Floats  # n x w: what one more visit adds to the prize
    visited: list[int] = field(default_factory=list)  # visits to each group

    def copy(self) -> State:
        return State(
            self.asked, [list(route) for route in self.routes], list(self.times), self.slot.copy(), self.begin.copy(),
            self.end.copy(), self.gain.copy(), list(self.visited),
        )  # fmt: skip

    def put(self, crew: int, position: int, item: int) -> None:
        """Insert an item before a position; `refresh` the route after."""
        self.routes[crew].insert(position, item)
        self._count(item, 1)

    def take(self, crew: int, position: int) -> None:
        """Remove the item at a position; `refresh` the route after."""
        self._count(self.routes[crew].pop(position), -1)

    def _count(self, item: int, step: int) -> None:
        asked = self.asked
        if item >= len(asked.slots):
            return
        place, window = asked.slots[item][:2]
        self.slot[place, window] = item if step > 0 else -1
        self.begin[place, window + 1], self.end[place, window + 1] = FAR, -FAR
        self.gain[place] = gains(asked.prize[place], self.slot[place] >= 0, asked.repeat)
        if asked.group[place] >= 0:
            self.visited[asked.group[place]] += step

    def opening(self, slot: Slot) -> int:
        """Return the first second for a visit: later than its own where the place is visited in the window before."""
        if self.asked.half and slot.window and self.slot[slot.place, slot.window - 1] >= 0:
            return max(slot.opens, int(self.asked.cuts[slot.window]) + self.asked.half)
        return slot.opens

    def closing(self, slot: Slot) -> int:
        """Return the last second for a visit: earlier than its own where the place is visited in the window after."""
        after = slot.window + 1
        if self.asked.half and after < self.slot.shape[1] and self.slot[slot.place, after] >= 0:
            return min(slot.closes, int(self.asked.cuts[after]) - self.asked.half - slot.lasts)
        return slot.closes

    def worth(self) -> float:
        """Return prizes and groups visited, and a little less for each second on the road."""
        asked = self.asked
        road = sum(
            asked.legs[crew][here][there]
            for crew, (route, table) in enumerate(zip(self.routes, self.times, strict=True))
            for here, there, item in zip(table.at, table.onward, [*route, 0], strict=True)
            if item < len(asked.place)
        )
        tie = TIE * float(asked.prize.max(initial=0.0))
        return self.total() - tie * road

    def prize(self) -> float:
        """Return the prizes of all visits."""
        planned = self.slot >= 0
        factor = self.asked.repeat ** np.maximum(np.cumsum(planned, axis=1) - 1, 0)
        return float((self.asked.prize * factor)[planned].sum())

    def total(self) -> float:
        """Return prizes, and the bonus of groups visited."""
        return self.prize() + self.asked.bonus * sum(count > 0 for count in self.visited)

    def refresh_all(self) -> bool:
        """Work out all timetables; tell whether all routes can be kept."""
        crews = range(len(self.routes))
        for crew in crews:
            self.refresh(crew)
        return all(self.in_time(crew) for crew in crews)

    def refresh(self, crew: int) -> None:
        """Work out the timetable of a route: forwards the times, backwards how late each visit may begin."""
        asked, route, legs = self.asked, self.routes[crew], self.asked.legs[crew]
        m, home = len(asked.slots), int(asked.home[crew])
        now, here = int(asked.begins[crew]), int(asked.start[crew])
        free, at = [now], [here]
        for item in route:
            if item >= m:
                opens, _, lasts = asked.breaks[item - m]
                now = max(now, opens) + lasts
            else:
                slot = asked.slots[item]
                now, here = max(now + legs[here][slot.place], self.opening(slot)), slot.place
                self.begin[here, slot.window + 1] = now
                now += slot.lasts
                self.end[here, slot.window + 1] = now
            free.append(now)
            at.append(here)
        onward, latest = [home], [int(asked.ends[crew])]
        for position in range(len(route) - 1, -1, -1):
            there, last = onward[-1], latest[-1]
            if route[position] < m:
                slot = asked.slots[route[position]]
                last = self._through_breaks(route, position + 1, last - legs[slot.place][there]) - slot.lasts
                last, there = min(self.closing(slot), last), slot.place
            onward.append(there)
            latest.append(last)
        way = [here for here, item in zip(at, [*route, 0], strict=True) if item < m]
        metres = int(asked.metres[crew, way, [*way[1:], home]].sum()) if asked.most_metres[crew] < FAR else 0
        self.times[crew] = Timetable(free, at, onward[::-1], latest[::-1], metres)

    def _through_breaks(self, route: list[int], position: int, last: int) -> int:
        """Return how late a crew may be free before the breaks at a position, to be free by `last` after them."""
        m, after = len(self.asked.slots), position
        while after < len(route) and route[after] >= m:
            after += 1
        for back in range(after - 1, position - 1, -1):
            opens, closes, lasts = self.asked.breaks[route[back] - m]
            last = min(closes, last - lasts)
            last = last if last >= opens else -FAR
        return last

    def in_time(self, crew: int) -> bool:
        """Tell whether a route can be kept. Where breaks are, it may not be when a visit before one has been removed.

        The crew then takes the break farther from what comes next.
        """
        table = self.times[crew]
        way = self.asked.legs[crew][table.at[0]][table.onward[0]]
        return table.free[0] <= self._through_breaks(self.routes[crew], 0, table.latest[0] - way)

    def can_break(self, crew: int, position: int, one: int) -> bool:
        """Tell whether a crew can take a break at a position of its route."""
        asked, route, table = self.asked, self.routes[crew], self.times[crew]
        opens, closes, lasts = asked.breaks[one]
        begin = max(table.free[position], opens)
        way = asked.legs[crew][table.at[position]][table.onward[position]]
        last = self._through_breaks(route, position, table.latest[position] - way)
        return begin <= closes and begin + lasts <= last


def gains(prize: Floats, planned: NDArray[np.bool_], repeat: float) -> Floats:
    """Return what one more visit to a place would add in each of its w windows, given those planned."""

    def total(windows: NDArray[np.bool_]) -> float:
        own = prize[windows]
        return float((own * repeat ** np.arange(len(own))).sum())

    now, each = total(planned), np.eye(len(prize), dtype=bool)
    return np.array([0.0 if planned[at] else total(planned | each[at]) - now for at in range(len(prize))])


def empty(asked: Asked) -> State:
    """Return the plan in which crews only take their breaks."""
    n, w = asked.prize.shape
    routes = [[len(asked.place) + int(one) for one in np.flatnonzero(asked.break_crew == crew)]
              for crew in range(len(asked.begins))]  # fmt: skip
    state = State(
        asked, routes, [Timetable([], [], [], [], 0)] * len(routes), np.full((n, w), -1),
        np.full((n, w + 2), FAR), np.full((n, w + 2), -FAR), asked.prize.copy(), [0] * asked.groups,
    )  # fmt: skip
    state.refresh_all()
    return state
