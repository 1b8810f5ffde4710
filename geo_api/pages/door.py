"""The door: sign in, sign out, the first sign-in by a link; in a demo a button for each role."""

from __future__ import annotations

from typing import Annotated

import segno
from fastapi import APIRouter, Form, Request
from markupsafe import Markup
from starlette.responses import Response

from geo_api import sessions
from geo_api.context import language_of, service_of, viewer_of
from geo_api.pages.forms import inner, now, page, porter_of, said, signed_in, to, viewers_of, wrong_fields
from geo_api.security import client_network, is_loopback
from layers.errors import BadFields, NotAllowed, TooMany
from layers.people import door
from layers.people.credentials import totp_address
from layers.people.rules import ROLE_TITLES, ROLE_WORK, SHORTEST_PASSWORD
from layers.text import N_
from layers.units.names import home_unit
from layers.viewer import PUBLIC, TERRITORIAL, Role

router = APIRouter(include_in_schema=False)

Typed = Annotated[str, Form()]
Next = Annotated[str, Form(alias="next")]


@router.get("/sign-in")
def door_page(request: Request) -> Response:
    after = inner(request.query_params.get("next", "/"))
    if viewer_of(request).account is not None:
        return to(after)
    return _door(request, after=after)


@router.post("/sign-in")
def sign_in(request: Request, email: Typed = "", password: Typed = "", code: Typed = "", after: Next = "/") -> Response:
    porter = porter_of(request)
    _only_where_cookies_are_safe(request)
    moment = now()
    address = porter.keys.mac("address", f"{moment:%Y-%m-%d} {client_network(request)}").hex()
    try:
        token = door.sign_in(porter, email=email, password=password, code=code, address=address, now=moment)
    except TooMany as error:
        answer = _door(request, status=429, after=after, email=email, wrong=said(request, error))
        answer.headers["Retry-After"] = str(error.retry_after)
        return answer
    except NotAllowed as error:
        return _door(request, status=403, after=after, email=email, wrong=said(request, error))
    return _come_in(request, token, inner(after))


@router.post("/sign-in/demo")
def demo_sign_in(request: Request, role: Typed = "") -> Response:
    if not demo_is_open(request) or role not in {one.value for one in ROLE_TITLES}:
        raise NotAllowed(N_("There is a demo's door only in a demo, and only at the machine that it runs on."))
    chosen = Role(role)
    porter = porter_of(request)
    with porter.database.begin(PUBLIC) as session:
        home = home_unit(session)
    units = frozenset({home} if home and chosen in TERRITORIAL else ())
    name = ROLE_TITLES[chosen][language_of(request).code]
    return _come_in(request, door.demo_sign_in(porter.database, chosen, name, units, now()), "/")


@router.post("/sign-out")
def sign_out(request: Request, everywhere: Typed = "") -> Response:
    viewer = signed_in(request)
    if everywhere:
        door.sign_out_everywhere(porter_of(request).database, viewer)
    else:
        door.sign_out(porter_of(request).database, viewer, request.state.session_token)
    viewers_of(request).forget()
    answer = to("/sign-in", out="1")
    sessions.end(request, answer)
    # What this browser kept of pages that were for one person's eyes.
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


@router.get("/welcome/{token}")
def welcome_page(request: Request, token: str) -> Response:
    return _welcome(request, token)


@router.post("/welcome/{token}")
def welcome(request: Request, token: str, password: Typed = "", code: Typed = "") -> Response:
    _only_where_cookies_are_safe(request)
    try:
        came = door.set_up(porter_of(request), token=token, password=password, code=code, now=now())
    except BadFields as error:
        return _welcome(request, token, status=422, errors=wrong_fields(request, error))
    request.state.viewer = viewers_of(request).look_up(came.token)
    answer = page(request, "people/codes.html", codes=came.recovery_codes, first=True, path="/account")
    sessions.begin(request, answer, came.token)
    return answer


def demo_is_open(request: Request) -> bool:
    """Tell whether the demo's buttons are here: fictional data, this machine, no public address."""
    settings = service_of(request).settings
    return settings.demo and settings.public_url is None and is_loopback(request)


def _door(request: Request, *, after: str, status: int = 200, email: str = "", wrong: str = "") -> Response:
    code = language_of(request).code
    roles = [(role.value, title[code], ROLE_WORK[role][code]) for role, title in ROLE_TITLES.items()]
    return page(
        request,
        "people/sign_in.html",
        status=status,
        after=after,
        email=email,
        wrong=wrong,
        out="out" in request.query_params,
        safe=_cookies_are_safe(request),
        roles=roles if demo_is_open(request) else [],
    )


def _welcome(request: Request, token: str, *, status: int = 200, errors: dict[str, str] | None = None) -> Response:
    porter = porter_of(request)
    guest = door.guest(porter, token, now())
    secret = porter.keys.first_totp_secret(token)
    service = service_of(request)
    address = totp_address(secret, guest.email, f"Bezpeka {service.area.title['en']}")
    drawn = segno.make(address, error="m").svg_inline(scale=5, border=3, light="#fff")
    return page(
        request,
        "people/welcome.html",
        status=status,
        guest=guest,
        role=ROLE_TITLES[guest.viewer.role][language_of(request).code],
        least=SHORTEST_PASSWORD,
        qr=Markup(drawn),  # noqa: S704 (drawn by the library from black and white modules)
        address=address,
        secret=" ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        errors=errors or {},
        safe=_cookies_are_safe(request),
    )


def _come_in(request: Request, token: str, after: str) -> Response:
    answer = to(after)
    sessions.begin(request, answer, token)
    return answer


def _cookies_are_safe(request: Request) -> bool:
    return sessions.may_sign_in(request, plain_http=service_of(request).settings.plain_http)


def _only_where_cookies_are_safe(request: Request) -> None:
    if not _cookies_are_safe(request):
        raise NotAllowed(UNSAFE)


UNSAFE = N_("This address is not encrypted, so a password would travel in the open. Open the site by https.")
