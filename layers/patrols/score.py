"""The score: published weights times the terms, added up; two scenarios beside each other; a rank given by hand.

The town has 100 points in all. The weights say how they are divided between the terms, and each term divides its own
between the units by their shares. Where a term is unavailable, its part goes to the others in proportion, and `used`
says what they weigh then. Moving the weights only multiplies and sorts.

Only what people reported counts. Officers find more where they are sent, so a score of what they began themselves would
send them there again (Lum & Isaac 2016, Significance 13(5): 14-19; Ensign et al. 2018, Proceedings of Machine Learning
Research 81: 160-171); `officer_effect` shows what it would change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace

import numpy as np
from numpy.typing import NDArray

from layers.errors import BadInput
from layers.patrols.records import MINUTE, Flags, Floats, Ints, Records
from layers.patrols.terms import TERMS, Terms
from layers.text import N_

LARGEST_WEIGHT = 1000.0
TOP = 20


@dataclass(frozen=True)
class Weights:
    """What each term weighs; only their proportions matter. Raises BadInput for negative ones, and for none at all."""

    long_term: float = 40.0
    recent: float = 10.0
    harm: float = 30.0
    concern: float = 10.0
    near_repeat: float = 10.0

    def __post_init__(self) -> None:
        for each in fields(self):
            weight = getattr(self, each.name)
            if not 0 <= weight <= LARGEST_WEIGHT:
                raise BadInput(
                    N_("The weight of “{term}” must be between 0 and {most}, not {weight}."),
                    term=each.name, most=round(LARGEST_WEIGHT), weight=weight,
                )  # fmt: skip
        if not self.array.any():
            raise BadInput(N_("At least one term must weigh more than 0."))

    @property
    def array(self) -> Floats:
        """Return the weights in the order of TERMS."""
        return np.array([getattr(self, term) for term in TERMS], dtype=float)


@dataclass(frozen=True)
class Override:
    """A rank that somebody gave one unit by hand, and why."""

    unit: int
    rank: int
    reason: str
    author: str = ""


@dataclass(frozen=True)
class Scored:
    """p units: `points` (p x 5) of each term, whose sum from left to right is exactly the `score`; ranks from 1.

    `order` lists units from the first rank on: by score, then by N, then as the units come. `used` are the weights by
    which it came about, 1 in all. `overrides` names the units whose rank was given by hand.
    """

    points: Floats
    score: Floats
    order: Ints
    rank: Ints
    used: Floats
    overrides: Mapping[int, Override] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.score)

    def top(self, count: int) -> Ints:
        """Return the first units; none that has neither points nor an override."""
        first = self.order[:count]
        return first[(self.score[first] > 0) | np.isin(first, list(self.overrides))]


def score(terms: Terms, weights: Weights) -> Scored:
    """Return the units' scores and ranks; raises BadInput when all the weight is on terms that are unavailable."""
    given = np.where(terms.available, weights.array, 0.0)
    if not given.any():
        raise BadInput(N_("None of the terms that weigh more than 0 can be known from these data: give weight to others."))  # fmt: skip  # noqa: E501
    used = given / given.sum()
    points = terms.shares * used
    added = points[:, 0].copy()
    for column in points.T[1:]:  # one after the other, as whoever checks the sum would add them
        added += column
    order = np.lexsort((-terms.count, -added))
    return Scored(points, added, order, _ranks(order), used)


def _ranks(order: Ints) -> Ints:
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(1, len(order) + 1)
    return rank


def shown(points: Floats, *, decimals: int = 2) -> Floats:
    """Return points (p x t) rounded so that each row adds up to its rounded sum (by largest remainder).

    So the terms on a page add up to the score beside them.
    """
    scaled = points * 10.0**decimals
    whole = np.floor(scaled)
    missing = np.rint(scaled.sum(axis=1) - whole.sum(axis=1))
    place = np.argsort(np.argsort(whole - scaled, axis=1, kind="stable"), axis=1)
    return np.asarray((whole + (place < missing[:, None])) / 10.0**decimals)


@dataclass(frozen=True)
class Comparison:
    """Two scenarios a and b: of their `top` places (`of`), how many differ, who comes in, who goes out, who moves.

    `rises` and `falls` are those of either top whose rank is better or worse in b, the farthest first. `moved` has
    for every unit how many ranks it rises, below 0 how many it falls.
    """

    of: int
    enters: Ints
    leaves: Ints
    rises: Ints
    falls: Ints
    moved: Ints

    @property
    def differ(self) -> int:
        """Return how many of the top places of b aren't among those of a."""
        return len(self.enters)


