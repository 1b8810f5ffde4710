"""The deputy's pack: project of the decision, explanatory note and estimate as one DOCX, with the plan's numbers.

The estimate names models and prices; where cameras are to stand is in an annex of its own, which is not published.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from maps.language import Language

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True)
class Pack:
    """What the documents say; all figures are already written in the reader's language."""

    area: str
    title: str
    number: int
    cost: str
    yearly: str
    cameras: str
    seen: str
    seen_at_night: str
    level: str
    proven: str
    privacy: str
    estimate: Sequence[tuple[str, str, str, str]]  # model, how many, price each, together
    places: Sequence[Sequence[str]]
    heads: Sequence[str]
    mark: str


def write_pack(pack: Pack, language: Language) -> bytes:
    """Return the DOCX."""
    from docx import Document
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    _ = language.gettext
    document: Any = Document()
    document.styles["Normal"].font.name = "Times New Roman"
    document.styles["Normal"].font.size = Pt(12)
    document.core_properties.title = pack.title
    document.core_properties.author = _("Bezpeka")
    document.sections[0].footer.paragraphs[0].text = pack.mark

    def centred(text: str, *, bold: bool = True) -> None:
        paragraph = document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.add_run(text).bold = bold

    def said(*texts: str) -> None:
        for text in texts:
            document.add_paragraph(text)

    values = {name: getattr(pack, name) for name in (
        "area", "title", "number", "cost", "yearly", "cameras", "seen", "seen_at_night", "level", "proven", "privacy",
    )}  # fmt: skip
    centred(_("PROJECT"))
    centred(_("DECISION"))
    centred(_("On the plan of video surveillance “{title}”", title=pack.title))
    said(
        _(
            "Guided by the Law of Ukraine “On Local Self-Government in Ukraine” and the Law of Ukraine “On Personal"
            " Data Protection”, having considered camera plan no. {number} for {area}, the council DECIDES:",
            **values,
        ),
        _("1. To approve camera plan no. {number}: {cameras}, {cost} to buy and {yearly} a year to keep.", **values),
        _("2. To buy in the order of the annex: when the money ends, what was bought first helps most."),
        _(
            "3. To set, before the first camera is switched on, who may look at records, how long these are kept, and"
            " who answers for them (regulation on video surveillance and on access to it)."
        ),
        _("4. The annex with exact places is not to be published while martial law is in force."),
        _("5. Control over this decision: ______________________________"),
        "",
        _("Head  ____________________        Secretary  ____________________"),
    )
    document.add_page_break()
    centred(_("EXPLANATORY NOTE"))
    centred(_("to the project of the decision on plan no. {number}", number=pack.number), bold=False)
    said(
        _("What is proposed: {cameras} for {cost}; {yearly} a year after that.", **values),
        _(
            "What they see: {seen} of what the round table found worth seeing by day ({level}), {seen_at_night} at"
            " night, counted with the walls that stand in the way.",
            **values,
        ),
        pack.proven,
        pack.privacy,
        _("The numbers were counted twice, in two independent ways, before they were shown."),
    )
    document.add_page_break()
    centred(_("ESTIMATE"))
    _table(document, (_("Model"), _("Cameras"), _("Price"), _("Together")), pack.estimate)
    said("", _("Together: {cost}. A year: {yearly}.", **values))
    document.add_page_break()
    centred(_("ANNEX: places of the cameras"))
    centred(_("Not to be published. {mark}", mark=pack.mark), bold=False)
    _table(document, pack.heads, pack.places)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def _table(document: Any, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    table = document.add_table(rows=1, cols=len(heads))
    table.style = "Table Grid"
    for cell, text in zip(table.rows[0].cells, heads, strict=True):
        cell.paragraphs[0].add_run(text).bold = True
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
