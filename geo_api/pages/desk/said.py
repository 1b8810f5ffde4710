"""The words of a report as the desk reads them: what was typed, personal data marked, and what everybody will read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from geo_api.pages.desk.titles import Names
from layers.database.engine import Session
from layers.places.names import local_names
from layers.privacy import personal
from layers.problems import store
from layers.problems.tables import Problem
from maps.wording import Piece, compared, marked


@dataclass(frozen=True)
class Words:
    """What was typed and what is public, in pieces; `personal` names each kind found, `left` those still public."""

    original: str
    public: str
    was_edited: bool
    key: str
    concerns: Sequence[str]
    said_concerns: Sequence[str]
    original_marked: list[Piece]
    public_marked: list[Piece]
    difference: list[Piece]
    personal: list[str]
    left: list[str]

    @property
    def offered(self) -> str:
        """Return what the field of the public words begins with: what was typed, until somebody edited it."""
        return self.public if self.was_edited else self.original


def read_words(session: Session, found: Problem, lines: Sequence[dict[str, Any]], names: Names) -> Words:
    """Return the words of a report; as the desk, who may read what was typed."""
    typed = store.words_of(session, found.id)
    concerns = tuple(typed.concerns) if typed else ()
    original = (typed.original if typed else None) or ""
    was_edited = bool(found.body) or any(line["event"] == "edited" for line in lines)
    in_original, in_public = look(session, original), look(session, found.body)
    return Words(
        original=original,
        public=found.body,
        was_edited=was_edited,
        key=typed.key if typed else "",
        concerns=concerns,
        said_concerns=[names.concern(one) for one in concerns],
        original_marked=marked(original, in_original),
        public_marked=marked(found.body, in_public),
        difference=compared(original, found.body) if was_edited else [],
        personal=kinds(in_original, names),
        left=kinds(in_public, names),
    )


def look(session: Session, words: str) -> list[personal.Span]:
    """Return the personal data of a text; names of this area's streets and settlements are none."""
    if not words:
        return []
    local = local_names(session)
    return personal.find(words, street_names=local.streets, places=local.settlements)


def kinds(spans: Sequence[personal.Span], names: Names) -> list[str]:
    """Name each kind once, in the order in which they come."""
    return list(dict.fromkeys(names.personal(span.kind) for span in spans))
