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


class _Paper:
    """A document under way: centred headings, paragraphs, tables."""

    def __init__(self, pack: Pack, language: Language) -> None:
        from docx import Document
        from docx.shared import Pt

        self.document: Any = Document()
        self.document.styles["Normal"].font.name = "Times New Roman"
        self.document.styles["Normal"].font.size = Pt(12)
        self.document.core_properties.title = pack.title
        self.document.core_properties.author = language.gettext("Bezpeka")
        self.document.sections[0].footer.paragraphs[0].text = pack.mark

    def centred(self, text: str, *, bold: bool = True) -> None:
        from docx.enum.text import WD_ALIGN_PARAGRAPH

        paragraph = self.document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.add_run(text).bold = bold

    def said(self, *texts: str) -> None:
        for text in texts:
            self.document.add_paragraph(text)

    def turn(self) -> None:
        self.document.add_page_break()

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        table = self.document.add_table(rows=1, cols=len(heads))
        table.style = "Table Grid"
        for cell, text in zip(table.rows[0].cells, heads, strict=True):
            cell.paragraphs[0].add_run(text).bold = True
        for row in rows:
            for cell, text in zip(table.add_row().cells, row, strict=True):
                cell.text = text

    def content(self) -> bytes:
        written = io.BytesIO()
        self.document.save(written)
        return written.getvalue()


def write_pack(pack: Pack, language: Language) -> bytes:
    """Return the DOCX: each of its documents begins on a page of its own."""
    paper = _Paper(pack, language)
    _decision(paper, pack, language)
    paper.turn()
    _note(paper, pack, language)
    paper.turn()
    _estimate(paper, pack, language)
    return paper.content()


def _decision(paper: _Paper, pack: Pack, language: Language) -> None:
    _ = language.gettext
    paper.centred(_("PROJECT"))
    paper.centred(_("DECISION"))
    paper.centred(_("On the plan of video surveillance “{title}”", title=pack.title))
    paper.said(
        _(
            "Guided by the Law of Ukraine “On Local Self-Government in Ukraine” and the Law of Ukraine “On Personal"
            " Data Protection”, having considered camera plan no. {number} for {area}, the council DECIDES:",
            **vars(pack),
        ),
        _(
            "1. To approve camera plan no. {number}: {cameras}, {cost} to buy and {yearly} a year to keep.",
            **vars(pack),
        ),
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


def _note(paper: _Paper, pack: Pack, language: Language) -> None:
    _ = language.gettext
    paper.centred(_("EXPLANATORY NOTE"))
    paper.centred(_("to the project of the decision on plan no. {number}", number=pack.number), bold=False)
    paper.said(
        _("What is proposed: {cameras} for {cost}; {yearly} a year after that.", **vars(pack)),
        _(
            "What they see: {seen} of what the round table found worth seeing by day ({level}), {seen_at_night} at"
            " night, counted with the walls that stand in the way.",
            **vars(pack),
        ),
        pack.proven,
        pack.privacy,
        _("The numbers were counted twice, in two independent ways, before they were shown."),
    )


def _estimate(paper: _Paper, pack: Pack, language: Language) -> None:
    """Write the estimate and, behind it, the annex with exact places."""
    _ = language.gettext
    paper.centred(_("ESTIMATE"))
    paper.table((_("Model"), _("Cameras"), _("Price"), _("Together")), pack.estimate)
    paper.said("", _("Together: {cost}. A year: {yearly}.", **vars(pack)))
    paper.turn()
    paper.centred(_("ANNEX: places of the cameras"))
    paper.centred(_("Not to be published. {mark}", mark=pack.mark), bold=False)
    paper.table(pack.heads, pack.places)
