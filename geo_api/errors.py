"""What went wrong, told at the edge: as a problem in JSON for machines, as a page for people, in the reader's language.

An answer says what the person can do. What we did wrong ourselves goes to the log, and nothing of it into an answer.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import urlencode

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from geo_api.context import frame_of, language_of
from layers import errors
from layers.errors import BadInput, BezpekaError
from layers.text import N_
from maps.language import Language
from maps.pages import render

log = logging.getLogger(__name__)

STATUS: Mapping[type[BezpekaError], int] = {
    errors.BadFields: 422,
    errors.BadInput: 400,
    errors.NotSignedIn: 401,
    errors.NotAllowed: 403,
    errors.NotFound: 404,
    errors.Stale: 412,
    errors.KeyReused: 422,
    errors.Conflict: 409,
    errors.VersionNeeded: 428,
    errors.TooMany: 429,
    errors.Unavailable: 503,
}
HEADINGS = {
    400: N_("This can't be read"),
    401: N_("Please sign in"),
    403: N_("This is not open to you"),
    404: N_("There is no such page"),
    405: N_("This can't be done here"),
    409: N_("This was changed meanwhile"),
    412: N_("This was changed meanwhile"),
    428: N_("This can't be read"),
    413: N_("This is too large"),
    422: N_("This can't be read"),
    429: N_("Too many attempts"),
    503: N_("Not available right now"),
}
DETAILS = {
    401: N_("What you asked for is for people with an account."),
    403: N_("Your account doesn't have the right to see this or to do it."),
    404: N_("Check the address, or begin with the map."),
    405: N_("This address takes other kinds of requests."),
    503: N_("Try again in a minute."),
}
OURS = N_("Something went wrong on our side")
OURS_DETAIL = N_("It was noted and will be looked into. Try again in a minute.")
FOR_MACHINES = ("/api/", "/tiles/", "/healthz", "/metrics")


def install(app: FastAPI) -> None:
    """Let the application answer every error in our own words."""
    app.add_exception_handler(BezpekaError, on_mistake)
    app.add_exception_handler(RequestValidationError, on_bad_form)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(Exception, on_defect)


async def on_mistake(request: Request, error: Exception) -> Response:
    assert isinstance(error, BezpekaError)
    if isinstance(error, errors.NotSignedIn) and wants_page(request):
        return to_the_door(request)
    language = language_of(request)
    headers = {"Retry-After": str(error.values.get("retry_after", 10))} if status_of(error) in (429, 503) else {}
    return tell(request, status_of(error), language.gettext(error.message, **error.values), headers)


def to_the_door(request: Request) -> Response:
    """Send somebody who must sign in to the door, and after it back to the page they asked for."""
    after = f"?{urlencode({'next': request.url.path})}" if request.method == "GET" else ""
    return RedirectResponse(f"/sign-in{after}", 303, {"Cache-Control": "no-store"})


def status_of(error: BezpekaError) -> int:
    return next(STATUS[kind] for kind in (*type(error).__mro__, BadInput) if kind in STATUS)


async def on_bad_form(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    named = ", ".join(sorted({str(one["loc"][-1]) for one in error.errors()}))
    return tell(
        request, 422, language_of(request).gettext(N_("These can't be used as they are: {names}."), names=named)
    )


async def on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    detail = language_of(request).gettext(DETAILS.get(error.status_code, ""))
    return tell(request, error.status_code, detail, error.headers)


async def on_defect(request: Request, error: Exception) -> Response:
    log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return tell(request, 500, language_of(request).gettext(OURS_DETAIL))


def tell(request: Request, status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    """Return an error as this client reads it; no cache keeps it."""
    language = language_of(request)
    heading = _heading(status, language)
    kept = {**(headers or {}), "Cache-Control": "no-store", "Vary": "Accept, Cookie"}
    if wants_page(request):
        page = render("error.html", language, frame_of(request), heading=heading, detail=detail)
        return HTMLResponse(page, status, kept)
    problem = {"type": "about:blank", "title": heading, "status": status, "detail": detail}
    body = json.dumps(problem, ensure_ascii=False).encode()
    return Response(body, status, kept, "application/problem+json")


def _heading(status: int, language: Language) -> str:
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR and status not in HEADINGS:
        return language.gettext(OURS)
    return language.gettext(HEADINGS[status]) if status in HEADINGS else HTTPStatus(status).phrase


def wants_page(request: Request) -> bool:
    """Tell whether a person with a browser asks, rather than a program or a part of a page."""
    if request.url.path.startswith(FOR_MACHINES) or request.url.path == "/api":
        return False
    return "text/html" in request.headers.get("accept", "")
