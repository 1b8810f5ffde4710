"""The map as a picture that the server draws: for devices without WebGL or scripts, and for print."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

import segno
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from geo_api.context import Service, frame_of, language_of, service_of, viewer_of
from geo_api.pages.reading import WORDS, Reading, html
from geo_api.pages.state import Position, State, around
from layers.layer import Face, Layer
from layers.query import Query
from layers.reading import select_rows
from layers.viewer import Viewer
from maps.language import Language
from maps.picture import Format, draw
from maps.rows import Caption, Rows, rows_of
from maps.styles import STYLES

# From which zoom on a layer is worth drawing; the symbology says it of single classes of roads and kinds of places.
FROM_ZOOM: Mapping[str, float] = {"landuse": 10, "water": 7, "buildings": 14, "roads": 7, "places": 12}
STILL = Format(960, 600, title=False, legend="", footer=False)
SHEET = Format(960, 640)


async def picture(request: Request) -> Response:
    """Draw what the live map would show at this address."""
    drawing = await _drawing(request, STILL)
    return _svg(drawing, private=viewer_of(request).is_staff)


async def sheet(request: Request) -> Response:
    """Draw the same with title, legend, sources and notes, so that it can stand alone."""
    drawing = await _drawing(request, SHEET)
    return _svg(drawing, private=viewer_of(request).is_staff)


async def printed(request: Request) -> Response:
    """The print view: the map, the figures by category, and a code that leads back to the live map."""
    reading = Reading.of(request)
    here = replace(reading.state.query, bbox=_position(reading.state, reading.service).box)
    categories = await reading.counts("category", here)
    words = [word for word in reading.query_words if word[0] in WORDS]
    address = f"{_public_url(request)}/" + (f"?{urlencode(words)}" if words else "")
    return html(
        request,
        "print.html",
        {
            "picture": f"/sheet.svg?{urlencode(words)}",
            "categories": categories,
            "total": sum(each.count for each in categories),
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


def _svg(drawing: str, *, private: bool) -> Response:
    cache = "private, no-store" if private else "no-cache"
    return Response(drawing, media_type="image/svg+xml", headers={"Cache-Control": cache, "Vary": "Cookie"})


def _position(state: State, service: Service) -> Position:
    return state.at or around(service.area.box)


async def _drawing(request: Request, form: Format) -> str:
    reading = Reading.of(request)
    service, language, state = reading.service, reading.language, reading.state
    at = _position(state, service)
    asked = replace(state.query, bbox=at.box)
    rows = await asyncio.to_thread(_rows, service, reading.viewer, asked, at.zoom)
    caption = Caption(
        title=frame_of(request).area,
        day=datetime.now(service.area.timezone).date(),
        period=_period(state.query, language),
        link=_public_url(request),
        demo=service.settings.demo,
    )
    return await asyncio.to_thread(draw, rows, caption, at.box, language_of(request), form=form)


def _period(query: Query, language: Language) -> str:
    bounds = [language.month(day) if day else "" for day in (query.since, query.until)]
    return " – ".join(bounds) if any(bounds) else ""


@dataclass(frozen=True)
class _Part:
    layer: Layer
    face: Face
    query: Query


def _rows(service: Service, viewer: Viewer, query: Query, zoom: float) -> list[Rows]:
    """Return the rows of every layer that this zoom shows, each under the viewer's own face of it."""
    parts = [part for layer in service.layers if (part := _part(service, viewer, layer, query, zoom))]
    with service.database.begin(viewer) as session:
        return [rows_of(part.layer, part.face.columns, select_rows(session, part.face, part.query)) for part in parts]


def _part(service: Service, viewer: Viewer, layer_id: str, query: Query, zoom: float) -> _Part | None:
    found = service.face(layer_id, viewer)
    if found is None or layer_id not in STYLES or zoom < max(FROM_ZOOM.get(layer_id, 0), found[1].min_zoom):
        return None
    if layer_id == "incidents":
        return _Part(*found, query)
    narrowed = Query(bbox=query.bbox, lang=query.lang, timezone=query.timezone)
    if layer_id in FROM_ZOOM:
        narrowed = replace(narrowed, category=_kinds(layer_id, zoom))
    return _Part(*found, narrowed)


def _kinds(layer_id: str, zoom: float) -> tuple[str, ...]:
    """Return the values of the layer's symbols that show at a zoom; nothing when that is all of them."""
    symbols = STYLES[layer_id].symbols
    shown = [symbol for symbol in symbols if symbol.min_zoom <= zoom]
    if len(shown) == len(symbols):
        return ()
    return tuple(value for symbol in shown for value in (symbol.name, *symbol.also))


routes = [
    Route("/map.svg", picture, methods=["GET"]),
    Route("/sheet.svg", sheet, methods=["GET"]),
    Route("/print", printed, methods=["GET"]),
]
