"""What is forgotten when: contacts 365 days after a report was closed, its words after five years; a tombstone stays.

As a robot, every night; each run leaves a line in the history that says how many.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from layers import history
from layers.files import actions as files
from layers.problems import rules, store


@dataclass(frozen=True)
class Forgotten:
    """How many reports lost their contacts, and how many their words, place and photos."""

    contacts: int
    words: int


def forget(session: Session, now: datetime) -> Forgotten:
    """Erase what is over in the caller's transaction, and say how much that was."""
    contacts = store.forget_contacts(session, now - rules.CONTACTS_KEPT, now)
    old = store.older_than(session, now - rules.WORDS_KEPT)
    for problem in old:
        for photo in store.photos_of(session, problem):
            for file_id in (photo.public_file_id, photo.file_id):
                if file_id:
                    files.drop(session, file_id, why="retention")
        store.empty(session, problem)
        store.anonymise(session, problem, now)
    forgotten = Forgotten(contacts, len(old))
    if contacts or old:
        codes = vars(forgotten)
        history.record(session, audience="staff", subject="problems", subject_id="all", event="forgotten", codes=codes)
    return forgotten
