"""Files of the map to take away: choose one, watch the worker make it, fetch or cancel it. For residents too.

A resident's job is theirs by its unguessable number, a staff member's by their account.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from fastapi import APIRouter, Form, Request
from starlette.responses import JSONResponse, Response

from geo_api.conditional import key_of, new_key
from geo_api.context import language_of, service_of, viewer_of
from geo_api.orders import KIND, TITLES, WHAT, Order
from geo_api.pages.forms import now, page, porter_of, to
from geo_api.pages.reading import WORDS
from geo_api.security import client_network
from layers import limits, queue
from layers.errors import Conflict, NotFound
from layers.files import actions as files
from layers.idempotency import once
from layers.queue import Job
from layers.text import N_
from layers.viewer import Viewer
from maps.language import Language

router = APIRouter(include_in_schema=False)

Typed = Annotated[str, Form()]
ORDERS_PER, ORDERS_OF_ADDRESS = timedelta(minutes=10), 20
LISTED = 10


@router.get("/files")
def choose(request: Request) -> Response:
    """Offer the files that can be made of what the reader sees, and list the staff's own of today."""
    viewer, language = viewer_of(request), language_of(request)
    words = _words(request.query_params.multi_items())
    mine: list[Job] = []
    if viewer.account:
        with porter_of(request).database.begin(viewer) as session:
            found = queue.latest(session, LISTED)
            mine = [job for job in found if job.kind == KIND and job.owner == viewer.account]
    return page(
        request,
        "files/choose.html",
        what=[(name, TITLES[name][language.code]) for name in WHAT],
        words=urlencode(words),
        back=f"/?{urlencode(words)}" if words else "/",
        key=new_key(),
        mine=[(job, TITLES[job.arguments["what"]][language.code]) for job in mine],
        exact=viewer.account is not None,
    )


@router.post("/jobs")
def order(request: Request, what: Typed = "", words: Typed = "", key: Typed = "") -> Response:
    """Ask for a file; the same form sent twice asks once."""
    viewer, service = viewer_of(request), service_of(request)
    wanted = _words(parse_qsl(words))
    base = str(service.settings.public_url or request.base_url).rstrip("/")
    link = f"{base}/" + (f"?{urlencode(wanted)}" if wanted else "")
    asked = Order(what, tuple(wanted), language_of(request).code, link)
    asked.query(service.area)  # words that can't be read are told now, not by the worker
    whose = _count(request, viewer)
    with porter_of(request).database.begin(viewer) as session:
        answer = once(
            session,
            scope=f"jobs:{whose}",
            key=key_of(request, key),
            body=asked.arguments(),
            act=lambda: {"job": str(queue.defer(session, KIND, asked.arguments()))},
        )
    return to(f"/jobs/{answer.content['job']}")


@router.get("/jobs/{job}")
def watch(request: Request, job: UUID) -> Response:
    """Show how far a job is: as a page, or as JSON for its script and for programs."""
    with porter_of(request).database.begin(viewer_of(request)) as session:
        found = _own(queue.get(session, job))
        alive = found.ended or queue.worker_is_alive(session)
    said = told(found, language_of(request), alive=alive)
    if "text/html" not in request.headers.get("accept", ""):
        return JSONResponse(said, headers={"Cache-Control": "no-store", "Vary": "Accept, Cookie"})
    order = Order.of(found.arguments)
    return page(
        request,
        "files/job.html",
        job=said,
        title=TITLES[order.what][language_of(request).code],
        chooser=f"/files?{urlencode(order.words)}" if order.words else "/files",
    )


@router.post("/jobs/{job}/cancel")
def cancel(request: Request, job: UUID) -> Response:
    with porter_of(request).database.begin(viewer_of(request)) as session:
        _own(queue.get(session, job))
        queue.ask_cancel(session, job)
    return to(f"/jobs/{job}")


@router.get("/jobs/{job}/file")
def fetch(request: Request, job: UUID) -> Response:
    """Give what was made, as long as it is kept."""
    viewer = viewer_of(request)
    with porter_of(request).database.begin(viewer) as session:
        found = _own(queue.get(session, job))
        if not found.result:
            raise Conflict(N_("This file is not ready."))
        stored = files.fetch(session, UUID(found.result["file"]))
    headers = {
        "Content-Disposition": f'attachment; filename="{stored.name}"',
        "Cache-Control": "private, no-store",
        "Vary": "Cookie",
    }
    return Response(stored.content, media_type=stored.media_type, headers=headers)


def _words(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the words of a permalink that say what is shown."""
    return [(name, value) for name, value in pairs if name in WORDS and name not in ("lang", "view", "here") and value]


def _count(request: Request, viewer: Viewer) -> str:
    """Return whose orders these are; a resident's are counted by the hash of address and day, kept for minutes."""
    if viewer.account:
        return str(viewer.account)
    porter, moment = porter_of(request), now()
    address = porter.keys.mac("jobs", f"{moment:%Y-%m-%d} {client_network(request)}").hex()
    with porter.database.begin(viewer) as session:
        limits.limit(session, f"jobs:{address}", per=ORDERS_PER, most=ORDERS_OF_ADDRESS, now=moment)
    return "public"


def _own(job: Job) -> Job:
    if job.kind != KIND:
        raise NotFound(N_("There is no such job."))
    return job


def told(job: Job, language: Language, *, alive: bool) -> dict[str, Any]:
    """Return a job as people and programs are told it, sentences in the reader's language."""
    failure = job.failure or {"message": "", "values": {}}
    message, values = failure["message"], failure["values"]
    result = job.result or {}
    return {
        "id": str(job.id),
        "state": job.state,
        "done": job.done,
        "total": job.total,
        "stage": language.gettext(job.stage) if job.stage else "",
        "ended": job.ended,
        "cancelling": job.cancel_asked and not job.ended,
        "worker": alive,
        "failure": language.gettext(message, **values) if message else "",
        "file": f"/jobs/{job.id}/file" if "file" in result else None,
        **{name: result.get(name) for name in ("name", "bytes", "count", "plan")},
    }
