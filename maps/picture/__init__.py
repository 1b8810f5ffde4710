"""A map as SVG from the one symbology: for print, share cards and the page without WebGL.

`draw` takes rows as plain data and returns a picture that needs nothing else: no style sheet, font or image from
anywhere. Ground, marks, names and furniture are drawn by the modules beside this one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

from maps.language import Language
from maps.picture import furniture, ground, marks
from maps.picture.ground import Drawn, Pen, on_sheet
from maps.picture.labels import Along, Taken
from maps.picture.lettering import FAMILY
from maps.picture.names import names
from maps.picture.sheet import FINE, Window, number, tag, window
from maps.records import WORDS
from maps.rows import Box, Caption, Rows, sources
from maps.styles import HALO, LAND, MUTED_TEXT, RECORDS, STYLES

LEGEND = 168.0  # width of a legend beside the map
BELOW = 118.0  # height of one below it
EDGE = 14.0


@dataclass(frozen=True)
class Format:
    """The size of a picture in points and what stands on it besides the map."""

    width: float
    height: float
    title: bool = True
    legend: Literal["", "beside", "below"] = "beside"
    footer: bool = True


SCREEN = Format(960, 600)
CARD = Format(900, 472.5, legend="")  # 1200 x 630 CSS pixels, what networks show beside a link


def draw(
    rows: Sequence[Rows],
    caption: Caption,
    box: Box,
    language: Language,
    *,
    form: Format = SCREEN,
    pen: Pen | None = None,
) -> str:
    """Return the picture of a box (west, south, east, north in degrees) with the rows of the given layers."""
    pen = pen or Pen()
    side = EDGE if form.title or form.footer else 0.5
    inner = form.width - 2 * side
    _, top = _head("0", caption, side, inner, form, pen, language)
    foot, bottom = _foot(rows, caption, side, inner, form, pen, language)
    place = _window(box, form, side, top, bottom)
    map_, layers, heap_sizes = _map(rows, place, pen, language)
    head, _ = _head(count(layers, language), caption, side, inner, form, pen, language)
    frame = tag("rect", fill="none", stroke=pen(MUTED_TEXT), stroke_width=0.6, **_rect(place))
    key = _key(furniture.entries(layers, heap_sizes, language), place, form, bottom, pen, language)
    body = map_ + frame + key + head + foot
    return _document(body, _definitions(body, layers, place, pen), caption, form, pen, language)


def _window(box: Box, form: Format, side: float, top: float, bottom: float) -> Window:
    wide = form.width - 2 * side - (LEGEND + EDGE if form.legend == "beside" else 0)
    high = bottom - top - (BELOW + EDGE if form.legend == "below" else 0)
    return window(box, side, top, wide, high)


def in_view(rows: Sequence[Rows], box: Box, form: Format) -> list[Rows]:
    """Return the rows with only those records that a picture without title and footer shows."""
    assert (form.title, form.footer) == (False, False)
    place = _window(box, form, 0.5, 0.5, form.height - 0.5)
    return [on_sheet(part, place).rows if part.layer in RECORDS else part for part in rows]


def _key(lines: list[furniture.Entry], place: Window, form: Format, bottom: float, pen: Pen, language: Language) -> str:
    """Draw the legend where the format wants it, and the scale bar: with the legend, else on the map."""
    right, low = place.left + place.width, place.top + place.height
    if form.legend == "beside":
        bar = furniture.scale_bar(window_=place, x=right + EDGE, y=low, pen=pen, language=language)
        left, room = right + EDGE, place.height - furniture.BAR_ROOM[1]
        return furniture.legend(lines, (left, place.top - 2, LEGEND, room), 1, pen, language) + bar
    if form.legend == "below":
        bar = furniture.scale_bar(window_=place, x=right - furniture.BAR_ROOM[0], y=bottom, pen=pen, language=language)
        rect = (place.left, low + 8, place.width, BELOW)
        return furniture.legend(lines, rect, 3, pen, language, last=BELOW - furniture.BAR_ROOM[1]) + bar
    return furniture.scale_bar(window_=place, x=place.left + 10, y=low - 10, pen=pen, language=language, plate=True)


def _head(
    n: str, caption: Caption, left: float, width: float, form: Format, pen: Pen, language: Language
) -> tuple[str, float]:
    if not form.title:
        return "", 0.5
    return furniture.heading(caption, n, left, width, pen, language)


def _foot(
    rows: Sequence[Rows], caption: Caption, left: float, width: float, form: Format, pen: Pen, language: Language
) -> tuple[str, float]:
    if not form.footer:
        return "", form.height - 0.5
    lines = [(" ".join(caption.notes(rows, language)), "bold")]
    lines += [(sources(rows, language), "regular"), (caption.link, "regular")]
    return furniture.footing([line for line in lines if line[0]], left, width, form.height - 8, pen)


def count(layers: Sequence[Drawn], language: Language) -> str:
    """Say how many records lie on a map, or nothing where it is about none."""
    shown = [language.ngettext(*WORDS[one.rows.layer].on_map, len(one.rows)) for one in layers if one.is_records]
    return next(iter(shown), "")


def _map(rows: Sequence[Rows], place: Window, pen: Pen, language: Language) -> tuple[str, list[Drawn], list[int]]:
    """Draw the map itself; returns it with the layers as drawn and the sizes of its heaps."""
    known = {part.layer: part for part in rows}
    layers = {layer: on_sheet(known[layer], place) for layer in STYLES if layer in known}
    fine = "".join(
        ground.draw(drawn, place, pen) for layer, drawn in layers.items() if layer not in ("places", *RECORDS)
    )
    taken = Taken(place)
    about = next((drawn for drawn in layers.values() if drawn.is_records), None)
    found = marks.heaps(about, place) if about else []
    heaped = marks.draw_heaps(found, about.rows.layer, pen, language, taken) if about else ""
    placed = ""
    if "places" in layers:
        placed, kept = marks.draw_places(layers["places"], taken)
        layers["places"] = layers["places"].take(kept)
    along = Along(taken)
    written = names(layers, along, place, pen, language)
    back = tag("rect", fill=pen(LAND), **_rect(place))
    defs = tag("defs", "".join(along.paths)) if along.paths else ""
    drawing = f'<g transform="scale({1 / FINE:g})">{fine}</g>{placed}{heaped}{written}'
    sizes = [heap.count for heap in found if not heap.symbol]
    return back + defs + tag("g", drawing, clip_path="url(#window)"), list(layers.values()), sizes


def _rect(place: Window) -> dict[str, object]:
    return {
        "x": number(place.left), "y": number(place.top), "width": number(place.width), "height": number(place.height),
    }  # fmt: skip


def _definitions(body: str, layers: Sequence[Drawn], place: Window, pen: Pen) -> str:
    clip = tag("clipPath", tag("rect", **_rect(place)), id="window")
    symbols = ""
    for drawn in layers:
        layer = drawn.rows.layer
        used = [s for s in drawn.style.symbols if s.icon and f'"#{marks.symbol_id(layer, s)}"' in body]
        symbols += marks.definitions(layer, used, pen)
    return tag("defs", clip + ground.patterns(body, pen) + symbols)


def _document(body: str, definitions: str, caption: Caption, form: Format, pen: Pen, language: Language) -> str:
    said = " · ".join(part for part in (caption.period, caption.filters, language.date(caption.day)) if part)
    label = tag("title", escape(caption.title), id="title") + tag("desc", escape(said), id="desc")
    back = tag("rect", width="100%", height="100%", fill=pen(HALO) if not pen.paper else "#ffffff")
    return tag(
        "svg",
        label + definitions + back + body,
        xmlns="http://www.w3.org/2000/svg",
        width=f"{number(form.width)}pt",
        height=f"{number(form.height)}pt",
        viewBox=f"0 0 {number(form.width)} {number(form.height)}",
        role="img",
        aria_labelledby="title desc",
        lang=language.code,
        font_family=FAMILY,
    )


__all__ = ["CARD", "SCREEN", "Format", "Pen", "draw", "in_view"]
