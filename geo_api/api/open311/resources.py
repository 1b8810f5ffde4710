"""One address of GeoReport: what it answers, in which form, and errors as the specification writes them."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from geo_api.api.open311.forms import MEDIA_TYPES, NotAcceptable, form_of, write
from geo_api.context import language_of, service_of
from geo_api.errors import OURS_DETAIL
from geo_api.published import ANYWHERE, base_url, tagged
from layers import errors
from layers.errors import BadFields, BezpekaError, NotFound
from layers.text import N_

log = logging.getLogger(__name__)

# Any other refusal is 400, as the specification wants it. What comes too often or can't be had now must be told apart,
# or a program would never try again.
STATUS: dict[type[BezpekaError], int] = {
    errors.NotAllowed: 403,
    errors.NotFound: 404,
    NotAcceptable: 406,
    errors.KeyReused: 422,
    errors.TooMany: 429,
    errors.Unavailable: 503,
}
# What the specification calls the fields of our own form.
FIELDS = {
    "words": "description",
    "place_words": "address_string",
    "place": "lat, long",
    "category": "service_code",
    "photos": "media",
}
MESSAGES = {
    404: N_("There is nothing at this address; /open311/v2/discovery.xml says what there is."),
    405: N_("This address takes other kinds of requests."),
    411: N_("Say how long the request is: send Content-Length."),
    413: N_("This is larger than a report with three photos can be."),
}


@dataclass(frozen=True)
class Answer:
    """What a resource answers: the first element's name, the content, and what came of a change."""

    root: str
    content: Any
    status: int = 200


Read = Callable[[Request], Answer]
Change = Callable[[Request], Awaitable[Answer]]


class Resource:
    """An ASGI application for one address: GET by `read`, in a thread, and POST by `change` where there is one."""

    def __init__(self, read: Read, change: Change | None = None) -> None:
        self._read = read
        self._change = change

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        response = await self._respond(request)
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        form = "xml"
        try:
            form = form_of(request.path_params.get("form"), request.headers.get("accept", ""))
            answer = await self._answer(request)
        except (BezpekaError, HTTPException) as error:
            return _refusal(request, form, error)
        except Exception:
            log.exception("%s %s failed", request.method, request.url.path)
            return _errors(form, 500, [language_of(request).gettext(OURS_DETAIL)])
        body = write(form, answer.root, answer.content)
        if request.method == "POST":
            headers = {**ANYWHERE, "Cache-Control": "no-store", "Content-Type": MEDIA_TYPES[form]}
            return Response(body, answer.status, headers)
        return tagged(request, body, MEDIA_TYPES[form])

    async def _answer(self, request: Request) -> Answer:
        if request.method in ("GET", "HEAD"):
            check_jurisdiction(request, request.query_params.get("jurisdiction_id", ""))
            return await run_in_threadpool(self._read, request)
        if request.method == "POST" and self._change:
            return await self._change(request)
        allowed = "GET, HEAD, POST" if self._change else "GET, HEAD"
        raise HTTPException(405, headers={"Allow": allowed})


def check_jurisdiction(request: Request, given: str) -> None:
    """Raise NotFound for a jurisdiction that is none of ours; this server has one, so that it needn't be said."""
    ours = {service_of(request).area.id, base_url(request).partition("//")[2], request.url.hostname}
    if given and given not in ours:
        raise NotFound(N_("There is no jurisdiction_id “{name}” here."), name=given)


def nothing(_request: Request) -> Answer:
    """Answer for every address that is none."""
    raise HTTPException(404)


def _refusal(request: Request, form: str, error: BezpekaError | HTTPException) -> Response:
    language = language_of(request)
    if isinstance(error, HTTPException):
        said = language.gettext(MESSAGES.get(error.status_code, "")) or str(error.detail)
        return _errors(form, error.status_code, [said], error.headers)
    status = next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 400)
    headers = {"Retry-After": str(error.values.get("retry_after", 10))} if status in (429, 503) else None
    return _errors(form, status, list(_said(request, error)), headers)


def _said(request: Request, error: BezpekaError) -> Iterator[str]:
    """Yield a sentence for each thing that is wrong, fields by the names that the specification gives them."""
    language = language_of(request)
    if isinstance(error, BadFields):
        for name, one in error.fields.items():
            yield f"{FIELDS.get(name, name)}: {language.gettext(one.message, **one.values)}"
    else:
        yield language.gettext(error.message, **error.values)


def _errors(form: str, status: int, said: list[str], headers: Any = None) -> Response:
    content = [{"code": str(status), "description": sentence} for sentence in said]
    kept = {**ANYWHERE, "Cache-Control": "no-store", **(headers or {}), "Content-Type": MEDIA_TYPES[form]}
    return Response(write(form, "errors", content), status, kept)
