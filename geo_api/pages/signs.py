"""What the browser draws with: the map's style, single symbols, and the colours of pages."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from geo_api.context import is_on_map, language_of, service_of, viewer_of
from geo_api.pages.assets import squeezed
from layers.errors import NotFound
from layers.text import N_
from maps.browser import map_style
from maps.styles import PATTERNS, RECORDS, STYLES
from maps.symbols import THEMES, pattern_svg, symbol_svg, symbols_css


async def style(request: Request) -> Response:
    service, language = service_of(request), language_of(request)
    raster = service.settings.basemap_url or ""
    about = request.query_params.get("layer", "")
    about = about if about in RECORDS else RECORDS[0]
    viewer = viewer_of(request)
    layers = [layer for layer in service.layers if is_on_map(service.layers, layer, about, viewer)]
    drawn = map_style(layers, theme=_theme(request), language=language.code, raster=raster, about=about)
    return squeezed(request, JSONResponse(drawn, headers={"Cache-Control": "no-cache"}))


async def symbol(request: Request) -> Response:
    theme, layer, name = _theme(request), request.path_params["layer"], request.path_params["name"]
    if layer == "pattern" and name in PATTERNS:
        drawing = pattern_svg(name, theme)
    elif layer in STYLES and name in STYLES[layer].by_value:
        drawing = symbol_svg(layer, name, theme)
    else:
        raise NotFound(N_("There is no such symbol."))
    return Response(drawing, media_type="image/svg+xml", headers={"Cache-Control": "public, max-age=86400"})


async def colours(request: Request) -> Response:
    sheet = Response(symbols_css(), media_type="text/css", headers={"Cache-Control": "public, max-age=3600"})
    return squeezed(request, sheet)


def _theme(request: Request) -> str:
    theme: str = request.path_params["theme"]
    if theme not in THEMES:
        raise NotFound(N_("There is no theme “{theme}”."), theme=theme)
    return theme


routes = [
    Route("/style/{theme}.json", style, methods=["GET"]),
    Route("/symbols/{theme}/{layer}/{name}.svg", symbol, methods=["GET"]),
    Route("/symbols.css", colours, methods=["GET"]),
]
