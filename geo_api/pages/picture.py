"""The map as a picture that the server draws: for devices without WebGL or scripts, and for print."""

from __future__ import annotations

import asyncio
import io
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlencode

import segno
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from geo_api.context import frame_of, language_of, service_of, viewer_of
from geo_api.gathering import gather, one_system
from geo_api.pages import map_view
from geo_api.pages.reading import Reading, html
from geo_api.pages.state import Position, around
from layers.area import Box
from layers.query import Query
from layers.viewer import PUBLIC
from maps.language import Language
from maps.paper import PAPERS, print_map
from maps.picture import Format, draw
from maps.records import WORDS as RECORD_WORDS
from maps.rows import Caption, Rows

STILL = Format(960, 600, title=False, legend="", footer=False)
SHEET = Format(960, 640)


async def picture(request: Request) -> Response:
    """Draw what the live map would show at this address."""
    return await _svg(request, STILL)


async def sheet(request: Request) -> Response:
    """Draw the same with title, legend, sources and notes, so that it can stand alone."""
    return await _svg(request, SHEET)


async def pdf(request: Request) -> Response:
    """Typeset the same for paper, `paper` is a4 or a3: the map on the first page, the figures behind it."""
    language, paper = language_of(request), request.query_params.get("paper", "a4")
    rows, caption, box = await _gather(request)
    content = await asyncio.to_thread(print_map, rows, caption, box, language, paper=paper)
    name = f"{service_of(request).area.id}-{caption.day}-{paper}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"', **_kept(request)}
    return Response(content, media_type="application/pdf", headers=headers)


async def printed(request: Request) -> Response:
    """The print view: the map, the figures by category, and a code that leads back to the live map."""
    reading = await Reading.of(request)
    here = replace(reading.state.query, bbox=(await _position(reading)).box)
    categories = await reading.counts("category", here)
    words, words_of = reading.permalink(), RECORD_WORDS[reading.about]
    address = _address(request, reading)
    return html(
        request,
        "print.html",
        {
            "picture": f"/sheet.svg?{urlencode(words)}",
            "papers": {size.upper(): f"/map.pdf?{urlencode([*words, ('paper', size)])}" for size in PAPERS},
            "categories": categories,
            "total": reading.language.ngettext(*words_of.on_map, sum(each.count for each in categories)),
            "many": reading.language.gettext(words_of.many),
            "address": address,
            "code": _code(address),
            "today": datetime.now(reading.service.area.timezone).date(),
            "back": f"/?{urlencode(words)}",
        },
    )


def _public_url(request: Request) -> str:
    stated = getattr(service_of(request).settings, "public_url", None)
    return str(stated or request.base_url).rstrip("/")


def _code(address: str) -> str:
    drawing = io.BytesIO()
    segno.make(address, error="m").save(drawing, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=0)
    return drawing.getvalue().decode()


def _address(request: Request, reading: Reading) -> str:
    """Return the permalink of the live map that shows the same."""
    words = reading.permalink()
    return f"{_public_url(request)}/" + (f"?{urlencode(words)}" if words else "")


async def _svg(request: Request, form: Format) -> Response:
    rows, caption, box = await _gather(request)
    drawing = await asyncio.to_thread(draw, rows, caption, box, language_of(request), form=form)
    return Response(drawing, media_type="image/svg+xml", headers=_kept(request))


def _kept(request: Request) -> dict[str, str]:
    private = viewer_of(request) != PUBLIC
    return {"Cache-Control": "private, no-store" if private else "no-cache", "Vary": "Cookie"}


async def _position(reading: Reading) -> Position:
    return reading.state.at or around(map_view.extent(reading.service.area, await reading.units()))


async def _gather(request: Request) -> tuple[list[Rows], Caption, Box]:
    """Return what is drawn, what it says about itself, and the box that it shows."""
    reading = await Reading.of(request)
    service, at = reading.service, await _position(reading)
    system = map_view.shown_system(service.area, await reading.units(), reading.state.units)
    rows = await asyncio.to_thread(_rows, reading, at, system)
    caption = Caption(
        title=frame_of(request).area,
        day=datetime.now(service.area.timezone).date(),
        period=_period(reading.state.query, reading.language),
        filters=await _filters(reading),
        link=_address(request, reading),
        demo=service.settings.demo,
    )
    return rows, caption, at.box


async def _filters(reading: Reading) -> str:
    """Say in words what the map is narrowed to."""
    query, code = reading.state.query, reading.language.code
    everything = Query(timezone=query.timezone)
    said = [line.name[code] for line in await reading.units() if line.code in query.unit]
    for by, chosen in (("category", query.category), ("status", query.status)):
        if chosen:
            said += [each.title[code] for each in await reading.counts(by, everything) if each.value in chosen]
    return ", ".join(said)


def _period(query: Query, language: Language) -> str:
    """Say the months that the map is narrowed to: «з … по …», either side may be open."""
    _ = language.gettext
    since = _("from {month}", month=language.month(query.since)) if query.since else ""
    until = _("to {month}", month=language.month(query.until)) if query.until else ""
    return " ".join(part for part in (since, until) if part)


def _rows(reading: Reading, at: Position, system: str) -> list[Rows]:
    service, query = reading.service, replace(reading.state.query, bbox=at.box)
    with service.database.begin(reading.viewer) as session:
        found = gather(session, service.layers, reading.viewer, query, at.zoom, about=reading.about)
    return one_system(found, query.unit, system)


routes = [
    Route("/map.svg", picture, methods=["GET"]),
    Route("/sheet.svg", sheet, methods=["GET"]),
    Route("/map.pdf", pdf, methods=["GET"]),
    Route("/print", printed, methods=["GET"]),
]
