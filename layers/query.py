"""What is asked of a layer, in the one vocabulary of tiles, API, list, exports and permalinks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from layers.errors import BadInput
from layers.text import N_

VOCABULARY = ("category", "status", "from", "to", "unit", "bbox", "limit", "cursor", "lang")
NARROWING = ("category", "status", "from", "to", "unit")
LISTS = ("category", "status", "unit")
MAX_PAGE = 1000
UTC = ZoneInfo("UTC")
_DAY = re.compile(r"(19|20|21)\d\d-\d\d(-\d\d)?", re.ASCII)
_NUMBER = re.compile(r"[0-9]{1,6}")


@dataclass(frozen=True)
class Query:
    """The words of one question, read and checked."""

    category: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    since: date | None = None  # from
    until: date | None = None  # to
    unit: tuple[str, ...] = ()
    bbox: tuple[float, float, float, float] | None = None  # west, south, east, north in EPSG:4326
    limit: int | None = None  # pages have one of their own when none is asked for; files then hold everything
    cursor: str = ""
    lang: str = "uk"
    timezone: ZoneInfo = UTC  # whose days and months `since`, `until` and counts by month mean

    def value(self, name: str) -> Any:
        return {"from": self.since, "to": self.until}.get(name, getattr(self, name, None))

    @property
    def filters(self) -> tuple[Any, ...]:
        """Return what narrows the rows wherever one looks: the part of a tile's cache key that the filters make."""
        return (self.category, self.status, self.since, self.until, self.unit)


def parse_query(words: Sequence[tuple[str, str]], timezone: ZoneInfo = UTC) -> Query:
    """Read a query string's pairs; raises BadInput naming the word and its mend."""
    known: dict[str, list[str]] = {name: [] for name in VOCABULARY}
    for name, value in words:
        if name not in known:
            raise BadInput(
                N_("There is no filter “{name}”; known are {known}."), name=name, known=", ".join(VOCABULARY)
            )
        known[name] += [part for part in (value.split(",") if name in LISTS else [value]) if part]
    return Query(
        category=_codes(known["category"]),
        status=_codes(known["status"]),
        since=_day("from", known["from"], first=True),
        until=_day("to", known["to"], first=False),
        unit=_codes(known["unit"]),
        bbox=_bbox(known["bbox"]),
        limit=_limit(known["limit"]),
        cursor=known["cursor"][-1] if known["cursor"] else "",
        lang=_language(known["lang"]),
        timezone=timezone,
    )


def _codes(values: list[str]) -> tuple[str, ...]:
    if any("\0" in value for value in values):
        raise BadInput(N_("A code is made of letters, digits and signs."))
    return tuple(sorted(set(values)))


def _day(name: str, values: list[str], *, first: bool) -> date | None:
    """Read YYYY-MM-DD or YYYY-MM; a month means its first day in `from`, its last in `to`."""
    if not values:
        return None
    text = values[-1]
    try:
        if not _DAY.fullmatch(text):
            raise ValueError(text)
        if len(text) > len("2026-11"):
            return date.fromisoformat(text)
        month = date.fromisoformat(f"{text}-01")
        return month if first else (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    except ValueError as error:
        raise BadInput(
            N_("“{name}={value}” is not a day; write 2026-11-23 or 2026-11."), name=name, value=text
        ) from error


def _bbox(values: list[str]) -> tuple[float, float, float, float] | None:
    if not values:
        return None
    try:
        west, south, east, north = (float(n) for n in values[-1].split(","))
    except ValueError as error:
        raise BadInput(N_("“bbox” takes four numbers: west,south,east,north in degrees.")) from error
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise BadInput(N_("“bbox” takes four numbers: west,south,east,north in degrees."))
    return west, south, east, north


def _limit(values: list[str]) -> int | None:
    if not values:
        return None
    if not _NUMBER.fullmatch(values[-1]) or not 1 <= int(values[-1]) <= MAX_PAGE:
        raise BadInput(N_("“limit” takes a whole number from 1 to {most}."), most=MAX_PAGE)
    return int(values[-1])


def _language(values: list[str]) -> str:
    if not values:
        return "uk"
    if values[-1] not in ("uk", "en"):
        raise BadInput(N_("“lang” is uk or en."))
    return values[-1]
