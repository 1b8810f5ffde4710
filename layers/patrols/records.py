"""The evidence as arrays: incidents and reports with their source, and what of it can't be used, by reason.

Totals by settlement and month are records too: they have a unit instead of a point, and a weight of many.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from layers.errors import BadInput
from layers.text import N_

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Days = NDArray[np.datetime64]

SOURCES = ("resident", "call_102", "hotline", "officer", "survey")
OFFICER = SOURCES.index("officer")
REPORTED = tuple(source for source in SOURCES if source != "officer")
MINUTE, DAY, MONTH = 0, 1, 2  # how precisely the time of a record is known

FEWEST = 20  # incidents, below which no list of places means anything
CAP_DAYS = 30
CAP_M = 100.0  # side of the squares that are one place to the cap
STRAY_M = 1.0

FEW = N_("There are {count} incidents; at least {fewest} are needed to rank places. Load a longer period or more sources.")  # fmt: skip  # noqa: E501
FEW_LEFT = N_("Only {count} of {all} incidents can be used, and at least {fewest} are needed to rank places. The most were left out for one reason: {reason}.")  # fmt: skip  # noqa: E501
ONE_PLACE = N_("All {count} incidents are at one place, so there is nothing to rank. Check the coordinates in the file.")  # fmt: skip  # noqa: E501
ONE_MONTH = N_("All {count} incidents are of one month ({month}). Load at least two months, so that what lasts can be told from chance.")  # fmt: skip  # noqa: E501

# Why an incident doesn't count, as people read it.
REASONS: Mapping[str, str] = {
    "undated": N_("they have no date"),
    "future": N_("their date is in the future"),
    "nowhere": N_("they have neither a point nor a settlement"),
    "stray": N_("their point is (0, 0), which means that nobody set it"),
    "outside": N_("they are outside the area"),
    "totals": N_("they are totals of a settlement, which can only be ranked by settlement or hromada"),
    "unplaced": N_("they are in none of the places to be ranked, or too far from any street"),
    "officer": N_("officers began them themselves, and only what people reported counts"),
    "capped": N_("one reporter said the same of one place too often"),
    "category": N_("they are of other categories"),
}


@dataclass(frozen=True)
class Records:
    """n incidents or reports; every array has n rows.

    `xy` is n x 2 in a metric CRS, NaN where the record has no point: a place known only as a settlement must have
    none, not the settlement's centre. `day` is the first of the month where only the month is known; `minute` counts
    after local midnight, -1 unknown. `category`, `source` and `unit` are indices into `categories`, SOURCES and
    `places` (codes of settlements or hromadas); `unit` is -1 unless the record exists only as one of those.
    `weight` is how many incidents the record stands for. `reporter` is equal for reports of one person, -1 unknown.
    """

    xy: Floats
    day: Days
    minute: Ints
    precision: Ints
    category: Ints
    source: Ints
    unit: Ints
    weight: Floats
    reporter: Ints
    categories: tuple[str, ...]
    places: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.day)

    @property
    def count(self) -> int:
        """Return how many incidents the records stand for."""
        return round(float(self.weight.sum()))

    @property
    def reported(self) -> Flags:
        """Return which records people reported: all but those that officers began themselves."""
        return np.asarray(self.source != OFFICER)

    @property
    def has_point(self) -> Flags:
        """Return which records have a point."""
        return np.asarray(np.isfinite(self.xy).all(axis=1))

    def take(self, which: ArrayLike) -> Records:
        """Return some of them, by flags or indices."""
        chosen = np.asarray(which)
        rows = {name: values[chosen] for name, values in vars(self).items() if isinstance(values, np.ndarray)}
        return Records(**rows, categories=self.categories, places=self.places)


def records(
    xy: ArrayLike,
    day: ArrayLike,
    *,
    categories: tuple[str, ...] = ("incident",),
    places: tuple[str, ...] = (),
    minute: ArrayLike = -1,
    precision: ArrayLike = DAY,
    category: ArrayLike = 0,
    source: ArrayLike = 0,
    unit: ArrayLike = -1,
    weight: ArrayLike = 1.0,
    reporter: ArrayLike = -1,
) -> Records:
    """Return records from anything that broadcasts to one value each; ValueError when an index points nowhere."""
    points = np.ascontiguousarray(xy, dtype=float).reshape(-1, 2)
    n = len(points)
    made = Records(
        points, np.broadcast_to(np.asarray(day, dtype="datetime64[D]"), n).copy(), _whole(minute, n),
        _whole(precision, n), _whole(category, n), _whole(source, n), _whole(unit, n),
        np.array(np.broadcast_to(np.asarray(weight, float), n)), _whole(reporter, n), categories, places,
    )  # fmt: skip
    _check(made)
    return made


def _whole(values: ArrayLike, n: int) -> Ints:
    return np.array(np.broadcast_to(np.asarray(values, dtype=np.int64), n))


def _check(made: Records) -> None:
    bounds: Mapping[str, tuple[int, int]] = {
        "minute": (-1, 24 * 60),
        "precision": (MINUTE, MONTH + 1),
        "category": (0, len(made.categories)),
        "source": (0, len(SOURCES)),
        "unit": (-1, len(made.places)),
    }
    for name, (least, end) in bounds.items():
        values: Any = getattr(made, name)
        if ((values < least) | (values >= end)).any():
            raise ValueError(f"{name} must be at least {least} and below {end}")
    if not (np.isfinite(made.weight) & (made.weight >= 0)).all():
        raise ValueError("weight must be zero or more")


@dataclass(frozen=True)
class Checked:
    """Usable records, and how many incidents were left out, by reason; no reason is named in vain."""

    records: Records
    left_out: Mapping[str, int]


def checked(
    given: Records,
    *,
    now: date,
    area: shapely.Geometry | None = None,
    null_island: tuple[float, float] | None = None,
) -> Checked:
    """Return what can be used: dated, not in the future, at a place, within the area (the records' CRS).

    The first reason that holds counts, of REASONS: `undated`, `future`, `nowhere` (neither point nor unit), `stray`
    (the point 0, 0: of the CRS, or of longitude and latitude, which the CRS puts at `null_island`), `outside`.
    """
    pointed = given.has_point
    reasons = {
        "undated": np.isnat(given.day),
        "future": given.day > np.datetime64(now, "D"),
        "nowhere": ~pointed & (given.unit < 0),
        "stray": pointed & _stray(given.xy, null_island),
        "outside": pointed & ~_within(given.xy, pointed, area),
    }
    left_out: dict[str, int] = {}
    usable = np.ones(len(given), dtype=bool)
    for reason, holds in reasons.items():
        incidents = round(float(given.weight[usable & holds].sum()))
        left_out |= {reason: incidents} if incidents else {}
        usable &= ~holds
    return Checked(given.take(usable), left_out)


def _stray(xy: Floats, null_island: tuple[float, float] | None) -> Flags:
    origins = [(0.0, 0.0)] if null_island is None else [(0.0, 0.0), null_island]
    return np.asarray(np.any([(np.abs(xy - origin) <= STRAY_M).all(axis=1) for origin in origins], axis=0))


def _within(xy: Floats, pointed: Flags, area: shapely.Geometry | None) -> Flags:
    if area is None:
        return pointed.copy()
    shapely.prepare(area)
    inside = pointed.copy()
    inside[pointed] = shapely.intersects_xy(area, xy[pointed])
    return inside


def enough(given: Records, *, left_out: Mapping[str, int] | None = None) -> None:
    """Refuse with BadInput what can't be ranked: too few incidents, all of them at one place, or all in one month.

    `left_out` has the incidents that were left out before, by a reason of REASONS: the sentence names the main one.
    """
    count, lost = given.count, dict(left_out or {})
    if count < FEWEST and lost:
        reason = BadInput(REASONS[max(lost, key=lost.__getitem__)])
        raise BadInput(FEW_LEFT, count=count, all=count + sum(lost.values()), fewest=FEWEST, reason=reason)
    if count < FEWEST:
        raise BadInput(FEW, count=count, fewest=FEWEST)
    some = given.take(given.weight > 0)
    where = np.column_stack([np.nan_to_num(some.xy, posinf=0, neginf=0), np.where(some.has_point, -1, some.unit)])
    if (where == where[0]).all():
        raise BadInput(ONE_PLACE, count=count)
    months = some.day.astype("datetime64[M]")
    if (months == months[0]).all():
        raise BadInput(ONE_MONTH, count=count, month=str(months[0]))


def within_cap(given: Records, *, per_reporter: int) -> Flags:
    """Return which records count when one reporter may not say a thing of one place too often.

    At most `per_reporter` reports of one reporter count per place and 30 days, the earliest first; a place is a square
    of 100 m, or the unit of a record without a point. Records of unknown reporters all count.
    """
    if per_reporter < 1:
        raise BadInput(N_("At least one report of a reporter must count, not {count}."), count=per_reporter)
    counts = np.ones(len(given), dtype=bool)
    known = np.flatnonzero(given.reporter >= 0)
    group = _groups(given.take(known))
    # Only groups larger than the cap can lose anything; they are few, so a plain loop is quick enough.
    many = np.flatnonzero(np.bincount(group)[group] > per_reporter)
    days = given.day[known].astype(np.int64)
    counted: dict[int, list[int]] = {}
    for row in many[np.lexsort((days[many], group[many]))].tolist():
        kept = counted.setdefault(int(group[row]), [])
        if len(kept) >= per_reporter and days[row] - kept[-per_reporter] < CAP_DAYS:
            counts[known[row]] = False
        else:
            kept.append(int(days[row]))
    return counts


def _groups(given: Records) -> Ints:
    """Return a number for each reporter and place."""
    pointed = given.has_point
    square = np.floor(np.where(pointed[:, None], given.xy, 0) / CAP_M).astype(np.int64)
    keys = np.column_stack([given.reporter, square, np.where(pointed, -1, given.unit)])
    order = np.lexsort(keys.T)
    new = np.r_[False, (keys[order][1:] != keys[order][:-1]).any(axis=1)][: len(keys)]
    group = np.empty(len(keys), dtype=np.int64)
    group[order] = np.cumsum(new)
    return group
