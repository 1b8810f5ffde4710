"""What a letter is: its kinds, states and outcomes, when its answer is due, and when it is overdue. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from layers.errors import NotAllowed
from layers.layer import Title
from layers.problems import deadlines
from layers.problems.rules import CONTACTS_KEPT as CONTACTS_KEPT
from layers.problems.rules import DESK as DESK
from layers.problems.rules import WORDS_KEPT as WORDS_KEPT
from layers.text import N_
from layers.viewer import Role, Viewer

KEEPERS = frozenset({Role.COORDINATOR, Role.ADMIN, Role.ROBOT})
WRITERS = DESK | {Role.DEPUTY}
READERS = WRITERS | {Role.EXECUTOR, Role.POLICE_LEAD}

KINDS: dict[str, Title] = {
    "letter": Title("Лист", "Letter"),
    "appeal": Title("Звернення громадян", "Citizen's appeal"),
    "deputy": Title("Депутатське звернення", "Deputy's appeal"),
}
KINDS_SIGNED = Title("Депутат", "Deputy")  # the position of whoever signs a deputy's appeal, to be completed
STATES: dict[str, Title] = {
    "prepared": Title("Підготовлено", "Prepared"),
    "sent": Title("Надіслано", "Sent"),
    "registered": Title("Зареєстровано", "Registered"),
    "answered": Title("Є відповідь", "Answered"),
    "cancelled": Title("Анульовано", "Cancelled"),
}
# What is said of a letter beside its state: marks, not states.
MARKS: dict[str, Title] = {
    "overdue": Title("Строк минув", "Overdue"),
    "no_answer": Title("Відповіді ще немає", "No answer yet"),
    "late": Title("Відповіли із запізненням", "Answered late"),
    "not_forwarded": Title("Пʼять днів на пересилання минули", "Five days to forward it have passed"),
}
OUTCOMES: dict[str, Title] = {
    "done": Title("Виконано", "Done"),
    "in_work": Title("Узято в роботу", "Taken into work"),
    "explained": Title("Дали розʼяснення", "Explained"),
    "refused": Title("Відмовили", "Refused"),
    "passed_on": Title("Переслали іншому органу", "Passed on to another body"),
}
CONSENTS: dict[str, Title] = {
    "written": Title("письмово", "in writing"),
    "in_person": Title("особисто, усно", "in person"),
    "phone": Title("телефоном", "by phone"),
}
# The time that the law gives for the answer, by kind; the first is what it is without a choice.
TERMS: dict[str, dict[str, Title]] = {
    "letter": {},
    "appeal": {
        "month": Title("один місяць", "one month"),
        "simple": Title("15 днів: не потребує вивчення", "15 days: needs no study"),
        "extended": Title("продовжено, щонайбільше 45 днів", "extended, at most 45 days"),
    },
    "deputy": {
        "ten": Title("10 днів", "10 days"),
        "month": Title("до місяця: потребує вивчення", "up to a month: needs study"),
    },
}
OUT_OF_THE_DESK = frozenset({"confirmed", "reopened"})  # what a sent letter brings to "forwarded"
ABOUT = frozenset({"confirmed", "forwarded", "in_work", "done", "reopened"})  # what a letter may be about
MOST_PROBLEMS = 50
LONGEST_LINE = 300
LONGEST_TEXT = 10_000
MOST_SCAN_BYTES = 20 * 1024 * 1024
DEFAULT_DAYS = 10


class Dated(Protocol):
    """What of a letter says where it stands."""

    @property
    def kind(self) -> str: ...
    @property
    def sent_on(self) -> date | None: ...
    @property
    def registered_on(self) -> date | None: ...
    @property
    def due_on(self) -> date | None: ...
    @property
    def answered_on(self) -> date | None: ...
    @property
    def cancelled_on(self) -> date | None: ...


@dataclass(frozen=True)
class Dates:
    """The dates of one letter, for asking the rules without a letter."""

    kind: str = "letter"
    sent_on: date | None = None
    registered_on: date | None = None
    due_on: date | None = None
    answered_on: date | None = None
    cancelled_on: date | None = None


def state_of(letter: Dated) -> str:
    """Return the state that follows from the dates; the database computes the same in a column."""
    if letter.cancelled_on:
        return "cancelled"
    if letter.answered_on:
        return "answered"
    if letter.registered_on:
        return "registered"
    return "sent" if letter.sent_on else "prepared"


def mark(letter: Dated, today: date, *, forward_by: date | None = None) -> str:
    """Return a code of MARKS, or "".

    «Строк минув» needs a registration date at the addressee: before that nobody can say when their time began.
    """
    if letter.cancelled_on:
        return ""
    registered = letter.registered_on is not None and letter.due_on is not None
    if registered and letter.due_on and letter.due_on < (letter.answered_on or today):
        return "late" if letter.answered_on else "overdue"
    if letter.sent_on is None:
        return "not_forwarded" if forward_by and forward_by < today else ""
    return "no_answer" if letter.answered_on is None and letter.registered_on is None else ""


def due_on(kind: str, registered_on: date | None, *, term: str, answer_days: int, martial_law: bool) -> date | None:
    """Return the control date: None before the addressee registered the letter.

    A plain letter has the working days of its category, an appeal and a deputy's appeal the calendar days of the law;
    a last day on which nobody works moves to the next working one.
    """
    if registered_on is None:
        return None
    if kind == "letter":
        return deadlines.working_days_after(registered_on, answer_days, martial_law=martial_law)
    last = {
        ("appeal", "simple"): registered_on + deadlines.APPEAL_SIMPLE,
        ("appeal", "extended"): registered_on + deadlines.APPEAL_AT_MOST,
        ("deputy", "ten"): registered_on + deadlines.DEPUTY_APPEAL,
    }.get((kind, term), deadlines.month_after(registered_on))
    return deadlines.on_a_working_day(last, martial_law=martial_law)


def forward_by(received_on: date, *, martial_law: bool) -> date:
    """Return until when an appeal goes on to whoever is competent: five calendar days."""
    last = received_on + deadlines.APPEAL_FORWARDED_WITHIN
    return deadlines.on_a_working_day(last, martial_law=martial_law)


def first_term(kind: str) -> str:
    return next(iter(TERMS[kind]), "")


def kinds_of(viewer: Viewer) -> tuple[str, ...]:
    """Return the kinds of letters that this viewer writes."""
    if viewer.role is Role.DEPUTY:
        return ("deputy",)
    return ("letter", "appeal") if viewer.role in DESK else ()


def must_write(viewer: Viewer) -> None:
    if viewer.role not in WRITERS:
        raise NotAllowed(N_("Letters are written by the coordinator, the hotline and deputies."))


def must_read(viewer: Viewer) -> None:
    if viewer.role not in READERS:
        raise NotAllowed(N_("The letters journal is not for your role."))


def must_keep(viewer: Viewer) -> None:
    if viewer.role not in KEEPERS:
        raise NotAllowed(N_("Only the coordinator may change this."))
