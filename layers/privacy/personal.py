"""Personal data in a text that somebody typed: where it stands, so that a moderator sees it, and the text without it.

What counts is in the Law of Ukraine “On Personal Data Protection” (2297-VI), article 2: whatever a person is or can be
known by. Finding is for a person who decides; it marks rather too much than too little.
"""

from __future__ import annotations

from collections.abc import Iterable

from layers.privacy import contacts, names, numbers, plates
from layers.privacy.reading import Found, Kind, Reading, Span, read

__all__ = ["Kind", "Span", "find", "mask"]

HIDDEN = "█"
# Of two that overlap, the one that says more stays: an account holds what looks like a phone.
ORDER: tuple[Kind, ...] = (
    "iban", "email", "nickname", "card", "passport", "tax_number", "phone", "plate", "flat", "name"
)  # fmt: skip


def find(text: str, *, street_names: frozenset[str] = frozenset(), places: frozenset[str] = frozenset()) -> list[Span]:
    """Return the personal data of a text in its order, none overlapping.

    `street_names` and `places` are names of the gazetteer («вулиця Тараса Шевченка», «Вербівка»): what names a street
    or a settlement where it stands is no person.
    """
    reading = read(text)
    found: list[Found] = [*numbers.find(reading.text), *plates.find(reading.text), *contacts.find(reading.text)]
    found += names.find(reading.text, street_names=street_names, places=places)
    return sorted(_apart(reading, found))


def mask(text: str, spans: Iterable[Span]) -> str:
    """Return the text with every letter and digit of the spans hidden; spaces and signs stay, so it can be read."""
    letters = list(text)
    for span in spans:
        for place in range(span.start, min(span.end, len(letters))):
            if not letters[place].isspace():
                letters[place] = HIDDEN
    return "".join(letters)


def _apart(reading: Reading, found: Iterable[Found]) -> list[Span]:
    """Keep the span that says most where some overlap, and let it cover them all."""
    spans: list[Span] = []
    for start, end, kind, confidence in sorted(found, key=lambda one: (one[0], -one[1])):
        span = reading.span(start, end, kind, confidence)
        if not spans or spans[-1].end <= span.start:
            spans.append(span)
            continue
        last = spans[-1]
        first = min(last, span, key=lambda one: (ORDER.index(one.kind), -one.confidence))
        spans[-1] = Span(last.start, max(last.end, span.end), first.kind, first.confidence)
    return spans
