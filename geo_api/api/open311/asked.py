"""The words of a question for service requests: times as W3C writes them, lists, pages, a box."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from layers.area import Box
from layers.errors import BadInput
from layers.published.rules import MOST, month_of, span
from layers.published.store import Wanted
from layers.text import N_

# https://www.w3.org/TR/NOTE-datetime: a year, month or day alone, or a moment with its offset.
W3C = re.compile(
    r"(?P<day>\d{4}(-\d\d(-\d\d)?)?)(?P<time>T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(?P<offset>Z|[+-]\d\d:\d\d))?", re.ASCII
)
DAY = "2026-01-01"
STATUSES = {"open": True, "closed": False}


def wanted_of(words: Mapping[str, str], *, now: datetime, timezone: ZoneInfo) -> Wanted:
    """Read a question; raises BadInput. An empty word is as good as none, and unknown words are let be."""
    limit = _number(words, "page_size", MOST, most=MOST)
    offset = (_number(words, "page", 1, most=1_000_000) - 1) * limit
    if ids := _list(words, "service_request_id"):
        # It overrides all other words.
        return Wanted(ids=tuple(one for one in map(id_of, ids) if one), limit=limit, offset=offset)
    since, until = _moment(words, "start_date", timezone), _moment(words, "end_date", timezone)
    after, before = _moment(words, "updated_after", timezone), _moment(words, "updated_before", timezone)
    first: date | None = None
    last: date | None = None
    # Whoever follows changes wants old reports too, if they changed.
    if since or until or not (after or before):
        first, last = span(since, until, now=now, timezone=timezone)
    return Wanted(
        category=_list(words, "service_code") or None,
        is_open=_is_open(words),
        since=first,
        until=last,
        updated_since=month_of(after, timezone) if after else None,
        updated_until=month_of(before, timezone) if before else None,
        bbox=_box(words.get("bbox", "")),
        limit=limit,
        offset=offset,
    )


def id_of(text: str) -> UUID | None:
    """Return a public id, or None for what can't be one."""
    try:
        return UUID(text)
    except ValueError:
        return None


def wants_extensions(words: Mapping[str, str]) -> bool:
    return words.get("extensions", "").strip().lower() in ("true", "v1", "1")


def _list(words: Mapping[str, str], name: str) -> tuple[str, ...]:
    given = words.get(name, "").replace("\0", "")
    return tuple(dict.fromkeys(part.strip() for part in given.split(",") if part.strip()))


def _is_open(words: Mapping[str, str]) -> bool | None:
    chosen = {word.lower() for word in _list(words, "status")}
    if unknown := chosen - set(STATUSES):
        raise BadInput(N_("“status={value}” is none; it is open, closed or both."), value=min(unknown))
    return STATUSES[chosen.pop()] if len(chosen) == 1 else None


def _moment(words: Mapping[str, str], name: str, timezone: ZoneInfo) -> datetime | None:
    """Read a moment; a day without a time begins in the area's own time zone."""
    given = words.get(name, "").strip()
    if not given:
        return None
    # A plus sign that was not escaped arrives as a space.
    found = W3C.fullmatch(given.replace(" ", "+"))
    try:
        if not found or not 1900 <= int(given[:4]) < 2200:
            raise ValueError(given)
        day = (found["day"] + "-01-01")[: len(DAY)]
        if found["time"] is None:
            return datetime.fromisoformat(day).replace(tzinfo=timezone)
        if len(found["day"]) < len(DAY):
            raise ValueError(given)
        moment = datetime.fromisoformat(given.replace(" ", "+"))
    except ValueError as error:
        raise BadInput(
            N_("“{name}={value}” is not a time; write 2026-11-01T00:00:00Z or 2026-11-01T00:00:00+02:00."),
            name=name,
            value=given,
        ) from error
    return moment


def _number(words: Mapping[str, str], name: str, default: int, *, most: int) -> int:
    given = words.get(name, "").strip()
    if not given:
        return default
    if not re.fullmatch(r"[0-9]{1,9}", given) or not 1 <= int(given) <= most:
        raise BadInput(N_("“{name}” takes a whole number from 1 to {most}."), name=name, most=most)
    return int(given)


def _box(given: str) -> Box | None:
    if not given.strip():
        return None
    try:
        west, south, east, north = (float(part) for part in given.split(","))
    except ValueError as error:
        raise BadInput(N_("“bbox” takes four numbers: west,south,east,north in degrees.")) from error
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise BadInput(N_("“bbox” takes four numbers: west,south,east,north in degrees."))
    return west, south, east, north
