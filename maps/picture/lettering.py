"""Letters on a picture: how wide a text is in our font, how it breaks, and the SVG of it."""

from __future__ import annotations

from functools import lru_cache
from html import escape

from PIL import ImageFont

from maps.pages import VENDOR
from maps.picture.sheet import number, tag

FONTS = VENDOR / "source-sans-3.52.0"
FAMILY = "'Source Sans 3', system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"
_CUTS = {"regular": "Regular", "bold": "Semibold", "italic": "It"}
_UNITS = 100


@lru_cache(maxsize=3)
def _face(cut: str) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONTS / f"SourceSans3-{_CUTS[cut]}.otf"), _UNITS)


@lru_cache(maxsize=20_000)
def width(text: str, size: float, cut: str = "regular") -> float:
    """Return how wide a line of text is, in points."""
    return _face(cut).getlength(text) * size / _UNITS


def broken(text: str, size: float, widest: float, cut: str = "regular") -> list[str]:
    """Break a text into lines no wider than `widest` points where its words allow."""
    lines: list[str] = []
    for word in text.split():
        if lines and width(f"{lines[-1]} {word}", size, cut) <= widest:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def text(x: float, y: float, said: str, size: float, **attributes: object) -> str:
    """Return one line of text with its baseline at y."""
    return tag("text", escape(said), x=number(x), y=number(y), font_size=size, **attributes)


def style(cut: str) -> dict[str, object]:
    """Return the attributes of a cut of the font."""
    styles: dict[str, dict[str, object]] = {"bold": {"font_weight": 600}, "italic": {"font_style": "italic"}}
    return styles.get(cut, {})
