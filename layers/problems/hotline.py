"""The hotline: what a caller reports or joins, who wants a call back, and a pasted message as a draft."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from layers import history, idempotency
from layers.area import Area
from layers.categories import store as categories
from layers.errors import Conflict
from layers.people.credentials import Keys
from layers.places.gazetteer import Spoken, mentioned
from layers.problems import actions, drafting, intake, rules, store
from layers.problems.drafting import Guess, Message
from layers.problems.intake import Contact, Prepared, Receipt
from layers.problems.receipts import person_of, receipt_token
from layers.text import N_
from layers.viewer import Viewer

CALLED_SHOWN = timedelta(days=7)  # how long whoever was called stays in the list


def device_of(contact: Contact, key: str) -> str:
    """Return what tells a caller apart, as a device's key does on the web: the phone, or else this call alone."""
    return f"phone:{contact.phone}" if contact.phone else f"call:{key}"


def take(
    session: Session, viewer: Viewer, keys: Keys, area: Area, prepared: Prepared, *, key: str, now: datetime
) -> Receipt:
    """Write down what a caller, or a message, reports; the same key again gives the same receipt."""
    rules.must_be_desk(viewer)
    report = replace(prepared.report, device=device_of(prepared.contact, key))
    return intake.submit(session, viewer, keys, area, replace(prepared, report=report), key=key, now=now)


def join(
    session: Session,
    viewer: Viewer,
    keys: Keys,
    area: Area,
    problem: UUID,
    contact: Contact,
    *,
    words: str = "",
    key: str,
    now: datetime,
) -> Receipt:
    """Add a caller to a report that is open already («це воно»): a supporter, with contact and receipt of their own.

    Raises BadFields for a contact that can't be, Conflict when the report isn't open any more, NotTaken for words that
    must not be kept. The same key again gives the same receipt.
    """
    rules.must_be_desk(viewer)
    kept = intake.checked(contact)
    found = actions.get(session, problem)
    person = person_of(keys, device_of(kept, key))

    def act() -> dict[str, Any]:
        actions.join(session, area, problem, person, now=now)
        if words.strip():
            actions.add_words(session, area, problem, words, now=now)
        intake.keep_contact(session, problem, person, kept, now)
        intake.keep_receipt(session, keys, problem, found.number, person, kept.phone, now)
        return {"problem": str(problem), "number": found.number}

    body = {"problem": str(problem), "contact": vars(kept), "words": words}
    answer = idempotency.once(session, scope=f"hotline.join:{viewer.account}", key=key, body=body, act=act)
    return Receipt(problem, found.number, receipt_token(keys, problem, person), answer.repeated)


# --- who wants a call back --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Call:
    """Somebody who wants a call back, about which report; `called_back_at` is None until they had it."""

    id: UUID
    problem_id: UUID
    number: int
    category: str
    status: str
    name: str | None
    phone: str
    on_behalf_of: str | None
    made_at: datetime
    called_back_at: datetime | None
    words: str
    place: str | None


def calls(session: Session, viewer: Viewer, *, now: datetime) -> list[Call]:
    """Return who waits for a call, oldest first, and then who had it within a week, the latest first."""
    rules.must_be_desk(viewer)
    return [Call(**row._mapping) for row in store.callbacks(session, now - CALLED_SHOWN)]


def waiting(session: Session, viewer: Viewer) -> int:
    """Return how many people wait for a call."""
    rules.must_be_desk(viewer)
    return store.waiting_calls(session)


def called(session: Session, viewer: Viewer, area: Area, contact: UUID, *, words: str = "", now: datetime) -> None:
    """Write down that somebody was called, with what was said for the desk."""
    rules.must_be_desk(viewer)
    problem = store.set_called(session, contact, now)
    if problem is None:
        raise Conflict(N_("Somebody else has called already, or this contact is gone."))
    if words.strip():
        actions.note(session, viewer, area, problem, words=words, now=now)
    _note(session, problem, "called_back", {"contact": str(contact)})


def not_called(session: Session, viewer: Viewer, contact: UUID) -> None:
    """Undo `called`: they wait for a call again."""
    rules.must_be_desk(viewer)
    problem = store.set_called(session, contact, None)
    if problem is None:
        raise Conflict(N_("They wait for a call already, or this contact is gone."))
    _note(session, problem, "call_undone", {"contact": str(contact)})


def _note(session: Session, problem: UUID, event: str, codes: dict[str, Any]) -> None:
    audience = rules.HISTORY.get(store.audience_of(session, problem), "staff")
    history.record(session, audience=audience, subject="problem", subject_id=str(problem), event=event, codes=codes)


# --- a pasted message -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Draft:
    """What a pasted message was taken for, the likeliest first; whoever saves it has looked at it."""

    message: Message
    categories: Sequence[Guess]
    places: Sequence[Spoken]
    kind: str


def draft(session: Session, viewer: Viewer, pasted: str) -> Draft:
    """Take a pasted message for a report; raises NotTaken for one that must not be kept."""
    rules.must_be_desk(viewer)
    intake.look_through(pasted)
    message = drafting.read_message(pasted)
    guesses = guess(session, message.body)
    about_police = guesses[:1] and guesses[0].code in _of_police(session)
    kind = drafting.guess_kind(message.body) if about_police else "problem"
    return Draft(message, guesses, mentioned(session, message.body), kind)


def guess(session: Session, words: str) -> list[Guess]:
    """Return the categories that words may be about, the likeliest first."""
    return drafting.guess_categories(words, drafting.vocabulary(categories.reportable(session)))


def _of_police(session: Session) -> set[str]:
    return {each.code for each in categories.reportable(session) if each.audience == "statistics"}
