"""Hot spots: places whose neighbourhood holds more reports than chance would gather there, and how sure that is.

Gi* (Getis & Ord 1992; Ord & Getis 1995) compares the sum over a place and its neighbours with what it would be if the
same counts stood in other places. Only the positive side is asked for: a patrol has no use for a "cold spot".

All three tails below are of one null, the one that Gi*'s own moments are of: all counts are shuffled over the whole
area, that of the place itself included. (esda holds it fixed instead, which asks whether the neighbours are high given
the place, and its `p_sim` is the smaller of both sides.) Under that null the sum over k places is a draw of k counts
without replacement, whatever the places: so all places with k neighbours share one distribution, and the null maps of
one can be pooled with those of all others. `exact` is that pool with all shuffles in it, counted and not drawn: it has
no smallest p, so a correction for many places can work. With 999 shuffles and a p for each place alone it can't: 0.001
is never below 0.05 / 40,000. `analytic` takes the sum for normal, which flags too many places where counts are skewed,
and counts of reports are.

All assume that any count could have stood anywhere in the area: leave out cells where nobody is (fields, water). A
place without neighbours is hardly ever hot, because all that its count can be compared with is the other counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from layers.errors import BadInput
from layers.patrols.neighbourhoods import Flags, Floats, Ints, Neighbourhoods, Numbers
from layers.text import N_

Tail = Literal["exact", "permutation", "analytic"]

FEWEST_UNITS = 2
FEWEST_PERMUTATIONS = 99
MOST_CHANCES = 5_000_000  # in the table of the exact tail: 40 MB
NOTHING = N_("Nothing was reported here in this time, so there are no hot spots to look for.")


@dataclass(frozen=True)
class HotSpots:
    """Maps of Gi*, its p (upper tail), the p corrected for many places (q), and which are hot: q at most `level`."""

    z: Floats
    p: Floats
    q: Floats
    hot: Flags
    tail: Tail
    level: float


def hot_spots(
    counts: ArrayLike,
    neighbours: Neighbourhoods,
    *,
    tail: Tail = "exact",
    level: float = 0.05,
    permutations: int = 999,
    seed: int = 1,
) -> HotSpots:
    """Return which places of a map of counts are hot, outside places nan and False; raises BadInput.

    `level` is the share of false ones among the places called hot that is tolerated (false discovery rate, Benjamini &
    Hochberg 1995). `permutations` and `seed` are of the tail `permutation`, which is refused where it could flag none.
    """
    if not 0 < level < 0.5:
        raise BadInput(N_("A level of significance lies between 0 and 0.5, and not at {level}."), level=level)
    values = checked_counts(counts, neighbours)
    z = z_scores(values, neighbours)
    if tail == "analytic":
        p = np.asarray(ndtr(-z))
    elif tail == "exact":
        p = exact_tail(whole(values), neighbours.size, neighbours.sums(whole(values)))
    else:
        _check_floor(len(values), permutations, level)
        p = permutation_tail(whole(values), neighbours, permutations=permutations, seed=seed)
    q = false_discovery_rate(p)
    hot = (q <= level) & (z > 0)
    on_map = neighbours.on_map
    return HotSpots(on_map(z, np.nan), on_map(p, np.nan), on_map(q, np.nan), on_map(hot, False), tail, level)


def gi_star(counts: ArrayLike, neighbours: Neighbourhoods) -> Floats:
    """Return the map of Gi* as a standard score, nan outside the area, 0 where it can't vary; raises BadInput."""
    return neighbours.on_map(z_scores(checked_counts(counts, neighbours), neighbours), np.nan)


def checked_counts(counts: ArrayLike, neighbours: Neighbourhoods) -> Floats:
    """Return the counts of the n units of a map; raises BadInput unless they are counts, and something to compare."""
    values = neighbours.units(np.asarray(counts, dtype=float))
    check_counts(values)
    if len(values) < FEWEST_UNITS:
        raise BadInput(
            N_("A hot spot stands out among other places: there must be at least {least}, and there are {count}."),
            least=FEWEST_UNITS, count=len(values),
        )  # fmt: skip
    return values


def check_counts(values: Floats) -> None:
    """Refuse what no counts are; raises BadInput."""
    if missing := int((~np.isfinite(values)).sum()):
        raise BadInput(
            N_("{count} places inside the area have no count: give 0 where nothing was reported."), count=missing
        )
    if negative := int((values < 0).sum()):
        raise BadInput(N_("{count} places have a count below zero: a count of reports can't be."), count=negative)
    if not values.any():
        raise BadInput(NOTHING)