def compare(a: Scored, b: Scored, *, top: int = TOP) -> Comparison:
    """Return what changes from scenario a to b, both of the same units; raises BadInput where they aren't."""
    if len(a) != len(b):
        raise BadInput(N_("Only scenarios of the same places can be compared: these have {one} and {other}."), one=len(a), other=len(b))  # fmt: skip  # noqa: E501
    before, after = a.top(top), b.top(top)
    moved = a.rank - b.rank
    either = np.concatenate([after, before[~np.isin(before, after)]])
    way = moved[either]
    farthest = np.argsort(-np.abs(way), kind="stable")
    either, way = either[farthest], way[farthest]
    return Comparison(
        top, after[~np.isin(after, before)], before[~np.isin(before, after)], either[way > 0], either[way < 0], moved
    )


def officer_effect(reported: Terms, everything: Terms, weights: Weights, *, top: int = TOP) -> Comparison:
    """Return what would change in the list if what officers began themselves counted as well as what was reported."""
    return compare(score(reported, weights), score(everything, weights), top=top)


def overridden(scored: Scored, overrides: Sequence[Override]) -> Scored:
    """Return the ranking with some units at ranks given by hand, the others around them in their order.

    Points and scores stay. Raises BadInput for an override without a reason, a rank that doesn't exist, and two
    overrides of one unit or one rank.
    """
    _check_overrides(overrides, len(scored))
    by_unit = {each.unit: each for each in overrides}
    order = np.full(len(scored), -1, dtype=np.int64)
    for unit, each in by_unit.items():
        order[each.rank - 1] = unit
    order[order < 0] = scored.order[~np.isin(scored.order, list(by_unit))]
    return replace(scored, order=order, rank=_ranks(order), overrides=by_unit)


def _check_overrides(overrides: Sequence[Override], units: int) -> None:
    seen: set[tuple[str, int]] = set()
    for each in overrides:
        if not each.reason.strip():
            raise BadInput(N_("A rank given by hand needs a reason."))
        if not (1 <= each.rank <= units and 0 <= each.unit < units):
            raise BadInput(N_("There is no rank {rank}: the list has {count} places."), rank=each.rank, count=units)
        if seen & {("unit", each.unit), ("rank", each.rank)}:
            raise BadInput(N_("Rank {rank} is given by hand twice, or one place has two: keep one of them."), rank=each.rank)  # fmt: skip  # noqa: E501
        seen |= {("unit", each.unit), ("rank", each.rank)}


@dataclass(frozen=True)
class Clock:
    """When incidents happened: 7 weekdays from Monday x 24 local hours, None where no time is known by the minute.

    `known` of `count` incidents have such a time.
    """

    hours: Floats | None
    known: int
    count: int


def clock(given: Records, which: Flags | None = None) -> Clock:
    """Return the clock of some records (flags; all by default), as of one unit: `clock(records, unit == 17)`."""
    mine = given if which is None else given.take(which)
    timed = mine.take((mine.precision == MINUTE) & (mine.minute >= 0))
    if not timed.count:
        return Clock(None, 0, mine.count)
    weekday = (timed.day.astype(np.int64) + 3) % 7  # day 0, 1 January 1970, was a Thursday
    hours = np.bincount(weekday * 24 + timed.minute // 60, timed.weight, minlength=7 * 24)
    return Clock(np.asarray(hours, float).reshape(7, 24), timed.count, mine.count)


@dataclass(frozen=True)
class Municipal:
    """How many incidents of each unit (p x f) ask for which municipal fix: `fixes` are f codes, in their order."""

    fixes: tuple[str, ...]
    counts: Floats

    def of(self, unit: int) -> dict[str, int]:
        """Return the fixes that stand beside a patrol of a unit, and how many reports ask for each."""
        return {fix: round(n) for fix, n in zip(self.fixes, self.counts[unit].tolist(), strict=True) if n}


def municipal(given: Records, unit: Ints, units: int, *, fixes: Mapping[str, str]) -> Municipal:
    """Return what the town itself could mend, by unit: `fixes` maps a category to its fix (lighting to lamps)."""
    codes = tuple(dict.fromkeys(fixes.values()))
    fix_of: NDArray[np.int64] = np.array(
        [codes.index(fixes[category]) if category in fixes else -1 for category in given.categories], dtype=np.int64
    )
    fix = fix_of[given.category]
    counts = (unit >= 0) & (fix >= 0)
    at = unit[counts] * len(codes) + fix[counts]
    table = np.bincount(at, given.weight[counts], minlength=units * len(codes))
    return Municipal(codes, np.asarray(table, float).reshape(units, len(codes)))
