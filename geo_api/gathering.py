"""What a picture, a handout or an export is made of: rows of every wanted layer, each under the viewer's face."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from geo_api.context import is_on_map
from geo_api.pages.map_view import PRECISION
from layers.area import Area, Box
from layers.errors import NotFound
from layers.layer import Face, Layer, Title
from layers.query import Query
from layers.reading import select_names, select_rows
from layers.text import N_
from layers.units.names import area_extent
from layers.viewer import PUBLIC, Viewer
from maps.language import Language, speak
from maps.rows import Rows, rows_of
from maps.styles import GROUND_OF, RECORDS, STYLES, UNITS

if TYPE_CHECKING:
    from layers.database.engine import Session

# From which zoom on a layer is worth drawing; the symbology says it of single classes of roads and kinds of places.
FROM_ZOOM: Mapping[str, float] = {"landuse": 10, "water": 7, "buildings": 14, "roads": 7, "places": 12}
# The ground of a picture of one place.
GROUND = ("landuse", "water", "buildings", "roads", "places", "settlements")
WHOLE_HROMADA = 11.0  # the zoom below which its neighbours tell where one is
SAID = {
    **PRECISION,
    "minute": N_("known to the minute"),
    "day": N_("known to the day"),
    "month": N_("known to the month"),
}


@dataclass(frozen=True)
class Place:
    """A part of the area that something is about: its box, and its name when it is a unit."""

    box: Box
    name: Title | None = None


def face_of(layers: Mapping[str, Layer], layer_id: str, viewer: Viewer) -> tuple[Layer, Face]:
    """Return a layer and the viewer's face of it; raises NotFound that lists what this viewer can ask for."""
    layer = layers.get(layer_id)
    face = layer.face(viewer) if layer else None
    if layer is None or face is None:
        known = ", ".join(name for name, one in layers.items() if one.face(viewer))
        raise NotFound(N_("There is no layer “{layer}”; known are {known}."), layer=layer_id, known=known)
    return layer, face


def rows_for(session: Session, layers: Mapping[str, Layer], layer_id: str, viewer: Viewer, query: Query) -> Rows:
    """Return a layer's rows with their codes."""
    layer, face = face_of(layers, layer_id, viewer)
    return rows_of(layer, face.columns, select_rows(session, face, query))


def named(session: Session, layers: Mapping[str, Layer], rows: Rows, viewer: Viewer, language: Language) -> Rows:
    """Return rows with their values as people say them: categories, units, sources, how exact a place is."""
    _, face = face_of(layers, rows.layer, viewer)
    precision = {code: Title(*(speak(lang).gettext(said) for lang in ("uk", "en"))) for code, said in SAID.items()}
    names: dict[str, Any] = {"location_precision": precision, "time_precision": precision}
    return rows.with_names(names | select_names(session, face), language.code)


def with_sources(session: Session, layers: Mapping[str, Layer], rows: Rows, viewer: Viewer) -> Rows:
    """Return rows with their codes, save that each says in words whose it is and under which licence."""
    _, face = face_of(layers, rows.layer, viewer)
    return rows.with_names({"source": select_names(session, face).get("source", {})}, "uk")


def narrowed(
    session: Session, layers: Mapping[str, Layer], viewer: Viewer, query: Query, language: Language, *, about: str
) -> str:
    """Say in words to which categories and states the records are narrowed, and to which units beyond the first."""
    if not (query.category or query.status or query.unit[1:]):
        return ""
    names = select_names(session, face_of(layers, about, viewer)[1])
    asked = (("category", query.category), ("status", query.status), ("units", query.unit[1:]))
    said = [(names.get(column, {}).get(code), code) for column, codes in asked for code in codes]
    return ", ".join(title[language.code] if title else code for title, code in said)


