"""/embed: the map of reports alone, to be shown in pages of others; it reads, and leads back to the whole map."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from geo_api.context import Service, frame_of, language_of, service_of
from geo_api.pages.assets import squeezed
from geo_api.pages.state import read_state
from geo_api.published import base_url
from layers.catalogue import OSM, PROBLEMS
from layers.legend import UNITS
from layers.query import Query
from layers.serving import counts_sql
from layers.viewer import PUBLIC
from maps.language import Language
from maps.pages import content_policy, render
from maps.styles import GROUND_OF

ABOUT = PROBLEMS.id
SPLIT_ZOOM = 14  # as on the map's own page
NARROWING = ("category", "status", "from", "to", "unit")
KEPT = (*NARROWING, "at", "lang")


async def embed(request: Request) -> Response:
    """Show the map under the filters of the address. Whoever has signed in is shown what everybody sees."""
    service, language = service_of(request), language_of(request)
    words = [word for word in request.query_params.multi_items() if word[0] in KEPT and word[1]]
    query = read_state(words, service.area.timezone).query
    layer = service.layers[ABOUT]
    frame = replace(frame_of(request), account="")
    if (theme := request.query_params.get("theme")) in ("light", "dark"):
        frame = replace(frame, theme=theme)
    back = f"{base_url(request)}/?{urlencode([('layer', ABOUT), *words])}"
    page = render(
        "embed.html",
        language,
        frame,
        given=await _given(service, language, query, words),
        back=back,
        picture=f"/map.svg?{urlencode([('layer', ABOUT), *words])}",
        whose=layer.title[language.code],
        licences=f"{layer.licence} · © {OSM[language.code]}",
        credit=service.settings.basemap_attribution if service.settings.basemap_url else "",
    )
    headers = {
        "Content-Security-Policy": content_policy(*_tile_hosts(service), framed_by="*"),
        "Cache-Control": "no-cache",
        "Vary": "Cookie",
    }
    return squeezed(request, HTMLResponse(page, headers=headers))


async def _given(service: Service, language: Language, query: Query, words: list[tuple[str, str]]) -> dict[str, Any]:
    """Return what the scripts begin with; the same words as on the map's own page, and its filters as data."""
    _ = language.gettext
    units = [json.loads(line) for [line] in await service.readers.ask(PUBLIC, UNITS, {})]
    west, south, east, north = _box(service, query, units)
    with_place = [unit for unit in units if unit[8] is not None]
    systems = [system.id for system in service.area.unit_systems if system.id != "settlements"]
    systems.sort(key=lambda system: system != "hromadas")  # the first is named on the map: where people live now
    return {
        "language": language.code,
        "about": ABOUT,
        "records": [ABOUT, *(ground for ground, about in GROUND_OF.items() if about == ABOUT)],
        "box": [[west, south], [east, north]],
        "splitZoom": SPLIT_ZOOM,
        "systems": [{"id": system} for system in systems],
        "months": [],
        "counts": await _counts(service, query),
        "names": [
            {"system": system, "code": code, "name_uk": uk, "name_en": en, "lon": lon, "lat": lat}
            for system, code, uk, en, _approximate, _closed, _source, _licence, lon, lat, *_box_ in with_place
        ],
        "filters": words,
        "words": {
            "NavigationControl.ZoomIn": _("Zoom in"),
            "NavigationControl.ZoomOut": _("Zoom out"),
            "Map.Title": _("Map"),
            "ScaleControl.Meters": _("m"),
            "ScaleControl.Kilometers": _("km"),
        },
    }


def _box(service: Service, query: Query, units: list[list[Any]]) -> tuple[float, float, float, float]:
    """Return what is shown first: the unit that is asked for, or the area."""
    for unit in units:
        if unit[1] in query.unit and unit[10] is not None:
            return unit[10], unit[11], unit[12], unit[13]
    return service.area.box


async def _counts(service: Service, query: Query) -> dict[str, int]:
    face = service.layers[ABOUT].face(PUBLIC)
    assert face
    rows = await service.readers.ask(PUBLIC, *counts_sql(face, replace(query, unit=(), bbox=None), "unit"))
    return {str(code): int(n) for code, _, _, n in rows if code is not None}


def _tile_hosts(service: Service) -> list[str]:
    address = urlsplit(service.settings.basemap_url or "")
    return [f"{address.scheme}://{address.netloc}"] if address.netloc else []


routes = [Route("/embed", embed, methods=["GET"])]
