"""The verbs of whoever keeps the categories; the shipped set; and what the words of a file mean among them."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Mapping
from configparser import ConfigParser
from dataclasses import asdict, dataclass
from importlib import resources
from typing import Any

from sqlalchemy.orm import Session

from layers import versions
from layers.categories import rules, store
from layers.categories.tables import Category
from layers.errors import BadFields, BadInput, Conflict, NotFound
from layers.keeping import difference, must_keep, note
from layers.text import N_, code_of, fold
from layers.viewer import Viewer

OTHER = "other"
TABLE = Category.metadata.tables[Category.__tablename__]
TYPED = ("title_uk", "title_en", "problem_uk", "problem_en", "hint_uk", "hint_en", "words")


# --- what a keeper does -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Kind:
    """What a keeper says of a category; without titles of their own, incidents have those of reports."""

    problem_uk: str = ""
    problem_en: str = ""
    title_uk: str = ""
    title_en: str = ""
    hint_uk: str = ""
    hint_en: str = ""
    words: str = ""
    symbol: str = ""
    family: str = "other"
    audience: str = "public"
    answer_days: int = 10
    severity: float = 1.0
    radius_m: int | None = None
    active: bool = True


def said_of(category: Category) -> Kind:
    """Return what is said of a category now; one of incidents alone is offered the titles that it has."""
    said = {name: getattr(category, name) for name in Kind.__dataclass_fields__}
    uk, en = category.problem_uk or category.title_uk, category.problem_en or category.title_en
    return Kind(**{**said, "problem_uk": uk, "problem_en": en})


def get(session: Session, code: str) -> Category:
    found = store.one(session, code)
    if found is None:
        raise NotFound(N_("There is no such category."))
    return found


def add(session: Session, viewer: Viewer, given: Kind, *, symbols: Collection[str]) -> str:
    """Add a category that residents can choose, after all others; its code is made of its English title and stays."""
    must_keep(viewer)
    values = _checked(given, symbols)
    store.lock(session)
    code = code_of(given.problem_en, {each.code for each in store.all_of(session)})
    store.add(session, {"code": code, **values})
    note(session, "category", code, "added", {name: value for name, value in values.items() if name not in TYPED})
    return code


def change(session: Session, viewer: Viewer, code: str, given: Kind, *, symbols: Collection[str], version: int) -> int:
    """Change a category and return its new version.

    Another audience is for reports from now on. What was on the map leaves it when the category isn't public any more.
    """
    must_keep(viewer)
    before = get(session, code)
    changed = difference(before, _checked(given, symbols), typed=TYPED)
    values = {name: value for name, value in _checked(given, symbols).items() if name in changed}
    new_version = versions.save(session, TABLE, code, version, values)
    note(session, "category", code, "changed", changed)
    return new_version


def switch(session: Session, viewer: Viewer, code: str, *, active: bool, version: int) -> int:
    """Offer a category to residents, or don't; reports that have it keep it."""
    must_keep(viewer)
    if get(session, code).problem_uk is None:
        raise Conflict(N_("Residents can't choose this category: give it a title first."))
    new_version = versions.save(session, TABLE, code, version, {"active": active})
    note(session, "category", code, "switched_on" if active else "switched_off", {})
    return new_version


def shift(session: Session, viewer: Viewer, code: str, *, by: int) -> None:
    """Offer a category earlier (by -1) or later (by 1)."""
    must_keep(viewer)
    store.lock(session)
    codes = [each.code for each in store.reportable(session, also_inactive=True)]
    if code not in codes:
        raise NotFound(N_("There is no such category."))
    place = codes.index(code)
    codes.insert(min(max(place + by, 0), len(codes) - 1), codes.pop(place))
    store.place(session, codes)
    note(session, "category", code, "shifted", {"by": by})


def remove(session: Session, viewer: Viewer, code: str, *, version: int) -> None:
    """Remove a category that nothing has; raises Conflict for one in use, which can only be switched off."""
    must_keep(viewer)
    get(session, code)
    if any(store.uses(session).get(code, (0, 0))):
        raise Conflict(N_("Reports or records have this category, so it can't be removed. Switch it off instead."))
    versions.save(session, TABLE, code, version, {})
    store.remove(session, code)
    note(session, "category", code, "removed", {})


def _checked(given: Kind, symbols: Collection[str]) -> dict[str, Any]:
    """Return a category's columns; raises BadFields."""
    kept: dict[str, Any] = {
        name: " ".join(value.split()) if isinstance(value, str) else value for name, value in asdict(given).items()
    }
    kept["title_uk"], kept["title_en"] = kept["title_uk"] or kept["problem_uk"], kept["title_en"] or kept["problem_en"]
    wrong: dict[str, BadInput] = {}
    for name in TYPED:
        most = {"h": rules.LONGEST_HINT, "w": rules.LONGEST_WORDS}.get(name[0], rules.LONGEST_TITLE)
        if len(kept[name]) > most:
            wrong[name] = BadInput(N_("Make it at most {most} characters long."), most=most)
        elif name.startswith("problem_") and not kept[name]:
            wrong[name] = BadInput(N_("This must not be empty."))
    for name, allowed in (("symbol", symbols), ("family", rules.FAMILIES), ("audience", rules.AUDIENCES)):
        if kept[name] not in allowed:
            wrong[name] = BadInput(N_("Choose one of these."))
    for name, (least, highest) in rules.BOUNDS.items():
        if kept[name] is not None and not least <= kept[name] <= highest:
            wrong[name] = BadInput(N_("A number from {least} to {most}, please."), least=least, most=highest)
    if wrong:
        raise BadFields(wrong)
    return kept


# --- what is shipped --------------------------------------------------------------------------------------------------


def shipped() -> list[dict[str, Any]]:
    """Return the rows that come with this software, in their order."""
    return [
        {**row, "aliases": [plain(alias) for alias in row["aliases"].split("|")], "position": position}
        for position, row in enumerate(_rows("shipped.csv"))
    ]


def shipped_problems() -> list[dict[str, Any]]:
    """Return what residents can report, in its order; a code that `shipped` lacks brings its own titles."""
    words = ConfigParser(interpolation=None, delimiters=("=",))
    words.read_string(_content("words.ini"))
    return [
        {
            **row,
            "answer_days": int(row["answer_days"]),
            "severity": float(row["severity"]),
            "radius_m": int(row["radius_m"]) if row["radius_m"] else None,
            "words": words[row["code"]]["words"].replace("\n", " "),
            "problem_position": position,
        }
        for position, row in enumerate(_rows("problems.csv"))
    ]


def _rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(_content(name))))


def _content(name: str) -> str:
    return (resources.files("layers") / "categories" / name).read_text("utf-8")


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
