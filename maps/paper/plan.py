"""A camera plan on paper, A4 or A3: the map and what it costs and sees, then a table of the cameras.

Every copy has exact places: its number and its reader stand on each page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from maps.language import Language
from maps.paper import MM, Sheet, sheet_for, typeset
from maps.picture.plan import Plan, draw_plan
from maps.rows import Box, Caption, Rows, sources


@dataclass(frozen=True)
class Sheets:
    """What the paper says: headline figures as (what, figure), the table with its heads, notes, and the mark."""

    title: str
    under: str
    figures: Sequence[tuple[str, str]]
    heads: Sequence[str]
    table: Sequence[Sequence[str]]
    notes: Sequence[str]
    mark: str


def print_plan(
    rows: Sequence[Rows], caption: Caption, plan: Plan, told: Sheets, box: Box, language: Language, *, paper: str = "a4"
) -> bytes:
    """Return the PDF; raises BadInput for a paper that we have not."""
    sheet: Sheet = sheet_for(box, paper)
    wide, high = sheet.room
    head = 46 * MM + (4 * MM * len(told.notes))
    content = {
        "paper": sheet.paper,
        "flipped": sheet.lying,
        "punch": sheet.punch,
        "language": language.code,
        "title": told.title,
        "under": told.under,
        "figures": [{"what": what, "figure": figure} for what, figure in told.figures],
        "heads": list(told.heads),
        "table": [list(row) for row in told.table],
        "notes": list(told.notes),
        "mark": told.mark,
        "author": language.gettext("Bezpeka"),
        "day": language.date(caption.day),
        "sources": sources(rows, language),
        "key": language.gettext("Blue: a new camera and what it sees. White: stands already. ×: nobody sees it."),
        "map": draw_plan(rows, caption, plan, box, language, size=(wide, high - head)),
    }
    return typeset("plan.typ", content, "pdf")
