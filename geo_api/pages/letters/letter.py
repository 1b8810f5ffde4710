"""One letter: all its fields, what it is about, what was answered, and what that brings to its reports."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from geo_api.conditional import etag_of, version_of
from geo_api.context import service_of
from geo_api.pages.forms import now, page, porter_of, signed_in, to, wrong_fields
from geo_api.pages.letters.fields import Form, draft_of, following_of, letter_of, text_of, uuid_of
from geo_api.pages.letters.journal import institutions_of, reader, today_in, words_for
from geo_api.telling import News, tell
from layers import history
from layers.database.engine import Session
from layers.errors import BadFields, BezpekaError
from layers.initiative import store as initiative
from layers.letters import actions, rules, store
from layers.letters.actions import Saved
from layers.letters.checks import Draft, Following
from layers.letters.tables import Letter
from layers.people.rules import ROLE_TITLES
from layers.problems import answers
from layers.problems.rules import MODERATORS
from layers.text import N_
from layers.viewer import Role, Viewer

router = APIRouter(prefix="/desk/letters", include_in_schema=False)

EVENTS = {
    "written": N_("Written"),
    "changed": N_("Changed"),
    "sent": N_("Marked as sent"),
    "cancelled": N_("Cancelled"),
    "told": N_("Reports changed by the answer"),
    "scanned": N_("Scan of the answer kept"),
    "scan_removed": N_("Scan removed"),
}
# Steps that an answer may bring to a report, by where the report is.
AFTER = {"forwarded": ("in_work", "done"), "in_work": ("done",), "reopened": ("in_work",)}


@router.get("/{letter}")
def letter_page(request: Request, letter: str) -> Response:
    reader(request)
    return _show(request, letter)


@router.post("/{letter}")
def save(request: Request, letter: str, form: Form) -> Response:
    viewer, of = signed_in(request), letter_of(letter)
    version = version_of(request, text_of(form, "version"))
    area = service_of(request).area
    try:
        with porter_of(request).database.begin(viewer) as session:
            following = following_of(form)
            saved = actions.save(session, viewer, area, of, draft_of(form), following, version=version, now=now())
            _tell_forwarded(request, session, viewer, of, saved)
    except BezpekaError as error:
        return again(request, letter, error, _typed(form))
    return to(f"/desk/letters/{of}", done="kept", **_counts(saved))


@router.post("/{letter}/sent")
def sent(request: Request, letter: str, form: Form) -> Response:
    viewer, of = signed_in(request), letter_of(letter)
    version = version_of(request, text_of(form, "version"))
    area = service_of(request).area
    try:
        with porter_of(request).database.begin(viewer) as session:
            saved = actions.mark_sent(session, viewer, area, of, version=version, now=now())
            _tell_forwarded(request, session, viewer, of, saved)
    except BezpekaError as error:
        return again(request, letter, error)
    return to(f"/desk/letters/{of}", done="sent", **_counts(saved))


@router.post("/{letter}/cancelled")
def cancelled(request: Request, letter: str, form: Form) -> Response:
    viewer, of = signed_in(request), letter_of(letter)
    version = version_of(request, text_of(form, "version"))
    try:
        with porter_of(request).database.begin(viewer) as session:
            actions.cancel(session, viewer, service_of(request).area, of, version=version, now=now())
    except BezpekaError as error:
        return again(request, letter, error)
    return to(f"/desk/letters/{of}", done="cancelled")


@router.post("/{letter}/reports")
def tell_reports(request: Request, letter: str, form: Form) -> Response:
    """Bring the reports that were ticked to what the answer made of them, in its words."""
    viewer, of = signed_in(request), letter_of(letter)
    asked = {
        uuid_of(name.removeprefix("after-")): str(value) for name, value in form.items() if name.startswith("after-")
    }
    steps = {report: after for report, after in asked.items() if report and after}
    words, signed = text_of(form, "words").strip(), text_of(form, "signed").strip()
    try:
        with porter_of(request).database.begin(viewer) as session:
            authors = {report: answers.authors(session, viewer, porter_of(request).keys, report) for report in steps}
            actions.tell_reports(
                session, viewer, service_of(request).area, of, steps, words=words, signed=signed,
                publish=bool(text_of(form, "publish")), now=now(),
            )  # fmt: skip
            for report, after in steps.items():
                tell(request, session, authors[report], News(after, words=words, signed=signed))
    except BezpekaError as error:
        return again(request, letter, error, {"words": words, "signed": signed})
    return to(f"/desk/letters/{of}", done="told")


def _tell_forwarded(request: Request, session: Session, viewer: Viewer, letter: Any, saved: Saved) -> None:
    """Write to whoever reported that their report was passed on, and to whom."""
    if not saved.forwarded:
        return
    found = store.one(session, letter)
    assert found is not None
    to_whom = actions.institution_of(session, found)
    news = News("forwarded", institution=(to_whom.name_uk, to_whom.name_en))
    for item in store.items_of(session, letter):
        if item.number in saved.forwarded:
            tell(request, session, answers.authors(session, viewer, porter_of(request).keys, item.id), news)


def _counts(saved: Saved) -> dict[str, str]:
    return {
        name: str(len(numbers)) for name, numbers in (("forwarded", saved.forwarded), ("left", saved.left)) if numbers
    }


def again(request: Request, letter: str, error: BezpekaError, typed: dict[str, str] | None = None) -> Response:
    """Return the page as it is now, with what was typed and why it was refused."""
    from geo_api.errors import status_of

    status = 422 if isinstance(error, BadFields) else status_of(error)
    return _show(request, letter, typed, wrong_fields(request, error), status=status)


def _typed(form: Any) -> dict[str, str]:
    names = [field.name for field in (*fields(Draft), *fields(Following))]
    return {name: text_of(form, name) for name in names if name in form}


def _show(
    request: Request,
    letter: str,
    typed: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
    *,
    status: int = 200,
) -> Response:
    viewer, today = reader(request), today_in(request)
    with porter_of(request).database.begin(viewer) as session:
        found = actions.get(session, viewer, letter_of(letter))
        appeal = store.appeal_of(session, found.id)
        mark = rules.mark(found, today, forward_by=appeal.forward_by if appeal else None)
        items = store.items_of(session, found.id)
        values: dict[str, Any] = {
            "letter": found,
            "appeal": appeal,
            "mark": mark,
            "items": items,
            "changes": actions.may_change(viewer, found) and found.cancelled_on is None,
            "can_tell": viewer.role in rules.DESK and found.answered_on is not None,
            "moderates": viewer.role in MODERATORS,
            "after": AFTER,
            "institution": actions.institution_of(session, found),
            "institutions": institutions_of(session),
            "organisation": initiative.initiative(session),
            "timeline": history.of(session, "letter", str(found.id)),
        }
    answer = page(
        request,
        "letters/letter.html",
        status=status,
        path=f"/desk/letters/{found.id}",
        typed=_values(found) | (typed or {}),
        errors=errors or {},
        done=request.query_params.get("done", ""),
        forwarded=_number(request, "forwarded"),
        left=_number(request, "left"),
        today=today,
        events=EVENTS,
        roles={role.value: title for role, title in ROLE_TITLES.items()},
        prints=found.kind != "appeal" or viewer.role in rules.DESK,
        is_deputy=viewer.role is Role.DEPUTY,
        **values,
        **words_for(viewer),
    )
    answer.headers["ETag"] = etag_of(found.version)
    return answer


def _number(request: Request, name: str) -> int:
    written = request.query_params.get(name, "")
    return int(written) if written.isascii() and written.isdigit() and len(written) < 4 else 0


def _values(found: Letter) -> dict[str, str]:
    """Return what the form holds before anybody types."""
    names = [field.name for field in (*fields(Draft), *fields(Following)) if field.name != "institution"]
    values = {name: getattr(found, name) for name in names}
    told = {name: "" if value is None else str(value) for name, value in values.items()}
    return told | {"institution": str(found.institution_id), "words": found.answer, "signed": found.executor}
