"""What the holder of a receipt sees of a report and does with it. All of it runs as a robot named `reporter`.

Somebody's own report is theirs to see; whoever joined one sees of it what everybody sees, and their own contact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from layers import history
from layers.area import Area
from layers.categories import store as categories
from layers.errors import BadFields, BadInput, Conflict, NotFound
from layers.initiative import store as initiative
from layers.layer import Title
from layers.problems import actions, deadlines, intake, rules, store
from layers.problems.intake import Contact
from layers.problems.receipts import NOT_FOUND, Holder
from layers.problems.tables import Problem
from layers.text import N_

WITHDRAWABLE = frozenset(step.before for step in rules.TRANSITIONS if step.after == "withdrawn")


@dataclass(frozen=True)
class Said:
    """What was said to the reporter, and by whom; `status` is the step that it came with."""

    at: datetime
    status: str
    words: str
    signed: str


@dataclass(frozen=True)
class Reach:
    """One way in which the holder can be reached, as it is shown on a screen that others may see."""

    phone: str
    email: str
    telegram: str
    call_back: bool


@dataclass(frozen=True)
class Mine:
    """A report as its holder sees it; `own` is False for whoever joined it, who sees no more than everybody.

    `answer_by` is when a first answer is due, `due` when the matter is; `closes` when it closes by itself,
    `opens_until` until when it can be opened again. `public_id` is set while it is on the map, `into` is what it was
    merged into.
    """

    own: bool
    number: int | None
    category: Title
    symbol: str
    audience: str
    status: str
    reported_at: datetime | None
    month: date
    words: str
    place_words: str
    answered: bool
    answer_by: date | None
    due: date | None
    is_late: bool
    closes: date | None
    opens_until: date | None
    institution: Title | None
    refused: Title | None
    public_id: UUID | None
    into: UUID | None
    said: tuple[Said, ...]
    reaches: tuple[Reach, ...]
    forgotten: bool

    @property
    def may_withdraw(self) -> bool:
        return self.own and self.status in WITHDRAWABLE

    @property
    def may_answer(self) -> bool:
        """Tell whether they are asked if it is done."""
        return self.own and self.status == "done"

    @property
    def may_add(self) -> bool:
        return self.own and self.status in rules.OPEN


def read(session: Session, area: Area, holder: Holder, *, now: datetime) -> Mine:
    """Return what the holder of a receipt sees; raises NotFound."""
    found = store.one(session, holder.problem)
    if found is None:
        raise NotFound(NOT_FOUND)
    kind = categories.one(session, found.category)
    assert kind is not None
    own = store.has_reported(session, found.id, holder.person)
    words = store.words_of(session, found.id) if own else None
    place = store.place_of(session, found.id) if own else None
    into = store.one(session, found.merged_into) if found.merged_into else None
    owner = initiative.institution(session, found.institution_id) if found.institution_id else None
    return Mine(
        own=own,
        number=found.number if own else None,
        category=Title(kind.problem_uk or kind.title_uk, kind.problem_en or kind.title_en),
        symbol=kind.symbol,
        audience=found.audience,
        status=found.status,
        reported_at=found.reported_at if own else None,
        month=found.month,
        words=(words.original or "") if words else "",
        place_words=(place.words or "") if place else "",
        answered=found.answered_at is not None,
        answer_by=_first_answer(session, area, found),
        due=_day(found.due_at, area),
        is_late=found.due_at is not None and found.due_at <= now and found.status in rules.OPEN,
        closes=_day(found.asked_at + rules.SILENCE, area) if found.status == "done" and found.asked_at else None,
        opens_until=_opens_until(found, area, now),
        institution=Title(owner.name_uk, owner.name_en) if owner else None,
        refused=rules.REFUSALS.get(found.refused_why or "") if own else None,
        public_id=found.public_id if found.published else None,
        into=into.public_id if into and into.published else None,
        said=tuple(_said(session, found)) if own else (),
        reaches=tuple(_reaches(session, found.id, holder.person)),
        forgotten=found.contact_erased_at is not None,
    )


def _first_answer(session: Session, area: Area, found: Problem) -> date | None:
    if found.status not in ("received", "checking") or found.answered_at is not None:
        return None
    law = initiative.initiative(session).martial_law
    start = found.reported_at.astimezone(area.timezone).date()
    return deadlines.working_days_after(start, rules.FIRST_ANSWER_DAYS, martial_law=law)


def _day(until: datetime | None, area: Area) -> date | None:
    """Return the last day before a moment: due is the whole of it."""
    return (until - timedelta(microseconds=1)).astimezone(area.timezone).date() if until else None


def _opens_until(found: Problem, area: Area, now: datetime) -> date | None:
    if found.status != "closed" or found.closed_at is None:
        return None
    until = found.closed_at + rules.REOPENED_WITHIN
    return _day(until, area) if until > now else None


def _said(session: Session, found: Problem) -> Sequence[Said]:
    """Return what the desk and whoever answers said to the reporter, or to everybody; steps without words too."""
    return [
        Said(one.at, one.to_status or "", one.approved or one.body or "", one.signed)
        for one in store.messages_of(session, found.id)
        if one.audience in ("reporter", "public") and one.said_by != "reporter" and not one.erased_at
        and (one.body or one.approved)
    ]  # fmt: skip


def _reaches(session: Session, problem: UUID, person: bytes) -> Sequence[Reach]:
    contacts = [one for one in store.contacts_of(session, problem) if one.person == person]
    return [
        Reach(_masked(one.phone), _masked(one.email), _masked(one.telegram), one.call_back and not one.called_back_at)
        for one in contacts
        if one.phone or one.email or one.telegram
    ]


def _masked(text: str | None) -> str:
    """Return a contact with its middle hidden: enough to know one's own by."""
    if not text:
        return ""
    name, at, host = text.partition("@")
    kept = 2 if at else 4
    return f"{name[:2]}…{at}{host}" if at else f"…{text[-kept:]}"


