"""The verbs of the letters journal: write, convert into an appeal, follow up, answer; each one transaction.

A letter that is marked sent brings its reports to "forwarded"; what an answer brings to them, whoever keeps the journal
says. Both go through layers/problems/actions.move.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from layers import history, idempotency, versions
from layers.area import Area
from layers.errors import BadFields, BadInput, Conflict, NotAllowed, NotFound, Stale
from layers.initiative import store as initiative
from layers.initiative.tables import Institution
from layers.letters import checks, items, rules, store
from layers.letters.checks import Applicant, Draft, Following
from layers.letters.items import Item
from layers.letters.tables import Letter
from layers.problems import actions as problems
from layers.problems.actions import Step
from layers.problems.rules import DESK, MODERATORS
from layers.text import N_
from layers.viewer import Role, Viewer

TABLE = Letter.metadata.tables[Letter.__tablename__]
NO_SUCH = N_("There is no such letter, or it is not for you.")


@dataclass(frozen=True)
class Saved:
    """The letter's new version; the numbers of reports that went to "forwarded" with it, and of those that stayed."""

    version: int
    forwarded: tuple[int, ...] = ()
    left: tuple[int, ...] = ()


# --- reading ----------------------------------------------------------------------------------------------------------


def get(session: Session, viewer: Viewer, letter: UUID) -> Letter:
    """Return a letter that the viewer may see; raises NotFound."""
    rules.must_read(viewer)
    found = store.one(session, letter)
    if found is None:
        raise NotFound(NO_SUCH)
    return found


def may_change(viewer: Viewer, letter: Letter) -> bool:
    return viewer.role in DESK or (viewer.role is Role.DEPUTY and letter.series == viewer.account)


# --- writing ----------------------------------------------------------------------------------------------------------


def write(
    session: Session,
    viewer: Viewer,
    area: Area,
    draft: Draft,
    about: Sequence[UUID],
    *,
    applicant: Applicant | None = None,
    key: str,
    now: datetime,
) -> UUID:
    """Enter a letter about these reports in the journal, under the next number, and return its id.

    Deputies name reports by their public ids, and only what is public goes into their letter. A citizen's appeal needs
    an applicant who agreed. Raises BadFields, NotAllowed. The same key again gives the same letter.
    """
    rules.must_write(viewer)

    def act() -> Mapping[str, Any]:
        return {"letter": str(_write(session, viewer, area, draft, about, applicant, now))}

    body = {"draft": vars(draft), "about": sorted(map(str, about)), "of": vars(applicant) if applicant else {}}
    answer = idempotency.once(session, scope=f"letter {viewer.account}", key=key, body=body, act=act)
    return UUID(answer.content["letter"])


def _write(
    session: Session,
    viewer: Viewer,
    area: Area,
    draft: Draft,
    about: Sequence[UUID],
    applicant: Applicant | None,
    now: datetime,
) -> UUID:
    if draft.kind not in rules.kinds_of(viewer):
        raise NotAllowed(N_("Letters of this kind are not for your role."))
    told = items.gather(session, viewer, area, about, language=draft.language)
    wrong = checks.wrong_draft(session, draft) | items.wrong(told, about, kind=draft.kind)
    if draft.kind == "appeal":
        wrong |= checks.wrong_applicant(applicant or Applicant())
    if wrong:
        raise BadFields(wrong)

    today = now.astimezone(area.timezone).date()
    series = viewer.account if draft.kind == "deputy" else None
    letter = uuid4()
    values = _of_draft(draft) | {
        "id": letter,
        "series": series,
        "year": today.year,
        "number": store.next_number(session, series, today.year),
        "kind": draft.kind,
        "language": draft.language,
        "made_on": today,
        "term": rules.first_term(draft.kind),
        "author": viewer.account,
    }
    store.add(session, values, [item.row(position) for position, item in enumerate(told, 1)])
    if draft.kind == "appeal" and applicant:
        _add_appeal(session, letter, applicant, today, now)
    _note(session, letter, "written", {"kind": draft.kind, "consent": applicant.consent if applicant else ""})
    _note_about(session, told, letter, "appealed" if draft.kind == "appeal" else "lettered")
    return letter


