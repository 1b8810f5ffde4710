"""What is named on a picture, and in which order: units, settlements, waters, roads, places."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

import numpy as np
import shapely

from layers.text import bare
from maps.language import Language
from maps.picture.ground import Drawn, Pen
from maps.picture.labels import Along, Lettering, across, beside, within
from maps.picture.marks import PLACE
from maps.picture.sheet import PX, Window
from maps.styles import STYLES, Label

# The kinds of settlements, from large to small, as OpenStreetMap and the state's list call them.
RANK = {"city": 0, "місто": 0, "town": 1, "селище": 1, "settlement": 1}
_RANK_SIZE = (1.25, 1.0, 0.82)
_RANK_ZOOM = (6.0, 8.0, 9.6)
_ROAD_SIZE = {"motorway": 1.0, "primary": 0.95, "secondary": 0.9, "tertiary": 0.85}


def names(layers: Mapping[str, Drawn], along: Along, window: Window, pen: Pen, language: Language) -> str:
    """Name what is drawn, the most important first, so that the lesser gives way."""
    said = []
    for layer in ("units_2017", "hromadas", "starosta_districts"):
        if layer in layers and _due(layer, window):
            said.append(_unit_names(layers[layer], along, pen, language))
    if "settlements" in layers:
        said += _settlements(layers["settlements"], along, window, pen, language)
    for layer, how in (("water", _waters), ("roads", _roads), ("places", _places)):
        if layer in layers and _due(layer, window):
            said += how(layers[layer], along, pen, language)
    return "".join(said)


def _due(layer: str, window: Window) -> bool:
    label = STYLES[layer].label
    return label is not None and label.min_zoom <= window.zoom + 1


def _lettering(label: Label, pen: Pen, times: float = 1.0, **rest: object) -> Lettering:
    cut = "bold" if label.bold else "regular"
    return Lettering(label.size * PX * times, pen(label.ink) or "", pen(label.halo) or "", **{"cut": cut, **rest})  # type: ignore[arg-type]


def _label(drawn: Drawn) -> Label:
    assert drawn.style.label
    return drawn.style.label


def _unit_names(drawn: Drawn, along: Along, pen: Pen, language: Language) -> str:
    of = _lettering(_label(drawn), pen, widest=110)
    order = np.argsort(-shapely.area(drawn.shapes))
    said = drawn.rows.names(_label(drawn).column, language.code)
    return "".join(across(bare(said[i]), drawn.shapes[i], of, along.taken) for i in order if said[i])


def _settlements(drawn: Drawn, along: Along, window: Window, pen: Pen, language: Language) -> Iterator[str]:
    """Name towns before villages, large before small; a settlement drawn as a point is named beside it."""
    said = drawn.rows.names(_label(drawn).column, language.code)
    kinds = drawn.rows.column("kind") or [""] * len(said)
    people = drawn.rows.column("population_2022") or [0] * len(said)
    rank = [RANK.get(str(kind), 2) for kind in kinds]
    order = sorted(range(len(said)), key=lambda i: (rank[i], -(people[i] or 0), -shapely.area(drawn.shapes[i])))
    for level, times in enumerate(_RANK_SIZE):
        if window.zoom < _RANK_ZOOM[level]:
            break
        of = _lettering(_label(drawn), pen, times, cut="bold" if level == 0 else "regular", widest=70)
        written = []
        for i in order:
            if rank[i] != level or not said[i]:
                continue
            shape = drawn.shapes[i]
            if shapely.get_dimensions(shape) == 2:
                written.append(within(said[i], shape, of, along.taken) or _anyhow(said[i], shape, of, along))
            else:
                written.append(beside(said[i], shape.x, shape.y, 4, of, along.taken))
        if any(written):
            yield of.open("".join(written))


def _anyhow(said: str, shape: shapely.Geometry, of: Lettering, along: Along) -> str:
    middle = shapely.point_on_surface(shape)
    return beside(said, middle.x, middle.y, 2, of, along.taken)


def _waters(drawn: Drawn, along: Along, pen: Pen, language: Language) -> Iterator[str]:
    said = drawn.rows.names(_label(drawn).column, language.code)
    of = _lettering(_label(drawn), pen, cut="italic", spacing=0.6, widest=60)
    written = []
    lines: dict[str, list[shapely.Geometry]] = defaultdict(list)
    for i in np.argsort(-shapely.area(drawn.shapes)):
        if not said[i]:
            continue
        if shapely.get_dimensions(drawn.shapes[i]) == 2:
            if shapely.area(drawn.shapes[i]) > of.size * of.size * len(said[i]):
                written.append(within(said[i], drawn.shapes[i], of, along.taken))
        else:
            lines[said[i]].append(drawn.shapes[i])
    written += [along.write(name, np.array(parts), of, most=3) for name, parts in lines.items()]
    if any(written):
        yield of.open("".join(written))


def _roads(drawn: Drawn, along: Along, pen: Pen, language: Language) -> Iterator[str]:
    """Name streets along them, from the main roads down, the longest first; parts of one name are one street."""
    said = drawn.rows.names(_label(drawn).column, language.code)
    streets: dict[str, dict[str, list[shapely.Geometry]]] = defaultdict(lambda: defaultdict(list))
    for name, shape, symbol in zip(said, drawn.shapes, drawn.symbols, strict=True):
        if name and not symbol.dash:
            streets[symbol.name][name].append(shape)
    for symbol in drawn.style.symbols:
        of = _lettering(_label(drawn), pen, _ROAD_SIZE.get(symbol.name, 0.78))
        longest = sorted(streets[symbol.name].items(), key=lambda street: -shapely.length(street[1]).sum())
        written = "".join(along.write(name, np.array(parts, dtype=object), of) for name, parts in longest)
        if written:
            yield of.open(written)


def _places(drawn: Drawn, along: Along, pen: Pen, language: Language) -> Iterator[str]:
    said = drawn.rows.names(_label(drawn).column, language.code)
    of = _lettering(_label(drawn), pen, 0.72, widest=64)
    centres = shapely.get_coordinates(shapely.point_on_surface(drawn.shapes)).tolist()
    order = sorted(range(len(said)), key=lambda i: drawn.symbols[i].min_zoom)
    gaps = [PLACE + 1.5 if symbol.icon else 0 for symbol in drawn.symbols]
    written = "".join(beside(said[i], centres[i][0], centres[i][1], gaps[i], of, along.taken) for i in order if said[i])
    if written:
        yield of.open(written)
