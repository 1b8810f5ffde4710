"""A new plan: what is asked for, its order to the worker, and watching how far it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.responses import JSONResponse, Response

from geo_api.conditional import key_of, new_key
from geo_api.context import language_of, service_of, viewer_of
from geo_api.pages.forms import porter_of, to, wrong_fields
from geo_api.pages.orders import told
from geo_api.pages.plans import fields, uploads
from geo_api.pages.plans.access import NO_STORE, insider, planner, shown
from geo_api.planning import KIND
from layers import queue
from layers.cameras import actions, gathering, optics, rules, store
from layers.cameras.candidates import MOUNTS
from layers.cameras.demand import KINDS
from layers.cameras.planning import Settings
from layers.errors import BadInput, BezpekaError, NotFound
from layers.idempotency import once
from layers.layer import Title
from layers.queue import Job
from layers.text import N_
from layers.units.names import unit_names

router = APIRouter(prefix="/plans", include_in_schema=False)

LIMITS: dict[str, Title] = {
    "budget": Title("гроші, грн", "money, UAH"),
    "count": Title("число нових камер", "a number of new cameras"),
    "share": Title("частка, яку має бути видно, %", "a share to be seen, %"),
}
PLACES: dict[str, Title] = {
    "lamp": Title("ліхтарі", "lamps"),
    "wall": Title("стіни громадських будівель", "walls of public buildings"),
    "junction": Title("перехрестя", "junctions"),
    "road": Title("опори вздовж вулиць", "poles along streets"),
}
USUAL_LEVEL = "dori:observe"
USUAL = {"limit": "count", "amount": "20", "level": USUAL_LEVEL, "spacing_m": "40", "per_mount": "1",
         "minimum": "0", "backup": "0", "overlap": "100", "privacy": "0"}  # fmt: skip


@router.get("/new")
def new(request: Request) -> Response:
    planner(request)
    return _form(request)


@router.post("/new")
async def make(request: Request) -> Response:
    """Order a plan; what can't be is said beside its field, and nothing typed is lost."""
    form = await request.form()
    typed = {name: value for name, value in form.items() if isinstance(value, str)}
    return await run_in_threadpool(_make, request, form, typed)


def _make(request: Request, form: FormData, typed: dict[str, str]) -> Response:
    viewer = planner(request)
    try:
        settings = read_settings(form)
        title = rules.title_of(typed.get("title", ""))
        with porter_of(request).database.begin(viewer) as session:
            gathering.within_of(session, service_of(request).area, typed.get("unit", ""))
            actions.must_afford(session, settings)
        places = _places(request, form.get("places"))
    except BezpekaError as error:
        return _form(request, status=422, typed=typed, chosen=form, errors=wrong_fields(request, error))
    asked: dict[str, Any] = {
        "what": "plan",
        "title": title,
        "unit": typed.get("unit", ""),
        "settings": settings.as_dict(),
    }
    if places is not None:
        asked["places"] = places
    return order(request, asked, typed.get("key", ""))


def _places(request: Request, file: Any) -> list[dict[str, Any]] | None:
    """Return the council's own list of places, if one was chosen."""
    return uploads.read_whole(request, file) if isinstance(file, UploadFile) and file.filename else None


def read_settings(form: FormData) -> Settings:
    """Return what a form asks for; raises BadInput."""

    def number(name: str) -> float:
        usual = float(USUAL.get(name, "0"))
        typed = fields.number(name, str(form.get(name, "")))
        return usual if typed is None else typed

    def listed(name: str) -> list[str]:
        return [str(value) for value in form.getlist(name)]

    profile, _colon, level = str(form.get("level", USUAL["level"])).partition(":")
    limit, amount = str(form.get("limit", "count")), number("amount")
    if limit not in LIMITS:
        raise BadInput(N_("Say what limits the plan: a budget, a number of cameras, or a share to be seen."))
    weights = {code: number(f"weight-{code}") for code in KINDS if form.get(f"weight-{code}") not in (None, "")}
    return Settings(
        budget=amount if limit == "budget" else None,
        count=round(amount) if limit == "count" else None,
        share=amount / 100 if limit == "share" else None,
        profile=profile, level=level,
        models=tuple(listed("models")), mounts=tuple(listed("mounts")) or MOUNTS,
        spacing_m=number("spacing_m"), per_mount=int(number("per_mount")), minimum=number("minimum") / 100,
        backup=number("backup") / 100, overlap=number("overlap") / 100, privacy=number("privacy"), weights=weights,
    )  # fmt: skip


def _form(
    request: Request, *, status: int = 200, typed: Mapping[str, str] | None = None, chosen: Any = None,
    errors: Mapping[str, str] | None = None,
) -> Response:  # fmt: skip
    language = language_of(request)
    with porter_of(request).database.begin(viewer_of(request)) as session:
        reader = insider(session, request)
        models = store.models(session)
        units = [(name.code, name[language.code]) for name in unit_names(session) if name.system == "hromadas"]
        zones = store.zones(session)
    picked = chosen.getlist("models") if chosen is not None else ["fixed-4mp", "fixed-4mp-far", "vari-8mp"]
    hung = chosen.getlist("mounts") if chosen is not None else list(MOUNTS)
    return shown(
        request, "plans/new.html", reader, status=status, typed={**USUAL, "title": "", "unit": "", **(typed or {})},
        models=[model for code, model in models.items() if code != rules.UNKNOWN_MODEL], picked=picked, hung=hung,
        limits=LIMITS, places=PLACES, kinds=KINDS, profiles=optics.PROFILES, units=units, zones=zones,
        errors=errors or {}, key=new_key(), box=service_of(request).area.box,
    )  # fmt: skip


# --- Watching ---------------------------------------------------------------------------------------------------------


def order(request: Request, asked: dict[str, Any], key: str) -> Response:
    viewer = viewer_of(request)
    with porter_of(request).database.begin(viewer) as session:
        answer = once(
            session, scope=f"plans:{viewer.account}", key=key_of(request, key), body=asked,
            act=lambda: {"job": str(queue.defer(session, KIND, asked))},
        )  # fmt: skip
    return to(f"/plans/making/{answer.content['job']}")


@router.get("/making/{job}")
def watch(request: Request, job: UUID) -> Response:
    """Show how far a plan is: as a page, or as JSON for its script; once it is made, the way leads to it."""
    with porter_of(request).database.begin(viewer_of(request)) as session:
        reader = insider(session, request)
        found = _own(queue.get(session, job))
        alive = found.ended or queue.worker_is_alive(session)
    said = told(found, language_of(request), alive=alive)
    if "text/html" not in request.headers.get("accept", ""):
        return JSONResponse(said, headers={**NO_STORE, "Vary": "Accept, Cookie"})
    if said["plan"]:
        return to(f"/plans/{said['plan']}")
    return shown(request, "plans/making.html", reader, job=said, title=found.arguments["title"])


@router.post("/making/{job}/cancel")
def cancel(request: Request, job: UUID) -> Response:
    with porter_of(request).database.begin(viewer_of(request)) as session:
        insider(session, request)
        _own(queue.get(session, job))
        queue.ask_cancel(session, job)
    return to(f"/plans/making/{job}")


def _own(job: Job) -> Job:
    if job.kind != KIND:
        raise NotFound(N_("There is no such job."))
    return job
