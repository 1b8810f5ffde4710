"""Months instead of moments: how far a question may reach, and which moment stands for a month."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from layers.errors import BadInput
from layers.text import N_

MOST = 1000  # reports in one answer
SPAN = timedelta(days=90)  # of one question (GeoReport v2)
CLOCK_CHANGE = timedelta(hours=1)  # ninety local days may be an hour longer


def moment_of(month: date, timezone: ZoneInfo) -> datetime:
    """Return the moment that stands for a month in public: its first, in the area's time zone."""
    return datetime.combine(month.replace(day=1), time.min, timezone)


def month_of(moment: datetime, timezone: ZoneInfo) -> date:
    return moment.astimezone(timezone).date().replace(day=1)


def span(since: datetime | None, until: datetime | None, *, now: datetime, timezone: ZoneInfo) -> tuple[date, date]:
    """Return the first and last month of a question about when reports were made.

    Without limits it is the last 90 days, with one limit the 90 days from or to it. A limit within a month means the
    whole month, as only months are public. Raises BadInput for a longer span, or for one that ends before it begins.
    """
    if since is not None and until is not None:
        if until < since:
            raise BadInput(N_("“end_date” lies before “start_date”."))
        if until - since > SPAN + CLOCK_CHANGE:
            raise BadInput(N_("From “start_date” to “end_date” may be at most 90 days; ask several times."))
    first = since or (until or now) - SPAN
    last = until or (since + SPAN if since else now)
    return month_of(first, timezone), month_of(last, timezone)
