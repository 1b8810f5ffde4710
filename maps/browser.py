"""The browser's map: a MapLibre style made from the symbology, for a theme, a language and the layers an area has.

Labels are drawn from the device's own fonts (no `glyphs`), images are fetched by name when they are first needed
("incidents/theft", "pattern/hatch"), tiles come from this server only.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from maps.styles import (
    ACCENT,
    CLOSED,
    CLUSTER,
    GLYPH,
    GROUND_OF,
    HALO,
    LAND,
    MUTED_TEXT,
    RECORDS,
    SOMEWHERE,
    STYLES,
    UNITS,
    Label,
    LayerStyle,
    Symbol,
)  # fmt: skip

Json = dict[str, Any]
FONT = ["Noto Sans Regular"]
BOLD = ["Noto Sans Bold"]
# Where a unit's name may stand when a cluster lies on its middle: in ems, the first place that is free.
ROOM = [
    "center", [0, 0], "top", [0, 1.7], "bottom", [0, -1.7], "left", [1.9, 0], "right", [-1.9, 0],
    "top", [0, 3.2], "bottom", [0, -3.2], "left", [3.4, 0], "right", [-3.4, 0],
    "top-left", [1.6, 1.6], "top-right", [-1.6, 1.6], "bottom-left", [1.6, -1.6], "bottom-right", [-1.6, -1.6],
]  # fmt: skip
NEAR = 14  # the zoom from which a feature of a tile is one place
BADGE = [9, -9]  # pixels from the middle of a marker to that of its count
COUNT: list[Any] = ["coalesce", ["get", "count"], 1]  # of the records that a feature of a tile stands for


def map_style(
    layers: Collection[str], *, theme: str, language: str, raster: str = "", about: str = "incidents"
) -> Json:
    """Return the style of the live map: the base, the units, places and incidents, in the order of drawing.

    `raster` is the address of tiles from elsewhere, {z}/{x}/{y}, that lie under everything; `about` is the one layer of
    records that is shown.
    """
    present = [style for style in STYLES.values() if style.layer in layers]
    drawn: list[Json] = [{"id": "land", "type": "background", "paint": {"background-color": LAND[theme]}}]
    if raster:
        drawn.append({"id": "raster", "type": "raster", "source": "raster"})
    if "settlements" in layers:
        drawn += _built_up(STYLES["settlements"], theme)
    for style in present:
        if style.layer == "places":
            drawn += _draw_places(style, theme, language)
        else:
            drawn += _DRAW.get(style.layer, _draw_units)(style, theme)
    for style in present:
        drawn += _labels(style, theme, language)
    for style in present:
        if style.layer in GROUND_OF.values():
            drawn += _roughly(style, theme, language)
        if style.layer in RECORDS:
            drawn += _figures(style, theme, language)
    hidden = {layer for layer in RECORDS if layer != about} | {g for g, of in GROUND_OF.items() if of != about}
    drawn = [_hidden(layer) if layer.get("source") in hidden else layer for layer in drawn]
    drawn += _selection(theme)
    sources: Json = {style.layer: _source(style.layer) for style in present}
    sources |= {name: _empty() for name in ("names", "selected")}
    if raster:
        sources["raster"] = {"type": "raster", "tiles": [raster], "tileSize": 256, "maxzoom": 19}
    return {"version": 8, "sources": sources, "layers": drawn, "transition": {"duration": 0}}


def _source(layer: str) -> Json:
    deepest = 16 if layer in (*RECORDS, "places") else 14
    first = {"minzoom": min(symbol.min_zoom for symbol in STYLES[layer].symbols)} if layer in GROUND_OF else {}
    return {"type": "vector", "tiles": [f"/tiles/{layer}/{{z}}/{{x}}/{{y}}.mvt"], "maxzoom": deepest, **first}


def _hidden(layer: Json) -> Json:
    return {**layer, "layout": {**layer.get("layout", {}), "visibility": "none"}}


def _empty() -> Json:
    return {"type": "geojson", "data": {"type": "FeatureCollection", "features": []}}


def _layer(style: LayerStyle, kind: str, name: str, **rest: Any) -> Json:
    return {"id": name, "type": kind, "source": style.layer, "source-layer": style.layer, **rest}


def _match(style: LayerStyle, choose: Any) -> Any:
    """Return an expression that gives each symbol's own value by the layer's column."""
    cases: list[Any] = []
    for symbol in style.symbols[:-1]:
        cases += [[symbol.name, *symbol.also], choose(symbol)]
    rest = choose(style.symbols[-1])
    return ["match", ["get", style.column], *cases, rest] if cases else rest


def _wider(width: float) -> list[Any]:
    """Return a width that grows with the zoom as streets do on paper maps."""
    stops = [(8, width * 0.25), (12, width * 0.6), (14, width), (17, width * 3), (20, width * 10)]
    return ["interpolate", ["exponential", 1.4], ["zoom"], *(n for stop in stops for n in stop)]


def _named(style: LayerStyle, symbol: Symbol) -> list[Any]:
    """Return the filter of the features drawn with one symbol; the last symbol takes what no other names."""
    if symbol is style.symbols[-1]:
        others = [value for other in style.symbols[:-1] for value in (other.name, *other.also)]
        return ["!", ["in", ["coalesce", ["get", style.column], ""], ["literal", others]]]
    return ["in", ["get", style.column], ["literal", [symbol.name, *symbol.also]]]


def _built_up(style: LayerStyle, theme: str) -> Iterator[Json]:
    """Tint settlements under everything else: where no land use is loaded they are what there is to see."""
    ink = STYLES["landuse"].symbol("residential").fill
    assert ink
    known = ["!=", ["get", "approximate"], True]
    yield _layer(style, "fill", "settlements-ground", filter=known, paint={"fill-color": ink[theme]})


def _draw_landuse(style: LayerStyle, theme: str) -> Iterator[Json]:
    colour = _match(style, lambda symbol: symbol.fill[theme])
    yield _layer(style, "fill", "landuse", paint={"fill-color": colour, "fill-antialias": False})


def _draw_water(style: LayerStyle, theme: str) -> Iterator[Json]:
    area, line = style.symbol("water"), style.symbol("river")
    assert area.fill
    assert line.line
    flat = ["==", ["geometry-type"], "Polygon"]
    yield _layer(style, "fill", "water", filter=flat, paint={"fill-color": area.fill[theme]})
    for symbol in (style.symbol("stream"), line):
        yield _layer(
            style,
            "line",
            f"water-{symbol.name}",
            minzoom=symbol.min_zoom,
            filter=["all", ["!", flat], _named(style, symbol)],
            layout={"line-cap": "round"},
            paint={"line-color": line.line[theme], "line-width": _wider(symbol.width)},
        )


def _draw_buildings(style: LayerStyle, theme: str) -> Iterator[Json]:
    symbol = style.symbols[0]
    assert symbol.fill
    assert symbol.line
    paint = {"fill-color": symbol.fill[theme], "fill-outline-color": symbol.line[theme]}
    yield _layer(style, "fill", "buildings", minzoom=symbol.min_zoom, paint=paint)


def _draw_roads(style: LayerStyle, theme: str) -> Iterator[Json]:
    """Draw all casings first, then the roads from the smallest up, so that junctions join."""
    upwards = list(reversed(style.symbols))
    for symbol in upwards:
        if symbol.casing:
            wide = {"line-color": symbol.casing[theme], "line-width": _wider(symbol.width + 1.6)}
            yield _road(style, symbol, f"roads-{symbol.name}-casing", max(symbol.min_zoom, 12), wide)
    for symbol in upwards:
        assert symbol.line
        paint: Json = {"line-color": symbol.line[theme], "line-width": _wider(symbol.width)}
        if symbol.dash:
            paint["line-dasharray"] = list(symbol.dash)
        yield _road(style, symbol, f"roads-{symbol.name}", symbol.min_zoom, paint)


def _road(style: LayerStyle, symbol: Symbol, name: str, min_zoom: int, paint: Json) -> Json:
    ends = {"line-join": "round", "line-cap": "butt" if symbol.dash else "round"}
    return _layer(style, "line", name, minzoom=min_zoom, filter=_named(style, symbol), layout=ends, paint=paint)


def _draw_units(style: LayerStyle, theme: str) -> Iterator[Json]:
    """Draw a system of units: outlines, hatching where they are approximate, and an unseen fill to point at."""
    name, exact, rough = style.layer, style.symbol("exact"), style.symbol("approximate")
    assert exact.line
    is_rough = ["==", ["get", "approximate"], True]
    pointed = ["case", ["boolean", ["feature-state", "pointed"], False], 0.08, 0]
    yield _layer(style, "fill", f"{name}-area", paint={"fill-color": exact.line[theme], "fill-opacity": pointed})
    if name not in ("settlements", "raion"):  # hatching on hatching would hide the map
        pattern = {"fill-pattern": f"pattern/{rough.pattern}"}
        yield _layer(style, "fill", f"{name}-hatch", filter=is_rough, paint=pattern)
    if name == "hromadas":
        closed = {"fill-pattern": f"pattern/{CLOSED.pattern}"}
        is_closed = ["==", ["get", "security"], "active"]
        yield _layer(style, "fill", f"{name}-closed", filter=is_closed, paint=closed)
    for symbol, condition in ((exact, ["!", is_rough]), (rough, is_rough)):
        paint: Json = {"line-color": exact.line[theme], "line-width": symbol.width}
        if symbol.dash:
            paint["line-dasharray"] = [d / symbol.width for d in symbol.dash]
        yield _layer(style, "line", f"{name}-{symbol.name}", minzoom=symbol.min_zoom, filter=condition, paint=paint)
    chosen = {"line-color": ACCENT[theme], "line-width": exact.width + 2}
    yield _layer(style, "line", f"{name}-chosen", filter=["==", ["get", "code"], ""], paint=chosen)


def _draw_places(style: LayerStyle, theme: str, language: str) -> Iterator[Json]:
    """Draw places small and quiet under the incidents; each kind from its own zoom on, named when there is room."""
    assert style.label
    layout = _label_layout(style.label, language)
    paint = _label_paint(style.label, theme)
    locality = style.symbol("locality")
    near = {"minzoom": locality.min_zoom, "filter": _named(style, locality)}
    yield _layer(style, "symbol", "places-localities", layout=layout | {"text-size": 13}, paint=paint, **near)
    layout |= {
        "icon-image": _match(style, lambda symbol: f"{style.layer}/{symbol.name}"),
        "icon-size": 0.72,
        "icon-padding": 1,
        "text-field": ["step", ["zoom"], "", style.label.min_zoom, layout["text-field"]],
        "text-offset": [0, 1.1],
        "text-anchor": "top",
        "text-optional": True,
    }
    signs = [symbol for symbol in style.symbols if symbol.icon]
    for zoom in sorted({symbol.min_zoom for symbol in signs}):
        wanted: list[Any] = ["any", *(_named(style, symbol) for symbol in signs if symbol.min_zoom == zoom)]
        yield _layer(style, "symbol", f"places-{zoom}", minzoom=zoom, filter=wanted, layout=layout, paint=paint)


def _draw_records(style: LayerStyle, theme: str) -> Iterator[Json]:
    """Draw clusters as circles that grow with their count, single records by their symbol."""
    many = [">", COUNT, 1]
    circle = {
        "circle-color": CLUSTER[theme],
        "circle-opacity": 0.92,
        "circle-radius": ["interpolate", ["linear"], ["zoom"], 13.99, _size(1), 14, _size(0.72), 16, _size(0.9)],
        "circle-stroke-color": GLYPH[theme],
        "circle-stroke-width": 1.5,
    }
    below = {"circle-sort-key": ["-", COUNT]}  # the small on top of the large, or they would be lost
    yield _layer(style, "circle", f"{style.layer}-clusters", filter=many, layout=below, paint=circle)
    single = {
        "icon-image": _match(style, lambda symbol: f"{style.layer}/{symbol.name}"),
        "icon-allow-overlap": True,
        "icon-ignore-placement": True,
    }
    yield _layer(style, "symbol", f"{style.layer}-single", filter=["!", many], layout=single)


def _draw_reports(style: LayerStyle, theme: str) -> Iterator[Json]:
    """Draw records as above from far; near by, where each lies with others at one point, a marker with icon and count.

    What differs in kind at one point has a figure alone.
    """
    name, many, alike = style.layer, [">", COUNT, 1], ["has", style.column]
    circles, single = _draw_records(style, theme)
    mixed = ["all", many, ["!", alike]]
    yield {**circles, "maxzoom": NEAR}
    yield {**circles, "id": f"{name}-mixed", "minzoom": NEAR, "filter": mixed}
    single["layout"]["icon-ignore-placement"] = False  # words keep off it
    yield single
    yield {**single, "id": f"{name}-alike", "minzoom": NEAR, "filter": ["all", many, alike]}
    badge = {
        "circle-color": CLUSTER[theme],
        "circle-radius": 8,
        "circle-stroke-color": GLYPH[theme],
        "circle-stroke-width": 1.2,
        "circle-translate": BADGE,
    }
    yield _layer(style, "circle", f"{name}-badges", minzoom=NEAR, filter=["all", many, alike], paint=badge)


def _draw_soft(style: LayerStyle, theme: str) -> Iterator[Json]:
    """Draw ground in which something lies roughly: a wash of colour that fades at its dashed edge."""
    symbol = style.symbols[0]
    assert symbol.fill
    assert symbol.line
    near = {"minzoom": symbol.min_zoom}
    wash = {"fill-color": symbol.fill[theme], "fill-opacity": symbol.opacity, "fill-antialias": False}
    fading = {"line-color": symbol.fill[theme], "line-width": 8, "line-blur": 8, "line-opacity": symbol.opacity}
    edge = {
        "line-color": symbol.line[theme],
        "line-opacity": 0.4,
        "line-width": symbol.width,
        "line-dasharray": [part / symbol.width for part in symbol.dash],
    }
    yield _layer(style, "fill", style.layer, paint=wash, **near)
    yield _layer(style, "line", f"{style.layer}-fading", paint=fading, **near)
    yield _layer(style, "line", f"{style.layer}-edge", layout={"line-join": "round"}, paint=edge, **near)


def _size(share: float) -> list[Any]:
    """Return a circle's radius by its count: tenfold is one step."""
    steps = (0.3, 12), (1, 15), (2, 20), (3, 29), (4, 36)
    return ["interpolate", ["linear"], ["log10", COUNT], *(n for x, y in steps for n in (x, round(y * share, 1)))]


