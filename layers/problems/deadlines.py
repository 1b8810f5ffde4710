"""When something is due: working days for reports, calendar days for appeals. Pure: dates in, dates out."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from dateutil.easter import EASTER_ORTHODOX, easter
from dateutil.relativedelta import relativedelta

# Labour Code of Ukraine, art. 73 (as of the law 3107-IX and 3258-IX): fixed days; Easter and Trinity move.
FIXED = ((1, 1), (3, 8), (5, 1), (5, 8), (6, 28), (7, 15), (8, 24), (10, 1), (12, 25))
TRINITY_AFTER = timedelta(days=49)

# Law on Citizens' Appeals (393/96-ВР), art. 20 and 7: fifteen days, one month, and with notice at most 45 days.
APPEAL_SIMPLE = timedelta(days=15)
APPEAL_AT_MOST = timedelta(days=45)
APPEAL_FORWARDED_WITHIN = timedelta(days=5)
# Law on the Status of Local Council Deputies (93-IV), art. 13: ten days, with a study of the question a month.
DEPUTY_APPEAL = timedelta(days=10)


@cache
def holidays(year: int) -> frozenset[date]:
    """Return the public holidays of a year, without the days off that are moved from a weekend."""
    sunday = easter(year, EASTER_ORTHODOX)
    return frozenset({date(year, month, day) for month, day in FIXED} | {sunday, sunday + TRINITY_AFTER})


@cache
def days_off(year: int) -> frozenset[date]:
    """Return the holidays and the Mondays that stand for those on a weekend (Labour Code, art. 67)."""
    moved = set()
    for holiday in sorted(holidays(year)):
        if holiday.weekday() >= 5:
            instead = holiday
            while instead.weekday() >= 5 or instead in moved or instead in holidays(instead.year):
                instead += timedelta(days=1)
            moved.add(instead)
    return holidays(year) | moved


def is_working(day: date, *, martial_law: bool) -> bool:
    """Tell whether people work: while martial law lasts, holidays are working days (law 2136-IX, art. 6)."""
    return day.weekday() < 5 and (martial_law or day not in days_off(day.year))


def working_days_after(start: date, days: int, *, martial_law: bool) -> date:
    """Return the day that is `days` working days after `start`; the day itself doesn't count."""
    day = start
    for _ in range(days):
        day += timedelta(days=1)
        while not is_working(day, martial_law=martial_law):
            day += timedelta(days=1)
    return day


def end_of(day: date, timezone: ZoneInfo) -> datetime:
    """Return the first moment after a day: something due on that day is overdue from then on."""
    return datetime.combine(day + timedelta(days=1), time.min, timezone)


def due_at(reported_at: datetime, days: int, *, martial_law: bool, timezone: ZoneInfo) -> datetime:
    """Return when the answer to a report is overdue."""
    start = reported_at.astimezone(timezone).date()
    return end_of(working_days_after(start, days, martial_law=martial_law), timezone)


def on_a_working_day(day: date, *, martial_law: bool) -> date:
    """Return the day or, when nobody works on it, the next working one (Civil Code, art. 254)."""
    while not is_working(day, martial_law=martial_law):
        day += timedelta(days=1)
    return day


def month_after(day: date) -> date:
    """Return the same day of the next month, or its last one where there is none such (Civil Code, art. 254)."""
    later: date = day + relativedelta(months=1)
    return later


def working_days_between(start: date, end: date, *, martial_law: bool) -> int:
    """Return how many working days come after `start` until `end`, that day included: 0 on the same day."""
    days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
    return sum(is_working(day, martial_law=martial_law) for day in days)
