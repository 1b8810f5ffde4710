"""From what a person types to a point: settlements, streets and named places, and “a street in a settlement”."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy.orm import Session

from layers.errors import BadInput
from layers.layer import Title
from layers.places import store
from layers.places.kinds import PLACE_KINDS, SETTLEMENT_TITLES, STREET_KINDS, STREET_WORDS, without_kind
from layers.places.mentions import mentions
from layers.text import N_, fold

Box = tuple[float, float, float, float]
What = Literal["settlement", "street", "place"]
Precision = Literal["street", "settlement"]

SETTLEMENT_WORDS = frozenset(
    ("м", "місто", "с", "село", "смт", "селище", "с-ще", "сщ", "сел", "хутір", "х", "city", "town", "village")
)
WORD = re.compile(r"[\wʼ]+(?:-[\wʼ]+)*")
HOUSE = re.compile(r"^(?:буд(?:инок)?\.?\s*)?№?\s*\d+\s*[а-яіїєґa-z]?(?:\s*[/-]\s*\d+\s*[а-яa-z]?)?$", re.IGNORECASE)
LONGEST = 200  # letters of a query that are looked at
LONGEST_TEXT = 3000  # letters of a text that places are looked for in
MOST_WORDS = 6  # of a query that is tried as a street and its settlement without a comma between them
EXACT = 2  # `fit` of search.sql


@dataclass(frozen=True)
class Found:
    """One answer: its name, kind, a point on it (lon, lat), its box, and where it lies."""

    what: What
    id: str
    kind: str
    kind_title: Title
    name: Title
    point: tuple[float, float]
    bbox: Box
    fit: int
    settlement_code: str | None
    settlement: Title | None
    hromada_code: str | None
    hromada: Title | None


@dataclass(frozen=True)
class Spot:
    """A name turned into a point, and how precise that is."""

    point: tuple[float, float]
    precision: Precision
    found: Found


# --- Words ----------------------------------------------------------------------------------------------------------


def street_words(name_uk: str | None, name_en: str | None) -> tuple[str, str, str]:
    """Return a street's kind (street, lane ..., or an empty word) and its names without the word that says it."""
    kind_uk, bare_uk = _without_kind(name_uk or "")
    kind_en, bare_en = _without_kind(name_en or name_uk or "")
    return kind_uk or kind_en, bare_uk, bare_en


def _without_kind(name: str) -> tuple[str, str]:
    """Split “вулиця Музейна” or “Музейна вул.” into the kind and the rest; a name of one word is never emptied."""
    kind, rest = without_kind(_words(name))
    return (kind, " ".join(rest)) if kind else ("", name)


def _printable(text: str) -> str:
    return "".join(letter for letter in text[:LONGEST] if letter.isprintable())


def _words(text: str) -> list[str]:
    return WORD.findall(fold(text))


@dataclass(frozen=True)
class _Asked:
    """One way to understand what was typed."""

    words: str
    kind: str | None = None
    settlement: str | None = None


def _understand(text: str) -> list[_Asked]:
    """Return the readings of a query, the likeliest first; house numbers are left out."""
    parts = [part.strip() for part in text.split(",") if part.strip() and not HOUSE.match(part.strip())]
    if len(parts) >= 2:
        return [reading for a, b in ((parts[0], parts[1]), (parts[1], parts[0])) for reading in _street_in(a, b)]
    if not parts:
        return []
    whole = parts[0]
    readings = [_plain(whole)]
    words = whole.split()
    if len(words) > 1 and HOUSE.match(words[-1]) and len(_words(whole)) > 2:
        readings.append(_plain(" ".join(words[:-1])))
    for cut in range(1, len(words) if len(words) <= MOST_WORDS else 0):
        readings += _street_in(" ".join(words[:cut]), " ".join(words[cut:]))
        readings += _street_in(" ".join(words[cut:]), " ".join(words[:cut]))
    return readings


def _plain(text: str) -> _Asked:
    kind, bare = _without_kind(text)
    return _Asked(bare, kind or None) if kind else _Asked(_settlement_name(text))


def _street_in(street: str, settlement: str) -> list[_Asked]:
    kind, bare = _without_kind(street)
    names_a_street = STREET_WORDS.get((_words(settlement) or [""])[0])
    return [] if names_a_street else [_Asked(bare, kind or None, _settlement_name(settlement))]


def _settlement_name(text: str) -> str:
    words = _words(text)
    return " ".join(words[1:]) if len(words) > 1 and words[0] in SETTLEMENT_WORDS else text


# --- Search -----------------------------------------------------------------------------------------------------------


def search(session: Session, typed: str, *, limit: int = 10) -> list[Found]:
    """Return what a person may have meant, best first: exact, then prefix, then similar; settlement, street, place.

    Understands Ukrainian and English names in any case and with any apostrophe, “вул.” and its like, and a street with
    its settlement, in either order: “вул. Музейна, Чугуїв”, “Чугуїв Музейна”.
    """
    answers: list[Found] = []
    settlements: dict[str, list[str]] = {}
    for asked in _understand(_printable(typed)):
        if not _words(asked.words):
            continue
        within: list[str] = []
        if asked.settlement is not None:
            if asked.settlement not in settlements:
                settlements[asked.settlement] = [f.id for f in _settlements(session, asked.settlement)]
            within = settlements[asked.settlement]
            if not within:
                continue
        answers += _found(session, asked, within, limit)
    # A street found in its settlement beats the whole query's likeness to something else.
    return _distinct(sorted(answers, key=lambda found: -found.fit))[:limit]


