"""Pictures that the desk makes: the place of a report, and an answer to be sent on in a messenger."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from geo_api.context import language_of, service_of
from geo_api.pages.desk.ground import read_spot
from geo_api.pages.desk.queue import private
from geo_api.pages.desk.report import find
from geo_api.pages.desk.state import worker
from geo_api.pages.desk.titles import Names
from geo_api.pages.forms import porter_of
from layers.database.engine import Session
from layers.errors import NotFound
from layers.initiative import store as initiative
from layers.problems import store
from layers.problems.tables import Problem, ProblemMessage
from layers.text import N_
from maps.language import Language

if TYPE_CHECKING:
    from maps.picture.spot import Spot
    from maps.rows import Caption, Rows

router = APIRouter(prefix="/desk", include_in_schema=False)

SMALL = (480.0, 320.0)
NO_ANSWER = N_("There is no such answer.")


@router.get("/{ref}/place.svg")
def place_picture(request: Request, ref: str) -> Response:
    """Draw the place of a report; with `public` only what everybody is shown."""
    from maps.picture.spot import draw_spot

    viewer = worker(request)
    public = "public" in request.query_params
    with porter_of(request).database.begin(viewer) as session:
        found = find(session, ref)
        spot = _spot(session, request, found, public=public)
        rows = _ground(session, request, spot)
    drawing = draw_spot(rows, _caption(request, found), spot, language_of(request), size=SMALL)
    return private(Response(drawing, media_type="image/svg+xml", headers={"Vary": "Cookie"}))


@router.get("/{ref}/answer.png")
def answer_picture(request: Request, ref: str, message: UUID | None = None) -> Response:
    """Draw an answer: what was reported and where as everybody sees it, and what is said to it; no number, no day."""
    from maps.paper.answer import MAP, Told, answer_png
    from maps.picture.spot import draw_spot

    viewer, language = worker(request), language_of(request)
    area = service_of(request).area
    with porter_of(request).database.begin(viewer) as session:
        found = find(session, ref)
        said = _answer(session, found, message)
        names = Names.read(session, language)
        sender = initiative.initiative(session)
        place = read_spot(session, found, names)
        drawing = ""
        if found.published and place.shown:
            spot = _spot(session, request, found, public=True)
            rows = _ground(session, request, spot)
            drawing = draw_spot(rows, _caption(request, found), spot, language, size=MAP)
    told = Told(
        title=names.category(found.category),
        symbol=names.categories[found.category].symbol,
        status=names.status(said.to_status) if said.to_status else language.gettext("Answer"),
        answer=said.approved or said.body or "",
        where=_where(found, place.shown_title, language),
        report=found.body if found.published else "",
        signed=said.signed,
        sender=(sender.name_uk if language.code == "uk" else sender.name_en) or area.title[language.code],
        contact=_contact(sender.hotline, request),
        day=language.month(said.month),
        map=drawing,
    )
    picture = answer_png(told, language)
    return private(Response(picture, media_type="image/png", headers={"Vary": "Cookie"}))


def _answer(session: Session, found: Problem, message: UUID | None) -> ProblemMessage:
    """Return the answer that was asked for, or the last one; notes and what the author wrote are none."""
    said = [
        one
        for one in store.messages_of(session, found.id)
        if one.said_by != "reporter" and one.audience in ("reporter", "public") and (one.body or one.approved)
    ]
    chosen = [one for one in said if message is None or one.id == message]
    if not chosen:
        raise NotFound(NO_ANSWER)
    return chosen[-1]


def _where(found: Problem, shown: str, language: Language) -> str:
    month = language.month(found.month)
    return f"{shown}, {month}" if found.published and shown else month


def _contact(hotline: str, request: Request) -> str:
    site = (service_of(request).settings.public_url or "").partition("://")[2]
    return " · ".join(part for part in (hotline, site) if part)


def _spot(session: Session, request: Request, found: Problem, *, public: bool) -> Spot:
    from maps.picture.spot import Spot

    place = read_spot(session, found, Names.read(session, language_of(request)))
    if place.shown is None and (public or place.point is None):
        raise NotFound(N_("This report is not on the map yet."))
    shown = place.shown
    return Spot(
        catchment=shown.catchment if shown else None,
        shown=shown.point if shown else None,
        exact=None if public else place.point,
    )


def _ground(session: Session, request: Request, spot: Spot) -> list[Rows]:
    from geo_api.gathering import ground_around

    service = service_of(request)
    return ground_around(session, service.layers, spot.box, SMALL, service.area.timezone)


def _caption(request: Request, found: Problem) -> Caption:
    from maps.rows import Caption

    day = datetime.now(service_of(request).area.timezone).date()
    return Caption(title=language_of(request).gettext("Map of the place"), day=day, demo=found.demo)
