"""POST /api/reports: what a phone's outbox sends; and what it asks before: a fresh token, a place's name, the same."""

from __future__ import annotations

import json
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from geo_api import reporting
from geo_api.context import language_of, service_of
from geo_api.errors import status_of
from geo_api.pages.forms import said, wrong_fields
from geo_api.reporting import Typed
from geo_api.security import csrf_token, give_csrf_cookie
from layers.errors import BezpekaError
from layers.problems import intake, places, receipts
from layers.problems.intake import NotTaken
from layers.problems.nearby import Open
from layers.viewer import PUBLIC
from maps.language import Language

warm = intake.warm
PRIVATE = {"Cache-Control": "no-store"}


def token(request: Request) -> Response:
    """Give a page that may have lain in a phone for days a token that is good now."""
    answer = JSONResponse({"token": csrf_token(request)}, headers=PRIVATE)
    give_csrf_cookie(request, answer)
    return answer


async def send(request: Request) -> Response:
    """Take one report: 201 with the receipt; 422 says what to mend, or in `not_taken` whom to call instead."""
    typed = await reporting.read(request)
    return await run_in_threadpool(_send, request, typed)


def _send(request: Request, typed: Typed) -> Response:
    try:
        receipt = reporting.send(request, typed)
    except BezpekaError as error:
        return refused(request, error)
    told = {
        "number": receipt.number or None,
        "receipt": receipt.token,
        "written": receipts.written(receipt.token),
        "page": f"/report/sent/{receipt.token}",
    }
    return JSONResponse(told, 200 if receipt.repeated else 201, PRIVATE)


async def near(request: Request) -> Response:
    """Say what the place is called and which open reports may be the same. Nothing is kept; it is typed, so no GET."""
    typed = await reporting.read(request)
    return await run_in_threadpool(_near, request, typed)


def _near(request: Request, typed: Typed) -> Response:
    language = language_of(request)
    try:
        found = reporting.offered(request, typed) if typed.category else []
        where = _where(request, typed)
    except BezpekaError as error:
        return refused(request, error)
    return JSONResponse({"where": where, "found": [told(one, language) for one in found]}, headers=PRIVATE)


def _where(request: Request, typed: Typed) -> dict[str, Any] | None:
    if typed.point is None:
        return None
    service = service_of(request)
    with service.database.begin(PUBLIC) as session:
        called = places.called(session, service.area, *typed.point)
    return {"inside": called is not None, "title": called[language_of(request).code] if called else ""}


def told(found: Open, language: Language) -> dict[str, Any]:
    """Return what a resident is shown of an open report."""
    return {
        "id": str(found.id),
        "category": found.category[language.code],
        "status": found.status[language.code],
        "place": found.place[language.code],
        "month": language.month(found.month),
        "body": found.body,
        "photo": f"/photos/{found.photos[0]}" if found.photos else None,
        "supporters": language.ngettext("{n} person reported it", "{n} people reported it", found.supporters),
    }


def refused(request: Request, error: BezpekaError) -> Response:
    """Return what to do about it, field by field; `not_taken` is what the phone must forget too."""
    status = 422 if isinstance(error, NotTaken) else status_of(error)
    body: dict[str, Any] = {"type": "about:blank", "status": status, "detail": said(request, error)}
    if isinstance(error, NotTaken):
        body["not_taken"] = error.concern
    elif status in (400, 409, 422):
        body["fields"] = wrong_fields(request, error)
    headers = dict(PRIVATE)
    if status in (429, 503):
        headers["Retry-After"] = str(error.values.get("retry_after", 10))
    return Response(json.dumps(body, ensure_ascii=False), status, headers, "application/problem+json")


routes = [
    Route("/api/reports/token", token, methods=["GET"]),
    Route("/api/reports/nearby", near, methods=["POST"]),
    Route("/api/reports", send, methods=["POST"]),
]
