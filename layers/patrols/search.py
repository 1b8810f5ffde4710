"""The heuristic behind a shift plan: greedy insertion, then iterated local search that ruins and recreates.

The team orienteering problem with time windows (TOPTW: Vansteenwegen, Souffriau & Van Oudheusden 2011). Visits are
inserted by gain squared a second of delay (Vansteenwegen et al. 2009). A round takes strings of visits near to each
other out of the routes (Christiaens & Vanden Berghe 2020) and fills them up again, which exchanges, relocates and
reorders visits within crews and between them. Worse plans are gone on from below a falling threshold (record-to-record
travel: Dueck 1993). At last, single visits give way to others as long as that helps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from layers.patrols.insertion import insertions, worths
from layers.patrols.routes import FAR, Asked, State, empty

STRING = 12  # visits that are taken out of one route in a round, at most
SPARED = 0.2  # the share of routes that a round leaves as they are
BLINK = 0.02  # the share of possible insertions that are overlooked, for the sake of variety
THRESHOLD = 0.02  # of the greedy plan's prize, by which a plan that is gone on from may be worse than the best
WILD, WILD_BLINK = 0.1, 0.4  # in this share of rounds so many are: a short shift has few other ways out
MOVED_BREAKS = 0.5  # the share of rounds in which breaks move


def fill(state: State, rng: np.random.Generator, *, blink: float = 0.0) -> None:
    """Insert visits, that with the most gain (squared) a second of delay first, while there is room for any."""
    asked = state.asked
    crews, of = len(state.routes), (asked.place, asked.window)
    position, delay = np.empty((crews, len(asked.slots)), np.int64), np.empty((crews, len(asked.slots)), np.int64)
    stale = list(range(crews))
    while len(asked.slots):
        for crew in stale:
            position[crew], delay[crew] = insertions(state, crew)
        gain = np.maximum(worths(state), 0.0)
        score = np.where((state.slot[of] < 0) & (delay < FAR), gain**2 / np.maximum(delay, 1), 0.0)
        if blink:
            score[rng.random(score.shape) < blink] = 0.0
        crew, slot = divmod(int(score.argmax()), len(asked.slots))
        if score[crew, slot] <= 0:
            return
        state.put(crew, int(position[crew, slot]), slot)
        # A second visit to a place narrows the window of the first, which another crew may make.
        stale = list(range(crews)) if asked.half else [crew]
        for each in stale:
            state.refresh(each)


def ruin(state: State, rng: np.random.Generator) -> bool:
    """Take out of the routes a string of visits each, near to a place of chance; tell whether all are still in time."""
    asked = state.asked
    centre = int(rng.integers(len(asked.prize)))
    for crew, route in enumerate(state.routes):
        visits = [at for at, item in enumerate(route) if item < len(asked.slots)]
        if visits and rng.random() >= SPARED:
            away = asked.seconds[crew, centre, asked.place[[route[at] for at in visits]]]
            nearest = int(np.argmin(away * rng.uniform(0.5, 1.5, len(away))))
            count = int(rng.integers(1, STRING + 1))
            first = max(0, nearest - int(rng.integers(count)))
            for at in reversed(visits[first : first + count]):
                state.take(crew, at)
    return state.refresh_all()


def move_breaks(state: State, rng: np.random.Generator) -> None:
    """Put each break, by chance, at any point of its crew's route where it is possible."""
    for one, crew in enumerate(state.asked.break_crew.tolist()):
        item = len(state.asked.slots) + one
        state.routes[crew].remove(item)
        state.refresh(crew)
        possible = [at for at in range(len(state.routes[crew]) + 1) if state.can_break(crew, at, one)]
        state.routes[crew].insert(possible[int(rng.integers(len(possible)))], item)
        state.refresh(crew)


def without_each(state: State) -> Iterator[tuple[int, State, float]]:
    """Yield, for each visit that may go, its slot, the plan without it, and what that loses."""
    for crew, route in enumerate(state.routes):
        for position, item in enumerate(route):
            if item < len(state.asked.slots):
                without = state.copy()
                without.take(crew, position)
                if without.refresh_all():
                    yield item, without, state.total() - without.total()


def replace_visits(state: State, rng: np.random.Generator) -> State:
    """Exchange single visits for others that are worth more, and fill up, until no exchange helps."""
    better: State | None = state
    while better is not None:
        state, better = better, None
        for slot, without, lost in without_each(state):
            found = [insertions(without, crew) for crew in range(len(state.routes))]
            delay = np.array([each for _, each in found])
            gain = np.where(
                (delay < FAR) & (without.slot[state.asked.place, state.asked.window] < 0), worths(without), 0
            )
            gain[:, slot] = 0.0
            crew, chosen = divmod(int(gain.argmax()), len(state.asked.slots))
            if gain[crew, chosen] > lost + 1e-9 * state.asked.bonus:
                without.put(crew, int(found[crew][0][chosen]), chosen)
                without.refresh_all()
                fill(without, rng)
                better = without
                break
    return state


def solve(asked: Asked, *, seed: int, over: Callable[[int], float]) -> State:
    """Return the best plan found. `over` tells of a round which share of the search is over: at 1 it ends."""
    rng = np.random.default_rng(seed)
    best = empty(asked)
    fill(best, rng)
    best_worth = best.worth()
    now, allowed, rounds = best, THRESHOLD * best.prize(), 0
    while (share := over(rounds)) < 1:
        rounds += 1
        tried = now.copy()
        if not ruin(tried, rng):
            continue
        if len(asked.break_crew) and rng.random() < MOVED_BREAKS:
            move_breaks(tried, rng)
        fill(tried, rng, blink=WILD_BLINK if rng.random() < WILD else BLINK)
        worth = tried.worth()
        if worth > best_worth - allowed * (1 - share):
            now = tried
        if worth > best_worth:
            best, best_worth = tried, worth
    fill(best, rng)
    return replace_visits(best, rng)