def _of_draft(draft: Draft) -> dict[str, Any]:
    return {
        "institution_id": draft.institution,
        "subject": draft.subject.strip(),
        "body": draft.body.strip(),
        "request": draft.request.strip(),
        "signatory": draft.signatory.strip(),
        "signatory_position": draft.signatory_position.strip(),
        "answer_days": draft.answer_days,
    }


def _add_appeal(session: Session, letter: UUID, applicant: Applicant, today: date, now: datetime) -> None:
    law = initiative.initiative(session).martial_law
    values = {
        "letter_id": letter,
        "name": applicant.name.strip(),
        "residence": applicant.residence.strip(),
        "substance": applicant.substance.strip(),
        "contact": applicant.contact.strip() or None,
        "received_on": today,
        "forward_by": rules.forward_by(today, martial_law=law),
        "consent_how": applicant.consent,
        "consent_at": now,
    }
    store.add_appeal(session, values)


# --- following up -----------------------------------------------------------------------------------------------------


def save(
    session: Session,
    viewer: Viewer,
    area: Area,
    letter: UUID,
    draft: Draft,
    following: Following,
    *,
    version: int,
    now: datetime,
) -> Saved:
    """Set everything that a letter's page holds; kind, language and number stay.

    When it is marked sent by this, its reports that wait for it go to "forwarded" in the same transaction.
    """
    found = held(session, viewer, letter, version)
    today = now.astimezone(area.timezone).date()
    wrong = checks.wrong_draft(session, draft) | checks.wrong_following(found, following, today)
    if found.sent_on and draft.institution != found.institution_id:
        wrong["institution"] = BadInput(N_("The letter was sent already. Write another one to somebody else."))
    if wrong:
        raise BadFields(wrong)

    law = initiative.initiative(session).martial_law
    term = following.term if following.term in rules.TERMS[found.kind] else rules.first_term(found.kind)
    due = rules.due_on(found.kind, following.registered_on, term=term, answer_days=draft.answer_days, martial_law=law)
    given = {field.name: getattr(following, field.name) for field in fields(following)}
    stripped = {name: value.strip() if isinstance(value, str) else value for name, value in given.items()}
    values = _of_draft(draft) | stripped | {"term": term, "due_on": due}

    new_version = versions.save(session, TABLE, letter, version, values)
    _note(session, letter, "changed", _moved_dates(found, following))
    newly_sent = found.sent_on is None and following.sent_on is not None
    return _forward(session, viewer, area, letter, new_version, now) if newly_sent else Saved(new_version)


def mark_sent(session: Session, viewer: Viewer, area: Area, letter: UUID, *, version: int, now: datetime) -> Saved:
    """Note that a letter went out today; its reports that wait for it go to "forwarded"."""
    found = held(session, viewer, letter, version)
    if found.sent_on:
        raise Conflict(N_("The letter was sent already."))
    today = now.astimezone(area.timezone).date()
    new_version = versions.save(session, TABLE, letter, version, {"sent_on": today})
    _note(session, letter, "sent", {"sent_on": today.isoformat()})
    return _forward(session, viewer, area, letter, new_version, now)


def cancel(session: Session, viewer: Viewer, area: Area, letter: UUID, *, version: int, now: datetime) -> int:
    """Take a letter back before it goes out; its number stays taken, so that the journal has no gap."""
    found = held(session, viewer, letter, version)
    if found.sent_on:
        raise Conflict(N_("The letter was sent already: it can't be cancelled."))
    today = now.astimezone(area.timezone).date()
    new_version = versions.save(session, TABLE, letter, version, {"cancelled_on": today})
    _note(session, letter, "cancelled", {})
    return new_version