def _figures(style: LayerStyle, theme: str, language: str) -> Iterator[Json]:
    """Write the counts on circles, and near by on the badges of markers."""
    figure = {
        "text-field": ["number-format", COUNT, {"locale": language}],
        "text-font": BOLD,
        "text-size": ["interpolate", ["linear"], ["log10", COUNT], 0.3, 11, 3, 14],
        "text-padding": 0,
        "symbol-sort-key": ["-", COUNT],  # where figures would lie on each other, the larger one stays
    }
    paint = {"text-color": GLYPH[theme]}
    many, alike = [">", COUNT, 1], ["has", style.column]
    counts = _layer(style, "symbol", f"{style.layer}-counts", filter=many, layout=figure, paint=paint)
    if style.layer not in GROUND_OF.values():
        yield counts
        return
    yield {**counts, "maxzoom": NEAR}
    roomy = {"filter": ["all", many, ["!", alike]], "layout": figure | {"text-padding": 7}}
    yield {**counts, "id": f"{style.layer}-mixed-counts", "minzoom": NEAR, **roomy}
    small = figure | {"text-size": 10, "text-allow-overlap": True}
    on_badge = {"filter": ["all", many, alike], "layout": small, "paint": paint | {"text-translate": BADGE}}
    yield {**counts, "id": f"{style.layer}-badge-counts", "minzoom": NEAR, **on_badge}


