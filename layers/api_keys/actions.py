"""The verbs: give out a key, disable it, let a program in by it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from layers import history
from layers.api_keys import rules, store
from layers.errors import Conflict, NotAllowed, NotFound
from layers.people.credentials import new_token, token_hash
from layers.text import N_
from layers.viewer import Viewer


@dataclass(frozen=True)
class Given:
    """A new key: `secret` is shown once and kept nowhere."""

    id: UUID
    label: str
    per_hour: int
    secret: str


@dataclass(frozen=True)
class Program:
    """Whoever came with a good key."""

    id: UUID
    label: str
    per_hour: int


def add(session: Session, viewer: Viewer, label: str, *, per_hour: int = rules.PER_HOUR, now: datetime) -> Given:
    """Give out a key; raises Conflict when the label is taken."""
    rules.must_keep(viewer)
    label = rules.label_of(label)
    rules.check_limit(per_hour)
    if store.by_label(session, label):
        raise Conflict(N_("There is a key “{label}” already; choose another label."), label=label)

    given = Given(uuid4(), label, per_hour, rules.PREFIX + new_token())

    values = {"id": given.id, "label": label, "hash": token_hash(given.secret), "per_hour": per_hour, "made_at": now}
    store.add(session, values)
    _note(session, given.id, "added")
    return given


def disable(session: Session, viewer: Viewer, label: str, *, now: datetime) -> None:
    """Take a key back: from now on nothing comes in by it. To disable it again changes nothing."""
    rules.must_keep(viewer)
    found = store.by_label(session, rules.label_of(label))
    if found is None:
        raise NotFound(N_("There is no key “{label}”."), label=label)
    if found.disabled_at is None:
        store.disable(session, found.id, now)
        _note(session, found.id, "disabled")


def admit(session: Session, secret: str) -> Program:
    """Return whose key this is, as a robot; raises NotAllowed alike for none, a wrong and a disabled one."""
    found = store.by_hash(session, token_hash(secret)) if secret else None
    if found is None:
        raise NotAllowed(N_("Send a valid api_key; whoever keeps this server gives them out."))
    return Program(found.id, found.label, found.per_hour)


def note_submission(session: Session, program: UUID, problem: UUID) -> None:
    """Remember by which key a report came, so that a flood can be traced to its key."""
    codes = {"problem": str(problem)}
    history.record(
        session, audience="admin", subject="api_key", subject_id=str(program), event="submitted", codes=codes
    )


def _note(session: Session, key: UUID, event: str) -> None:
    history.record(session, audience="admin", subject="api_key", subject_id=str(key), event=event)
