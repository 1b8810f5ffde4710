"""What whoever writes letters gives, and what is wrong with it. Each field's mistake is said beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from layers.errors import BadInput
from layers.initiative import store as initiative
from layers.letters import rules
from layers.letters.tables import Letter
from layers.text import N_


@dataclass(frozen=True)
class Draft:
    """What a letter says; `answer_days` are working days, for a plain letter."""

    kind: str
    institution: UUID | None
    subject: str
    body: str = ""
    request: str = ""
    signatory: str = ""
    signatory_position: str = ""
    language: str = "uk"
    answer_days: int = rules.DEFAULT_DAYS


@dataclass(frozen=True)
class Applicant:
    """Whose appeal it is, what it is about in their own words, and how they agreed that it is one."""

    name: str = ""
    residence: str = ""
    substance: str = ""
    contact: str = ""
    consent: str = ""  # a code of CONSENTS; "" is no consent


@dataclass(frozen=True)
class Following:
    """What became of a letter, as the journal keeps it."""

    sent_on: date | None = None
    incoming_number: str = ""
    registered_on: date | None = None
    executor: str = ""
    term: str = ""
    extended_on: date | None = None
    answered_on: date | None = None
    outcome: str = ""
    answer: str = ""


def wrong_draft(session: Session, draft: Draft) -> dict[str, BadInput]:
    wrong: dict[str, BadInput] = {}
    if draft.institution is None or initiative.institution(session, draft.institution) is None:
        wrong["institution"] = BadInput(N_("Choose whom the letter is for."))
    if not draft.subject.strip():
        wrong["subject"] = BadInput(N_("Say in a few words what the letter is about."))
    elif len(draft.subject) > rules.LONGEST_LINE:
        wrong["subject"] = BadInput(N_("Make it at most {most} characters long."), most=rules.LONGEST_LINE)
    for name in ("body", "request"):
        if len(getattr(draft, name)) > rules.LONGEST_TEXT:
            wrong[name] = BadInput(N_("Make it at most {most} characters long."), most=rules.LONGEST_TEXT)
    if draft.language not in ("uk", "en"):
        wrong["language"] = BadInput(N_("Choose a language."))
    if not 1 <= draft.answer_days <= 365:
        wrong["answer_days"] = BadInput(N_("Write a number of working days from 1 to 365."))
    return wrong


def wrong_applicant(applicant: Applicant) -> dict[str, BadInput]:
    """Return what the law asks of an appeal and this one lacks: name, residence, substance; and their consent."""
    needs = {
        "name": N_("An appeal needs the full name of whoever makes it."),
        "residence": N_("An appeal needs the place of residence of whoever makes it."),
        "substance": N_("Write down what the person asks for, in their own words."),
    }
    wrong = {name: BadInput(words) for name, words in needs.items() if not getattr(applicant, name).strip()}
    if applicant.consent not in rules.CONSENTS:
        wrong["consent"] = BadInput(N_("Without the person's consent a report stays a report."))
    return wrong


def wrong_following(found: Letter, following: Following, today: date) -> dict[str, BadInput]:
    """Return what can't be: days before it was sent or still to come, a term without its notice, half an answer."""
    wrong = _wrong_days(found, following, today)
    if found.sent_on and following.sent_on is None:
        wrong["sent_on"] = BadInput(N_("The letter was sent already: write the right day instead."))
    if following.incoming_number.strip() and following.registered_on is None:
        wrong.setdefault("registered_on", BadInput(N_("An incoming number comes with the day of registration.")))
    if following.term == "extended" and following.extended_on is None:
        wrong.setdefault("extended_on", BadInput(N_("More than a month needs their notice: write the day it came.")))
    for name in ("incoming_number", "executor"):
        if len(getattr(following, name)) > rules.LONGEST_LINE:
            wrong[name] = BadInput(N_("Make it at most {most} characters long."), most=rules.LONGEST_LINE)
    return _wrong_answer(following) | wrong


def _wrong_days(found: Letter, following: Following, today: date) -> dict[str, BadInput]:
    wrong: dict[str, BadInput] = {}
    sent = following.sent_on
    for name in ("sent_on", "registered_on", "extended_on", "answered_on"):
        day = getattr(following, name)
        if day is None:
            continue
        if day > today:
            wrong[name] = BadInput(N_("This day is still to come."))
        elif name == "sent_on":
            if day < found.made_on:
                written = found.made_on.strftime("%d.%m.%Y")
                wrong[name] = BadInput(N_("The letter was written later, on {day}."), day=written)
        elif sent is None:
            wrong[name] = BadInput(N_("Mark the letter as sent first."))
        elif day < sent:
            wrong[name] = BadInput(N_("The letter was sent later, on {day}."), day=sent.strftime("%d.%m.%Y"))
    return wrong


def _wrong_answer(following: Following) -> dict[str, BadInput]:
    wrong: dict[str, BadInput] = {}
    if following.outcome and following.outcome not in rules.OUTCOMES:
        wrong["outcome"] = BadInput(N_("Choose what they answered."))
    if following.outcome and following.answered_on is None:
        wrong["answered_on"] = BadInput(N_("Write the day of the answer too."))
    if following.answered_on and not following.outcome:
        wrong["outcome"] = BadInput(N_("Choose what they answered."))
    if len(following.answer) > rules.LONGEST_TEXT:
        wrong["answer"] = BadInput(N_("Make it at most {most} characters long."), most=rules.LONGEST_TEXT)
    return wrong
