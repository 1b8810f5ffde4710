"""Where visits fit into routes, and what each would add: all slots at all positions of a route at once.

A visit fits where it can begin in its window after the crew is free, and the crew still comes in time to what follows
(Savelsbergh 1992): both are read off the route's timetable.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from layers.patrols.routes import FAR, State
from layers.places.graph import Floats, Ints


def tries(state: State, crew: int) -> tuple[Ints, Ints]:
    """Return, of each slot at each position of a crew's route, the delay for the rest, and the seconds it lacks.

    Both are m x (k + 1); a visit that lacks 0 or less is in time, and so is all that comes after it.
    """
    asked, table, route = state.asked, state.times[crew], state.routes[crew]
    free, at, onward = np.array(table.free), np.array(table.at), np.array(table.onward)
    seconds, (opens, closes) = asked.seconds[crew], _windows(state)
    there = seconds[asked.place][:, onward]
    begin = np.maximum(free + seconds.T[asked.place][:, at], opens[:, None])
    done = begin + asked.lasts[:, None]
    last = np.array(table.latest) - there
    for position in range(len(route) - 1, -1, -1):
        one = route[position] - len(asked.place)
        if one >= 0:
            before = np.minimum(asked.break_closes[one], last[:, position + 1] - asked.break_lasts[one])
            last[:, position] = np.where(before >= asked.break_opens[one], before, -FAR)
    return done + there - (free + seconds[at, onward]), np.maximum(done - last, begin - closes[:, None])


def insertions(state: State, crew: int) -> tuple[Ints, Ints]:
    """Return, of each slot, the position in a route where it delays the rest least, and the delay (FAR: none)."""
    delay, lacks = tries(state, crew)
    possible = lacks <= 0
    if state.asked.most_metres[crew] < FAR:
        possible &= metres(state, crew) <= state.asked.most_metres[crew]
    delay = np.where(possible, delay, FAR)
    position = delay.argmin(axis=1)
    return position, delay[np.arange(len(delay)), position]


def metres(state: State, crew: int) -> Ints:
    """Return how long the crew's way would be with each slot at each position: m x (k + 1)."""
    table, matrix, place = state.times[crew], state.asked.metres[crew], state.asked.place
    more = matrix.T[place][:, table.at] + matrix[place][:, table.onward] - matrix[table.at, table.onward]
    return np.asarray(table.metres + more)


def _windows(state: State) -> tuple[Ints, Ints]:
    """Return the first and last second of all slots, as visits to the same place before and after leave them."""
    asked = state.asked
    if not asked.half:
        return asked.opens, asked.closes
    place, window = asked.place, asked.window
    margin = asked.cuts[window] + asked.half, asked.cuts[window + 1] - asked.half
    ended, begun = state.end[place, window], state.begin[place, window + 2]
    opens = np.where(ended > -FAR, np.maximum(asked.opens, margin[0]), asked.opens)
    closes = np.where(begun < FAR, np.minimum(asked.closes, margin[1] - asked.lasts), asked.closes)
    # Their neighbours must keep their own side of the cut as well, at the times they have now.
    keeps = (ended <= asked.cuts[window] - asked.half) & (begun >= asked.cuts[window + 1] + asked.half)
    return opens, np.where(keeps, closes, -FAR)


def worths(state: State) -> Floats:
    """Return what each slot would add now: to the prize, and to the groups that must be visited."""
    return np.asarray(state.gain[state.asked.place, state.asked.window] + state.asked.bonus * _missing(state))


def _missing(state: State) -> NDArray[np.bool_]:
    """Return which slots belong to a group that isn't visited yet."""
    group = state.asked.group[state.asked.place]
    unvisited = np.array([count == 0 for count in state.visited] + [False])
    return unvisited[group]