# --- what they do -----------------------------------------------------------------------------------------------------


def answer(session: Session, area: Area, holder: Holder, says: str, *, words: str = "", now: datetime) -> str:
    """Say whether it is done, or still there; return the report's status after it.

    Raises BadInput for anything else, NotTaken for words that must not be kept.
    """
    if says not in ("fixed", "not_fixed", "still_there"):
        raise BadInput(N_("Choose whether it is done."))
    _check_words(words)
    return actions.say(session, area, holder.problem, holder.person, says, words=words, now=now)


def add(session: Session, area: Area, holder: Holder, words: str, *, now: datetime) -> None:
    """Add something to one's own report, for the desk; raises BadFields, NotTaken, Conflict when it is over."""
    if not words.strip():
        raise BadFields({"words": BadInput(N_("Write what you want to add."))})
    _check_words(words)
    found = _own(session, holder)
    if found.status not in rules.OPEN:
        raise Conflict(N_("This report is not open any more. Send what is new as a new one."))
    actions.add_words(session, area, holder.problem, words, now=now)


def _check_words(words: str) -> None:
    if len(words.strip()) > rules.LONGEST_WORDS:
        raise BadFields({"words": BadInput(N_("Make it at most {most} characters long."), most=rules.LONGEST_WORDS)})


def withdraw(session: Session, area: Area, holder: Holder, *, now: datetime) -> None:
    """Take one's own report back; raises Conflict when it is over already."""
    _own(session, holder)
    actions.withdraw(session, area, holder.problem, now=now)


def leave_contact(session: Session, holder: Holder, contact: Contact, *, now: datetime) -> None:
    """Let the holder be reached in this way too; raises BadFields."""
    kept = intake.checked(contact)
    if kept.is_empty:
        raise BadFields({"phone": BadInput(N_("Leave a phone, an e-mail or a name in Telegram."))})
    intake.keep_contact(session, holder.problem, holder.person, kept, now)
    _note(session, holder, "contact_left")


def forget_contact(session: Session, holder: Holder) -> int:
    """Erase everything by which the holder can be reached; return how many contacts that were."""
    gone = store.forget_contacts_of(session, holder.problem, holder.person)
    if gone:
        _note(session, holder, "contact_forgotten")
    return gone


def _own(session: Session, holder: Holder) -> Problem:
    found = store.one(session, holder.problem)
    if found is None or not store.has_reported(session, holder.problem, holder.person):
        raise NotFound(NOT_FOUND)
    return found


def _note(session: Session, holder: Holder, event: str) -> None:
    history.record(session, audience="staff", subject="problem", subject_id=str(holder.problem), event=event)
