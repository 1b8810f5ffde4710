"""Who wants a call back, oldest first: called, with a note, and the undo of it."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import phonenumbers
from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from geo_api.context import language_of, service_of
from geo_api.errors import status_of
from geo_api.pages.forms import now, page, porter_of, said, signed_in, to
from geo_api.pages.hotline.call import PRIVATE
from geo_api.pages.hotline.typed import desk
from geo_api.places import BACK
from layers.categories import store as categories
from layers.errors import Conflict
from layers.problems import hotline, rules

router = APIRouter(prefix="/desk/callbacks", include_in_schema=False)

Typed = Annotated[str, Form()]


@router.get("")
def listed(request: Request) -> Response:
    return _page(request)


@router.post("/{contact}")
def called(request: Request, contact: UUID, note: Typed = "") -> Response:
    viewer = desk(signed_in(request))
    try:
        with porter_of(request).database.begin(viewer) as session:
            words = note.replace("\0", "")[: rules.LONGEST_WORDS]
            hotline.called(session, viewer, service_of(request).area, contact, words=words, now=now())
    except Conflict as error:
        return _page(request, wrong=said(request, error), status=status_of(error))
    return to(BACK, done=str(contact))


@router.post("/{contact}/undo")
def undo(request: Request, contact: UUID) -> Response:
    viewer = desk(signed_in(request))
    try:
        with porter_of(request).database.begin(viewer) as session:
            hotline.not_called(session, viewer, contact)
    except Conflict as error:
        return _page(request, wrong=said(request, error), status=status_of(error))
    return to(BACK)


def _page(request: Request, *, wrong: str = "", status: int = 200) -> Response:
    viewer, language = desk(signed_in(request)), language_of(request)
    with porter_of(request).database.begin(viewer) as session:
        calls = hotline.calls(session, viewer, now=now())
        waiting = hotline.waiting(session, viewer)
        titles = {each.code: (each.problem_uk or each.title_uk, each.problem_en or each.title_en)
                  for each in categories.all_of(session)}  # fmt: skip
    answer = page(
        request,
        "hotline/callbacks.html",
        status=status,
        path=BACK,
        place=BACK,
        waiting=waiting,
        calls=[call for call in calls if call.called_back_at is None],
        had=[call for call in calls if call.called_back_at is not None],
        titles={code: uk if language.code == "uk" else en for code, (uk, en) in titles.items()},
        statuses={each.code: each.title[language.code] for each in rules.STATUSES},
        phone=_as_written,
        now=now(),
        wrong=wrong,
        done=request.query_params.get("done", ""),
    )
    answer.headers.update(PRIVATE)
    return answer


def _as_written(phone: str) -> str:
    """Return a number as people here dial it; one from abroad with its country."""
    number = phonenumbers.parse(phone, "UA")
    form = phonenumbers.PhoneNumberFormat
    return str(phonenumbers.format_number(number, form.NATIONAL if number.country_code == 380 else form.INTERNATIONAL))
