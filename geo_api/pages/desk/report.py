"""GET /desk/{report}: everything about one report on one screen, as far as whoever looks may see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from geo_api.conditional import etag_of
from geo_api.context import language_of, service_of
from geo_api.pages.desk import ground, said, timeline
from geo_api.pages.desk.moves import offered
from geo_api.pages.desk.queue import ago, private, read_queue, read_target
from geo_api.pages.desk.state import standing_of, worker
from geo_api.pages.desk.titles import Names
from geo_api.pages.desk.undo import last_done
from geo_api.pages.forms import now, page, porter_of, wrong_fields
from geo_api.pages.letters import journal as letters
from layers import history
from layers.categories import store as categories
from layers.database.engine import Session
from layers.errors import BezpekaError, NotFound, Stale
from layers.initiative import store as initiative
from layers.problems import actions, answers, rules, store
from layers.problems.neighbours import neighbours
from layers.problems.tables import Problem
from layers.viewer import Viewer

router = APIRouter(prefix="/desk", include_in_schema=False)


@dataclass(frozen=True)
class Again:
    """A form that came back: which one, what was typed into it, what is wrong, and since when the report changed."""

    form: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)
    error: BezpekaError | None = None
    seen: int = 0  # the last line of the history that whoever typed had seen


@router.get("/{ref}")
def report_page(request: Request, ref: str) -> Response:
    return show(request, ref)


def find(session: Session, ref: str) -> Problem:
    """Return the report of a number or id that the viewer may see; raises NotFound."""
    found = None
    if ref.isascii() and ref.isdigit() and len(ref) < 19:
        found = store.by_number(session, int(ref))
    else:
        try:
            found = store.one(session, UUID(ref))
        except ValueError:
            found = None
    if found is None:
        raise NotFound(actions.NO_SUCH)
    return found


def show(request: Request, ref: str, again: Again | None = None, *, status: int = 200) -> Response:
    """Return the page of a report; with `again` a form of it comes back with what was typed."""
    viewer, back = worker(request), again or Again()
    standing = standing_of(request)
    with porter_of(request).database.begin(viewer) as session:
        found = find(session, ref)
        names = Names.read(session, language_of(request))
        queue = read_queue(session, request, viewer, standing, found.number)
        target = read_target(session, request, viewer)
        view = read_report(session, request, viewer, found, names)
        done = None if again else last_done(session, request, viewer)
        changed = timeline.since(view["timeline_lines"], back.seen) if isinstance(back.error, Stale) else ()
    answer = page(
        request,
        "desk/report.html",
        status=status,
        path=f"/desk/{found.number}",
        queue=queue,
        target=target,
        done=done,
        form=back.form,
        typed=back.typed,
        errors=wrong_fields(request, back.error) if back.error else {},
        changed=changed,
        here=queue.here,
        next_number=queue.after or "",
        **view,
    )
    answer.headers["ETag"] = etag_of(found.version)
    return private(answer)


def read_report(session: Session, request: Request, viewer: Viewer, found: Problem, names: Names) -> dict[str, Any]:
    """Return what the page shows of a report."""
    desk = viewer.role in rules.DESK
    lines = history.of(session, "problem", str(found.id))
    messages = store.messages_of(session, found.id)
    spot = ground.read_spot(session, found, names)
    words = said.read_words(session, found, lines, names) if desk else None
    near = (
        _neighbours(session, found, words.key if words else "", spot) if words and found.anonymised_at is None else []
    )
    return {
        "report": found,
        "names": names,
        "is_desk": desk,
        "moderates": viewer.role in rules.MODERATORS,
        "words": words,
        "spot": spot,
        "given": ground.given(spot, near, request),
        "near": near,
        "contacts": store.contacts_of(session, found.id),
        "photos": store.photos_of(session, found.id),
        "timeline_lines": timeline.read(lines, messages, names, viewer),
        "seen": max((line["id"] for line in lines), default=0),
        "merged": store.merged_into(session, found.id),
        "into": store.one(session, found.merged_into) if found.merged_into else None,
        "is_open": rules.BY_CODE[found.status].open,
        "overdue": bool(rules.BY_CODE[found.status].open and found.due_at and found.due_at < now()),
        "due_day": _due_day(request, found),
        "age": ago(names.language, now() - found.reported_at),
        "categories": _categories(names, desk),
        **_steps(session, viewer, found),
        **letters.about(session, request, viewer, found.id),
    }


def _due_day(request: Request, found: Problem) -> date | None:
    """Return the last day on which an answer is in time."""
    timezone = service_of(request).area.timezone
    return (found.due_at - timedelta(seconds=1)).astimezone(timezone).date() if found.due_at else None


def _neighbours(session: Session, found: Problem, key: str, spot: ground.Spot) -> list[Any]:
    category = categories.one(session, found.category)
    assert category is not None
    return neighbours(session, found.id, category, key, spot.point, now=now())


def _categories(names: Names, desk: bool) -> list[tuple[str, str]]:
    """Return the categories that a report may be given."""
    offered = [each for each in names.categories.values() if desk and each.problem_uk]
    offered.sort(key=lambda each: each.problem_position)
    return [(each.code, names.category(each.code)) for each in offered]


def _steps(session: Session, viewer: Viewer, found: Problem) -> dict[str, Any]:
    """Return the steps that this viewer may make from here, and what their forms offer."""
    steps = [] if found.anonymised_at else rules.steps_from(viewer, found.status)
    if found.status == "received" and not found.anonymised_at:
        # Whoever decides at once has looked at it: `actions.move` writes the step to the desk down as well.
        known = {step.after for step in steps}
        steps += [step for step in rules.steps_from(viewer, "checking") if step.after not in known]
    moves = offered(found, steps)
    forwards = any(move.after == "forwarded" for move in moves)
    return {
        "moves": moves,
        "can_merge": any(move.after == "merged" for move in moves),
        "main": next(iter(moves), None),
        "institutions": [each for each in initiative.institutions(session) if each.active],
        "suggested": actions.suggested_institution(session, found) if forwards else None,
        "refusals": rules.REFUSALS,
        "signature": answers.last_signature(session, viewer),
    }
