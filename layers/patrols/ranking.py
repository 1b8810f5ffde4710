"""From records to a ranked list of places, in two steps: place the records in units, then count, score and rank.

Placing is the slow one and depends on nothing that a round table may change; whoever keeps what is placed can try other
weights, harms and categories at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import shapely
from numpy.typing import ArrayLike

from layers.patrols.records import Flags, Ints, Records, checked, enough, within_cap
from layers.patrols.score import TOP, Comparison, Scored, Weights, officer_effect, score
from layers.patrols.terms import Settings, Terms, terms
from layers.patrols.units import WITHIN_M, Units, assign


@dataclass(frozen=True)
class Placed:
    """Usable records of all sources, the unit of each, and how many incidents are left out, by reason.

    To the reasons of `records.checked` come `totals` (no point, and the units are squares or streets) and `unplaced`
    (of no unit). All reasons are of `records.REASONS`.
    """

    records: Records
    unit: Ints
    units: Units
    left_out: Mapping[str, int]
    now: date


def place(
    given: Records,
    units: Units,
    *,
    now: date,
    area: shapely.Geometry | None = None,
    null_island: tuple[float, float] | None = None,
    within_m: float = WITHIN_M,
) -> Placed:
    """Return which of n records can be used and where they belong; `now` is the day up to which they are complete.

    Nothing is refused here, however little is left: `rank_placed` says what is missing.
    """
    found = checked(given, now=now, area=area, null_island=null_island)
    unit = assign(found.records, units, within_m=within_m)
    lost = unit < 0
    totals = lost & ~found.records.has_point & (not units.takes_totals)
    left_out = {**found.left_out, **_incidents(found.records, totals=totals, unplaced=lost & ~totals)}
    return Placed(found.records.take(~lost), unit[~lost], units, left_out, now)


def _incidents(given: Records, **reasons: Flags) -> dict[str, int]:
    """Return how many incidents each reason leaves out, without reasons that leave out none."""
    counts = {reason: round(float(given.weight[which].sum())) for reason, which in reasons.items()}
    return {reason: count for reason, count in counts.items() if count}


@dataclass(frozen=True)
class Ranking:
    """All that a page shows: terms, points, N, intervals, order, what was left out, and what officers would change.

    `records` are those that counted, each with its unit; `left_out` has the reasons of `Placed`, and `officer` (begun
    by officers), `capped` (by one reporter too often) and `category` (not chosen). `with_officers` has the terms as
    they would be with those officers began, None where there are none.
    """

    units: Units
    records: Records
    unit: Ints
    terms: Terms
    scored: Scored
    weights: Weights
    left_out: Mapping[str, int]
    with_officers: Terms | None

    def reweighted(self, weights: Weights) -> Ranking:
        """Return the same evidence ranked by other weights; ranks given by hand are not kept."""
        return replace(self, scored=score(self.terms, weights), weights=weights)

    def officers(self, *, top: int = TOP) -> Comparison | None:
        """Return what would change with what officers began themselves, None where there is nothing of that."""
        if self.with_officers is None:
            return None
        return officer_effect(self.terms, self.with_officers, self.weights, top=top)


def rank(
    given: Records,
    units: Units,
    *,
    now: date,
    area: shapely.Geometry | None = None,
    null_island: tuple[float, float] | None = None,
    within_m: float = WITHIN_M,
    harm: ArrayLike | None = None,
    concern: ArrayLike | None = None,
    exposure: ArrayLike | None = None,
    weights: Weights = Weights(),
    settings: Settings = Settings(),
) -> Ranking:
    """Return the ranked units of n records: `place`, then `rank_placed`; raises BadInput as they do."""
    placed = place(given, units, now=now, area=area, null_island=null_island, within_m=within_m)
    return rank_placed(placed, harm=harm, concern=concern, exposure=exposure, weights=weights, settings=settings)


def rank_placed(
    placed: Placed,
    *,
    harm: ArrayLike | None = None,
    concern: ArrayLike | None = None,
    exposure: ArrayLike | None = None,
    weights: Weights = Weights(),
    settings: Settings = Settings(),
) -> Ranking:
    """Return the ranked units of records that are placed already.

    `harm` is of categories, `concern` and `exposure` of units, as in `terms`. Raises BadInput for fewer than 20
    reported incidents, all at one place or all in one month, and for weights on nothing that is known.
    """
    everything = placed.records
    within = within_cap(everything, per_reporter=settings.per_reporter)
    chosen = np.isin(everything.category, settings.only) | (not settings.only)
    reported = everything.reported
    counts = reported & within
    left_out = {
        **placed.left_out,
        **_incidents(everything, officer=~reported & chosen, capped=reported & ~within & chosen, category=~chosen),
    }
    enough(everything.take(counts & chosen), left_out=left_out)

    def measured(which: Flags) -> Terms:
        return terms(
            everything.take(which), placed.unit[which], placed.units, now=placed.now, harm=harm, concern=concern,
            exposure=exposure, settings=settings,
        )  # fmt: skip

    found = measured(counts)
    return Ranking(
        placed.units, everything.take(counts & chosen), placed.unit[counts & chosen], found, score(found, weights),
        weights, left_out, measured(within) if (~reported & within & chosen).any() else None,
    )  # fmt: skip
