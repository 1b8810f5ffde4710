"""Maps on paper: PDF by typst, A4 or A3, from the same picture as everywhere else.

Black-and-white safe, with room for a hole punch, page numbers, date, source and licence, and a QR code to the
live page. Data goes to typst as JSON inputs and stays text there.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from layers.errors import BadInput
from layers.geometry import to_mercator
from layers.text import N_
from maps.language import Language
from maps.paper.figures import tables
from maps.picture import Format, Pen, draw, in_view
from maps.picture.lettering import FONTS, broken
from maps.records import WORDS
from maps.rows import Box, Caption, Rows, records_of, sources

TEMPLATES = Path(__file__).parent
MM = 72 / 25.4
PAPERS = {"a4": (210.0, 297.0), "a3": (297.0, 420.0)}  # millimetres, upright
_HOLE, _NEAR, _FOOT = 22.0, 11.0, 16.0  # margins, as in map.typ


@dataclass(frozen=True)
class Sheet:
    """A size of paper, upright or lying, and where its holes are punched."""

    paper: str
    lying: bool

    @property
    def punch(self) -> str:
        return "top" if self.lying and self.paper == "a4" else "left"

    @property
    def room(self) -> tuple[float, float]:
        """Return the width and height between the margins, in points."""
        width, height = PAPERS[self.paper][::-1] if self.lying else PAPERS[self.paper]
        if self.punch == "top":
            return (width - 2 * _NEAR) * MM, (height - _HOLE - _FOOT) * MM
        return (width - _HOLE - _NEAR) * MM, (height - _NEAR - _FOOT) * MM


def sheet_for(box: Box, paper: str) -> Sheet:
    """Choose upright or lying by the shape of what is shown; raises BadInput for a paper that we have not."""
    if paper not in PAPERS:
        raise BadInput(N_("There is no paper “{name}”; known are {known}."), name=paper, known=", ".join(PAPERS))
    (west, south), (east, north) = to_mercator(box[0], box[1]), to_mercator(box[2], box[3])
    return Sheet(paper, lying=(east - west) > (north - south) * 0.85)


def print_map(rows: Sequence[Rows], caption: Caption, box: Box, language: Language, *, paper: str = "a4") -> bytes:
    """Return a PDF: the map with its legend, then the figures behind it."""
    sheet = sheet_for(box, paper)
    wide, high = sheet.room
    notes = caption.notes(rows, language)
    head = max(_heading_height(caption, notes, wide), (19 * MM) if caption.link else 0) + 4 * MM
    legend: Literal["beside", "below"] = "beside" if sheet.lying else "below"
    form = Format(wide, high - head, title=False, legend=legend, footer=False)
    rows = in_view(rows, box, form)
    about = records_of(rows)
    n = language.ngettext(*WORDS[about.layer].counted, len(about)) if about else ""
    content = {
        "paper": sheet.paper,
        "flipped": sheet.lying,
        "punch": sheet.punch,
        "language": language.code,
        "title": caption.title,
        "author": language.gettext("Bezpeka"),
        "under": " · ".join(part for part in (caption.period, caption.filters, n) if part),
        "notes": notes,
        "day": language.date(caption.day),
        "sources": sources(rows, language),
        "qr": _qr(caption.link),
        "live": language.gettext("The live map"),
        "figures": language.gettext("Figures"),
        "tables": tables(rows, language),
        "map": draw(rows, caption, box, language, form=form, pen=Pen(paper=True)),
    }
    return typeset("map.typ", content, "pdf")


def picture_png(svg: str, *, dots_per_inch: float = 96) -> bytes:
    """Return a picture as PNG, for share cards: networks show no SVG."""
    return typeset("picture.typ", {"map": svg}, "png", dots_per_inch)


def _heading_height(caption: Caption, notes: Sequence[str], width: float) -> float:
    """Return how high the heading of map.typ can be, in points; the map gets the rest of the page."""
    title = len(broken(caption.title, 22, width - 130, "bold"))
    said = len(broken(" ".join(notes), 9, width - 130, "bold"))
    return title * 30.0 + 18 + said * 14


def _qr(link: str) -> str:
    if not link:
        return ""
    import segno

    return str(segno.make(link, error="m").svg_inline(scale=4, border=1))


def typeset(
    template: str, content: dict[str, Any], form: Literal["pdf", "png"], dots_per_inch: float | None = None
) -> bytes:
    """Return what typst makes of one of the templates beside this module; the content reaches it as plain data."""
    import typst  # a compiled library of tens of megabytes: loaded when something is printed

    return bytes(
        typst.compile(
            TEMPLATES / template,
            root=TEMPLATES,
            font_paths=[FONTS],
            ignore_system_fonts=True,
            format=form,
            ppi=dots_per_inch,
            sys_inputs={"data": json.dumps(content, ensure_ascii=False)},
        )
    )
