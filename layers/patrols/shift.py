"""A patrol shift that is to be planned, and a plan of it: crews, windows, visits; never where anybody is now.

The team orienteering problem with time windows (Vansteenwegen, Souffriau & Van Oudheusden 2011). Visits of 10 to 16
minutes calm a place for longest (Koper 1995); each place is visited at most once in a window of about two hours, and a
repeated visit is worth less. Times are minutes since the midnight before the shift: half past midnight is 1470 in a
shift that begins the evening before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from layers.errors import BadInput
from layers.patrols.travel import Travel
from layers.places.graph import Floats, Ints, Mode
from layers.text import N_

DAY = 1440.0
WINDOW, APART, REPEAT, JITTER = 120.0, 30.0, 0.6, 15
VISIT = (10, 12, 16)  # minutes: least, usual, most


@dataclass(frozen=True)
class Break:
    """A rest of so many minutes that begins no earlier, and ends no later, than the moments given."""

    minutes: float
    earliest: float
    latest: float


@dataclass(frozen=True)
class Crew:
    """A car or a foot patrol. `start` is the number of its start place, counted from 0 behind the ranked places."""

    start: int
    begins: float
    ends: float
    mode: Mode = "drive"
    breaks: tuple[Break, ...] = ()
    returns: bool = True
    most_km: float = np.inf


@dataclass(frozen=True)
class Shift:
    """The problem: n ranked places x w windows. `travel` is between the places, then the starts, for each mode in use.

    `prize`, `minutes` and `opens` are n x w: what a visit is worth, how long it is, and when it may begin at the
    earliest. `cuts` are the w + 1 moments between which the windows lie; in `curfew`, intervals, nobody is visited.
    """

    prize: Floats
    minutes: Ints
    opens: Floats
    cuts: Floats
    crews: tuple[Crew, ...]
    travel: Mapping[Mode, Travel]
    hromada: Ints
    must_cover: tuple[int, ...]
    repeat: float
    apart: float
    curfew: tuple[tuple[float, float], ...]
    names: tuple[str, ...]
    seed: int

    def __len__(self) -> int:
        return len(self.prize)


@dataclass(frozen=True)
class Visit:
    """A stop at a ranked place: when the crew arrives, begins and ends; minutes and metres of the way there."""

    place: int
    window: int
    arrives: float
    begins: float
    ends: float
    on_the_way: float
    metres: float
    prize: float


@dataclass(frozen=True)
class Pause:
    """A break, taken where the crew is."""

    begins: float
    ends: float


@dataclass(frozen=True)
class Route:
    """What one crew does, in order, when it is back (or, with no need to return, done), and metres in all."""

    crew: int
    stops: tuple[Visit | Pause, ...]
    ends: float
    metres: float

    @property
    def visits(self) -> tuple[Visit, ...]:
        return tuple(stop for stop in self.stops if isinstance(stop, Visit))


@dataclass(frozen=True)
class Plan:
    """Routes and what they are worth; why each place without a visit has none, and each hromada that must be covered.

    An `approximate` plan has travel times along straight lines.
    """

    routes: tuple[Route, ...]
    prize: float
    why_not: Mapping[int, BadInput]
    uncovered: Mapping[int, BadInput]
    approximate: bool


def shift(
    prize: ArrayLike,
    travel: Mapping[Mode, Travel],
    crews: Sequence[Crew],
    *,
    hromada: ArrayLike | None = None,
    must_cover: Sequence[int] = (),
    window: float = WINDOW,
    apart: float = APART,
    repeat: float = REPEAT,
    curfew: tuple[float, float] | None = None,
    visit: tuple[int, int, int] = VISIT,
    jitter: int = JITTER,
    names: Sequence[str] | None = None,
    seed: int = 1,
) -> Shift:
    """Return the problem, checked; raises BadInput.

    `prize` is n, or n x w for places that are worth more at some hours (w windows, as `windows` cuts them). `hromada`
    (n) are indices, -1 for none. `apart` are the least minutes between two visits to a place (0: only windows part
    them), `repeat` the factor of each further one. `curfew` is (from, to) in minutes of any day and may run over
    midnight. So that nobody can tell times beforehand, the seed draws how long each visit is, triangular from `visit`
    (least, usual, most), and how many minutes of a window, up to `jitter` and half of it, must be over when it begins.
    `names` are for sentences.
    """
    cuts = windows(crews, window=window)
    _check_visits(visit, window=window, apart=apart, repeat=repeat, jitter=jitter)
    _check_curfew(curfew)
    prizes = _prizes(prize, len(cuts) - 1)
    n = len(prizes)
    for number, crew in enumerate(crews, start=1):
        _check_crew(crew, number, travel, n)
    rng, (least, usual, most) = np.random.default_rng(seed), visit
    drawn = rng.triangular(least - 0.5, usual, most + 0.5, prizes.shape)
    late = rng.integers(0, np.minimum(jitter, np.diff(cuts) // 2).astype(np.int64) + 1, prizes.shape)
    return Shift(
        prize=prizes,
        minutes=np.clip(np.rint(drawn), least, most).astype(np.int64),
        opens=cuts[:-1] + late,
        cuts=cuts,
        crews=tuple(crews),
        travel=dict(travel),
        hromada=np.full(n, -1) if hromada is None else np.asarray(hromada, dtype=np.int64),
        must_cover=tuple(must_cover),
        repeat=repeat,
        apart=apart,
        curfew=_daily(curfew, cuts),
        names=tuple(names) if names is not None else tuple(str(at + 1) for at in range(n)),
        seed=seed,
    )


def windows(crews: Sequence[Crew], *, window: float = WINDOW) -> Floats:
    """Return the whole minutes that cut the time of all crews into equal windows, each of about the length given."""
    if not crews:
        raise BadInput(N_("A shift needs at least one crew."))
    for number, crew in enumerate(crews, start=1):
        if not crew.begins < crew.ends:
            raise BadInput(N_("The shift of crew {number} ends before it begins."), number=number)
    begins, ends = min(crew.begins for crew in crews), max(crew.ends for crew in crews)
    count = max(1, round((ends - begins) / window)) if window > 0 else 1
    inner = np.rint(np.linspace(begins, ends, count + 1)[1:-1])
    return np.concatenate([[begins], inner, [ends]])


def _prizes(prize: ArrayLike, count: int) -> Floats:
    given = np.asarray(prize, dtype=float)
    if not given.size:
        raise BadInput(N_("There is no place to visit: the ranked list is empty."))
    prizes = np.repeat(given[:, None], count, axis=1) if given.ndim == 1 else given
    if prizes.shape[1] != count:
        raise BadInput(
            N_("Prizes are given for {given} windows, but the shift has {count}."), given=prizes.shape[1], count=count
        )
    if not (np.isfinite(prizes) & (prizes >= 0)).all():
        at = int(np.flatnonzero(~(np.isfinite(prizes) & (prizes >= 0)).all(axis=1))[0])
        raise BadInput(N_("The prize of place {number} is not a number from 0 upwards."), number=at + 1)
    return prizes


def _check_visits(visit: tuple[int, int, int], *, window: float, apart: float, repeat: float, jitter: int) -> None:
    least, usual, most = visit
    if not 0 < least <= usual <= most:
        raise BadInput(
            N_("A visit lasts {least}, usually {usual}, at most {most} min: these must be above 0 and in this order."),
            least=least, usual=usual, most=most,
        )  # fmt: skip
    if window < most:
        raise BadInput(
            N_("A window of {window} min is shorter than a visit of {visit} min."), window=window, visit=most
        )
    if apart < 0 or jitter < 0:
        raise BadInput(N_("Minutes must not be below 0: {value}."), value=min(apart, jitter))
    if not 0 <= repeat <= 1:
        raise BadInput(N_("A repeated visit is worth 0 to 1 of the one before, not {value}."), value=repeat)


def _check_curfew(curfew: tuple[float, float] | None) -> None:
    if curfew is not None and not all(0 <= moment <= DAY for moment in curfew):
        raise BadInput(N_("A curfew begins and ends at times of the day, from 00:00 to 24:00."))


def _check_crew(crew: Crew, number: int, travel: Mapping[Mode, Travel], places: int) -> None:
    ways = travel.get(crew.mode)
    if ways is None or not 0 <= crew.start < len(ways) - places:
        raise BadInput(N_("The start of crew {number} is not among the places that travel times are known for."),
                       number=number)  # fmt: skip
    reason = ways.unreached[places + crew.start]
    if reason is not None:
        raise BadInput(N_("Crew {number} can't leave its start: {reason}"), number=number, reason=reason)
    if not crew.most_km > 0:
        raise BadInput(N_("Crew {number} must be allowed more than 0 km."), number=number)
    now = crew.begins
    for rest in in_order(crew.breaks):
        if rest.earliest < crew.begins or rest.latest > crew.ends:
            raise BadInput(N_("A break of crew {number} lies outside its shift."), number=number)
        if not 0 < rest.minutes <= rest.latest - rest.earliest:
            raise BadInput(
                N_("A break of crew {number}, of {minutes} min, must be above 0 and fit between its two moments."),
                number=number, minutes=rest.minutes,
            )  # fmt: skip
        now = max(now, rest.earliest) + rest.minutes
        if now > rest.latest:
            raise BadInput(N_("The breaks of crew {number} don't fit one after another."), number=number)


def in_order(breaks: Sequence[Break]) -> list[Break]:
    """Return breaks as a crew takes them: that which must end first, first."""
    return sorted(breaks, key=lambda rest: (rest.latest, rest.earliest))


def _daily(curfew: tuple[float, float] | None, cuts: Floats) -> tuple[tuple[float, float], ...]:
    """Return a curfew as intervals of every day that the shift touches."""
    if curfew is None or curfew[0] == curfew[1]:
        return ()
    begins, ends = curfew[0], curfew[1] + (DAY if curfew[1] < curfew[0] else 0.0)
    days = range(int(cuts[0] // DAY) - 1, int(cuts[-1] // DAY) + 1)
    every = [(begins + DAY * day, ends + DAY * day) for day in days]
    return tuple((a, b) for a, b in every if b > cuts[0] and a < cuts[-1])
