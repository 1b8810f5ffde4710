"""The receipt: 16 characters that open one report to whoever made it, and what they can do with it.

The database keeps keyed hashes alone. A receipt is made from the report and the person, so that a repeated submission
is given the same one; nobody without the installation's secret can make another.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from layers import limits
from layers.errors import BadInput, NotFound
from layers.people.credentials import Keys
from layers.problems import store
from layers.text import N_

# Without letters and figures that are read for one another (0 O, 1 I L, U): Crockford's alphabet for base 32.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 16
LOOK_ALIKES = str.maketrans("OILU" + "ОІАВСЕНКМРТХ", "011V" + "01ABCEHKMPTX")
SPOKEN_ATTEMPTS = 10  # of one number, within
SPOKEN_PER = timedelta(hours=1)
NOT_FOUND = N_("There is no report with this receipt. Check the 16 characters; they are on the page after sending.")


@dataclass(frozen=True)
class Holder:
    """Whoever shows a receipt: which report it opens, and which person they are (a keyed hash)."""

    problem: UUID
    person: bytes


def person_of(keys: Keys, device: str) -> bytes:
    """Return how a person is told apart: a keyed hash of their device's own key or of a confirmed contact."""
    return keys.mac("person", device)


def receipt_token(keys: Keys, problem: UUID, person: bytes) -> str:
    """Return the receipt of a person for a report: 16 characters, 80 bits."""
    number = int.from_bytes(keys.mac("receipt", f"{problem}:{person.hex()}")[:10], "big")
    return "".join(ALPHABET[(number >> 5 * place) & 31] for place in range(LENGTH))


def written(token: str) -> str:
    """Return a receipt as people are shown it: in groups of four."""
    return "-".join(token[place : place + 4] for place in range(0, LENGTH, 4))


def read(text: str) -> str:
    """Return a receipt as it was typed: case, spaces, dashes and look-alike letters don't matter."""
    return "".join(letter for letter in text.upper() if letter.isalnum()).translate(LOOK_ALIKES)


def receipt_hash(keys: Keys, token: str) -> bytes:
    return keys.mac("receipt-hash", token)


def spoken_hash(keys: Keys, number: int, phone: str) -> bytes:
    """Return the hash of a receipt's spoken form: the number and the last four digits of the phone."""
    digits = "".join(letter for letter in phone if letter.isdigit())
    return keys.mac("spoken", f"{number}:{digits[-4:]}")


def open_receipt(session: Session, keys: Keys, text: str) -> Holder:
    """Return what a receipt opens; raises NotFound."""
    token = read(text)
    found = store.of_receipt(session, receipt_hash(keys, token)) if len(token) == LENGTH else None
    if found is None:
        raise NotFound(NOT_FOUND)
    return Holder(*found)


def open_spoken(session: Session, keys: Keys, number: str, last_four: str, *, now: datetime) -> Holder:
    """Return what «№ 1042» and the last four digits of the phone open; raises NotFound, TooMany after ten attempts.

    Four digits can be guessed: attempts are counted by the number, in the caller's transaction.
    """
    digits = "".join(letter for letter in number if letter.isdigit())
    tail = "".join(letter for letter in last_four if letter.isdigit())
    if not digits or len(tail) != 4 or len(digits) > 12:
        raise BadInput(N_("Type the number of the report and the last four digits of your phone."))
    limits.limit(
        session, f"spoken:{keys.mac('limit', digits).hex()[:24]}", per=SPOKEN_PER, most=SPOKEN_ATTEMPTS, now=now
    )
    found = store.of_spoken(session, spoken_hash(keys, int(digits), tail))
    if found is None:
        raise NotFound(N_("There is no report with this number and phone. Check both, or type the 16 characters."))
    return Holder(*found)
