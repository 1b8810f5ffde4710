"""GET /desk: the queue with its tabs and filters, and how the desk keeps its own target."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from geo_api.context import language_of, service_of
from geo_api.pages.desk.state import Standing, standing_of, worker
from geo_api.pages.desk.titles import Names
from geo_api.pages.desk.undo import last_done
from geo_api.pages.forms import now, page, porter_of
from geo_api.pages.territory import choices
from layers.database.engine import Session
from layers.problems import answers, desk, hotline
from layers.problems.desk import Row
from layers.problems.rules import DESK, SOURCES, STATUSES
from layers.problems.target import Target
from layers.viewer import Viewer
from maps.language import Language

router = APIRouter(prefix="/desk", include_in_schema=False)

PRIVATE = "private, no-store"


@dataclass(frozen=True)
class Chip:
    """A small sign in a row: `kind` is how it looks (alarm, call, news, plain)."""

    kind: str
    text: str


@dataclass(frozen=True)
class Line:
    """One row of the list, in the reader's language."""

    row: Row
    href: str
    current: bool
    category: str
    status: str
    where: str
    age: str
    chips: tuple[Chip, ...]


@dataclass(frozen=True)
class Heap:
    """One tab."""

    code: str
    title: str
    count: int
    href: str
    current: bool


@dataclass(frozen=True)
class Queue:
    """The list as a page shows it; `before` and `after` are the numbers next to the report that is open."""

    standing: Standing
    tabs: tuple[Heap, ...]
    lines: tuple[Line, ...]
    further: str
    first: str
    before: int | None
    after: int | None
    filters: dict[str, Any]
    is_desk: bool
    waiting: int  # people who want a call back

    @property
    def here(self) -> str:
        return self.standing.query()


@router.get("")
def queue_page(request: Request) -> Response:
    viewer = worker(request)
    with porter_of(request).database.begin(viewer) as session:
        queue = read_queue(session, request, viewer, standing_of(request))
        target = read_target(session, request, viewer)
        done = last_done(session, request, viewer)
    return private(page(request, "desk/queue.html", queue=queue, target=target, done=done))


def read_target(session: Session, request: Request, viewer: Viewer) -> Target | None:
    """Return how the desk keeps its own target; others have no part in it."""
    return answers.measured(session, service_of(request).area, now=now()) if viewer.role in DESK else None


def private(response: Response) -> Response:
    """Let no cache keep it, not even the browser's own."""
    response.headers["Cache-Control"] = PRIVATE
    return response


def read_queue(
    session: Session, request: Request, viewer: Viewer, standing: Standing, current: int | None = None
) -> Queue:
    """Return the list around the report that is open, if any."""
    language, moment = language_of(request), now()
    names = Names.read(session, language)
    found = desk.page(session, standing.tab, standing.narrowing, now=moment, cursor=standing.cursor)
    counts = desk.counts(session, viewer, standing.narrowing, now=moment)
    numbers = [row.number for row in found.rows]
    place = numbers.index(current) if current in numbers else -1
    return Queue(
        standing=standing,
        tabs=tuple(
            Heap(tab.code, language.gettext(tab.title), counts[tab.code],
                 "/desk" + standing.query(tab=tab.code, cursor=""), tab is standing.tab)
            for tab in desk.tabs_of(viewer)
        ),
        lines=tuple(_line(row, standing, names, moment, current) for row in found.rows),
        further="/desk" + standing.query(cursor=found.further) if found.further else "",
        first="/desk" + standing.query(cursor="") if standing.cursor else "",
        before=numbers[place - 1] if place > 0 else None,
        after=next(iter(numbers[place + 1 :]), None),
        filters=_filters(session, request, standing, names),
        is_desk=viewer.role in DESK,
        waiting=hotline.waiting(session, viewer) if viewer.role in DESK else 0,
    )  # fmt: skip


def _line(row: Row, standing: Standing, names: Names, moment: datetime, current: int | None) -> Line:
    where = [names.unit(row.unit), row.place or ""]
    return Line(
        row=row,
        href=f"/desk/{row.number}{standing.query()}",
        current=row.number == current,
        category=names.category(row.category),
        status=names.status(row.status),
        where=", ".join(part for part in where if part),
        age=ago(names.language, moment - row.reported_at),
        chips=tuple(_chips(row, names, moment)),
    )


def _chips(row: Row, names: Names, moment: datetime) -> list[Chip]:
    language = names.language
    _ = language.gettext
    said = [Chip("alarm", _("Flagged: {what}", what=names.concern(one))) for one in row.concerns]
    if row.overdue and row.due_at:
        late = ago(language, moment - row.due_at)
        said.append(Chip("alarm", _("Overdue: {late}", late=late)))
    if row.call:
        said.append(Chip("call", _("Call back")))
    if row.news:
        said.append(Chip("news", _("Something new")))
    if row.waiting:
        said.append(Chip("news", language.ngettext("{n} photo to look at", "{n} photos to look at", row.waiting)))
    elif row.photos:
        said.append(Chip("plain", language.ngettext("{n} photo", "{n} photos", row.photos)))
    if not row.on_map:
        said.append(Chip("plain", _("not on the map")))
    if row.supporters > 1:
        said.append(Chip("plain", language.ngettext("{n} person", "{n} people", row.supporters)))
    if row.audience != "public":
        said.append(Chip("plain", _("police only") if row.audience == "police" else _("statistics only")))
    return said


def ago(language: Language, passed: timedelta) -> str:
    """Say how long something took, in its largest unit."""
    minutes = max(0, int(passed.total_seconds() // 60))
    if minutes < 60:
        return language.ngettext("{n} min", "{n} min", minutes)
    if minutes < 48 * 60:
        return language.ngettext("{n} h", "{n} h", minutes // 60)
    return language.ngettext("{n} day", "{n} days", minutes // (24 * 60))


def _filters(session: Session, request: Request, standing: Standing, names: Names) -> dict[str, Any]:
    """Return what can be chosen in each filter: pairs of code and name."""
    language = names.language
    offered = [each for each in names.categories.values() if each.problem_uk]
    offered.sort(key=lambda each: each.problem_position)
    return {
        "categories": [(each.code, names.category(each.code)) for each in offered],
        "units": [(group.title, group.units) for group in choices(session, service_of(request).area, language)],
        "statuses": [(status.code, status.title[language.code]) for status in STATUSES],
        "sources": [(code, title[language.code]) for code, title in SOURCES.items()],
        "narrowing": standing.narrowing,
    }