def _roughly(style: LayerStyle, theme: str, language: str) -> Iterator[Json]:
    """Write beside each marker, from near on, that what it stands for lies somewhere there."""
    words: list[Any] = [part for code, title in SOMEWHERE.items() for part in (code, title[language])]
    layout: Json = {
        "text-field": ["match", ["get", "location_precision"], *words, ""],
        "text-font": FONT,
        "text-size": 12,
        "text-max-width": 9,
        "text-variable-anchor-offset": ["top", [0, 1.4], "bottom", [0, -1.4], "left", [1.5, 0], "right", [-1.5, 0]],
        "text-optional": True,
    }
    paint = {"text-color": MUTED_TEXT[theme], "text-halo-color": HALO[theme], "text-halo-width": 1.6}
    yield _layer(style, "symbol", f"{style.layer}-where", minzoom=NEAR + 1, layout=layout, paint=paint)


def _selection(theme: str) -> Iterator[Json]:
    ring = {
        "circle-radius": 17,
        "circle-color": "rgba(0,0,0,0)",
        "circle-stroke-color": ACCENT[theme],
        "circle-stroke-width": 4,
    }
    yield {"id": "selected", "type": "circle", "source": "selected", "paint": ring}


def _labels(style: LayerStyle, theme: str, language: str) -> Iterator[Json]:
    """Name things from their tiles, but units from one list of points: a tile's edge must not name a unit twice."""
    if style.label is None or style.layer == "places":
        return
    layout, paint = _label_layout(style.label, language), _label_paint(style.label, theme)
    zoom = style.label.min_zoom
    if style.layer not in UNITS:
        yield _layer(style, "symbol", f"{style.layer}-names", minzoom=zoom, layout=layout, paint=paint)
        return
    if style.layer != "settlements":
        layout["text-field"] = _with_count(layout["text-field"], language)
        layout |= {"text-variable-anchor-offset": ROOM, "text-max-width": 11}
    ours = {"source": "names", "filter": ["==", ["get", "system"], style.layer]}
    yield {"id": f"{style.layer}-names", "type": "symbol", "minzoom": zoom, "layout": layout, "paint": paint, **ours}


