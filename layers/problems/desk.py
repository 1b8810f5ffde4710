"""The queue of whoever works on reports: its tabs and their counts, what narrows it, and one page of rows.

Everything is asked under the viewer's own rights: row-level security says whose rows these are. Pages follow each other
by key, so that a queue that moves while somebody reads it neither repeats a row nor leaves one out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

import phonenumbers
from sqlalchemy import text
from sqlalchemy.orm import Session

from layers.lemmas import lemmas
from layers.problems.rules import DESK
from layers.text import N_
from layers.viewer import Viewer

PAGE = 50
SHOWN_LETTERS = 180

# --- Tabs -------------------------------------------------------------------------------------------------------------

_FLAGGED = "EXISTS (SELECT FROM problem_words w WHERE w.problem_id = p.id AND w.concerns <> '{}')"
_WAITING = "EXISTS (SELECT FROM problem_photos f WHERE f.problem_id = p.id AND f.state = 'waiting')"
# Somebody else said something, and the desk has said nothing since.
_SAID = """EXISTS (
    SELECT FROM problem_messages m
    WHERE m.problem_id = p.id AND m.said_by <> 'desk' AND m.body IS NOT NULL AND m.approved IS NULL
      AND NOT EXISTS (SELECT FROM problem_messages d
                      WHERE d.problem_id = p.id AND d.said_by = 'desk' AND d.nth > m.nth))"""
_CALL = "EXISTS (SELECT FROM problem_contacts k WHERE k.problem_id = p.id AND k.call_back AND k.called_back_at IS NULL)"
_OVERDUE = "p.due_at < :now AND p.status IN (SELECT code FROM problem_statuses WHERE is_open)"

# What a tab is sorted by, smallest first: a lane, then a number. A point of severity is worth a day of waiting.
_URGENT = (f"CASE WHEN {_FLAGGED} THEN 0 ELSE 1 END", "extract(epoch FROM p.reported_at) - 86400 * c.severity")
_DUE = ("CASE WHEN p.due_at IS NULL THEN 1 ELSE 0 END", "extract(epoch FROM coalesce(p.due_at, p.reported_at))")
_SINCE = ("0", "extract(epoch FROM p.status_at)")
_OLDEST = ("0", "extract(epoch FROM p.reported_at)")
_NEWEST = ("0", "-extract(epoch FROM p.reported_at)")


@dataclass(frozen=True)
class Tab:
    """One heap of work: which reports lie in it (SQL over `problems p`), and what they are sorted by."""

    code: str
    title: str
    where: str
    order: tuple[str, str]
    desk: bool = False  # for whoever sees reports before they are confirmed


TABS = (
    Tab("new", N_("New"), "p.status = 'received'", _URGENT, desk=True),
    Tab("checking", N_("Being checked"), "p.status = 'checking'", _URGENT, desk=True),
    Tab("info", N_("Asked the author"), "p.status = 'needs_info'", _SINCE, desk=True),
    Tab("confirmed", N_("To forward"), "p.status IN ('confirmed', 'reopened')", _DUE),
    Tab("work", N_("In work"), "p.status IN ('forwarded', 'in_work')", _DUE),
    Tab("done", N_("Done, waiting"), "p.status = 'done'", _SINCE),
    Tab("overdue", N_("Overdue"), _OVERDUE, _DUE),
    Tab("calls", N_("Call back"), _CALL, _OLDEST, desk=True),
    Tab(
        "news",
        N_("Something new"),
        f"p.status NOT IN ('received', 'checking') AND ({_WAITING} OR {_SAID})",
        _SINCE,
        desk=True,
    ),
    Tab("all", N_("All"), "true", _NEWEST),
)
BY_CODE = {tab.code: tab for tab in TABS}


def tabs_of(viewer: Viewer) -> tuple[Tab, ...]:
    """Return the tabs that can hold anything for this viewer."""
    return TABS if viewer.role in DESK else tuple(tab for tab in TABS if not tab.desk)


# --- What narrows it --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Narrowing:
    """What the queue is narrowed to, in the filters' shared vocabulary, and the words looked for."""

    category: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    unit: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None  # the last day, in the area's time zone
    words: str = ""
    timezone: str = "UTC"

    def sql(self) -> tuple[str, dict[str, Any]]:
        """Return the conditions and their values."""
        lists = {"category": self.category, "status": self.status, "source": self.source}
        conditions = [f"p.{name} = ANY(:{name})" for name, values in lists.items() if values]
        given: dict[str, Any] = {name: list(values) for name, values in lists.items() if values}
        if self.unit:
            conditions.append("p.units && CAST(:unit AS text[])")
            given["unit"] = list(self.unit)
        day = "(p.reported_at AT TIME ZONE :timezone)::date"
        for name, value, sign in (("since", self.since, ">="), ("until", self.until, "<=")):
            if value:
                conditions.append(f"{day} {sign} :{name}")
                given |= {name: value, "timezone": self.timezone}
        said, values = _looked_for(self.words)
        return " AND ".join([*conditions, *said]) or "true", given | values


