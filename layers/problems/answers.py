"""What goes out to people: who is told of a step, whose words are published, how soon they are answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from layers import history, versions
from layers.area import Area
from layers.database.engine import set_viewer
from layers.errors import BadFields, BadInput, NotFound
from layers.initiative import store as initiative
from layers.people.credentials import Keys
from layers.problems import actions, rules, target
from layers.problems.receipts import receipt_token
from layers.problems.tables import ProblemMessage
from layers.problems.target import Target
from layers.text import N_
from layers.viewer import Viewer, robot

# Whoever reported or joined, of the report itself and of those merged into it: each by their own receipt.
AUTHORS = text("""
SELECT DISTINCT ON (p.id, k.email) p.id, p.number, p.language, k.email, k.person
FROM problems p JOIN problem_contacts k ON k.problem_id = p.id
WHERE (p.id = :id OR p.merged_into = :id) AND k.email IS NOT NULL AND k.person IS NOT NULL
ORDER BY p.id, k.email, k.made_at
""")
LAST_SIGNATURE = text("""
SELECT signed FROM problem_messages WHERE account = :account AND signed <> '' ORDER BY nth DESC LIMIT 1
""")
FIRST_ANSWERS = text("""
SELECT reported_at, answered_at FROM problems
WHERE reported_at >= :since AND kind = 'problem' AND status NOT IN ('withdrawn', 'merged') AND anonymised_at IS NULL
""")


@dataclass(frozen=True)
class Author:
    """Somebody to be told: where, in which language, and the receipt that opens their report."""

    problem: UUID
    number: int
    email: str
    language: str
    token: str


def authors(session: Session, viewer: Viewer, keys: Keys, problem: UUID) -> list[Author]:
    """Return whoever left an e-mail with a report or with one merged into it.

    Most who make a step may not see a contact. The addresses are read as a robot, within the caller's transaction, and
    go nowhere but into the outbox.
    """
    session.flush()
    set_viewer(session, robot("postman"))
    try:
        rows = session.execute(AUTHORS, {"id": problem}).all()
    finally:
        set_viewer(session, viewer)
    return [
        Author(row.id, row.number, row.email, row.language, receipt_token(keys, row.id, bytes(row.person)))
        for row in rows
    ]


def publish(session: Session, viewer: Viewer, problem: UUID, message: UUID, *, words: str, version: int) -> int:
    """Let everybody read what somebody of the staff said of a published report, in the words given; or, empty, take
    it back. Returns the report's new version."""
    rules.must_moderate(viewer)
    found = session.get(ProblemMessage, message, populate_existing=True)
    if found is None or found.problem_id != problem or found.said_by == "reporter" or found.erased_at:
        raise NotFound(N_("There is no such answer."))
    if len(words.strip()) > rules.LONGEST_WORDS:
        raise BadFields({"words": BadInput(N_("Make it at most {most} characters long."), most=rules.LONGEST_WORDS)})
    new_version = versions.save(session, actions.TABLE, problem, version, {})
    found.approved = words.strip() or None
    found.audience = "public" if found.approved or found.to_status in rules.PUBLIC else "reporter"
    session.flush()
    _note(session, problem, "answer_published" if found.approved else "answer_unpublished", {"message": str(message)})
    return new_version


def last_signature(session: Session, viewer: Viewer) -> str:
    """Return how this account signed its last answer: name and position, as they typed them."""
    return session.scalar(LAST_SIGNATURE, {"account": viewer.account}) or ""


def measured(session: Session, area: Area, *, now: datetime) -> Target:
    """Return how the desk keeps its own target, of the reports of the last 90 days that the viewer may see."""
    rows: Sequence[Any] = session.execute(FIRST_ANSWERS, {"since": now - target.OF_LAST}).all()
    law = initiative.initiative(session).martial_law
    pairs = [(row.reported_at, row.answered_at) for row in rows]
    return target.first_answers(pairs, now=now, martial_law=law, timezone=area.timezone)


def _note(session: Session, problem: UUID, event: str, codes: dict[str, str]) -> None:
    history.record(session, audience="staff", subject="problem", subject_id=str(problem), event=event, codes=codes)
