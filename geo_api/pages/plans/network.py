"""The unified network: every camera that stands, who runs it and under which rules, and what joining it would add."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, UploadFile
from starlette.responses import Response

from geo_api.context import service_of, viewer_of
from geo_api.pages.forms import porter_of, to, wrong_fields
from geo_api.pages.plans.access import Reader, insider, planner, shown
from geo_api.pages.plans.fields import day, number, whole
from geo_api.pages.plans.uploads import read_whole
from layers.cameras import actions, reviews, store
from layers.database.engine import Session
from layers.errors import BezpekaError
from layers.people import store as people

router = APIRouter(prefix="/plans", include_in_schema=False)

Typed = Annotated[str, Form()]


@router.get("/network")
def network(request: Request) -> Response:
    with porter_of(request).database.begin(viewer_of(request)) as session:
        return _page(request, session, insider(session, request))


def _page(
    request: Request, session: Session, reader: Reader, *, status: int = 200, site: str = "",
    errors: dict[str, str] | None = None,
) -> Response:  # fmt: skip
    plans = [plan for plan in store.plans(session) if plan.numbers.get("joining")]
    newest = plans[0] if plans else None
    joining = newest.numbers["joining"] if newest else None
    cameras = store.network(session)
    named = store.readers(session) if reader.plans else []
    deputies = [
        (person.id, person.name, person.id in named)
        for person in people.people(session)
        if person.role == "deputy"
    ] if reader.plans else []  # fmt: skip
    return shown(
        request, "plans/network.html", reader, status=status, cameras=cameras, joining=joining, newest=newest,
        models=store.models(session), named=named, deputies=deputies, changed=site, errors=errors or {},
    )  # fmt: skip


@router.post("/network")
def list_standing(request: Request, file: UploadFile, owner_kind: Typed = "other") -> Response:
    """Write down cameras that stand already, from a council's list: all of its rows, or none."""
    viewer = planner(request)
    try:
        sites = read_whole(request, file)
        with porter_of(request).database.begin(viewer) as session:
            actions.add_standing(session, viewer, service_of(request).area, sites, owner_kind=owner_kind)
    except BezpekaError as error:
        return _refused(request, wrong_fields(request, error))
    return to("/plans/network")


@router.post("/network/{site}")
def describe(
    request: Request, site: UUID, version: Annotated[int, Form()], owner_kind: Typed = "", owner: Typed = "",
    place: Typed = "", storage_days: Typed = "", server: Typed = "", access_rule: Typed = "", ups_hours: Typed = "",
    maintained_on: Typed = "", joined: Typed = "", switched_off: Typed = "",
) -> Response:  # fmt: skip
    viewer = planner(request)
    try:
        given = {
            "owner_kind": owner_kind, "owner": owner.strip(), "place": place.strip(), "server": server.strip(),
            "access_rule": access_rule.strip(), "storage_days": whole("storage_days", storage_days),
            "ups_hours": number("ups_hours", ups_hours), "maintained_on": day("maintained_on", maintained_on),
            "joined": bool(joined), "switched_off": bool(switched_off),
        }  # fmt: skip
        with porter_of(request).database.begin(viewer) as session:
            reviews.describe(session, viewer, site, given, version=version)
    except BezpekaError as error:
        return _refused(request, wrong_fields(request, error), site=str(site))
    return to(f"/plans/network#site-{site}")


def _refused(request: Request, errors: dict[str, str], *, site: str = "") -> Response:
    with porter_of(request).database.begin(viewer_of(request)) as session:
        return _page(request, session, insider(session, request), status=422, site=site, errors=errors)


@router.post("/readers/{account}")
def name_deputy(request: Request, account: UUID, named: Typed = "") -> Response:
    """Let a deputy see exact sites, or no more."""
    viewer = planner(request)
    with porter_of(request).database.begin(viewer) as session:
        actions.name_deputy(session, viewer, account, named=bool(named))
    return to("/plans/network#readers")
