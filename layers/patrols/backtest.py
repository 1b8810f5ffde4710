"""How a list of places would have done: each month is forecast from the months before it, and then looked up.

Counts are whole numbers of units x months, or units x months x categories; areas are of units, in any one unit (m2, or
metres of street). A budget is a share of the whole area. It takes units by score per area, the highest first; where it
ends within a unit, or among equals, each of them is taken in the same part and yields that part of its events: what a
choice by lot would find on average. So every method gets exactly the same area, and no seed decides.

`accuracy.py` says what the hits are worth.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from layers.errors import BadInput
from layers.patrols.forecast import Ints, Score
from layers.patrols.strength import NOT_COUNTS, NOT_SIZES, Floats
from layers.text import N_

SHARES = (0.01, 0.05)
MONTHS_BEFORE = 6  # the least from which a month is forecast
LEAST_INCIDENTS = 20


@dataclass(frozen=True)
class Trial:
    """Where a method put its budget in each test month, and what came: t months x p units x c categories.

    `covered` is the part (0 to 1) of each unit that the budget took; `past` (t x c) the share of the incidents of all
    months before that fell there; `best` (t x c) the hits of whoever had known the month.
    """

    share: float
    covered: Floats
    events: Ints
    past: Floats
    best: Floats

    @property
    def hits(self) -> Floats:
        """Return the expected number of events in the budget, t x c."""
        return np.asarray((self.covered * self.events).sum(axis=1))

    def of(self, categories: Sequence[int]) -> Trial:
        """Return the trial of some categories alone."""
        some = list(categories)
        return Trial(
            self.share, self.covered[..., some], self.events[..., some], self.past[:, some], self.best[:, some]
        )

    def within(self, months: slice) -> Trial:
        """Return the trial of some of the test months alone."""
        return Trial(self.share, self.covered[months], self.events[months], self.past[months], self.best[months])


def checked(counts: ArrayLike, *, before: int = MONTHS_BEFORE) -> Ints:
    """Return counts as units x months x categories, if a backtest of them can say anything; raises BadInput."""
    given = np.asarray(counts)
    assert np.issubdtype(given.dtype, np.integer), "a backtest is of whole incidents, not of weighted ones"
    given = given.astype(np.int64)
    cube = given[..., None] if given.ndim == 2 else given
    months, incidents = cube.shape[1], int(cube.sum())
    if (cube < 0).any():
        raise BadInput(NOT_COUNTS)
    if months < before + 1:
        raise BadInput(
            N_("A backtest needs {needed} months or more, {before} to learn from and one to test; there are {months}."),
            needed=before + 1, before=before, months=months,
        )  # fmt: skip
    if incidents < LEAST_INCIDENTS:
        raise BadInput(
            N_("There are {incidents} incidents; a backtest needs {least} or more. Load more months or a wider area."),
            incidents=incidents, least=LEAST_INCIDENTS,
        )  # fmt: skip
    if np.count_nonzero(cube.sum(axis=(1, 2))) < 2:
        raise BadInput(N_("All incidents are in one place, so no order of places can be tested: check coordinates."))
    if np.count_nonzero(cube.sum(axis=(0, 2))) < 2:
        raise BadInput(N_("All incidents are in one month, so no month can be forecast from others: check the dates."))
    return cube


def forecasts(counts: ArrayLike, score: Score, *, before: int = MONTHS_BEFORE) -> Floats:
    """Return what a score expects in each month after the first `before` ones, t x p x c.

    It is given a copy of the months before, and nothing else. Raises BadInput as `checked` does.
    """
    cube = checked(counts, before=before)
    flat = np.ndim(counts) == 2
    made = []
    for month in range(before, cube.shape[1]):
        past = cube[:, :month].copy()
        made.append(np.asarray(score(past[..., 0] if flat else past), dtype=float).reshape(len(cube), -1))
    expected = np.stack(made)
    assert np.isfinite(expected).all(), "a score must be a number for every place"
    return expected


def covered(score: Floats, area: Floats, share: float) -> Floats:
    """Return which part (0 to 1) of each of p units a budget of a share of the area takes; equals share alike."""
    density = score / area
    rounded = np.round(density / max(float(np.abs(density).max(initial=0.0)), np.finfo(float).tiny), 12)
    _, rank = np.unique(-rounded, return_inverse=True)
    areas = np.bincount(rank, area)
    left = share * area.sum() - (np.cumsum(areas) - areas)
    return np.asarray(np.clip(left / areas, 0.0, 1.0)[rank])


def trial(counts: ArrayLike, area: ArrayLike, score: Score, *, share: float, before: int = MONTHS_BEFORE) -> Trial:
    """Return the trial of a score (its values are amounts a unit, not densities) over all months after `before`.

    Raises BadInput for a share that isn't above 0 and at most 1, areas that aren't above zero, and as `checked` does.
    """
    return _trial(counts, area, forecasts(counts, score, before=before), share)


def _trial(counts: ArrayLike, area: ArrayLike, expected: Floats, share: float) -> Trial:
    if not 0 < share <= 1:
        raise BadInput(N_("The share of the area must be above 0 and at most 1, not {share}."), share=share)
    cube = checked(counts, before=1)
    areas = np.broadcast_to(np.asarray(area, dtype=float), len(cube))
    if not (np.isfinite(areas) & (areas > 0)).all():
        raise BadInput(NOT_SIZES)
    months, _, categories = expected.shape
    events = np.moveaxis(cube, 1, 0)
    history = np.cumsum(events, axis=0)[-months - 1 : -1]
    tested, taken = events[-months:], np.empty(expected.shape)
    best, past = np.empty((months, categories)), np.empty((months, categories))
    for at in np.ndindex(months, categories):
        one = (at[0], slice(None), at[1])
        taken[one] = covered(expected[one], areas, share)
        best[at] = covered(tested[one].astype(float), areas, share) @ tested[one]
        known = history[one].sum()
        past[at] = taken[one] @ history[one] / known if known else share
    return Trial(share, taken, tested, past, best)


def trials(
    counts: ArrayLike, area: ArrayLike, methods: Mapping[str, Score], *, shares: tuple[float, ...] = SHARES,
    before: int = MONTHS_BEFORE,
) -> dict[tuple[str, float], Trial]:  # fmt: skip
    """Return the trial of each method at each share of the area, all with the same budget and months."""
    made = {name: forecasts(counts, score, before=before) for name, score in methods.items()}
    return {(name, share): _trial(counts, area, expected, share) for name, expected in made.items() for share in shares}


@dataclass(frozen=True)
class Tuned:
    """The score that found most, and what each of its family found of the events of the months it was tuned on."""

    name: str
    score: Score
    hits: Mapping[str, float]
    events: int


def tuned(
    counts: ArrayLike, area: ArrayLike, family: Mapping[str, Score], *, months: int, share: float = 0.05,
    before: int = MONTHS_BEFORE,
) -> Tuned:  # fmt: skip
    """Return the score of a family that hits most within a share of the area, all categories together.

    Only the first `months` are looked at. Of equals the first is taken, so put the simplest first. Raises BadInput as
    `trial` does.
    """
    known = np.asarray(counts)[:, :months]
    found = {name: trial(known, area, score, share=share, before=before) for name, score in family.items()}
    hits = {name: float(each.hits.sum()) for name, each in found.items()}
    name = max(hits, key=lambda each: hits[each])
    return Tuned(name, family[name], hits, int(found[name].events.sum()))
