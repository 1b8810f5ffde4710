"""The verbs of whoever keeps the organisation, the numbers to call, the institutions and the routing table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from layers import versions
from layers.errors import BadFields, BadInput, NotFound, Stale
from layers.initiative import rules, store
from layers.initiative.tables import Helpline, Initiative
from layers.keeping import difference, must_keep, note
from layers.text import EMAIL, N_, code_of
from layers.viewer import Viewer

TABLES = Initiative.metadata.tables
NEEDED = N_("This must not be empty.")
TOO_LONG = N_("Make it at most {most} characters long.")
NOT_A_NUMBER = N_("Write it with digits, spaces, + ( ) and -, for example 0 800 123 456.")
NOT_AN_ADDRESS = N_("This is not an e-mail address. It looks like name@example.org.")
CHANGED = N_("Somebody changed this while you were reading it. Look at it again, then repeat your change.")


# --- the organisation -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Organisation:
    """The organisation behind the map, as its pages and letters name it."""

    name_uk: str = ""
    name_en: str = ""
    hotline: str = ""
    hotline_hours: str = ""
    email: str = ""
    address: str = ""
    registration: str = ""
    signatory: str = ""
    signatory_position: str = ""
    martial_law: bool = True


def keep_organisation(session: Session, viewer: Viewer, given: Organisation, *, version: int) -> int:
    """Change what the organisation says of itself; what is due is counted anew for reports that come from now on."""
    must_keep(viewer)
    before = store.initiative(session)
    values = _checked(asdict(given), numbers=("hotline",), needed=())

    changed = difference(before, values, typed=[name for name in values if name != "martial_law"])
    new_version = versions.save(session, TABLES["initiative"], True, version, values)
    note(session, "initiative", "one", "changed", changed)
    return new_version


# --- numbers to call --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Number:
    """A number to call: whose it is, and what it is for."""

    number: str = ""
    title_uk: str = ""
    title_en: str = ""
    concerns: tuple[str, ...] = ()


def add_helpline(session: Session, viewer: Viewer, given: Number) -> str:
    """Add a number that nobody has checked yet; return its code."""
    must_keep(viewer)
    values = _number(given)
    code = code_of(given.title_en, {line.code for line in store.helplines(session)})
    store.add_helpline(session, {"code": code, **values})
    note(session, "helpline", code, "added", {"concerns": values["concerns"]})
    return code


def change_helpline(session: Session, viewer: Viewer, code: str, given: Number, *, version: int) -> int:
    """Change a number; another number is one that nobody has checked."""
    must_keep(viewer)
    before, values = _helpline(session, code), _number(given)
    if values["number"] != before.number:
        values["checked_on"] = None
    changed = difference(before, values, typed=("number", "title_uk", "title_en"))
    new_version = versions.save(session, TABLES["helplines"], code, version, values)
    note(session, "helpline", code, "changed", changed)
    return new_version


def checked_helpline(session: Session, viewer: Viewer, code: str, *, on: date, version: int) -> int:
    """Write down that somebody rang a number on a day, and it was right."""
    must_keep(viewer)
    _helpline(session, code)
    new_version = versions.save(session, TABLES["helplines"], code, version, {"checked_on": on})
    note(session, "helpline", code, "checked", {"on": on.isoformat()})
    return new_version


def remove_helpline(session: Session, viewer: Viewer, code: str, *, version: int) -> None:
    """Remove a number that is not to be called any more."""
    must_keep(viewer)
    _helpline(session, code)
    versions.save(session, TABLES["helplines"], code, version, {})
    store.remove_helpline(session, code)
    note(session, "helpline", code, "removed", {})


def _helpline(session: Session, code: str) -> Helpline:
    found = store.helpline(session, code)
    if found is None:
        raise NotFound(N_("There is no such number."))
    return found


def _number(given: Number) -> dict[str, Any]:
    words = {"number": given.number, "title_uk": given.title_uk, "title_en": given.title_en}
    values = _checked(words, numbers=("number",), needed=("number", "title_uk", "title_en"))
    return {**values, "concerns": [code for code in rules.CONCERNS if code in given.concerns]}


# --- institutions -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Office:
    """An institution that answers; `members` are accounts of executors who work there."""

    name_uk: str = ""
    name_en: str = ""
    kind: str = ""
    addressee: str = ""
    email: str = ""
    address: str = ""
    members: tuple[UUID, ...] = ()
    active: bool = True


def add_institution(session: Session, viewer: Viewer, given: Office) -> UUID:
    must_keep(viewer)
    values = _office(given)
    identity = uuid4()
    code = code_of(given.name_en, {each.code for each in store.institutions(session)})
    store.add_institution(session, {"id": identity, "code": code, **values})
    note(session, "institution", str(identity), "added", {"kind": given.kind})
    return identity


def change_institution(session: Session, viewer: Viewer, institution: UUID, given: Office, *, version: int) -> int:
    """Change an institution; one that is switched off is offered to nobody, and what it was sent stays with it."""
    must_keep(viewer)
    before = store.institution(session, institution)
    if before is None:
        raise NotFound(N_("There is no such institution."))
    values = _office(given)
    changed = difference(before, values, typed=("name_uk", "name_en", "addressee", "email", "address"))
    new_version = versions.save(session, TABLES["institutions"], institution, version, values)
    note(session, "institution", str(institution), "changed", changed)
    return new_version


def _office(given: Office) -> dict[str, Any]:
    words = {name: getattr(given, name) for name in ("name_uk", "name_en", "addressee", "email", "address")}
    values = _checked(words, numbers=(), needed=("name_uk", "name_en"))
    if given.kind not in rules.KINDS:
        raise BadFields({"kind": BadInput(N_("Choose what kind of institution it is."))})
    return {**values, "kind": given.kind, "members": list(dict.fromkeys(given.members)), "active": given.active}


# --- the routing table ------------------------------------------------------------------------------------------------


def set_route(
    session: Session,
    viewer: Viewer,
    category: str | None,
    unit: str | None,
    institution: UUID | None,
    *,
    was: UUID | None,
) -> None:
    """Send what is of a category in a unit to an institution; None takes the line away: a less particular one holds.

    Raises Stale when the line is not any more what whoever changes it was shown (`was`).
    """
    must_keep(viewer)
    store.lock_routes(session)
    found = store.route(session, category, unit)
    if (found.institution_id if found else None) != was:
        raise Stale(CHANGED)
    if institution is not None and store.institution(session, institution) is None:
        raise BadFields({"institution": BadInput(N_("Choose whom it is forwarded to."))})

    if institution is None:
        store.remove_route(session, category, unit)
    else:
        store.set_route(session, category, unit, institution)
    place = f"{category or '*'} {unit or '*'}"
    note(session, "route", place, "routed", {"from": str(was or ""), "to": str(institution or "")})


# --- what was typed ---------------------------------------------------------------------------------------------------


def _checked(values: Mapping[str, Any], *, numbers: tuple[str, ...], needed: tuple[str, ...]) -> dict[str, Any]:
    """Return texts with single spaces; raises BadFields for what is empty, too long, no number or no address."""
    kept = {name: " ".join(value.split()) if isinstance(value, str) else value for name, value in values.items()}
    wrong: dict[str, BadInput] = {}
    for name, value in kept.items():
        if isinstance(value, str) and len(value) > rules.LONGEST:
            wrong[name] = BadInput(TOO_LONG, most=rules.LONGEST)
        elif name in needed and not value:
            wrong[name] = BadInput(NEEDED)
        elif name in numbers and value and not rules.NUMBER.fullmatch(value):
            wrong[name] = BadInput(NOT_A_NUMBER)
        elif name == "email" and value and not EMAIL.fullmatch(value):
            wrong[name] = BadInput(NOT_AN_ADDRESS)
    if wrong:
        raise BadFields(wrong)
    return kept
