"""The card that networks show beside a link to a report: what it is about, how it stands, and its place on the map."""

from __future__ import annotations

import re
from dataclasses import dataclass

from maps.language import Language
from maps.picture.ground import Pen
from maps.picture.lettering import FAMILY, broken, style, text
from maps.picture.sheet import number, tag
from maps.styles import ACCENT, HALO, MUTED_TEXT, TEXT
from maps.symbols import symbol_svg

WIDTH, HEIGHT = 900.0, 472.5  # points: 1200 x 630 pixels
MAP = (440.0, HEIGHT)  # the map's own share, at the right
EDGE = 40.0
_COLUMN = WIDTH - MAP[0] - 2 * EDGE
_SIZE = re.compile(r' (?:width|height)="[^"]*"')
_MOST = 4  # lines of what was written


@dataclass(frozen=True)
class Card:
    """What the card says; `map` is an SVG of MAP's size."""

    title: str
    symbol: str
    status: str
    where: str
    words: str
    area: str
    map: str


def draw_card(card: Card, language: Language) -> str:
    """Return the card as an SVG that needs nothing else."""
    pen = Pen()
    sign = _placed(symbol_svg("problems", card.symbol, "light"), EDGE, 38, 56, 56)
    y, lines = 130.0, []
    for line in broken(card.title, 32, _COLUMN, "bold")[:2]:
        lines.append(text(EDGE, y, line, 32, fill=pen(TEXT), **style("bold")))
        y += 37
    lines.append(text(EDGE, y, card.where, 17, fill=pen(MUTED_TEXT)))
    y += 40
    said = broken(card.words, 20, _COLUMN)
    cut = [*said[: _MOST - 1], f"{said[_MOST - 1].rstrip(' ,.;:')}…"] if len(said) > _MOST else said
    for line in cut:
        lines.append(text(EDGE, y, line, 20, fill=pen(TEXT)))
        y += 26
    foot = text(EDGE, HEIGHT - 34, card.area, 16, fill=pen(MUTED_TEXT))
    return tag(
        "svg",
        tag("rect", width="100%", height="100%", fill=pen(HALO)) + sign + "".join(lines) + _status(card, pen) + foot
        + _placed(card.map, WIDTH - MAP[0], 0, *MAP),
        xmlns="http://www.w3.org/2000/svg",
        width=f"{number(WIDTH)}pt",
        height=f"{number(HEIGHT)}pt",
        viewBox=f"0 0 {number(WIDTH)} {number(HEIGHT)}",
        font_family=FAMILY,
        lang=language.code,
    )  # fmt: skip


def _placed(drawing: str, x: float, y: float, width: float, height: float) -> str:
    """Return a whole drawing as a part of another, of that size in its units."""
    head, body = drawing.split(">", 1)
    kept = _SIZE.sub("", head.removeprefix("<svg"))
    return f'<svg x="{number(x)}" y="{number(y)}" width="{number(width)}" height="{number(height)}"{kept}>{body}'


def _status(card: Card, pen: Pen) -> str:
    bar = tag("rect", x=EDGE, y=HEIGHT - 96, width=6, height=30, rx=3, fill=pen(ACCENT))
    return bar + text(EDGE + 18, HEIGHT - 74, card.status, 21, fill=pen(TEXT), **style("bold"))
