"""GET /desk/letters: the journal, narrowed and sorted as its address says; the same as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from geo_api.context import language_of, service_of
from geo_api.pages.forms import now, page, porter_of, signed_in
from geo_api.pages.letters.fields import uuid_of
from layers.database.engine import Session
from layers.initiative import store as initiative
from layers.letters import rules, store
from layers.letters.store import SORTS, Line, Sought
from layers.text import N_
from layers.viewer import Viewer
from maps.language import Language

router = APIRouter(prefix="/desk/letters", include_in_schema=False)

PAGE = 100
LONGEST_WORDS = 100
COLUMNS = (
    N_("Out. No."), N_("Date"), N_("Kind"), N_("Addressee"), N_("Subject"), N_("Reports"), N_("Sent"), N_("In. No."),
    N_("Registered"), N_("Handled by"), N_("Control date"), N_("Answered on"), N_("Outcome"), N_("State"), N_("Mark"),
)  # fmt: skip


@router.get("")
def journal_page(request: Request) -> Response:
    viewer = reader(request)
    sought, today = sought_in(request), today_in(request)
    number = _page_number(request.query_params.get("page", ""))
    with porter_of(request).database.begin(viewer) as session:
        lines = store.journal(session, sought, today=today, limit=PAGE, offset=(number - 1) * PAGE)
        count, overdue = store.count(session, sought, today=today)
        total, all_overdue = store.count(session, Sought(), today=today)
        institutions = [row for row in initiative.institutions(session) if row.active]
    return page(
        request,
        "letters/journal.html",
        lines=[(line, rules.mark(line, today, forward_by=line.forward_by)) for line in lines],
        count=count,
        overdue=overdue,
        total=total,
        all_overdue=all_overdue,
        institutions=institutions,
        sought=sought,
        page_number=number,
        pages=-(-count // PAGE),
        query=request.url.query,
        **words_for(viewer),
    )


@router.get(".csv")
def journal_csv(request: Request) -> Response:
    viewer, language, today = reader(request), language_of(request), today_in(request)
    with porter_of(request).database.begin(viewer) as session:
        lines = store.journal(session, sought_in(request), today=today)
    content = io.StringIO()
    writer = csv.writer(content)
    writer.writerow([language.gettext(column) for column in COLUMNS])
    for line in lines:
        writer.writerow([_cell(value) for value in _row(line, language, today)])
    headers = {"Content-Disposition": 'attachment; filename="letters.csv"', "Cache-Control": "private, no-store"}
    # The mark lets spreadsheets read Cyrillic.
    return Response(("\ufeff" + content.getvalue()).encode(), media_type="text/csv; charset=utf-8", headers=headers)


def _row(line: Line, language: Language, today: date) -> list[object]:
    code = language.code
    mark = rules.mark(line, today, forward_by=line.forward_by)
    return [
        line.out,
        line.made_on,
        rules.KINDS[line.kind][code],
        line.institution_uk if code == "uk" else line.institution_en,
        line.subject,
        line.problems,
        line.sent_on,
        line.incoming_number,
        line.registered_on,
        line.executor,
        line.due_on,
        line.answered_on,
        rules.OUTCOMES[line.outcome][code] if line.outcome else "",
        rules.STATES[line.state][code],
        rules.MARKS[mark][code] if mark else "",
    ]


def _cell(value: object) -> object:
    """Return a cell that no spreadsheet takes for a formula."""
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{value}"
    return "" if value is None else value


def reader(request: Request) -> Viewer:
    """Return the signed-in viewer if the journal is for them."""
    viewer = signed_in(request)
    rules.must_read(viewer)
    return viewer


def today_in(request: Request) -> date:
    return now().astimezone(service_of(request).area.timezone).date()


def sought_in(request: Request) -> Sought:
    """Read what narrows and sorts the journal; a word that means nothing narrows nothing."""
    given = request.query_params
    sought = Sought(
        state=given.get("state", "") if given.get("state") in {*rules.STATES, "overdue", "no_answer"} else "",
        kind=given.get("kind", "") if given.get("kind") in rules.KINDS else "",
        institution=uuid_of(given.get("institution", "")),
        month=_month(given.get("month", "")),
        words=given.get("q", "").replace("\0", "")[:LONGEST_WORDS],
        sort=given.get("sort", "") if given.get("sort") in SORTS else "date",
    )
    return replace(sought, descending=given.get("dir", "desc") != "asc")


def _month(written: str) -> date | None:
    try:
        return date.fromisoformat(f"{written}-01") if written else None
    except ValueError:
        return None


def _page_number(written: str) -> int:
    return max(1, int(written)) if written.isascii() and written.isdigit() and len(written) < 7 else 1


def words_for(viewer: Viewer) -> Mapping[str, Any]:
    """Return what the pages of letters call things, and what this viewer may do there."""
    return {
        "kinds": rules.KINDS,
        "states": rules.STATES,
        "marks": rules.MARKS,
        "outcomes": rules.OUTCOMES,
        "consents": rules.CONSENTS,
        "terms": rules.TERMS,
        "writes": rules.kinds_of(viewer),
        "is_desk": viewer.role in rules.DESK,
        "keeps": viewer.role in rules.KEEPERS,
        "is_reader": viewer.role not in rules.WRITERS,
    }


def institutions_of(session: Session) -> list[Any]:
    return [row for row in initiative.institutions(session) if row.active]


def about(session: Session, request: Request, viewer: Viewer, problem: UUID) -> Mapping[str, Any]:
    """Return what templates/desk/letters.html shows beside a report: the letters about it that the viewer may see."""
    found, today = store.about(session, problem), today_in(request)
    return {
        "letters": found,
        "letter_states": rules.STATES,
        "letter_marks": rules.MARKS,
        "letter_marked": {letter.id: rules.mark(letter, today) for letter in found},
        "writes_letters": viewer.role in rules.DESK,
    }
