"""Numbers and days as people type them into the forms of camera plans."""

from __future__ import annotations

from datetime import date

from layers.errors import BadFields, BadInput
from layers.text import N_

NOT_A_NUMBER, NOT_A_DAY = N_("A number is needed here."), N_("A day is needed here, such as 2026-05-31.")
SPACES = str.maketrans({" ": "", "\u202f": "", "\u00a0": "", ",": "."})


def number(name: str, text: str) -> float | None:
    """Return a number, or None for an empty field; raises BadFields that names the field."""
    try:
        return float(text.translate(SPACES)) if text.strip() else None
    except ValueError as error:
        raise BadFields({name: BadInput(NOT_A_NUMBER)}) from error


def whole(name: str, text: str) -> int | None:
    value = number(name, text)
    return None if value is None else round(value)


def day(name: str, text: str) -> date | None:
    """Return a day of a date field, or None for an empty one; raises BadFields that names the field."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise BadFields({name: BadInput(NOT_A_DAY)}) from error