def _looked_for(words: str) -> tuple[list[str], dict[str, Any]]:
    """Return what finds the words: as a report's number, a contact's phone, or the lemmas of what was said."""
    wanted = words.strip()
    if not wanted:
        return [], {}
    digits = "".join(letter for letter in wanted if letter.isdigit())
    ways: list[str] = []
    values: dict[str, Any] = {}
    if digits and len(digits) <= 9 and wanted.strip("№# ") == digits:
        ways.append("p.number = :number")
        values["number"] = int(digits)
    phone = _phone(wanted) if len(digits) >= 9 else ""
    if phone:
        ways.append("p.id IN (SELECT problem_id FROM problem_contacts WHERE phone = :phone)")
        values["phone"] = phone
    found = list(lemmas(wanted))
    if found:
        ways.append("p.id IN (SELECT problem_id FROM problems_saying(CAST(:lemmas AS text[])))")
        values["lemmas"] = found
    return [f"({' OR '.join(ways)})" if ways else "false"], values


def _phone(text_: str) -> str:
    try:
        number = phonenumbers.parse(text_, "UA")
    except phonenumbers.NumberParseException:
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


# --- Rows -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """One report as the queue shows it; `words` are the approved ones or, for the desk, what was typed."""

    id: UUID
    number: int
    category: str
    symbol: str
    status: str
    audience: str
    source: str
    reported_at: datetime
    due_at: datetime | None
    overdue: bool
    supporters: int
    reopened: int
    words: str
    place: str | None  # as its reporter said it
    on_map: bool
    unit: str | None
    concerns: Sequence[str]
    photos: int
    waiting: int
    news: bool
    call: bool
    institution_id: UUID | None
    lane: int
    rank: Decimal

    @property
    def cursor(self) -> str:
        """Return what the next page begins after."""
        return f"{self.lane}_{self.rank}_{self.id}"


@dataclass(frozen=True)
class Cursor:
    lane: int
    rank: Decimal
    id: UUID

    @classmethod
    def read(cls, written: str) -> Cursor | None:
        """Return the cursor that was written; None for what isn't one: the queue then begins anew."""
        lane, _, rest = written.partition("_")
        rank, _, row = rest.partition("_")
        try:
            return cls(int(lane), Decimal(rank), UUID(row)) if Decimal(rank).is_finite() else None
        except (ValueError, InvalidOperation):
            return None


@dataclass(frozen=True)
class Page:
    """Rows in their order, and the cursor of the next page, or ""."""

    rows: Sequence[Row] = field(default_factory=tuple)
    further: str = ""


_AFTER = "AND (lane, rank, id) > (:lane, CAST(:rank AS numeric), CAST(:row AS uuid))"
_PAGE = """
WITH picked AS (
    SELECT * FROM (
        SELECT p.id, {lane} AS lane, {rank} AS rank
        FROM problems p JOIN categories c ON c.code = p.category
        WHERE {tab} AND {narrowed}
    ) ranked
    WHERE true {after}
    ORDER BY lane, rank, id LIMIT :limit
)
SELECT p.id, p.number, p.category, c.symbol, p.status, p.audience, p.source, p.reported_at, p.due_at,
       coalesce({overdue}, false) AS overdue, p.supporters, p.reopened,
       left(coalesce(nullif(p.body, ''), w.original, ''), :letters) AS words, e.words AS place,
       e.geom IS NOT NULL AS on_map, coalesce(p.settlement, p.hromada, p.unit_2017) AS unit,
       coalesce(w.concerns, '{{}}') AS concerns,
       (SELECT count(*) FROM problem_photos f WHERE f.problem_id = p.id AND f.state <> 'removed') AS photos,
       (SELECT count(*) FROM problem_photos f WHERE f.problem_id = p.id AND f.state = 'waiting') AS waiting,
       {said} AS news, {call} AS call, p.institution_id, picked.lane, picked.rank
FROM picked JOIN problems p USING (id) JOIN categories c ON c.code = p.category
LEFT JOIN problem_places e ON e.problem_id = p.id LEFT JOIN problem_words w ON w.problem_id = p.id
ORDER BY picked.lane, picked.rank, picked.id
"""


def page(
    session: Session, tab: Tab, narrowing: Narrowing, *, now: datetime, cursor: str = "", limit: int = PAGE
) -> Page:
    """Return one page of a tab's reports, as far as the viewer may see them."""
    narrowed, values = narrowing.sql()
    after = Cursor.read(cursor) if cursor else None
    if after:
        values |= {"lane": after.lane, "rank": after.rank, "row": after.id}
    lane, rank = tab.order
    asked = text(
        _PAGE.format(
            lane=lane, rank=rank, tab=tab.where, narrowed=narrowed, after=_AFTER if after else "",
            overdue=_OVERDUE, said=_SAID, call=_CALL,
        )
    )  # fmt: skip
    found = session.execute(asked, {**values, "now": now, "limit": limit + 1, "letters": SHOWN_LETTERS}).mappings()
    rows = [Row(**row) for row in found]
    return Page(tuple(rows[:limit]), rows[limit - 1].cursor if len(rows) > limit else "")


def counts(session: Session, viewer: Viewer, narrowing: Narrowing, *, now: datetime) -> Mapping[str, int]:
    """Return how many reports lie in each of the viewer's tabs, under what narrows them."""
    narrowed, values = narrowing.sql()
    tabs = tabs_of(viewer)
    each = ", ".join(f"count(*) FILTER (WHERE {tab.where}) AS {tab.code}" for tab in tabs)
    asked = text(f"SELECT {each} FROM problems p WHERE {narrowed}")  # noqa: S608 (of this module's constants)
    counted = session.execute(asked, {**values, "now": now})
    return dict(counted.mappings().one())
