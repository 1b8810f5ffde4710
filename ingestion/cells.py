"""Columns of text -> numbers, coordinates and moments, a whole column at a time.

Each function takes and returns aligned arrays; what can't be read comes back as NaN or NaT, and the caller says why.
"""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Texts = NDArray[np.object_]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

# The day comes first, as people here write it; the exact shape decides, so 31.02 is no date in any of them.
FORMATS: tuple[tuple[str, str], ...] = (
    ("%Y-%m", "month"),
    ("%d.%m.%Y %H:%M", "minute"),
    ("%Y-%m-%d %H:%M:%S", "minute"),
    ("%Y-%m-%d", "day"),
    ("%d.%m.%Y", "day"),
    ("%d.%m.%Y %H:%M:%S", "minute"),
    ("%Y-%m-%d %H:%M", "minute"),
    ("%Y-%m-%dT%H:%M:%S", "minute"),
    ("%Y-%m-%dT%H:%M", "minute"),
    ("%Y-%m-%dT%H:%M:%S.%f", "minute"),
    ("%Y-%m-%d %H:%M:%S.%f", "minute"),
    ("%d.%m.%y", "day"),
    ("%d.%m.%y %H:%M", "minute"),
    ("%m.%Y", "month"),
    ("%Y.%m.%d", "day"),
    ("%Y.%m", "month"),
)
ZONED = ("%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%d %H:%M:%S%z", "%Y-%m-%dT%H:%M%z", "%Y-%m-%dT%H:%M:%S.%f%z")
# A number of days since this one is how Excel keeps a date that somebody formatted as a number.
EXCEL_EPOCH = "1899-12-30"
EXCEL_DAYS = (20_000, 80_000)  # 1954 .. 2119
PRECISIONS = ("month", "day", "minute")


@dataclass(frozen=True)
class Moments:
    """When: UTC instants (NaT where unreadable), how precise they are, and the first day of their local month."""

    at: pd.DatetimeIndex
    precision: Texts
    month: NDArray[np.datetime64]


def numbers(texts: Texts) -> Floats:
    """Read numbers with a decimal point or comma; NaN where there is none."""
    try:
        return np.asarray(texts, dtype="U").astype(np.float64)  # all plain: several times faster
    except ValueError:
        plain = pd.Series(texts, dtype=object).str.replace(",", ".", regex=False).str.replace("\u00a0", "", regex=False)
        found: Floats = pd.to_numeric(plain, errors="coerce").to_numpy(np.float64, na_value=np.nan)
        return np.where(np.isfinite(found), found, np.nan)


def pairs(texts: Texts) -> tuple[Floats, Floats]:
    """Read "49.8, 36.7", "49,8; 36,7" or "49.8 36.7" as latitude and longitude."""
    number = r"([-+]?\d{1,3}(?:[.,]\d+)?)"
    # A comma between two digits may be decimal; the separator is what makes two numbers of the whole text.
    patterns = (rf"^{number}\s*[;|]\s*{number}$", rf"^{number},?\s+{number}$", r"^([-+]?\d+\.\d+),([-+]?\d+\.\d+)$")
    column = pd.Series(texts, dtype=object).str.strip("()[] ")
    lat = np.full(len(texts), np.nan)
    lon = np.full(len(texts), np.nan)
    for pattern in patterns:
        left = np.isnan(lat)
        if not left.any():
            break
        found = column[left].str.extract(pattern)
        lat[left] = numbers(found[0].fillna("").to_numpy(object))
        lon[left] = numbers(found[1].fillna("").to_numpy(object))
    return lat, lon


def moments(texts: Texts, zone: ZoneInfo, *, finest: str = "minute") -> Moments:
    """Read dates and times of a clock of this zone; `finest` is the best precision that is true of the source."""
    plain = pd.Series(texts, dtype=object)
    local = pd.Series(pd.NaT, index=plain.index, dtype="datetime64[us]")
    precision = np.full(len(plain), "", dtype=object)
    for pattern, meaning in _likeliest_first(plain):
        left = _left(plain, local)
        if left.empty:
            break
        plain.loc[left.index] = left = _tidy(left)
        _take(local, precision, pd.to_datetime(left, format=pattern, errors="coerce"), meaning)
    _take_excel(local, precision, plain)
    _take_zoned(local, precision, plain, zone)
    for finer in PRECISIONS[PRECISIONS.index(finest) + 1 :]:
        precision[precision == finer] = finest
    # Once a year an hour comes twice (the first is meant) and an hour never (the next is meant).
    first = np.ones(len(local), dtype=bool)
    at = pd.DatetimeIndex(local).tz_localize(zone, ambiguous=first, nonexistent="shift_forward").tz_convert("UTC")
    return Moments(at, precision, local.to_numpy().astype("datetime64[M]").astype("datetime64[D]"))


def _left(plain: pd.Series[str], local: pd.Series[pd.Timestamp]) -> pd.Series[str]:
    return plain[local.isna()]


def _tidy(texts: pd.Series[str]) -> pd.Series[str]:
    """Write 23/11/2026,  14:05 as 23.11.2026 14:05; one look at all the texts shows whether there is anything to do."""
    if any("/" in text or ", " in text or "  " in text for text in texts):
        return texts.str.replace("/", ".", regex=False).str.replace(r"(?<=\d),?\s+(?=\d)", " ", regex=True)
    return texts


def _likeliest_first(texts: pd.Series[str]) -> list[tuple[str, str]]:
    """Return FORMATS, those that fit the first texts before the others: a column has mostly one."""
    sample = _tidy(texts.head(32))
    fit = {pattern: pd.to_datetime(sample, format=pattern, errors="coerce").count() for pattern, _ in FORMATS}
    return sorted(FORMATS, key=lambda each: -fit[each[0]])


def _take(local: pd.Series[pd.Timestamp], precision: Texts, found: pd.Series[pd.Timestamp], meaning: str) -> None:
    read = found[found.notna()]
    if len(read):
        local.loc[read.index] = read.astype("datetime64[us]")
        precision[read.index.to_numpy()] = meaning


def _take_excel(local: pd.Series[pd.Timestamp], precision: Texts, plain: pd.Series[str]) -> None:
    days = pd.to_numeric(_left(plain, local), errors="coerce")
    days = days[days.between(*EXCEL_DAYS)]
    if days.empty:
        return
    found = (pd.Timestamp(EXCEL_EPOCH) + pd.to_timedelta(days, unit="D")).dt.round("s")
    whole = days == days.round()
    _take(local, precision, found[whole], "day")
    _take(local, precision, found[~whole], "minute")


def _take_zoned(local: pd.Series[pd.Timestamp], precision: Texts, plain: pd.Series[str], zone: ZoneInfo) -> None:
    for pattern in ZONED:
        left = _left(plain, local)
        if left.empty:
            return
        found = pd.to_datetime(left, format=pattern, errors="coerce", utc=True)
        _take(local, precision, found.dt.tz_convert(zone).dt.tz_localize(None), "minute")
