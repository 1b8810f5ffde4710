"""Near repeat: whether one report makes others soon and nearby likelier, by the Knox table.

Pairs of reports are counted by how far apart they are in space and in time (Knox 1964), and beside them what those
counts are when the times are shuffled over the places (Johnson & Bowers 2004; Ratcliffe & Rengert 2008): places and
times stay as they are, only what happened where at which time is left to chance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import cKDTree

from layers.errors import BadInput
from layers.patrols.neighbourhoods import Floats, Ints
from layers.text import N_

DISTANCES_M = (100.0, 200.0, 300.0, 400.0, 500.0)
DAYS = (7.0, 14.0, 21.0, 28.0)
FEWEST_RECORDS = 20
FEWEST_PERMUTATIONS = 99
MOST_PAIRS = 5_000_000

Numbers = NDArray[Any]


@dataclass(frozen=True)
class KnoxTable:
    """A table of distance bands (rows) by time bands (columns): pairs observed, and by chance.

    A band reaches from above the bound before it up to its own bound, inclusive; the first one from zero, inclusive.
    `expected` is the mean over shuffled times, `ratio` observed by expected (nan where none is expected), and `p` the
    share of shuffles, the true order included, with as many pairs or more. `permutations` says of how many.
    """

    distances_m: Floats
    days: Floats
    observed: Ints
    expected: Floats
    ratio: Floats
    p: Floats
    records: int
    permutations: int


def knox_table(
    xy: ArrayLike,
    day: ArrayLike,
    *,
    precision: Literal["minute", "day", "month"],
    distances_m: Sequence[float] = DISTANCES_M,
    days: Sequence[float] = DAYS,
    permutations: int = 999,
    seed: int = 1,
) -> KnoxTable:
    """Return the Knox table of n records: `xy` n x 2 in a metric CRS, `day` in days since any day; raises BadInput.

    `distances_m` and `days` are the bounds of the bands, rising; a first bound of 0 is a band of its own for the very
    same place, or day. `precision` is how exactly the times are known: months are refused.
    """
    points, when = np.asarray(xy, dtype=float).reshape(-1, 2), np.asarray(day, dtype=float)
    far, late = np.asarray(distances_m, dtype=float), np.asarray(days, dtype=float)
    _check(points, when, precision, permutations)
    _check_bounds(far)
    _check_bounds(late)
    first, second, ends = _pairs_by_band(points, far)
    times = _compact(when)
    limits = [int(bound) if times.dtype.kind == "i" else float(bound) for bound in late]
    rng = np.random.default_rng(seed)
    observed = _counts(times, first, second, ends, limits)
    total, as_many = np.zeros(observed.shape), np.ones(observed.shape)
    for _ in range(permutations):
        rng.shuffle(times)
        counts = _counts(times, first, second, ends, limits)
        total += counts
        as_many += counts >= observed
    expected = total / permutations
    ratio = np.divide(observed, expected, out=np.full(observed.shape, np.nan), where=expected > 0)
    p = as_many / (permutations + 1)
    return KnoxTable(far, late, observed, expected, ratio, p, len(points), permutations)


def _pairs_by_band(points: Floats, bounds: Floats) -> tuple[Ints, Ints, list[int]]:
    """Return the pairs within the last bound (two arrays of indices), band after band, and where each band ends."""
    tree = cKDTree(points)
    count = (int(tree.count_neighbors(tree, bounds[-1])) - len(points)) // 2
    if count > MOST_PAIRS:
        raise BadInput(
            N_("{count} pairs of records lie within {distance} m of each other, and at most {most} can be compared: "
               "choose shorter distances, one category, or a shorter time."),
            count=count, distance=bounds[-1], most=MOST_PAIRS,
        )  # fmt: skip
    first, second = tree.query_pairs(bounds[-1], output_type="ndarray").astype(np.int64).T
    # Squares are compared, as the tree does, so that a pair just at a bound falls on the same side of it.
    squared = ((points[first] - points[second]) ** 2).sum(axis=1)
    band = np.searchsorted(bounds[:-1] ** 2, squared, side="left")
    order = np.lexsort((second, first, band))
    ends = np.searchsorted(band[order], np.arange(len(bounds)), side="right")
    return first[order], second[order], ends.tolist()


def _compact(when: Floats) -> Numbers:
    """Return the times since the first in the smallest type that holds them exactly: less to read is faster."""
    since = when - when.min()
    whole = (since == np.rint(since)).all()
    for kind in (np.int16, np.int32):
        if whole and since.max() <= np.iinfo(kind).max:
            return np.asarray(since, dtype=kind)
    return np.asarray(since)


def _counts(times: Numbers, first: Ints, second: Ints, ends: list[int], limits: Sequence[float]) -> Ints:
    """Return how many pairs each band of distance (rows) and of time (columns) has."""
    apart = np.abs(times[first] - times[second])
    within = np.zeros((len(ends), len(limits) + 1), np.int64)
    for column, limit in enumerate(limits, start=1):
        near = apart <= limit
        for row, (start, end) in enumerate(zip([0, *ends[:-1]], ends, strict=True)):
            within[row, column] = np.count_nonzero(near[start:end])
    return np.diff(within, axis=1)


def _check(points: Floats, when: Floats, precision: str, permutations: int) -> None:
    if precision == "month":
        raise BadInput(
            N_("Near repeat compares days, and of these records only the month is known: it can't be worked out.")
        )
    if len(points) != len(when):
        raise ValueError(f"{len(points)} places and {len(when)} times")
    if not (np.isfinite(points).all() and np.isfinite(when).all()):
        raise BadInput(N_("Some records have no place or no time: leave them out of the near-repeat table."))
    if len(points) < FEWEST_RECORDS:
        raise BadInput(
            N_("Near repeat needs at least {least} records with a place and a day, and there are {count}."),
            least=FEWEST_RECORDS, count=len(points),
        )  # fmt: skip
    if not np.ptp(points, axis=0).any():
        raise BadInput(N_("All records lie at one point, so there is no near and far among them."))
    if np.ptp(np.floor(when)) == 0:
        raise BadInput(N_("All records are of one day, so there is no soon and late among them."))
    if permutations < FEWEST_PERMUTATIONS:
        raise BadInput(
            N_("At least {least} permutations are needed, and {count} were asked for."),
            least=FEWEST_PERMUTATIONS, count=permutations,
        )  # fmt: skip


def _check_bounds(bounds: Floats) -> None:
    rising = len(bounds) > 0 and np.isfinite(bounds).all() and bounds[0] >= 0 and bounds[-1] > 0
    if not (rising and (np.diff(bounds) > 0).all()):
        raise BadInput(
            N_("The bounds of the bands must rise and begin at 0 or above, and these don't: {bounds}."),
            bounds=", ".join(f"{each:g}" for each in bounds),
        )  # fmt: skip