def whole(values: Floats) -> Ints:
    """Return counts as whole numbers; raises BadInput where they have fractions."""
    counts = np.rint(values).astype(np.int64)
    if (counts != values).any():
        raise BadInput(
            N_(
                "The exact test and permutations count whole reports, and these counts have fractions: use the "
                "analytic test."
            )
        )
    return counts


def z_scores(values: Floats, neighbours: Neighbourhoods) -> Floats:
    """Return Gi* of n units (Ord & Getis 1995, with weights of one); of ... x n values the moments are of them all."""
    n, size = values.size, neighbours.size
    above = neighbours.sums(values) - values.mean() * size
    spread = values.std() * np.sqrt(size * (n - size) / max(n - 1, 1))
    return np.asarray(np.divide(above, spread, out=np.zeros_like(above), where=spread > 0))


def permutation_tail(counts: Ints, neighbours: Neighbourhoods, *, permutations: int = 999, seed: int = 1) -> Floats:
    """Return of each of n units the share of shuffled maps, the true one included, with as high a sum or a higher."""
    rng = np.random.default_rng(seed)
    observed, shuffled = neighbours.sums(counts), counts.copy()
    as_high = np.ones(len(counts), np.int64)
    for _ in range(permutations):
        rng.shuffle(shuffled)
        as_high += neighbours.sums(shuffled) >= observed
    return as_high / (permutations + 1)


def exact_tail(counts: Ints, size: Ints, sums: Ints) -> Floats:
    """Return the chance that `size` of the counts, drawn without replacement, have the sum `sums` or a higher one.

    `size` and `sums` broadcast; raises BadInput where the table of chances would be too large.
    """
    chance = chances(counts, int(size.max()), int(sums.max()))
    return upper(chance)[size, sums]


def upper(chance: Floats) -> Floats:
    """Return the chance of each sum or a higher one, from the chances of the sums."""
    return np.asarray(chance[:, ::-1].cumsum(axis=1)[:, ::-1])


def chances(counts: Ints, most: int, top: int) -> Floats:
    """Return the chance (most + 1 x top + 1) that k counts drawn without replacement have the sum s; raises BadInput.

    The last column is of `top` or more. The chance is the coefficient of t^k u^s in the product of (1 + t u^c) over all
    counts c, here multiplied out one value of c at a time. No term is negative, so that small chances are exact too.
    """
    if (most + 1) * (top + 1) > MOST_CHANCES:
        raise BadInput(
            N_("One neighbourhood holds {count} reports, too many for the exact test: check the counts, make "
               "neighbourhoods smaller, or use the analytic test."),
            count=top,
        )  # fmt: skip
    ways = np.zeros((most + 1, top + 1))
    ways[0, 0] = 1.0
    for value, times in zip(*np.unique(counts, return_counts=True), strict=True):
        before, weight = ways.copy(), 1.0
        for drawn in range(1, min(int(times), most) + 1):
            # Scaled by what cancels in the end: the binomials alone would overflow.
            weight *= (times - drawn + 1) / drawn * most / len(counts)
            stay, source = max(top + 1 - drawn * int(value), 0), before[: most + 1 - drawn]
            ways[drawn:, top + 1 - stay :] += weight * source[:, :stay]
            ways[drawn:, top] += weight * source[:, stay:].sum(axis=1)
    return np.asarray(ways / ways.sum(axis=1, keepdims=True))


def false_discovery_rate(p: Floats, times: Numbers | None = None) -> Floats:
    """Return the p corrected for many tests by Benjamini & Hochberg (1995); `times` says how often each p was met."""
    order = np.argsort(p, kind="stable")
    met = np.ones(len(p)) if times is None else times[order]
    rank = np.maximum(met.cumsum(), 1)
    corrected = np.minimum.accumulate((p[order] * met.sum() / rank)[::-1])[::-1]
    q = np.empty_like(corrected)
    q[order] = np.minimum(corrected, 1.0)
    return q


def _check_floor(units: int, permutations: int, level: float) -> None:
    if permutations < FEWEST_PERMUTATIONS:
        raise BadInput(
            N_("At least {least} permutations are needed, and {count} were asked for."),
            least=FEWEST_PERMUTATIONS, count=permutations,
        )  # fmt: skip
    if (permutations + 1) * level < units:
        raise BadInput(
            N_("{permutations} permutations can't tell one hot spot among {count} places: that takes {needed}. Use the "
               "exact test instead."),
            permutations=permutations, count=units, needed=int(np.ceil(units / level)) - 1,
        )  # fmt: skip
