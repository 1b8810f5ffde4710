"""Files of the map over HTTP, under the viewer's rights: /handout.html, /card.png, /export/{layer}.{format}.

The filters are the map's own, so a permalink's words make the same file. Making one takes a processor for a while: two
at a time, in threads, so that tiles are not kept waiting.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from geo_api.bench import bench_of
from geo_api.context import language_of, service_of, viewer_of
from geo_api.making import Made, Maker
from geo_api.pages.reading import WORDS, Reading
from geo_api.pages.state import read_state
from layers.query import VOCABULARY, Query, parse_query
from layers.viewer import PUBLIC
from maps.styles import RECORDS


def _maker(request: Request, **words_of_map: str) -> Maker:
    service = service_of(request)
    asked = request.query_params.multi_items()
    words = [*words_of_map.items(), *(word for word in asked if word[0] in WORDS and word[0] not in words_of_map)]
    base = str(service.settings.public_url or request.base_url).rstrip("/")
    return Maker(
        service.database,
        service.layers,
        service.area,
        viewer_of(request),
        language_of(request),
        datetime.now(service.area.timezone).date(),
        demo=service.settings.demo,
        link=f"{base}/" + (f"?{urlencode(words)}" if words else ""),
    )


def _query(request: Request) -> Query:
    """Read the filters strictly: a word that means nothing would make a file of something else than was asked for."""
    own = ("layer", "at", "here", "units", "view")
    words = [word for word in request.query_params.multi_items() if word[0] not in own]
    return parse_query(words, service_of(request).area.timezone)


def _here(request: Request) -> Query:
    """Read the filters and where the reader stands: what the map shows is what is printed."""
    words = [word for word in request.query_params.multi_items() if word[0] in (*VOCABULARY, "at")]
    state = read_state(words, service_of(request).area.timezone)
    return replace(state.query, bbox=state.query.bbox or (state.at.box if state.at else None))


def _file(request: Request, made: Made, name: str) -> Response:
    private = viewer_of(request) != PUBLIC
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "private, no-store" if private else "no-cache",
        "Vary": "Cookie",
    }
    return Response(made.body, media_type=made.media_type, headers=headers)


async def layer(request: Request) -> Response:
    layer_id, form = request.path_params["layer"], request.path_params["form"]
    maker, query = _maker(request, **({"layer": layer_id} if layer_id in RECORDS else {})), _query(request)
    made = await bench_of(request).make(lambda: maker.layer(layer_id, query, form))
    return _file(request, made, f"{layer_id}.{form}")


async def handout(request: Request) -> Response:
    about = (await Reading.of(request)).about
    maker, query = _maker(request, layer=about), _here(request)
    made = await bench_of(request).make(lambda: maker.handout(about, query))
    return _file(request, made, "map.html")


async def card(request: Request) -> Response:
    about = (await Reading.of(request)).about
    maker, query = _maker(request, layer=about), _here(request)
    made = await bench_of(request).make(lambda: maker.map(about, query, "png"))
    response = _file(request, made, "card.png")
    response.headers["Content-Disposition"] = "inline"
    return response


routes = [
    Route("/export/{layer}.{form}", layer, methods=["GET"]),
    Route("/handout.html", handout, methods=["GET"]),
    Route("/card.png", card, methods=["GET"]),
]
