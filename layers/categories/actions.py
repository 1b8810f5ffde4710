"""The shipped set, and what the words of a file mean among the categories there are."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from importlib import resources
from typing import Any

from sqlalchemy.orm import Session

from layers.categories import store
from layers.text import fold

OTHER = "other"


def shipped() -> list[dict[str, Any]]:
    """Return the rows that come with this software, in their order."""
    return [
        {**row, "aliases": [plain(alias) for alias in row["aliases"].split("|")], "position": position}
        for position, row in enumerate(_rows("shipped.csv"))
    ]


def shipped_problems() -> list[dict[str, Any]]:
    """Return what residents can report, in its order; a code that `shipped` lacks brings its own titles."""
    return [
        {
            **row,
            "answer_days": int(row["answer_days"]),
            "severity": float(row["severity"]),
            "radius_m": int(row["radius_m"]) if row["radius_m"] else None,
            "problem_position": position,
        }
        for position, row in enumerate(_rows("problems.csv"))
    ]


def _rows(name: str) -> list[dict[str, str]]:
    content = (resources.files("layers") / "categories" / name).read_text("utf-8")
    return list(csv.DictReader(io.StringIO(content)))


def plain(text: str) -> str:
    """Return a category's words as they are compared: folded, without dots and asterisks ("ст. 185" is "ст 185")."""
    return " ".join(fold(text).translate(str.maketrans(".*№", "   ")).split())


def meanings(session: Session) -> Mapping[str, str]:
    """Return every word that names a category (its code, titles, aliases) as compared -> its code."""
    found: dict[str, str] = {}
    for category in store.all_of(session):
        for word in (category.code, category.title_uk, category.title_en, *category.aliases):
            found.setdefault(plain(word), category.code)
    return found