def gather(
    session: Session, layers: Mapping[str, Layer], viewer: Viewer, query: Query, zoom: float, *, about: str
) -> list[Rows]:
    """Return the rows of the ground that a zoom shows within the query's box, and of the records that a map is about.

    Only those are narrowed further; of other layers of records there is nothing.
    """
    found = []
    for layer_id, layer in layers.items():
        if not is_on_map(layers, layer_id, about, viewer):
            continue
        face = layer.face(viewer)
        if face is None or layer_id not in STYLES or zoom < max(FROM_ZOOM.get(layer_id, 0), face.min_zoom):
            continue
        rows = rows_of(layer, face.columns, select_rows(session, face, _narrowed(layer_id, query, zoom)))
        if not len(rows) and not (layer_id == about and any(query.filters)):
            continue  # nothing there, and nothing was looked for: it needs no line in the legend
        found.append(with_sources(session, layers, rows, viewer))
    return found


def _narrowed(layer_id: str, query: Query, zoom: float) -> Query:
    if layer_id in (*RECORDS, *GROUND_OF):
        return query
    plain = Query(bbox=query.bbox, lang=query.lang, timezone=query.timezone)
    return replace(plain, category=_kinds(layer_id, zoom)) if layer_id in FROM_ZOOM else plain


def _kinds(layer_id: str, zoom: float) -> tuple[str, ...]:
    """Return the values of the layer's symbols that show at a zoom; nothing when that is all of them."""
    symbols = STYLES[layer_id].symbols
    shown = [symbol for symbol in symbols if symbol.min_zoom <= zoom]
    if len(shown) == len(symbols):
        return ()
    return tuple(value for symbol in shown for value in (symbol.name, *symbol.also))


def ground_around(
    session: Session, layers: Mapping[str, Layer], box: Box, size: tuple[float, float], timezone: ZoneInfo
) -> list[Rows]:
    """Return the ground of a picture of that size (points) around one place, as everybody sees it: no records."""
    from maps.picture.sheet import window

    zoom = window(box, 0, 0, *size).zoom
    shown = GROUND if zoom > WHOLE_HROMADA else (*GROUND, "hromadas")
    known = {name: layers[name] for name in shown if name in layers}
    return gather(session, known, PUBLIC, Query(bbox=box, timezone=timezone), zoom, about="")


def one_system(rows: Sequence[Rows], units: Sequence[str] = (), shown: str = "") -> list[Rows]:
    """Return the rows with one system of units besides settlements: that of the named units, the one that is `shown`
    on the map, or the first that has any.

    Two systems drawn over each other can't be told apart, least of all in black and white. The raion stays: it is one
    line around everything, and has no name on the map.
    """
    systems = [part for part in rows if part.layer in UNITS[1:] and len(part)]
    named_ = [part for part in systems if set(units) & set(part.column("code") or ())]
    wanted = [part for part in systems if part.layer == shown]
    chosen = next(iter(named_ or wanted or [part for part in systems if len(part) > 1] or systems), None)
    return [part for part in rows if part.layer not in UNITS[1:] or part is chosen or part.layer == "raion"]


def place_of(session: Session, layers: Mapping[str, Layer], area: Area, viewer: Viewer, query: Query) -> Place:
    """Return what a query is about: its box, its unit, or the whole area; raises NotFound that names some units."""
    if query.unit:
        return _unit_place(session, layers, viewer, query)
    return Place(query.bbox or area_extent(session) or area.box)


def _unit_place(session: Session, layers: Mapping[str, Layer], viewer: Viewer, query: Query) -> Place:
    code = query.unit[0]
    examples: list[str] = []
    for layer_id in UNITS[::-1]:
        if layer_id not in layers:
            continue
        rows = rows_for(session, layers, layer_id, viewer, Query(lang=query.lang))
        codes = rows.column("code") or []
        if code in codes:
            at = codes.index(code)
            names = [(rows.names("name", lang))[at] for lang in ("uk", "en")]
            box = rows.shapes[at].bounds if rows.shapes[at] is not None else None
            if box is None:
                raise NotFound(N_("The unit “{code}” has no limits yet."), code=code)
            return Place(query.bbox or box, Title(*names))
        if layer_id == "hromadas" or not examples:
            examples = [f"{c} ({n})" for c, n in zip(codes, rows.names("name", query.lang), strict=True)][:12]
    raise NotFound(N_("There is no unit “{code}”; for example: {known}."), code=code, known=", ".join(examples))