def held(session: Session, viewer: Viewer, letter: UUID, version: int) -> Letter:
    """Return the letter, locked, as it is before the change; raises NotFound, NotAllowed, Stale, Conflict."""
    rules.must_read(viewer)
    found = store.one(session, letter, lock=viewer.role in rules.WRITERS)
    if found is None:
        raise NotFound(NO_SUCH)
    if not may_change(viewer, found):
        raise NotAllowed(N_("You may read this letter, not change it."))
    if found.version != version:  # said before any field is: what was typed belongs to another state of the letter
        raise Stale(N_("Somebody changed this while you were reading it. Look at it again, then repeat your change."))
    if found.cancelled_on:
        raise Conflict(N_("This letter was cancelled. Write a new one."))
    session.expunge(found)  # what follows compares with it
    return found


def _moved_dates(found: Letter, following: Following) -> dict[str, str]:
    """Return the dates that changed, as codes for the history."""
    names = ("sent_on", "registered_on", "extended_on", "answered_on")
    changed = {name: getattr(following, name) for name in names if getattr(following, name) != getattr(found, name)}
    return {name: day.isoformat() if day else "" for name, day in changed.items()}


# --- what it brings to the reports ------------------------------------------------------------------------------------


def _forward(session: Session, viewer: Viewer, area: Area, letter: UUID, version: int, now: datetime) -> Saved:
    """Bring the reports that wait for it to "forwarded", with the addressee; a deputy's letter moves none."""
    found = store.one(session, letter)
    assert found is not None
    if found.kind == "deputy":
        return Saved(version)
    forwarded, left = [], []
    for item in store.items_of(session, letter):
        if item.status not in rules.OUT_OF_THE_DESK:
            left += [item.number] if item.number else []
            continue
        step = Step(institution=found.institution_id)
        problems.move(session, viewer, area, item.id, "forwarded", step, version=item.version, now=now)
        forwarded.append(item.number)
    return Saved(version, tuple(forwarded), tuple(left))


def tell_reports(
    session: Session,
    viewer: Viewer,
    area: Area,
    letter: UUID,
    steps: Mapping[UUID, str],
    *,
    words: str,
    signed: str,
    publish: bool,
    now: datetime,
) -> int:
    """Bring reports of an answered letter to "in_work" or "done" with the answer's words; return how many moved.

    `steps` says for the id of each report what it becomes. Words that everybody reads are the coordinator's to publish.
    """
    found = get(session, viewer, letter)
    if found.answered_on is None:
        raise Conflict(N_("Write down their answer first."))
    if not may_change(viewer, found) or viewer.role not in DESK:
        raise NotAllowed(N_("Only the desk changes reports."))
    asked = {item.id: item for item in store.items_of(session, letter) if item.id in steps}
    for report, after in steps.items():
        if report not in asked or after not in ("in_work", "done"):
            raise BadInput(N_("This letter is not about that report. Open it anew and try again."))
        step = Step(words=words, signed=signed, publish=publish and viewer.role in MODERATORS)
        problems.move(session, viewer, area, report, after, step, version=asked[report].version, now=now)
    if steps:
        _note(session, letter, "told", {"reports": len(steps)})
    return len(steps)


# --- the clock --------------------------------------------------------------------------------------------------------


def forget(session: Session, now: datetime) -> int:
    """Erase whose appeals letters were, when their time is over; return how many. As a robot."""
    gone = store.forget(
        session,
        closed_before=(now - rules.CONTACTS_KEPT).date(),
        made_before=(now - rules.WORDS_KEPT).date(),
        now=now,
    )
    if gone:
        history.record(
            session, audience="staff", subject="letters", subject_id="all", event="forgotten", codes={"appeals": gone}
        )
    return gone


def institution_of(session: Session, letter: Letter) -> Institution:
    found = initiative.institution(session, letter.institution_id)
    assert found is not None
    return found


def _note(session: Session, letter: UUID, event: str, codes: Mapping[str, Any]) -> None:
    history.record(session, audience="staff", subject="letter", subject_id=str(letter), event=event, codes=dict(codes))


def _note_about(session: Session, told: Sequence[Item], letter: UUID, event: str) -> None:
    """Write into the history of each report that a letter is about it; deputies don't know which reports these are."""
    for item in told:
        if item.problem:
            history.record(
                session,
                audience="staff",
                subject="problem",
                subject_id=str(item.problem),
                event=event,
                codes={"letter": str(letter)},
            )
