"""Make a plan, score a vendor's file, save a variant: each is ordered here, made by the worker, and watched."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import shapely
from fastapi import APIRouter, Form, Request, UploadFile
from starlette.datastructures import FormData
from starlette.datastructures import UploadFile as Upload
from starlette.responses import JSONResponse, Response

from geo_api.conditional import key_of, new_key
from geo_api.context import language_of, service_of, viewer_of
from geo_api.pages.forms import porter_of, to, wrong_fields
from geo_api.pages.orders import told
from geo_api.pages.plans.access import NO_STORE, insider, planner, shown
from geo_api.pages.plans.plan import held_ready, read_move
from geo_api.planning import KIND
from layers import queue
from layers.cameras import actions, gathering, optics, reviews, rules, store
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

Typed = Annotated[str, Form()]
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
USUAL = {"limit": "count", "amount": "20", "level": "dori:observe", "spacing_m": "40", "per_mount": "1",
         "minimum": "0", "backup": "0", "overlap": "100", "privacy": "0"}  # fmt: skip
REJECTS_SHOWN = 50
NOT_A_NUMBER = N_("A number is needed here.")
LARGEST_FILE = 5 * 1024 * 1024


@router.get("/new")
def new(request: Request) -> Response:
    planner(request)
    return _form(request)


@router.post("/new")
async def make(request: Request) -> Response:
    """Order a plan; what can't be is said beside its field, and nothing typed is lost."""
    form = await request.form()
    typed = {name: value for name, value in form.items() if isinstance(value, str)}
    return await _in_thread(_make, request, form, typed)


async def _in_thread(work: Any, *arguments: Any) -> Response:
    import asyncio

    answer: Response = await asyncio.to_thread(work, *arguments)
    return answer


def _make(request: Request, form: FormData, typed: dict[str, str]) -> Response:
    viewer = planner(request)
    try:
        settings = read_settings(form)
        title = _titled(typed.get("title", ""))
        with porter_of(request).database.begin(viewer) as session:
            gathering.within_of(session, service_of(request).area, typed.get("unit", ""))
            _affordable(session, settings)
        places = _places(request, form.get("places"))
    except BezpekaError as error:
        return _form(request, status=422, typed=typed, chosen=form, errors=wrong_fields(request, error))
    asked = {"what": "plan", "title": title, "unit": typed.get("unit", ""), "settings": settings.as_dict()}
    if places is not None:
        asked["places"] = places
    return _order(request, asked, typed.get("key", ""))


def _places(request: Request, file: Any) -> list[Any] | None:
    """Return the council's own list of places, if one was chosen; a list is taken whole or not at all."""
    if not isinstance(file, Upload) or not file.filename:
        return None
    report, rejects = read_upload(request, file)
    if report.rejected or not report.sites:
        first = (rejects.splitlines() or [""])[1:2]
        raise BadInput(N_("{rejected} of {read} rows of the list of places can't be used, for example: {row}"),
                       rejected=report.rejected, read=report.read, row=first[0] if first else "")  # fmt: skip
    return list(report.sites)


def _affordable(session: Any, settings: Settings) -> None:
    """Raise BadInput when the money is below one camera: told at once, not by the worker."""
    known = store.models(session)
    codes = settings.models or [code for code in known if code != rules.UNKNOWN_MODEL]
    cheapest = min((known[code].price_uah for code in codes if code in known), default=0.0)
    if settings.budget is not None and settings.budget < cheapest:
        raise BadInput(
            N_("The budget of {budget} UAH is below the price of one camera: the cheapest costs {cheapest} UAH."),
            budget=round(settings.budget), cheapest=round(cheapest),
        )  # fmt: skip


def read_settings(form: FormData) -> Settings:
    """Return what a form asks for; raises BadInput."""

    def number(name: str) -> float:
        text = str(form.get(name, USUAL.get(name, "0"))).replace(",", ".").replace("\u202f", "").replace(" ", "")
        try:
            return float(text or USUAL.get(name, "0"))
        except ValueError as error:
            raise BadInput(NOT_A_NUMBER) from error

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


def _titled(title: str) -> str:
    title = " ".join(title.split())
    if not title or len(title) > rules.LONGEST_NAME:
        raise BadInput(N_("A plan needs a title."))
    return title


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
        limits=LIMITS, places=PLACES, kinds=gathering.weighed(), profiles=optics.PROFILES, units=units, zones=zones,
        errors=errors or {}, key=new_key(), box=service_of(request).area.box,
    )  # fmt: skip


# --- A vendor's file --------------------------------------------------------------------------------------------------


@router.get("/vendor")
def vendor(request: Request) -> Response:
    planner(request)
    return _vendor_form(request)


