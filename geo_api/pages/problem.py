"""One report as everybody sees it, at /problems/ID: how it stands, what was answered, what anybody may say of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from textwrap import shorten
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from geo_api import reporting
from geo_api.bench import bench_of
from geo_api.conditional import new_key
from geo_api.context import language_of, service_of, viewer_of
from geo_api.gathering import ground_around
from geo_api.pages import statuses
from geo_api.pages.assets import squeezed
from geo_api.pages.forms import now, page, porter_of, said, to
from geo_api.published import base_url
from geo_api.reporting import REPORTER
from layers.errors import BadInput, NotFound, TooMany
from layers.problems import shown as reports
from layers.problems.receipts import person_of
from layers.problems.shown import NO_SUCH, VOICES, Shown
from layers.text import N_
from layers.viewer import PUBLIC, Role
from maps.language import Language
from maps.picture.card import MAP, Card, draw_card
from maps.picture.spot import Spot, draw_spot
from maps.rows import DEMO, Caption

router = APIRouter(include_in_schema=False)

Typed = Annotated[str, Form()]
SIZE = (480.0, 300.0)  # points of the picture of the place
SAID_PER_HOUR = 60  # by one network: a household, a school, a village behind one address
EXCERPT = 160
ZOOM = {"street": 16, "place": 16, "settlement": 12, "hromada": 10}
BUTTONS = {
    "supports": N_("I have the same"),
    "still_there": N_("The problem is still there"),
    "fixed": N_("It is done already"),
}
ASKS = {
    "": N_("Is it so with you, too?"),
    "done": N_("Is it really done?"),
    "closed": N_("Is it still there?"),
}
THANKS = {
    "supports": N_("Thank you: you are counted."),
    "still_there": N_("Thank you, it is noted. When a second person says so of a closed report, it is opened again."),
    "fixed": N_("Thank you, it is noted. The coordinator sees it."),
}


@router.get("/problems/{public_id}")
def report_page(request: Request, public_id: str) -> Response:
    return squeezed(request, _page(request, public_id))


@router.post("/problems/{public_id}")
def speak(request: Request, public_id: str, says: Typed = "", device: Typed = "") -> Response:
    """Note what somebody says, once a person; who they are is a key of their own device, kept as a keyed hash."""
    which = _read(public_id)
    try:
        reporting.count(request, "say", most=SAID_PER_HOUR)
    except TooMany as error:
        answer = _page(request, public_id, status=429, wrong=said(request, error))
        answer.headers["Retry-After"] = str(error.retry_after)
        return answer
    person = person_of(porter_of(request).keys, device[:64] or new_key())
    try:
        with service_of(request).database.begin(REPORTER) as session:
            reports.speak(session, service_of(request).area, which, person, says, now=now())
    except BadInput as error:
        return _page(request, public_id, status=400, wrong=said(request, error))
    return to(f"/problems/{which}", said=says)


@router.get("/problems/{public_id}/place.svg")
async def place(request: Request, public_id: str) -> Response:
    """Draw where it lies, as roughly as everybody is told."""
    drawing = await bench_of(request).make(lambda: _place(request, public_id, SIZE)[1])
    return _picture(drawing.encode(), "image/svg+xml")


@router.get("/problems/{public_id}/card.png")
async def card(request: Request, public_id: str) -> Response:
    """Draw what networks show beside a link."""
    return _picture(await bench_of(request).make(lambda: _card(request, public_id)), "image/png")


def _picture(content: bytes, media_type: str) -> Response:
    return Response(content, media_type=media_type, headers={"Cache-Control": "no-cache", "Vary": "Cookie"})


# --- the page ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """One line of the history."""

    month: str
    title: str
    words: str
    signed: str


def _page(request: Request, public_id: str, *, status: int = 200, wrong: str = "") -> Response:
    report, language = _shown(request, public_id), language_of(request)
    thanks = THANKS.get(request.query_params.get("said", "")) if not wrong else None
    base = base_url(request)
    return page(
        request,
        "problem/page.html",
        status=status,
        path=f"/problems/{report.id}",
        report=report,
        title=report.category[language.code],
        where=report.where[language.code],
        state=statuses.title(report.status, language),
        next=statuses.next_public(report, language),
        way=statuses.way(report.status, statuses.PUBLIC_WAY, language),
        steps=[_step(one, language) for one in report.steps],
        asks=language.gettext(ASKS.get(report.status, ASKS[""])),
        voices=[(code, language.gettext(BUTTONS[code])) for code in VOICES.get(report.status, ())],
        supported=language.ngettext("supported by {n} person", "supported by {n} people", report.supporters),
        device=new_key(),
        thanks=language.gettext(thanks) if thanks else "",
        wrong=wrong,
        map_href=_on_map(report),
        address=f"{base}/problems/{report.id}",
        card=f"{base}/problems/{report.id}/card.png?{urlencode([('lang', language.code)])}",
        excerpt=shorten(report.words, EXCERPT, placeholder="…"),
        may_appeal=viewer_of(request).role is Role.DEPUTY,
    )


def _step(step: reports.ShownStep, language: Language) -> Step:
    title = statuses.title(step.status, language) if step.status else language.gettext(N_("Answer"))
    return Step(language.month(step.month), title, step.words, step.signed)


def _on_map(report: Shown) -> str:
    at = f"{ZOOM.get(report.precision, 14)}/{report.lat:.5f}/{report.lon:.5f}"
    return f"/?{urlencode([('layer', 'problems'), ('here', f'{report.lon:.5f},{report.lat:.5f}'), ('at', at)])}"


# --- reading and drawing ----------------------------------------------------------------------------------------------


def _read(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound(NO_SUCH) from error


def _shown(request: Request, public_id: str) -> Shown:
    """Return a report as everybody sees it, whoever asks."""
    which = _read(public_id)
    with service_of(request).database.begin(PUBLIC) as session:
        return reports.shown(session, which)


def _place(request: Request, public_id: str, size: tuple[float, float]) -> tuple[Shown, str]:
    which, service, language = _read(public_id), service_of(request), language_of(request)
    with service.database.begin(PUBLIC) as session:
        report = reports.shown(session, which)
        catchment = report.place.catchment if report.place else None
        spot = Spot(catchment=catchment, shown=(report.lon, report.lat))
        rows = ground_around(session, service.layers, spot.box, size, service.area.timezone)
    day = datetime.now(service.area.timezone).date()
    caption = Caption(title=language.gettext("Map of the place"), day=day, demo=report.demo)
    return report, draw_spot(rows, caption, spot, language, size=size)


def _card(request: Request, public_id: str) -> bytes:
    from maps.paper import picture_png

    report, drawing = _place(request, public_id, MAP)
    language = language_of(request)
    area = language.gettext("Bezpeka: {area}", area=service_of(request).area.title[language.code])
    told = Card(
        title=report.category[language.code],
        symbol=report.symbol,
        status=statuses.title(report.status, language),
        where=f"{report.where[language.code]} · {language.month(report.month)}",
        words=report.words,
        area=f"{area} · {DEMO[language.code]}" if report.demo else area,
        map=drawing,
    )
    return picture_png(draw_card(told, language))
