"""What the score is made of: for each unit the exact terms, the number of incidents, and how sure that number is.

Each term of a unit is its share of the whole town's, times 100: a unit with 6 of the town's 240 reports has 2.5 points
of the long-term term. So terms are comparable, they add up, and a pocket calculator is enough to redo them. What can't
be known from the data (the last 30 days, where only months are known) is unavailable, and said so; it isn't guessed.

- long_term: reports a month since the first record.
- recent: reports of the last 30 days.
- harm: days of the minimum sanction, summed over the reports (Sherman, Neyroud & Neyroud 2016, Policing 10: 171-183).
- concern: what residents say in surveys, as given.
- near_repeat: each report of the last 14 days raises the units within 200 m by (1 - days / 14) (1 - metres / 200):
  after one burglary another is likelier nearby and soon (Johnson & Bowers 2004, European Journal of Criminology 1:
  237-255; that such a map looks forward: Bowers, Johnson & Pease 2004, British Journal of Criminology 44: 641-658).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaincinv

from layers.errors import BadInput
from layers.patrols.records import DAY, Flags, Floats, Ints, Records
from layers.patrols.strength import borrowed
from layers.patrols.units import Units, around
from layers.text import N_

TERMS = ("long_term", "recent", "harm", "concern", "near_repeat")
DAYS_A_MONTH = 30.4375
RECENT_DAYS = 30
REPEAT_DAYS = 14
REPEAT_M = 200.0
MINIMUM = 5  # incidents, below which a unit has too few to say much
CONFIDENCE = 0.95
DAYS_KNOWN = 0.5  # share of the incidents whose day must be known, or a term that needs days is unavailable

MONTHS_ONLY = N_("Only the month is known of {count} of {all} incidents, too many for a term that needs days.")
SOME_MONTHS = N_("{count} of {all} incidents don't count here, because only their month is known.")
NONE_LATELY = N_("There was no report in the last {days} days.")
NO_HARM_TABLE = N_("There is no harm table: set the days of harm of the categories.")
NO_HARM = N_("No incident is of a category whose harm is known.")
SOME_HARM = N_("{count} of {all} incidents don't count here, because the harm of their category isn't set.")
NO_CONCERN = N_("There is no survey of residents' concern.")
TOO_LARGE = N_("Settlements and hromadas are too large for it: it reaches {metres} m. Choose segments or a grid.")
BORROWED = N_("Rare categories borrow strength from all reports, so a few of them are counted partly where other reports gather.")  # fmt: skip  # noqa: E501


@dataclass(frozen=True)
class Note:
    """What to know of a term: why it is unavailable, or what it leaves out; a message with its values."""

    term: str
    message: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Settings:
    """What a round table may set besides weights; `only` are the categories that count, all of them when empty."""

    only: tuple[int, ...] = ()
    per_reporter: int = 3
    minimum: int = MINIMUM
    borrow: bool = True
    recent_days: int = RECENT_DAYS
    repeat_days: int = REPEAT_DAYS
    repeat_m: float = REPEAT_M
    confidence: float = CONFIDENCE


@dataclass(frozen=True)
class Terms:
    """Of p units: `values` (p x 5, in each term's own unit, NaN where unavailable), `shares` (p x 5, of 100, 0 there).

    `count` is the number of incidents N since the first record, `months` ago; `low` and `high` are the interval of the
    monthly rate. `rate` is N per unit of exposure where that is known: shown beside, it never changes the score.
    """

    values: Floats
    shares: Floats
    available: Flags
    notes: tuple[Note, ...]
    count: Floats
    months: float
    low: Floats
    high: Floats
    enough: Flags
    rate: Floats | None = None

    def __len__(self) -> int:
        return len(self.count)

    def value(self, term: str) -> Floats | None:
        """Return the values of a term (p), or None where it is unavailable."""
        at = TERMS.index(term)
        return self.values[:, at] if self.available[at] else None


def terms(
    given: Records,
    unit: Ints,
    units: Units,
    *,
    now: date,
    harm: ArrayLike | None = None,
    concern: ArrayLike | None = None,
    exposure: ArrayLike | None = None,
    settings: Settings = Settings(),
) -> Terms:
    """Return the terms of p units from n records, each with its unit (-1 for none), as they were known on day `now`.

    `harm` has the days of each category, NaN where none is set; `concern` and `exposure` a number of each unit, NaN
    where unknown. Raises BadInput for negative ones.
    """
    days_of, concern_of, exposure_of = (
        _given(values, size, name)
        for values, size, name in ((harm, len(given.categories), "harm"), (concern, len(units), "concern"),
                                   (exposure, len(units), "exposure"))
    )  # fmt: skip
    known = given.take(unit >= 0)
    unit = unit[unit >= 0]
    chosen = _chosen(settings.only, len(known.categories))
    table = counted(known, unit, len(units))
    believed = _believed(table, units) if settings.borrow and not _one_category(table) else table
    mine = chosen[known.category]
    asked, asked_unit = known.take(mine), unit[mine]
    months, lately = _months(known, now), _lately(asked, now)
    count = table[:, chosen].sum(axis=1)
    found = {
        "long_term": _long_term(count, believed[:, chosen], months, bool(chosen.all()) or believed is table),
        "recent": _recent(asked, asked_unit, lately, len(units), settings),
        "harm": _harm(table[:, chosen], believed[:, chosen], None if days_of is None else days_of[chosen]),
        "concern": _concern(concern_of),
        "near_repeat": _near_repeat(asked, lately, units, settings),
    }
    low, high = garwood(count, confidence=settings.confidence)
    rate = None if exposure_of is None else np.divide(
        count, exposure_of, out=np.full(len(units), np.nan), where=exposure_of > 0
    )  # fmt: skip
    values = np.column_stack([_column(found[term][0], len(units)) for term in TERMS])
    shares, available = _shares(values)
    return Terms(
        np.where(available, values, np.nan), shares, available, tuple(n for term in TERMS for n in found[term][1]),
        count, months, low / months, high / months, count >= settings.minimum, rate,
    )  # fmt: skip


_Found = tuple[Floats | None, tuple[Note, ...]]


def _noted(term: str, message: str, **values: object) -> tuple[Note, ...]:
    return (Note(term, message, values),)


def _given(values: ArrayLike | None, size: int, name: str) -> Floats | None:
    if values is None:
        return None
    array = np.asarray(values, dtype=float)
    if array.shape != (size,):
        raise ValueError(f"{name} must have {size} values, not {array.shape}")
    if (array < 0).any() or np.isinf(array).any():
        raise BadInput(
            N_("Harm, concern and exposure can't be negative or endless: look again at “{name}”."), name=name
        )
    return array


def _chosen(only: tuple[int, ...], categories: int) -> Flags:
    chosen = np.full(categories, not only)
    chosen[list(only)] = True
    return chosen


def counted(given: Records, unit: Ints, units: int) -> Floats:
    """Return the number of incidents of each unit and category (p x c); records of no unit (-1) count nowhere."""
    categories, there = len(given.categories), unit >= 0
    at = unit[there] * categories + given.category[there]
    table = np.bincount(at, given.weight[there], minlength=units * categories)
    return np.asarray(table, float).reshape(units, categories)


def _one_category(table: Floats) -> bool:
    return int((table.sum(axis=0) > 0).sum()) < 2


def _believed(table: Floats, units: Units) -> Floats:
    """Return the counts with strength borrowed, of the categories that occur at all."""
    occurs = table.sum(axis=0) > 0
    believed = table.copy()
    believed[:, occurs] = borrowed(table[:, occurs], exposure=units.size if (units.size > 0).all() else None)
    return believed


def _months(given: Records, now: date) -> float:
    """Return the months since the first record, at least one."""
    days = int((np.datetime64(now, "D") - given.day.min()).astype(np.int64)) + 1 if len(given) else 0
    return max(1.0, days / DAYS_A_MONTH)


def _lately(given: Records, now: date) -> Ints:
    """Return how many days ago each record was, a very large number where its day isn't known."""
    ago = (np.datetime64(now, "D") - given.day).astype(np.int64)
    return np.where(given.precision <= DAY, ago, np.iinfo(np.int64).max)


def _long_term(count: Floats, believed: Floats, months: float, plain: bool) -> _Found:
    if plain:
        return count / months, ()
    return believed.sum(axis=1) / months, _noted("long_term", BORROWED)


def _days_known(given: Records, term: str) -> tuple[bool, tuple[Note, ...]]:
    """Tell whether enough is known by the day, and what to say of the rest."""
    everything = given.count
    coarse = round(float(given.weight[given.precision > DAY].sum()))
    said = {"count": coarse, "all": everything}
    if coarse > everything * (1 - DAYS_KNOWN):
        return False, _noted(term, MONTHS_ONLY, **said)
    return True, _noted(term, SOME_MONTHS, **said) if coarse else ()


def _recent(given: Records, unit: Ints, ago: Ints, units: int, settings: Settings) -> _Found:
    known, notes = _days_known(given, "recent")
    late = ago < settings.recent_days
    if not known:
        return None, notes
    if not given.weight[late].any():
        return None, _noted("recent", NONE_LATELY, days=settings.recent_days)
    return np.asarray(np.bincount(unit[late], given.weight[late], minlength=units), float), notes


def _harm(table: Floats, believed: Floats, days: Floats | None) -> _Found:
    if days is None:
        return None, _noted("harm", NO_HARM_TABLE)
    known = np.isfinite(days)
    everything, without = table.sum(), table[:, ~known].sum()
    harm = believed[:, known] @ days[known]
    if not harm.any():
        return None, _noted("harm", NO_HARM)
    missing = _noted("harm", SOME_HARM, count=round(without), all=round(everything)) if without else ()
    return harm, missing + (() if np.array_equal(table, believed) else _noted("harm", BORROWED))


def _concern(concern: Floats | None) -> _Found:
    if concern is None or not np.nan_to_num(concern).any():
        return None, _noted("concern", NO_CONCERN)
    return concern, ()


def _near_repeat(given: Records, ago: Ints, units: Units, settings: Settings) -> _Found:
    if units.takes_totals:
        return None, _noted("near_repeat", TOO_LARGE, metres=round(settings.repeat_m))
    known, notes = _days_known(given, "near_repeat")
    if not known:
        return None, notes
    late = np.flatnonzero((ago < settings.repeat_days) & given.has_point)
    point, unit, metres = around(units, given.xy[late], within_m=settings.repeat_m)
    weight = given.weight[late] * (1 - ago[late] / settings.repeat_days)
    near = weight[point] * (1 - metres / settings.repeat_m)
    boost = np.asarray(np.bincount(unit, near, minlength=len(units)), float)
    if not boost.any():
        return None, _noted("near_repeat", NONE_LATELY, days=settings.repeat_days)
    return boost, notes


def _column(values: Floats | None, units: int) -> Floats:
    return np.full(units, np.nan) if values is None else values


def _shares(values: Floats) -> tuple[Floats, Flags]:
    """Return shares of 100 and which columns have any: what nobody was asked about (NaN) has no share."""
    known = np.nan_to_num(values)
    totals = known.sum(axis=0)
    available = totals > 0
    return 100 * known / np.where(available, totals, 1.0), available


def garwood(count: Floats, *, confidence: float = CONFIDENCE) -> tuple[Floats, Floats]:
    """Return the exact interval of Poisson means from counts (Garwood 1936, Biometrika 28: 437-442).

    Its bounds are quantiles of Gamma distributions with shapes N and N + 1, as are those of chi squared, halved.
    """
    seen, where = np.unique(count, return_inverse=True)
    tail = (1 - confidence) / 2
    low = np.where(seen > 0, gammaincinv(np.maximum(seen, 1e-12), tail), 0.0)
    high = gammaincinv(seen + 1, 1 - tail)
    return np.asarray(low[where], float), np.asarray(high[where], float)
