"""What stands around a map: title, legend, scale bar, notes, source and licence."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from maps.language import Language
from maps.picture.ground import BUILT_UP, PAPER_PATTERNS, Drawn, Pen
from maps.picture.lettering import broken, style, text
from maps.picture.lettering import width as lettering_width
from maps.picture.marks import Heap, heap_circle, use
from maps.picture.sheet import PX, Window, number, tag
from maps.records import WORDS
from maps.rows import Caption
from maps.styles import GROUND_OF, HALO, MUTED_TEXT, RECORDS, TEXT, UNITS, Symbol

SMALL = 7.6
BODY = 8.6
ROW = 13.4
COLUMN_GAP = 20.0
_BAR = 110.0  # points: the scale bar is not longer
BAR_ROOM = (130.0, 34.0)  # what it takes of a legend
# Ground that explains itself; a legend that is full leaves it out first.
_PLAIN = {"other", "rail", "path", "service"}


@dataclass(frozen=True)
class Entry:
    """One line of a legend: a heading, or a symbol with what it means and how many there are."""

    said: str
    layer: str = ""
    symbol: Symbol | None = None
    count: int | None = None
    heap: int | None = None


def entries(layers: Sequence[Drawn], heap_sizes: Sequence[int], language: Language) -> list[Entry]:
    """Return the legend of what is drawn, what matters most first; records with how many of each there are."""
    found: list[Entry] = []
    for drawn in sorted(layers, key=_weight):
        if drawn.is_records:
            found += _record_entries(drawn, heap_sizes, language)
            continue
        present = [s for s in drawn.style.symbols if drawn.of(s).any()]
        lines = [Entry(s.title[language.code], drawn.rows.layer, s) for s in present if _told(s)]
        if lines:
            found += [*([Entry(_heading(drawn, found, language))] if _heading(drawn, found, language) else []), *lines]
    return found


def _told(symbol: Symbol) -> bool:
    """Tell whether a symbol needs a line: it is drawn, and does not explain itself."""
    return symbol.name not in _PLAIN and bool(symbol.icon or symbol.fill or symbol.line)


def _weight(drawn: Drawn) -> int:
    order = (*RECORDS, *GROUND_OF, *UNITS[::-1], "places", "roads", "buildings", "water", "landuse")
    return order.index(drawn.rows.layer)


def _heading(drawn: Drawn, before: list[Entry], language: Language) -> str:
    groups = {"places": "places", **dict.fromkeys(UNITS, "units"), **dict.fromkeys(GROUND_OF, "records")}
    group = groups.get(drawn.rows.layer, "ground")
    if group == "records" or any(
        groups.get(entry.layer, "ground") == group for entry in before if entry.layer and entry.layer not in RECORDS
    ):
        return ""
    _ = language.gettext
    return {"places": _("Places"), "units": _("Boundaries"), "ground": _("Ground")}[group]


def _record_entries(drawn: Drawn, heap_sizes: Sequence[int], language: Language) -> list[Entry]:
    layer = drawn.rows.layer
    counts = {symbol.name: int(drawn.of(symbol).sum()) for symbol in drawn.style.symbols}
    ranked = sorted(drawn.style.symbols, key=lambda symbol: -counts[symbol.name])
    lines = [Entry(s.title[language.code], layer, s, counts[s.name]) for s in ranked if counts[s.name]]
    if heap_sizes:
        said = language.gettext(WORDS[layer].heaped)
        lines.append(Entry(said, layer, heap=_round_size(heap_sizes)))
    return [Entry(drawn.rows.title[language.code]), *lines]


def _round_size(sizes: Sequence[int]) -> int:
    middle = sorted(sizes)[len(sizes) // 2]
    return max(2, min(middle, 20))


def legend(
    lines: list[Entry],
    rect: tuple[float, float, float, float],
    columns: int,
    pen: Pen,
    language: Language,
    *,
    last: float | None = None,
) -> str:
    """Draw a legend in columns of a rectangle (left, top, width, height); the last column may be shorter.

    Where the columns are full, the least important lines give way.
    """
    left, top, width, height = rect
    wide = (width - COLUMN_GAP * (columns - 1)) / columns
    drawn: list[str] = []
    y, column = top, 0
    for entry in lines:
        words = broken(entry.said, BODY, wide - 22 - (24 if entry.count is not None else 0))
        is_heading = not (entry.symbol or entry.heap)
        need = ROW + (len(words) - 1) * BODY * 1.15 + (6 if is_heading and y > top else 0)
        room = last if last is not None and column == columns - 1 else height
        if y + need + (ROW if is_heading else 0) > top + room:
            if column == columns - 1:
                break
            y, column = top, column + 1
            need -= 6 if is_heading else 0
        y += need
        drawn.append(_entry(entry, words, left + column * (wide + COLUMN_GAP), y, wide, pen, language))
    return "".join(drawn)


def _entry(entry: Entry, words: list[str], x: float, y: float, width: float, pen: Pen, language: Language) -> str:
    if not (entry.symbol or entry.heap):
        return text(x, y - 4, entry.said, BODY, fill=pen(TEXT), **style("bold"))
    first = y - (len(words) - 1) * BODY * 1.15
    drawn = [_swatch(entry, x + 8, first - 6.5, pen, language)]
    drawn += [text(x + 22, first - 3.6 + i * BODY * 1.15, w, BODY, fill=pen(TEXT)) for i, w in enumerate(words)]
    if entry.count is not None:
        drawn.append(
            text(x + width, first - 3.6, language.number(entry.count), BODY, fill=pen(TEXT), text_anchor="end")
        )
    return "".join(drawn)


def _swatch(entry: Entry, x: float, y: float, pen: Pen, language: Language) -> str:
    symbol = entry.symbol
    if entry.heap:
        heap = Heap(0, 0, entry.heap, None)
        scale = 6.4 / heap.radius
        inner = heap_circle(heap, pen, language)
        return tag("g", inner, transform=f"translate({number(x)} {number(y)})scale({scale:.2f})")
    assert symbol
    if symbol.icon:
        return use(entry.layer, symbol, x, y)
    if symbol.fill or entry.layer == "settlements":
        return _box(symbol, entry.layer, x, y, pen)
    dash = [part * PX for part in symbol.dash] or None
    thick = min(symbol.width * PX, 4)
    line = f"M{number(x - 7)} {number(y)}h14"
    casing = tag("path", d=line, stroke=pen(symbol.casing), stroke_width=thick + 1.1) if symbol.casing else ""
    hatch = tag("rect", x=-70, y=-45, width=140, height=90, fill=f"url(#{symbol.pattern})") if symbol.pattern else ""
    back = tag("g", hatch, transform=f"translate({number(x)} {number(y)})scale(.1)") if hatch else ""
    return (
        back
        + casing
        + tag("path", d=line, stroke=pen(symbol.line), stroke_width=max(thick, 0.8), stroke_dasharray=dash)
    )


def _box(symbol: Symbol, layer: str, x: float, y: float, pen: Pen) -> str:
    pattern = PAPER_PATTERNS.get((layer, symbol.name)) if pen.paper else None
    rect = {"x": -70, "y": -45, "width": 140, "height": 90, "rx": 10}
    edge = pen(symbol.line) or "#0003"
    sheer = symbol.opacity if symbol.opacity < 1 else None
    dash = [part * 5 for part in symbol.dash] if symbol.fill and symbol.dash else None
    inner = tag(
        "rect", **rect, fill=pen(symbol.fill or BUILT_UP.fill), fill_opacity=sheer, stroke=edge, stroke_width=5,
        stroke_dasharray=dash,
    )  # fmt: skip
    if pattern:
        inner += tag("rect", **rect, fill=f"url(#{pattern})")
    return tag("g", inner, transform=f"translate({number(x)} {number(y)})scale(.1)")


def scale_bar(*, window_: Window, x: float, y: float, pen: Pen, language: Language, plate: bool = False) -> str:
    """Draw a scale bar that begins at x and stands on y: a round length, true in the middle of the map.

    On paper it says the ratio too: a picture on a screen has no size of its own. On the map it has a plate behind it.
    """
    _ = language.gettext
    metres = _round_length(_BAR * window_.ground)
    long = metres / window_.ground
    unit = f"{language.number(metres / 1000)} {_('km')}" if metres >= 1000 else f"{language.number(metres)} {_('m')}"
    said = f"{unit} · 1 : {language.number(_rounded(window_.scale))}" if pen.paper else unit
    bar = f"M{number(x)} {number(y - 5)}v5h{number(long)}v-5M{number(x + long / 2)} {number(y)}v-3"
    line = tag("path", d=bar, fill="none", stroke=pen(TEXT), stroke_width=1.1)
    back = ""
    if plate:
        rect = {"x": number(x - 7), "y": number(y - 19), "height": 25, "rx": 3}
        wide = max(long, lettering_width(said, SMALL)) + 14
        back = tag("rect", **rect, width=number(wide), fill=pen(HALO), fill_opacity=0.9)
    return back + line + text(x, y - 8, said, SMALL, fill=pen(TEXT))


def _round_length(most: float) -> float:
    ten = 10 ** math.floor(math.log10(most))
    return float(next(step * ten for step in (5, 2, 1) if step * ten <= most))


def _rounded(value: float) -> int:
    """Return a scale with two figures that matter: nobody measures a print closer."""
    ten = 10 ** max(math.floor(math.log10(value)) - 1, 0)
    return int(round(value / ten) * ten)


def heading(caption: Caption, n: str, left: float, width: float, pen: Pen, language: Language) -> tuple[str, float]:
    """Write title, period and count from the top; returns the drawing and where it ends."""
    size = 20.0 if width > 600 else 16.0
    lines = broken(caption.title, size, width, "bold")
    y, drawn = 14.0, []
    for line in lines:
        y += size * 1.08
        drawn.append(text(left, y, line, size, fill=pen(TEXT), **style("bold")))
    said = " · ".join(part for part in (caption.period, caption.filters, n, language.date(caption.day)) if part)
    for line in broken(said, 10, width):
        y += 13.5
        drawn.append(text(left, y, line, 10, fill=pen(MUTED_TEXT)))
    return "".join(drawn), y + 9


def footing(lines: Sequence[tuple[str, str]], left: float, width: float, bottom: float, pen: Pen) -> tuple[str, float]:
    """Write notes (bold) and sources at the bottom; returns the drawing and where it begins."""
    laid = [(part, cut) for said, cut in lines for part in broken(said, SMALL, width, cut)]
    top = bottom - len(laid) * SMALL * 1.28
    drawn = [
        text(
            left,
            top + (i + 1) * SMALL * 1.28 - 2,
            part,
            SMALL,
            fill=pen(TEXT if cut == "bold" else MUTED_TEXT),
            **style(cut),
        )
        for i, (part, cut) in enumerate(laid)
    ]
    return "".join(drawn), top - 6