def _label_paint(label: Label, theme: str) -> Json:
    return {"text-color": label.ink[theme], "text-halo-color": label.halo[theme], "text-halo-width": 1.6}


def _with_count(name: Any, language: str) -> list[Any]:
    """Return a unit's name with its number of records on a second line, where there are any."""
    figure: Json = {"font-scale": 0.86, "text-font": ["literal", FONT]}
    count = ["number-format", ["get", "count"], {"locale": language}]
    below = ["case", [">", ["coalesce", ["get", "count"], 0], 0], ["concat", "\n", count], ""]
    return ["format", name, {}, below, figure]


def _label_layout(label: Label, language: str) -> Json:
    layout: Json = {
        "text-field": ["coalesce", ["get", f"{label.column}_{language}"], ["get", f"{label.column}_uk"], ""],
        "text-font": BOLD if label.bold else FONT,
        "text-size": label.size,
        "text-max-width": 8,
        "text-padding": 4,
    }
    if label.along_line:
        layout |= {"symbol-placement": "line", "text-max-angle": 35, "symbol-spacing": 320}
    return layout


_DRAW = {
    "landuse": _draw_landuse,
    "water": _draw_water,
    "buildings": _draw_buildings,
    "roads": _draw_roads,
    "incidents": _draw_records,
    "problems": _draw_reports,
    "problem_areas": _draw_soft,
}
