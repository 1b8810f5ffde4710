"""Why a place has no visit in a plan, and why a hromada that must be covered is not: in sentences for people."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from layers.errors import BadInput
from layers.patrols.insertion import insertions, metres, tries, worths
from layers.patrols.routes import FAR, Asked, State, empty
from layers.patrols.search import without_each
from layers.patrols.shift import Shift
from layers.places.graph import Floats, Ints
from layers.text import N_

NO_PRIZE = N_("It has no prize.")
IN_CURFEW = N_("Its whole time lies in the curfew.")
TOO_FAR = N_("It is too far from every start: the way there, the visit and the way back take {needs} min.")
TOO_FAR_ONE_WAY = N_("It is too far from every start: the way there and the visit take {needs} min.")
TOO_MANY_KM = N_("It is too far from every start: the way there and back is {needs} km, and {most} km are allowed.")
NO_MOMENT = N_("No crew can be there in time: shift, breaks and curfew leave no {minutes} min for the visit.")
LOWER_PRIZE = N_("Its prize of {prize} is not above the {other} of {place}, which would have to give way.")
NEEDED = N_("There would be time only instead of {place}, the one visit that its hromada must have.")
NO_TIME = N_("No time is left: the nearest free gap is {gap} min, it needs {needs} min.")
NO_KM = N_("No kilometres are left: it needs {needs} km more, {left} km are left.")
NO_PLACES = N_("No ranked place lies in this hromada.")
NO_VISIT = N_("None of its places can be visited. The best of them: {reason}")


def why_not(given: Shift, state: State) -> dict[int, BadInput]:
    """Return the reason for each place without a visit."""
    asked, modes = state.asked, [crew.mode for crew in given.crews]
    alone, lower = empty(asked), _displaced(given, state)
    reasons: dict[int, BadInput] = {}
    for place in np.flatnonzero((state.slot < 0).all(axis=1)).tolist():
        slots = np.flatnonzero(asked.place == place)
        unreached = [given.travel[mode].unreached[place] for mode in modes]
        if all(unreached):
            reasons[place] = next(each for each in unreached if each)
        elif not given.prize[place].any():
            reasons[place] = BadInput(NO_PRIZE)
        elif not len(slots):
            reasons[place] = BadInput(IN_CURFEW)
        elif not _possible(alone, slots):
            reasons[place] = _out_of_reach(given, asked, slots)
        else:
            reasons[place] = lower.get(place) or _no_room(state, slots)
    return reasons


def uncovered(given: Shift, state: State, reasons: Mapping[int, BadInput]) -> dict[int, BadInput]:
    """Return the reason for each hromada that must be covered and isn't: its best place's."""
    visited = set(given.hromada[(state.slot >= 0).any(axis=1)].tolist())
    found: dict[int, BadInput] = {}
    for hromada in given.must_cover:
        if hromada not in visited:
            places = np.flatnonzero(given.hromada == hromada)
            best = int(places[given.prize[places].max(axis=1).argmax()]) if len(places) else -1
            found[hromada] = BadInput(NO_VISIT, reason=reasons[best]) if best >= 0 else BadInput(NO_PLACES)
    return found


def _possible(state: State, slots: Ints) -> bool:
    """Tell whether any crew could still make one of the visits."""
    return any((insertions(state, crew)[1][slots] < FAR).any() for crew in range(len(state.routes)))


def _displaced(given: Shift, state: State) -> dict[int, BadInput]:
    """Return, of places that could be visited if one other visit gave way, that whose loss is least."""
    asked = state.asked
    least: Floats = np.full(len(given), np.inf)
    found: dict[int, BadInput] = {}
    idle = np.asarray((state.slot < 0).all(axis=1))
    for other, without, lost in without_each(state):
        worth = worths(without)
        for crew in range(len(state.routes)):
            delay = insertions(without, crew)[1]
            for slot in np.flatnonzero((delay < FAR) & idle[asked.place] & (lost < least[asked.place])).tolist():
                place = int(asked.place[slot])
                least[place] = lost
                found[place] = _giving_way(asked, float(worth[slot]), lost, given.names[int(asked.place[other])])
    return found


def _giving_way(asked: Asked, worth: float, lost: float, name: str) -> BadInput:
    """Say which visit stands in the way, and that it is worth as much: by its prize, or as its hromada's only one."""
    if lost >= asked.bonus > worth:
        return BadInput(NEEDED, place=name)
    prize, other = (_figure(each % asked.bonus, worth % asked.bonus, lost % asked.bonus) for each in (worth, lost))
    return BadInput(LOWER_PRIZE, prize=prize, other=other, place=name)


def _figure(value: float, *beside: float) -> str:
    """Write a prize with as few digits as tell it from others and keep it right to a twentieth."""
    for digits in range(12):
        written = [f"{each:.{digits}f}" for each in beside]
        near = all(abs(float(text) - each) <= each / 20 for text, each in zip(written, beside, strict=True))
        if near and len(set(written)) == len(set(beside)):
            break
    return f"{value:.{digits}f}"


def _out_of_reach(given: Shift, asked: Asked, slots: Ints) -> BadInput:
    """Say why not even a crew with nothing else to do can visit a place."""
    place, lasts = int(asked.place[slots[0]]), int(asked.lasts[slots].min())
    crews = np.arange(len(asked.begins))
    there = asked.seconds[crews, asked.start, place] + asked.seconds[crews, place, asked.home] + lasts
    way = asked.metres[crews, asked.start, place] + asked.metres[crews, place, asked.home]
    if (there > asked.ends - asked.begins).all():
        returns = any(crew.returns for crew in given.crews)
        return BadInput(TOO_FAR if returns else TOO_FAR_ONE_WAY, needs=_up(there.min()))
    if (way > asked.most_metres).all():
        return BadInput(TOO_MANY_KM, needs=_km(way.min()), most=_km(asked.most_metres.max()))
    return BadInput(NO_MOMENT, minutes=_up(lasts))


def _no_room(state: State, slots: Ints) -> BadInput:
    """Say what a visit lacks in the finished plan: kilometres, or minutes in the gap where the fewest are missing."""
    asked, crews = state.asked, range(len(state.routes))
    in_time = [(tries(state, crew)[1][slots] <= 0) for crew in crews]
    if any(each.any() for each in in_time):
        more = [
            np.where(each, metres(state, crew)[slots], FAR).min() for crew, each in zip(crews, in_time, strict=True)
        ]
        over = np.array(more) - asked.most_metres
        crew = int(over.argmin())
        used = state.times[crew].metres
        return BadInput(NO_KM, needs=_km(more[crew] - used), left=_km(asked.most_metres[crew] - used, up=False))
    # Of the seconds that the visit would take there, so many are missing; waiting counts as missing, not as taken.
    least, gap, needs = FAR, 0, 0
    for crew in crews:
        table, (_, lacks) = state.times[crew], tries(state, crew)
        slot, position = divmod(int(lacks[slots].argmin()), lacks.shape[1])
        place, here, there = asked.place[slots[slot]], table.at[position], table.onward[position]
        seconds = asked.seconds[crew]
        takes = seconds[here, place] + asked.lasts[slots[slot]] + seconds[place, there] - seconds[here, there]
        if lacks[slots[slot], position] < least:
            least, needs = int(lacks[slots[slot], position]), int(takes)
            gap = max(0, needs - least)
    return BadInput(NO_TIME, gap=gap // 60, needs=_up(needs))


def _up(seconds: int) -> int:
    return -int(-seconds // 60)


def _km(metres: int, *, up: bool = True) -> float:
    tenths = -(-metres // 100) if up else metres // 100
    return int(tenths) / 10
