"""Institutions that answer, and which executors work there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import Response

from geo_api.conditional import etag_of, version_of
from geo_api.context import language_of
from geo_api.errors import status_of
from geo_api.pages.forms import porter_of, to, wrong_fields
from geo_api.pages.keeper.common import changes, keeper, shown, ticked, typed
from geo_api.places import SETTINGS
from layers.errors import BadFields, BezpekaError, Conflict, NotFound
from layers.initiative import actions, rules, store
from layers.initiative.actions import Office
from layers.people.store import executors
from layers.text import N_

HERE = f"{SETTINGS}/institutions"
SECTION = "/institutions"
router = APIRouter(prefix=HERE, include_in_schema=False)

Typed = Annotated[str, Form()]


async def read(request: Request) -> Office:
    """Return an institution as it was typed; what is no account is nobody."""
    texts = await typed(request, "name_uk", "name_en", "kind", "addressee", "email", "address")
    active = await typed(request, "active")
    return Office(**texts, members=tuple(_accounts(await ticked(request, "members"))), active=bool(active["active"]))


def _accounts(given: list[str]) -> Iterator[UUID]:
    for text in given:
        with suppress(ValueError):
            yield UUID(text)


Given = Annotated[Office, Depends(read)]


@router.get("")
def listed(request: Request) -> Response:
    viewer, language = keeper(request), language_of(request)
    with porter_of(request).database.begin(viewer) as session:
        found = store.institutions(session)
        names = dict(executors(session))
    return shown(
        request,
        "keeper/institutions.html",
        section=SECTION,
        path=HERE,
        rows=[(each, [names[one] for one in each.members if one in names]) for each in found],
        kinds={code: title[language.code] for code, title in rules.KINDS.items()},
        done=request.query_params.get("done", ""),
    )


@router.get("/new")
def new(request: Request) -> Response:
    keeper(request)
    return _form(request, None, Office())


@router.post("")
def add(request: Request, given: Given) -> Response:
    viewer = keeper(request)
    try:
        with porter_of(request).database.begin(viewer) as session:
            actions.add_institution(session, viewer, given)
    except BadFields as error:
        return _form(request, None, given, error)
    return to(HERE, done="added")


@router.get("/{institution}")
def one(request: Request, institution: UUID) -> Response:
    return _form(request, institution)


@router.post("/{institution}")
def change(request: Request, institution: UUID, given: Given, version: Typed = "") -> Response:
    viewer = keeper(request)
    try:
        with porter_of(request).database.begin(viewer) as session:
            actions.change_institution(session, viewer, institution, given, version=version_of(request, version))
    except (BadFields, Conflict) as error:
        return _form(request, institution, given, error)
    return to(HERE, done="changed")


def _form(
    request: Request, institution: UUID | None, given: Office | None = None, error: BezpekaError | None = None
) -> Response:
    viewer, language = keeper(request), language_of(request)
    values: dict[str, Any] = {"office": None, "changes": [], "sent": []}
    with porter_of(request).database.begin(viewer) as session:
        people = executors(session)
        if institution is not None:
            found = store.institution(session, institution)
            if found is None:
                raise NotFound(N_("There is no such institution."))
            values = {"office": found, "changes": changes(session, "institution", str(institution), language)}
            said = {name: getattr(found, name) for name in Office.__dataclass_fields__}
            given = given or Office(**{**said, "members": tuple(found.members)})
    answer = shown(
        request,
        "keeper/institution.html",
        section=SECTION,
        status=status_of(error) if error else 200,
        path=f"{HERE}/{institution}" if institution else f"{HERE}/new",
        typed=given,
        kinds=[(code, title[language.code]) for code, title in rules.KINDS.items()],
        people=people,
        errors=wrong_fields(request, error) if error else {},
        **values,
    )
    if values["office"]:
        answer.headers["ETag"] = etag_of(values["office"].version)
    return answer
