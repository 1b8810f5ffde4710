"""Words side by side: what a text lost and won on its way to the public, and where in it personal data stand."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Protocol

_WORD = re.compile(r"\S+\s*|\s+")


class Marked(Protocol):
    """A part of a text, from its first letter to after its last, and what it is."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def kind(self) -> str: ...


@dataclass(frozen=True)
class Piece:
    """Some letters in a row. `kind` is "", or what a span was marked as; in a comparison "del" or "ins"."""

    kind: str
    text: str


def marked(text: str, spans: Iterable[Marked]) -> list[Piece]:
    """Return a text in pieces, those in spans marked; of two that overlap the first keeps what both claim."""
    pieces, place = [], 0
    for span in sorted(spans, key=lambda one: (one.start, -one.end)):
        start, end = max(span.start, place), min(span.end, len(text))
        if start >= end:
            continue
        if start > place:
            pieces.append(Piece("", text[place:start]))
        pieces.append(Piece(span.kind, text[start:end]))
        place = end
    if place < len(text):
        pieces.append(Piece("", text[place:]))
    return pieces


def compared(before: str, after: str) -> list[Piece]:
    """Return both texts as one, word by word: what is in both, what was taken out, what was put in."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    pieces: list[Piece] = []
    for change, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if change == "equal":
            pieces.append(Piece("", "".join(old[a:b])))
            continue
        pieces += [Piece(kind, "".join(words)) for kind, words in (("del", old[a:b]), ("ins", new[c:d])) if words]
    return pieces
