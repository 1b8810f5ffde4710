"""A typed text as the finders read it, and where each of its letters stood.

Who hides a number writes it with strokes, boxes or invisible characters in it, or with letters of another script. What
is found in the cleaned text is told in places of the text as it was typed.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "phone", "email", "card", "tax_number", "plate", "iban", "passport", "name", "nickname", "flat"
]  # fmt: skip
Found = tuple[int, int, Kind, float]  # start, end, kind and confidence in a cleaned text


def listed(words: str) -> frozenset[str]:
    """Return words that are written with spaces between, which is how a list of words reads best."""
    return frozenset(words.split())


@dataclass(frozen=True, order=True)
class Span:
    """A piece of a text that tells who somebody is: [start, end) in characters, what it is, how sure that is (0-1)."""

    start: int
    end: int
    kind: Kind
    confidence: float = 1.0


@dataclass(frozen=True)
class Reading:
    """A cleaned text and, for each of its characters, where it began in the typed one."""

    text: str
    starts: tuple[int, ...] | None  # None: nothing had to be cleaned
    typed_length: int

    def span(self, start: int, end: int, kind: Kind, confidence: float = 1.0) -> Span:
        """Return a span of the typed text for one of the cleaned text."""
        return Span(*self.typed(start, end), kind, confidence)

    def typed(self, start: int, end: int) -> tuple[int, int]:
        """Return where a piece of the cleaned text stands in the typed one, invisible characters after it included."""
        if self.starts is None:
            return start, end
        return self.starts[start], self.starts[end] if end < len(self.starts) else self.typed_length


# Marks laid over letters, boxes round digits, joiners, soft hyphens: nothing of it is part of a word or number.
UNSEEN = frozenset({"Mn", "Me", "Cf"})
_PLAIN = re.compile(r"[\x20-\x7e\nА-яІіЇїЄєҐґЁё«»–—’ʼ№…“”„]*")


def read(typed: str) -> Reading:
    """Return the text composed (NFC), without invisible characters, its digits and spaces plain."""
    if _PLAIN.fullmatch(typed):
        return Reading(typed, None, len(typed))
    letters: list[str] = []
    starts: list[int] = []
    for place, letter in enumerate(typed):
        if unicodedata.category(letter) in UNSEEN:
            composed = unicodedata.normalize("NFC", letters[-1] + letter) if letters else ""
            if len(composed) == 1 and composed.isalpha() and composed.lower() in "йїёґ":
                letters[-1] = composed
            continue
        letters.append(_plain(letter))
        starts.append(place)
    return Reading("".join(letters), tuple(starts), len(typed))


def _plain(letter: str) -> str:
    digit = unicodedata.digit(letter, None)
    if digit is not None:
        return str(digit)
    if letter.isspace():
        return "\n" if letter in "\n\r\u2028\u2029" else " "
    wide = unicodedata.normalize("NFKC", letter)
    return wide if len(wide) == 1 else letter


# Letters that look like another script's: one letter for one, so that places stay.
TO_CYRILLIC = str.maketrans("aAeEiIoOpPcCxXyYkKmMTtHBrĸ", "аАеЕіІоОрРсСхХуУкКмМТтНВгк")
TO_LATIN = str.maketrans("АВЕІКМНОРСТХУавеікмнорстху", "ABEIKMHOPCTXYABEIKMHOPCTXY")
