"""My account: what it says of me, another password, new recovery codes."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from geo_api.context import language_of
from geo_api.pages.forms import now, page, porter_of, signed_in, to, viewers_of, wrong_fields
from geo_api.pages.territory import named
from layers.errors import BadFields, NotAllowed
from layers.people import actions, door, store
from layers.people.rules import MANAGERS, ROLE_TITLES, SHORTEST_PASSWORD

router = APIRouter(include_in_schema=False)

Typed = Annotated[str, Form()]


@router.get("/account")
def account_page(request: Request) -> Response:
    return _account(request, {}, {})


@router.post("/account/password")
def change_password(request: Request, current: Typed = "", new: Typed = "", code: Typed = "") -> Response:
    viewer = signed_in(request)
    token = request.state.session_token
    try:
        door.change_password(
            porter_of(request), viewer, current=current, new=new, code=code, session_token=token, now=now()
        )
    except (BadFields, NotAllowed) as error:
        return _account(request, wrong_fields(request, error), {})
    viewers_of(request).forget()
    return to("/account", done="password")


@router.post("/account/recovery-codes")
def renew_recovery_codes(request: Request, code: Typed = "") -> Response:
    viewer = signed_in(request)
    try:
        codes = door.renew_recovery_codes(porter_of(request), viewer, code=code, now=now())
    except (BadFields, NotAllowed) as error:
        return _account(request, {}, wrong_fields(request, error))
    return page(request, "people/codes.html", codes=codes, first=False, path="/account")


def _account(request: Request, password_errors: dict[str, str], codes_errors: dict[str, str]) -> Response:
    viewer = signed_in(request)
    assert viewer.account is not None
    with porter_of(request).database.begin(viewer) as session:
        person = actions.one(session, viewer.account)
        left = store.recovery_codes_left(session, viewer.account)
        units = named(session, person.units, language_of(request))
    return page(
        request,
        "people/account.html",
        status=422 if password_errors or codes_errors else 200,
        path="/account",
        person=person,
        role=ROLE_TITLES[person.role][language_of(request).code],
        units=units,
        left=left,
        least=SHORTEST_PASSWORD,
        keeps_people=viewer.role in MANAGERS,
        done=request.query_params.get("done", ""),
        password_errors=password_errors,
        codes_errors=codes_errors,
    )
