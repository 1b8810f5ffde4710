"""Numbers to call: each with the day on which somebody checked it, and one press to say that it was today."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import Response

from geo_api.conditional import etag_of, version_of
from geo_api.context import language_of, service_of
from geo_api.errors import status_of
from geo_api.pages.forms import now, porter_of, to, wrong_fields
from geo_api.pages.keeper.common import changes, keeper, shown, ticked, typed
from geo_api.places import SETTINGS
from layers.errors import BadFields, BezpekaError, Conflict, NotFound
from layers.initiative import actions, rules, store
from layers.initiative.actions import Number
from layers.text import N_

HERE = f"{SETTINGS}/helplines"
SECTION = "/helplines"
router = APIRouter(prefix=HERE, include_in_schema=False)

Typed = Annotated[str, Form()]


async def read(request: Request) -> Number:
    texts = await typed(request, "number", "title_uk", "title_en")
    return Number(**texts, concerns=tuple(await ticked(request, "concerns")))


Given = Annotated[Number, Depends(read)]


@router.get("")
def listed(request: Request) -> Response:
    return _list(request)


@router.get("/new")
def new(request: Request) -> Response:
    keeper(request)
    return _form(request, None, Number())


@router.post("")
def add(request: Request, given: Given) -> Response:
    viewer = keeper(request)
    try:
        with porter_of(request).database.begin(viewer) as session:
            actions.add_helpline(session, viewer, given)
    except BadFields as error:
        return _form(request, None, given, error)
    return to(HERE, done="added")


@router.get("/{code}")
def one(request: Request, code: str) -> Response:
    return _form(request, code)


@router.post("/{code}")
def change(request: Request, code: str, given: Given, version: Typed = "") -> Response:
    viewer = keeper(request)
    try:
        with porter_of(request).database.begin(viewer) as session:
            actions.change_helpline(session, viewer, code, given, version=version_of(request, version))
    except (BadFields, Conflict) as error:
        return _form(request, code, given, error)
    return to(HERE, done="changed", at=code)


@router.post("/{code}/checked")
def checked(request: Request, code: str, version: Typed = "") -> Response:
    viewer = keeper(request)
    today = now().astimezone(service_of(request).area.timezone).date()
    try:
        with porter_of(request).database.begin(viewer) as session:
            actions.checked_helpline(session, viewer, code, on=today, version=version_of(request, version))
    except Conflict as error:
        return _list(request, error)
    return to(HERE, done="checked", at=code)


@router.post("/{code}/remove")
def remove(request: Request, code: str, version: Typed = "") -> Response:
    viewer = keeper(request)
    try:
        with porter_of(request).database.begin(viewer) as session:
            actions.remove_helpline(session, viewer, code, version=version_of(request, version))
    except Conflict as error:
        return _form(request, code, error=error)
    return to(HERE, done="removed")


# --- what is shown ----------------------------------------------------------------------------------------------------


def _list(request: Request, error: BezpekaError | None = None) -> Response:
    viewer, language = keeper(request), language_of(request)
    with porter_of(request).database.begin(viewer) as session:
        lines = store.helplines(session)
    titles = {code: title[language.code] for code, title in rules.CONCERNS.items()}
    return shown(
        request,
        "keeper/helplines.html",
        section=SECTION,
        status=status_of(error) if error else 200,
        path=HERE,
        lines=lines,
        titles=titles,
        uncovered=[title for code, title in titles.items() if not any(code in line.concerns for line in lines)],
        errors=wrong_fields(request, error) if error else {},
        done=request.query_params.get("done", ""),
        at=request.query_params.get("at", ""),
    )


def _form(
    request: Request, code: str | None, given: Number | None = None, error: BezpekaError | None = None
) -> Response:
    viewer, language = keeper(request), language_of(request)
    values: dict[str, Any] = {"line": None, "changes": []}
    if code is not None:
        with porter_of(request).database.begin(viewer) as session:
            found = store.helpline(session, code)
            if found is None:
                raise NotFound(N_("There is no such number."))
            values = {"line": found, "changes": changes(session, "helpline", code, language)}
            given = given or Number(found.number, found.title_uk, found.title_en, tuple(found.concerns))
    answer = shown(
        request,
        "keeper/helpline.html",
        section=SECTION,
        status=status_of(error) if error else 200,
        path=f"{HERE}/{code}" if code else f"{HERE}/new",
        typed=given,
        concerns=[(name, title[language.code]) for name, title in rules.CONCERNS.items()],
        errors=wrong_fields(request, error) if error else {},
        **values,
    )
    if values["line"]:
        answer.headers["ETag"] = etag_of(values["line"].version)
    return answer
