"""The unified network: every camera that stands, who runs it and under which rules, and what joining it would add."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, UploadFile
from starlette.responses import Response

from geo_api.context import service_of, viewer_of
from geo_api.pages.forms import porter_of, to, wrong_fields
from geo_api.pages.plans.access import Reader, insider, planner, shown
from layers.cameras import reviews, store
from layers.database.engine import Session
from layers.errors import BadFields, BadInput, BezpekaError
from layers.people import store as people
from layers.text import N_

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
    from geo_api.pages.plans.making import read_upload
    from layers.cameras import actions, rules

    viewer = planner(request)
    try:
        report, rejects = read_upload(request, file)
        if report.rejected or not report.sites or owner_kind not in rules.OWNER_KINDS:
            first = (rejects.splitlines() or [""])[1:2]
            raise BadInput(N_("{rejected} of {read} rows can't be used, and nothing was kept; for example: {row}"),
                           rejected=report.rejected, read=report.read, row=first[0] if first else "")  # fmt: skip
        with porter_of(request).database.begin(viewer) as session:
            actions.add_standing(session, viewer, service_of(request).area, report.sites, owner_kind=owner_kind)
    except BezpekaError as error:
        wrong = wrong_fields(request, error)
        with porter_of(request).database.begin(viewer) as session:
            return _page(request, session, insider(session, request), status=422, errors=wrong)
    return to("/plans/network")


@router.post("/network/{site}")
def describe(
    request: Request, site: UUID, version: Annotated[int, Form()], owner_kind: Typed = "", owner: Typed = "",
    place: Typed = "", storage_days: Typed = "", server: Typed = "", access_rule: Typed = "", ups_hours: Typed = "",
    maintained_on: Typed = "", joined: Typed = "", switched_off: Typed = "",
) -> Response:  # fmt: skip
    viewer = planner(request)
    with porter_of(request).database.begin(viewer) as session:
        try:
            given = {
                "owner_kind": owner_kind, "owner": owner.strip(), "place": place.strip(), "server": server.strip(),
                "access_rule": access_rule.strip(), "storage_days": _whole("storage_days", storage_days),
                "ups_hours": _number("ups_hours", ups_hours), "maintained_on": _day(maintained_on),
                "joined": bool(joined), "switched_off": bool(switched_off),
            }  # fmt: skip
            reviews.describe(session, viewer, site, given, version=version)
        except BezpekaError as error:
            session.rollback()
            wrong = wrong_fields(request, error)
        else:
            return to(f"/plans/network#site-{site}")
    with porter_of(request).database.begin(viewer) as session:
        return _page(request, session, insider(session, request), status=422, site=str(site), errors=wrong)


@router.post("/readers/{account}")
def name_deputy(request: Request, account: UUID, named: Typed = "") -> Response:
    """Let a deputy see exact sites, or no more."""
    from layers.cameras import actions

    viewer = planner(request)
    with porter_of(request).database.begin(viewer) as session:
        actions.name_deputy(session, viewer, account, named=bool(named))
    return to("/plans/network#readers")


def _number(name: str, text: str) -> float | None:
    try:
        return float(text.replace(",", ".")) if text.strip() else None
    except ValueError as error:
        raise BadFields({name: BadInput(N_("A number is needed here."))}) from error


def _whole(name: str, text: str) -> int | None:
    value = _number(name, text)
    return None if value is None else round(value)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise BadFields({"maintained_on": BadInput(N_("A day is needed here, such as 2026-05-31."))}) from error
