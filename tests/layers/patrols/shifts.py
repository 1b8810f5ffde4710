"""Small shifts for tests, random ones, and the best plan of all found by trying every one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from layers.patrols.shift import Break, Crew, Shift, shift
from layers.patrols.travel import DETOUR, travel
from layers.places.graph import Mode

EVENING = 18 * 60.0


def on_a_line(prize: Sequence[Any], minutes_from_start: Sequence[float], crews: Sequence[Crew], **how: Any) -> Shift:
    """Make a shift whose places lie on one straight road, so many minutes by car to the east of the only start.

    Unless said otherwise, visits are of 10 minutes and no times are drawn.
    """
    metres = 500 / DETOUR  # a minute at 30 km/h
    xy = np.array([(metres * minute, 0.0) for minute in [*minutes_from_start, 0.0]])
    ways: dict[Mode, Any] = {mode: travel(None, xy, mode=mode) for mode in ("walk", "drive")}
    usual: dict[str, Any] = {"visit": (10, 10, 10), "jitter": 0, "apart": 0}
    return shift(prize, ways, crews, **{**usual, **how})


def random_shift(rng: np.random.Generator) -> Shift:
    """Return any problem: near or wide ground, cars and foot patrols, breaks, curfew, windows, limits of kilometres."""
    n, starts = int(rng.integers(1, 18)), int(rng.integers(1, 4))
    xy = rng.uniform(0, rng.choice([2_000, 8_000, 40_000]), (n + starts, 2))
    ways: dict[Mode, Any] = {mode: travel(None, xy, mode=mode) for mode in ("walk", "drive")}
    crews = [_random_crew(rng, starts) for _ in range(int(rng.integers(1, 4)))]
    return shift(
        rng.integers(0, 50, n), ways, crews, hromada=rng.integers(0, 4, n), must_cover=[0, 1, 5],
        curfew=(22 * 60, 5 * 60) if rng.random() < 0.5 else None, apart=float(rng.choice([0, 30, 60])),
        repeat=float(rng.choice([0, 0.5, 1])), seed=int(rng.integers(1000)),
    )  # fmt: skip


def _random_crew(rng: np.random.Generator, starts: int) -> Crew:
    begins, length = EVENING + float(rng.integers(0, 120)), float(rng.integers(30, 600))
    breaks: list[Break] = []
    if length > 100 and rng.random() < 0.6:
        breaks.append(Break(float(rng.integers(5, 30)), begins + 10, begins + length / 2))
        breaks += [Break(15.0, begins + 0.45 * length, begins + length)] if rng.random() < 0.5 else []
    return Crew(
        int(rng.integers(starts)), begins, begins + length, "walk" if rng.random() < 0.4 else "drive", tuple(breaks),
        returns=bool(rng.random() < 0.7), most_km=float(rng.choice([np.inf, 20.0, 5.0])),
    )  # fmt: skip


def best_prize(given: Shift) -> float:
    """Return the highest prize of all plans, by trying every order of every choice of visits (a handful of them)."""
    return max(_prize(given, visits) for visits in _plans(given, 0, ()))


def _prize(given: Shift, visits: tuple[tuple[int, int], ...]) -> float:
    total = 0.0
    for place in {place for place, _ in visits}:
        for earlier, window in enumerate(sorted(w for p, w in visits if p == place)):
            total += given.prize[place, window] * given.repeat**earlier
    return total


def _plans(given: Shift, at: int, done: tuple[tuple[int, int], ...]) -> Iterator[tuple[tuple[int, int], ...]]:
    if at == len(given.crews):
        yield done
        return
    crew = given.crews[at]
    here = len(given) + crew.start
    for visits in _days(given, crew, crew.begins, here, done, crew.breaks):
        yield from _plans(given, at + 1, visits)


def _days(
    given: Shift, crew: Crew, now: float, here: int, done: tuple[tuple[int, int], ...], breaks: tuple[Break, ...]
) -> Iterator[tuple[tuple[int, int], ...]]:
    """Yield, of everything that a crew can do from a moment on, the visits made then, those of `done` among them."""
    ways: NDArray[np.float64] = np.ceil(given.travel[crew.mode].seconds - 1e-6) / 60
    home = ways[here, len(given) + crew.start] if crew.returns else 0.0
    if not breaks and now + home <= crew.ends + 1e-9:
        yield done
    for rest in breaks:
        ends = max(now, rest.earliest) + rest.minutes
        if ends <= rest.latest + 1e-9:
            yield from _days(given, crew, ends, here, done, tuple(each for each in breaks if each is not rest))
    for place, window in np.ndindex(given.prize.shape):
        begins = max(now + ways[here, place], given.opens[place, window])
        for dark, light in given.curfew:
            if begins < light and begins + given.minutes[place, window] > dark:
                begins = light
        ends = begins + given.minutes[place, window]
        if (place, window) not in done and begins < given.cuts[window + 1] - 1e-9 and ends <= crew.ends + 1e-9:
            yield from _days(given, crew, ends, place, (*done, (place, window)), breaks)
