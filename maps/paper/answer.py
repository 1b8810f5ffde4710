"""An answer as a picture to be sent on in Viber: what was reported, where and in which month, what is said to it."""

from __future__ import annotations

from dataclasses import dataclass

from maps.language import Language
from maps.paper import typeset
from maps.picture.lettering import broken
from maps.symbols import symbol_svg

SIDE = 1080.0  # pixels: a point of the page is a pixel
MAP = (540.0, 190.0)  # points of the map's own drawing, shown at twice that: its names are read on a phone
MAP_HEIGHT = 2 * MAP[1]
_WIDE = SIDE - 2 * 64.0  # between the margins, as in answer.typ
_ANSWER = _WIDE - 38.0
_LEADING = 1.32  # of a line, in its size
_SIZES = (58, 52, 46, 42, 38, 34, 30)
_SMALL = 28
_LONGEST = 320  # letters of the report that are shown
_FIXED = 460.0  # what stands there whatever is said: heading, status, foot and the room between


@dataclass(frozen=True)
class Told:
    """What the picture says. `map` is an SVG of MAP's shape, or empty; `contact` how to reach the initiative."""

    title: str
    symbol: str
    status: str
    answer: str
    where: str = ""
    report: str = ""
    signed: str = ""
    sender: str = ""
    contact: str = ""
    day: str = ""
    map: str = ""


def answer_png(told: Told, language: Language) -> bytes:
    """Return the picture, 1080 pixels wide and as high, or higher where the words would get too small to read."""
    report = clipped(told.report)
    paragraphs = [line for line in told.answer.splitlines() if line.strip()]
    beside = _height([report], _SMALL, _WIDE) + _height([told.signed], 28, _ANSWER)
    fixed = _FIXED + beside + (MAP_HEIGHT if told.map else 0.0)
    size = next((size for size in _SIZES if fixed + _height(paragraphs, size, _ANSWER) <= SIDE), _SIZES[-1])
    content = {
        "language": language.code,
        "height": max(SIDE, fixed + _height(paragraphs, size, _ANSWER)),
        "size": size,
        "small": _SMALL,
        "symbol": symbol_svg("problems", told.symbol, "light"),
        "map": told.map,
        "map_height": MAP_HEIGHT,
        "title": told.title,
        "where": told.where,
        "report": report,
        "status": told.status,
        "answer": paragraphs,
        "signed": told.signed,
        "from": told.sender,
        "contact": told.contact,
        "day": told.day,
    }
    return typeset("answer.typ", content, "png", 72)


def clipped(words: str) -> str:
    """Return words short enough to stand beside an answer, cut between two of them."""
    plain = " ".join(words.split())
    if len(plain) <= _LONGEST:
        return plain
    return plain[:_LONGEST].rsplit(" ", 1)[0].rstrip(" ,.;:–—-") + "…"


def _height(paragraphs: list[str], size: float, wide: float) -> float:
    """Return how high these are when they are set, in points."""
    lines = sum(len(broken(paragraph, size, wide)) for paragraph in paragraphs)
    return lines * size * _LEADING + max(0, len(paragraphs) - 1) * size * 0.5