def _found(session: Session, asked: _Asked, within: Sequence[str], limit: int) -> list[Found]:
    # Stops and crossings of one name stand in pairs, and are told apart by nobody: ask for more, then drop them.
    rows = store.find(session, asked.words, kind=asked.kind, within=within, limit=limit * 3)
    return [_as_found(row) for row in rows]


def _settlements(session: Session, name: str) -> list[Found]:
    """Return the settlements that bear just this name."""
    rows = store.find(session, _settlement_name(name), settlements_only=True, limit=10)
    return [found for found in map(_as_found, rows) if found.fit == EXACT]


def _as_found(row: dict[str, Any]) -> Found:
    titles = {"settlement": SETTLEMENT_TITLES, "street": STREET_KINDS}.get(row["what"])
    kinds = titles if titles is not None else {code: kind.title for code, kind in PLACE_KINDS.items()}
    return Found(
        what=row["what"],
        id=row["id"],
        kind=row["kind"],
        kind_title=kinds.get(row["kind"], Title(row["kind"], row["kind"])),
        name=Title(row["name_uk"], row["name_en"] or row["name_uk"]),
        point=(row["lon"], row["lat"]),
        bbox=(row["west"], row["south"], row["east"], row["north"]),
        fit=row["fit"],
        settlement_code=row["settlement_code"],
        settlement=_title(row, "settlement"),
        hromada_code=row["hromada_code"],
        hromada=_title(row, "hromada"),
    )


def _title(row: dict[str, Any], what: str) -> Title | None:
    uk = row[f"{what}_uk"]
    return Title(uk, row[f"{what}_en"] or uk) if uk else None


def _distinct(answers: Sequence[Found]) -> list[Found]:
    """Return each thing once, and of places of one kind and name in one settlement only the first."""
    seen: dict[tuple[str, ...], Found] = {}
    for found in answers:
        alike = (found.kind, found.name.uk, found.settlement_code or "") if found.what == "place" else (found.id,)
        seen.setdefault((found.what, *alike), found)
    return list(seen.values())


# --- What a text speaks of --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Spoken:
    """A place that a text speaks of: what it is, the words that say so, and the number after a street's name."""

    found: Found
    words: str
    house: str = ""


def mentioned(session: Session, text: str, *, limit: int = 5) -> list[Spoken]:
    """Return the places that a text speaks of, the surest first: streets and named places, then settlements.

    A street is looked for in the settlement that the text names; where it names none, in all of them.
    """
    said = mentions(text[:LONGEST_TEXT], store.names(session))
    homes = [each for each in said if each.what == "settlement"]
    within = homes[0].name if homes else ""
    spoken: list[Spoken] = []
    for each in [one for one in said if one.what != "settlement"] + homes:
        whole = f"{each.name}, {within}" if within and each.what != "settlement" else each.name
        answers = [found for found in search(session, whole) if found.what == each.what and found.fit == EXACT]
        spoken += [Spoken(found, text[each.start : each.end], each.house) for found in answers]
    return spoken[:limit]


# --- One answer or a reason, for files of records ---------------------------------------------------------------------


def resolve(session: Session, *, settlement: str | None = None, street: str | None = None) -> Spot:
    """Return the one point of a street in a settlement, or of a settlement, by exact names (folded, types aside).

    A street that is not known there gives the settlement's point and precision. Raises BadInput when the name is not
    known or belongs to more than one; whoever has thousands of rows asks once for each different pair.
    """
    settlement, street = _printable(settlement or ""), _printable(street or "")
    homes = _settlements(session, settlement) if settlement else []
    if settlement and not homes:
        raise BadInput(N_("There is no settlement “{name}” here."), name=settlement)
    if len(homes) > 1 and not street:
        raise BadInput(N_("There are {count} settlements “{name}” here."), count=len(homes), name=settlement)
    if street:
        spot = _resolve_street(session, street, [home.id for home in homes])
        if spot:
            return spot
        if not homes:
            raise BadInput(N_("There is no street “{name}” here."), name=street)
    if len(homes) > 1:
        raise BadInput(N_("There are {count} settlements “{name}” here."), count=len(homes), name=settlement)
    if not homes:
        raise BadInput(N_("Neither a settlement nor a street is named."))
    return Spot(homes[0].point, "settlement", homes[0])


def _resolve_street(session: Session, street: str, within: Sequence[str]) -> Spot | None:
    kind, bare = _without_kind(street)
    if not _words(bare):
        return None
    found = _found(session, _Asked(bare, kind or None), within, 10)
    exact = [f for f in found if f.what == "street" and f.fit == EXACT]
    if len(exact) > 1:
        raise BadInput(
            N_("There are {count} streets “{name}” here; name the settlement."), count=len(exact), name=street
        )
    return Spot(exact[0].point, "street", exact[0]) if exact else None
