"""Letters on paper: the fields that a template may use, DOCX by docxtpl, PDF by typst, both from the same fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from layers.text import N_
from maps.language import Language
from maps.paper import typeset

# What a template may name, and what each means; the page of templates shows it.
FIELDS: dict[str, str] = {
    "organisation": N_("the initiative's name"),
    "organisation_address": N_("its address"),
    "organisation_registration": N_("its registration"),
    "organisation_phone": N_("its phone"),
    "organisation_email": N_("its e-mail"),
    "number": N_("outgoing number, like 12/2026"),
    "date": N_("the letter's date"),
    "addressee": N_("whom the letter is to, as the institution is addressed"),
    "institution": N_("the institution's name"),
    "institution_address": N_("the institution's address"),
    "institution_email": N_("the institution's e-mail"),
    "kind": N_("letter, appeal or deputy"),
    "subject": N_("what the letter is about"),
    "body": N_("paragraphs before the list"),
    "problems": N_("the reports, each with n, category, place, when, words"),
    "request": N_("paragraphs after the list"),
    "applicant": N_("of an appeal: name, residence, contact, substance"),
    "signatory": N_("who signs"),
    "signatory_position": N_("their position"),
}


@dataclass(frozen=True)
class Told:
    """One report in the list; `when` is a day or a month, as people write it."""

    n: int
    category: str
    place: str
    when: str
    words: str


@dataclass(frozen=True)
class Applicant:
    """Whose appeal is passed on, with their consent."""

    name: str = ""
    residence: str = ""
    contact: str = ""
    substance: str = ""


@dataclass(frozen=True)
class Letter:
    """Everything that a letter shows; `applicant` is None in all but an appeal."""

    kind: str
    number: str
    day: date
    addressee: str
    institution: str
    subject: str
    organisation: str = ""
    organisation_address: str = ""
    organisation_registration: str = ""
    organisation_phone: str = ""
    organisation_email: str = ""
    institution_address: str = ""
    institution_email: str = ""
    body: str = ""
    request: str = ""
    signatory: str = ""
    signatory_position: str = ""
    problems: Sequence[Told] = field(default_factory=tuple)
    applicant: Applicant | None = None

    def fields(self, language: Language) -> dict[str, Any]:
        """Return what a template may use, by the names of FIELDS."""
        values = asdict(self)
        values |= {"date": language.date(values.pop("day")), "problems": [asdict(one) for one in self.problems]}
        values |= {"body": _paragraphs(self.body), "request": _paragraphs(self.request)}
        return values | {"applicant": asdict(self.applicant) if self.applicant else None}


def _paragraphs(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def write_pdf(letter: Letter, language: Language) -> bytes:
    """Return the letter as PDF: A4 with room for a hole punch, numbered pages, the outgoing number on each."""
    _ = language.gettext
    words = {
        "out": _(N_("Out. No.")),
        "of": _(N_("dated")),
        "place": _(N_("Place:")),
        "when": _(N_("Reported:")),
        "applicant": _(N_("Applicant:")),
        "residence": _(N_("Place of residence:")),
        "contact": _(N_("Contact:")),
        "substance": _(N_("Substance of the appeal:")),
        "page": _(N_("page")),
        "appeal": _(N_("Citizen's appeal, passed on under art. 7 of the Law “On Citizens' Appeals”")),
        "deputy": _(N_("Deputy's appeal")),
    }
    content: Mapping[str, Any] = letter.fields(language) | {"words": words, "language": language.code}
    return typeset("letter.typ", dict(content), "pdf")


EXAMPLE = Letter(
    kind="appeal",
    number="12/2026",
    day=date(2026, 11, 23),
    addressee="Керівникові",
    institution="Установа",
    subject="Тема",
    body="Абзац.",
    request="Прохання.",
    signatory="Приклад О. О.",
    problems=(Told(1, "Освітлення", "біля ринку", "листопад 2026 р.", "Не світить ліхтар"),),
    applicant=Applicant("Приклад О. О.", "м. Вигадане", "", "Суть"),
)
