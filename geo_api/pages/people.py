"""People, for an administrator: the list, a new one, change, disable and enable, reset."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from geo_api.conditional import etag_of, key_of, new_key, version_of
from geo_api.context import language_of, service_of
from geo_api.invitations import link_of, send_invitation
from geo_api.pages.forms import now, page, porter_of, signed_in, to, viewers_of, wrong_fields
from geo_api.pages.territory import choices, named
from layers.errors import BadFields, BezpekaError, Conflict
from layers.people import actions, rules
from layers.people.actions import Invitation
from layers.people.rules import ROLE_TITLES, ROLE_WORK, Particulars
from layers.people.store import Person
from layers.viewer import TERRITORIAL

router = APIRouter(prefix="/people", include_in_schema=False)

Typed = Annotated[str, Form()]
Chosen = Annotated[list[str] | None, Form()]


@router.get("")
def list_page(request: Request) -> Response:
    viewer = signed_in(request)
    language = language_of(request)
    with porter_of(request).database.begin(viewer) as session:
        people = actions.listed(session, viewer)
        rows = [
            (person, ROLE_TITLES[person.role][language.code], named(session, person.units, language))
            for person in people
        ]
    return page(request, "people/list.html", rows=rows, done=request.query_params.get("done", ""))


@router.get("/new")
def new_page(request: Request) -> Response:
    rules.must_manage(signed_in(request))
    return _new(request, Particulars("", "", ""), new_key(), {})


@router.post("")
def add(
    request: Request, email: Typed = "", name: Typed = "", role: Typed = "", units: Chosen = None, key: Typed = ""
) -> Response:
    viewer = signed_in(request)
    porter = porter_of(request)
    given = Particulars(email, name, role, frozenset(units or ()))
    submission = key_of(request, key)
    try:
        with porter.database.begin(viewer) as session:
            invited = actions.add(session, viewer, porter.keys, given, idempotency_key=submission, now=now())
            mailed = send_invitation(request, session, actions.one(session, invited.account), invited)
    except BadFields as error:
        return _new(request, given, submission, wrong_fields(request, error), status=422)
    return _invited(request, invited, status=201, mailed=mailed)


@router.get("/{account}")
def person_page(request: Request, account: UUID) -> Response:
    rules.must_manage(signed_in(request))
    return _person(request, account)


@router.post("/{account}")
def change(
    request: Request,
    account: UUID,
    email: Typed = "",
    name: Typed = "",
    role: Typed = "",
    units: Chosen = None,
    version: Typed = "",
) -> Response:
    viewer = signed_in(request)
    given = Particulars(email, name, role, frozenset(units or ()))
    try:
        with porter_of(request).database.begin(viewer) as session:
            actions.change(session, viewer, account, given, version=version_of(request, version))
    except (BadFields, Conflict) as error:
        return _again(request, account, error, given)
    viewers_of(request).forget()
    return to(f"/people/{account}", done="changed")


@router.post("/{account}/disable")
def disable(request: Request, account: UUID, version: Typed = "") -> Response:
    viewer = signed_in(request)
    try:
        with porter_of(request).database.begin(viewer) as session:
            actions.disable(session, viewer, account, version=version_of(request, version), now=now())
    except Conflict as error:
        return _again(request, account, error)
    viewers_of(request).forget()
    return to(f"/people/{account}", done="disabled")


@router.post("/{account}/enable")
def enable(request: Request, account: UUID, version: Typed = "") -> Response:
    viewer = signed_in(request)
    try:
        with porter_of(request).database.begin(viewer) as session:
            actions.enable(session, viewer, account, version=version_of(request, version))
    except Conflict as error:
        return _again(request, account, error)
    return to(f"/people/{account}", done="enabled")


@router.post("/{account}/reset")
def reset(request: Request, account: UUID, version: Typed = "") -> Response:
    viewer = signed_in(request)
    porter = porter_of(request)
    asked = version_of(request, version)
    try:
        with porter.database.begin(viewer) as session:
            invited = actions.reset(session, viewer, porter.keys, account, version=asked, now=now())
            mailed = send_invitation(request, session, actions.one(session, account), invited)
    except Conflict as error:
        return _again(request, account, error)
    viewers_of(request).forget()
    return _invited(request, invited, status=200, mailed=mailed)


def _again(request: Request, account: UUID, error: BezpekaError, given: Particulars | None = None) -> Response:
    """Return the page as it is now, with what was typed and why it was refused."""
    from geo_api.errors import status_of

    return _person(request, account, given, wrong_fields(request, error), status=status_of(error))


def _new(request: Request, given: Particulars, key: str, errors: dict[str, str], status: int = 200) -> Response:
    return page(
        request,
        "people/new.html",
        status=status,
        path="/people/new",
        typed=given,
        key=key,
        errors=errors,
        **_choices(request),
    )


def _person(
    request: Request,
    account: UUID,
    given: Particulars | None = None,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    viewer = signed_in(request)
    with porter_of(request).database.begin(viewer) as session:
        person = actions.one(session, account)
    answer = page(
        request,
        "people/person.html",
        status=status,
        path=f"/people/{account}",
        person=person,
        myself=viewer.account == account,
        typed=given or _particulars(person),
        errors=errors or {},
        done=request.query_params.get("done", ""),
        **_choices(request),
    )
    answer.headers["ETag"] = etag_of(person.version)
    return answer


def _particulars(person: Person) -> Particulars:
    return Particulars(person.email or "", person.name, person.role.value, frozenset(person.units))


def _choices(request: Request) -> dict[str, object]:
    language = language_of(request)
    with porter_of(request).database.begin(signed_in(request)) as session:
        territory = choices(session, service_of(request).area, language)
    roles = [(role.value, title[language.code], ROLE_WORK[role][language.code]) for role, title in ROLE_TITLES.items()]
    titles = [ROLE_TITLES[role][language.code] for role in sorted(TERRITORIAL)]
    return {"roles": roles, "territory": territory, "territorial": ", ".join(titles)}


def _invited(request: Request, invited: Invitation, *, status: int, mailed: bool) -> Response:
    porter = porter_of(request)
    with porter.database.begin(signed_in(request)) as session:
        person = actions.one(session, invited.account)
    answer = page(
        request,
        "people/invited.html",
        status=status,
        path=f"/people/{invited.account}",
        person=person,
        link=link_of(request, invited),
        mailed=mailed,
    )
    answer.headers["Location"] = f"/people/{invited.account}"
    return answer