@router.post("/vendor")
def score(
    request: Request, file: UploadFile, title: Typed = "", level: Typed = "dori:observe",
    partial: Typed = "", key: Typed = "",
) -> Response:  # fmt: skip
    """Read a vendor's cameras, say which rows can't be used, and order the scoring of the rest."""
    language = language_of(request)
    planner(request)
    typed = {"title": title, "level": level}
    profile, _colon, code = level.partition(":")
    name = Path(file.filename or "plan.csv").name
    try:
        name_of, settings = _titled(title or Path(name).stem), Settings(count=1, level=code, profile=profile)
        report, rejects = read_upload(request, file)
    except BezpekaError as error:
        return _vendor_form(request, status=422, typed=typed, errors=wrong_fields(request, error))
    listed = rejects.splitlines()[: REJECTS_SHOWN + 1]
    if report.rejected and (not report.sites or not partial):
        said = language.gettext(
            N_("{rejected} of {read} rows can't be used, and nothing was saved: mend them and choose the file again."),
            rejected=report.rejected, read=report.read,
        )  # fmt: skip
        return _vendor_form(request, status=422, typed=typed, rejects=listed, errors={"": said})
    asked = {
        "what": "vendor", "title": name_of, "settings": settings.as_dict(), "sites": report.sites,
        "rejects": {"read": report.read, "rejected": report.rejected, "rows": listed},
    }  # fmt: skip
    return _order(request, asked, key)


def read_upload(request: Request, file: Upload) -> tuple[Any, str]:
    """Return the report of a file of cameras and the text of its rejects; raises BadInput."""
    from ingestion.cameras import read_sites

    content, name = file.file.read(LARGEST_FILE + 1), Path(file.filename or "plan.csv").name
    if not content or len(content) > LARGEST_FILE:
        raise BadInput(N_("Choose a file of up to {most} MB."), most=LARGEST_FILE >> 20)
    with porter_of(request).database.begin(viewer_of(request)) as session:
        inside = shapely.from_wkb(gathering.within_of(session, service_of(request).area))
        known = store.models(session)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        report = read_sites(
            path, known, lambda lon, lat: bool(shapely.contains_xy(inside, lon, lat)), spare=Path(folder) / "no",
            say=language_of(request).gettext,
        )  # fmt: skip
        return report, Path(report.rejects).read_text("utf-8-sig") if report.rejects else ""


def _vendor_form(
    request: Request, *, status: int = 200, typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None, rejects: list[str] | None = None,
) -> Response:  # fmt: skip
    with porter_of(request).database.begin(viewer_of(request)) as session:
        reader = insider(session, request)
        models = store.models(session)
    return shown(
        request, "plans/vendor.html", reader, status=status, profiles=optics.PROFILES, models=models.values(),
        typed={"title": "", "level": "dori:observe", **(typed or {})}, errors=errors or {},
        rejects=rejects, key=new_key(),
    )  # fmt: skip


# --- A variant --------------------------------------------------------------------------------------------------------


@router.post("/{number}/variant")
def variant(request: Request, number: int, moves: Typed = "", title: Typed = "", key: Typed = "") -> Response:
    """Order a variant: the plan with some of its cameras moved or turned, as the page's script collected them."""
    import json

    with porter_of(request).database.begin(viewer_of(request)) as session:
        reader = insider(session, request)
        plan = actions.plan(session, reader.viewer, number)
    try:
        given = json.loads(moves)
        asked = {str(int(move["at"])): move for move in given}
    except (ValueError, TypeError, KeyError) as error:
        raise BadInput(N_("Move or turn a camera first: a variant without a change is the plan itself.")) from error
    if not asked:
        raise BadInput(N_("Move or turn a camera first: a variant without a change is the plan itself."))
    tried = held_ready(request, plan)
    changes = {}
    for at, move in asked.items():
        place, changed = read_move(request, tried, move)
        tried.turned(place, **changed)
        changes[at] = changed
    name = _titled(title or language_of(request).gettext(N_("Variant of plan no. {number}"), number=number))
    return _order(request, {"what": "variant", "title": name, "plan": number, "moves": changes}, key)


# --- Watching ---------------------------------------------------------------------------------------------------------


def _order(request: Request, asked: dict[str, Any], key: str) -> Response:
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


# --- Zones ------------------------------------------------------------------------------------------------------------


@router.post("/zones")
def add_zone(request: Request, title: Typed = "", corners: Typed = "") -> Response:
    """Keep a zone without cameras; its corners are lines or pairs of latitude and longitude."""
    viewer = planner(request)
    try:
        pairs = [tuple(map(float, pair.split(","))) for pair in corners.replace("\n", ";").split(";") if pair.strip()]
        places = [(lon, lat) for lat, lon in pairs]
    except ValueError as error:
        raise BadInput(reviews.NO_ZONE) from error
    with porter_of(request).database.begin(viewer) as session:
        within = shapely.from_wkb(gathering.within_of(session, service_of(request).area))
        reviews.add_zone(session, viewer, title=title, corners=places, within=within)
    return to("/plans/new#zones")


@router.post("/zones/{zone}/drop")
def drop_zone(request: Request, zone: UUID) -> Response:
    viewer = planner(request)
    with porter_of(request).database.begin(viewer) as session:
        reviews.drop_zone(session, viewer, zone)
    return to("/plans/new#zones")
