"""The verbs of units: make sure they exist, replace their limits, name districts, close a territory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from layers import history
from layers.area import Area
from layers.errors import BadInput, Conflict, NotAllowed, NotFound
from layers.shapes import polygons_of
from layers.text import N_, transliterate
from layers.units import store
from layers.units.drawing import Limits, draw
from layers.units.facts import UnitFacts, fingerprint, read_facts
from layers.units.rules import AREA, MAY_LOAD_LIMITS, MAY_SET_SECURITY, Security
from layers.viewer import Viewer


@dataclass(frozen=True)
class District:
    """A named group of settlements; limits are drawn from theirs when it brings none of its own."""

    code: str
    name_uk: str
    members: tuple[str, ...]
    name_en: str = ""
    limits: Limits | None = None


def ensure_units(session: Session, area: Area) -> bool:
    """Make the area's units from its facts, approximate where limits are not loaded; return whether anything changed.

    An unchanged profile with unchanged facts costs one short query.
    """
    if store.facts_mark(session) == fingerprint(area):
        return False
    _redraw(session, area, {})
    return True


def replace_limits(session: Session, viewer: Viewer, area: Area, limits: Mapping[str, Limits]) -> None:
    """Put real limits in place of what was there, by code, and draw anew what stays approximate."""
    if viewer.role not in MAY_LOAD_LIMITS:
        raise NotAllowed(N_("Only a coordinator or an administrator may load boundaries."))
    _redraw(session, area, limits)
    history.record(
        session, audience="public", subject="units", subject_id=area.id, event="limits_loaded", codes={"n": len(limits)}
    )


def define_districts(
    session: Session, viewer: Viewer, area: Area, system_id: str, districts: Sequence[District]
) -> None:
    """Put these districts in place of all the system had; their settlements must exist, each in one district only."""
    if viewer.role not in MAY_LOAD_LIMITS:
        raise NotAllowed(N_("Only a coordinator or an administrator may load boundaries."))
    known = {unit["code"]: unit for unit in store.all_units(session)}
    system = area.system(system_id)
    if system is None or not system.member_system:
        raise BadInput(N_("This area has no units of the kind “{system}” that consist of others."), system=system_id)
    settlements = {code for code, unit in known.items() if unit["system"] == system.member_system}
    _check_members(districts, settlements, known)
    made = [_facts_of(district, system_id, system.kind, known) for district in districts]
    limits = {district.code: district.limits for district in districts if district.limits}
    store.remove_system(session, system_id)
    _redraw(session, area, limits, named=made)
    history.record(
        session, audience="public", subject="units", subject_id=system_id, event="districts_set", codes={"n": len(made)}
    )


def set_security(
    session: Session, viewer: Viewer, code: str, status: Security, *, reason: str, version: int | None = None
) -> int:
    """Say what hostilities there are on a unit's territory and why; return the unit's new version.

    With active hostilities the public sees nothing more of the territory at the next look. `version` is what the
    person saw (If-Match); another one there raises Conflict.
    """
    if viewer.role not in MAY_SET_SECURITY:
        raise NotAllowed(N_("Only a coordinator, the head of prevention or an administrator may set the status."))
    if not reason.strip():
        raise BadInput(N_("Write why the status changes: it is kept in the history."))
    before = store.one_unit(session, code)
    if before is None or before["system"] == AREA:
        raise NotFound(N_("There is no unit with the code {code}."), code=code)
    after = store.set_security(session, code, status, version)
    if after is None:
        raise Conflict(N_("Somebody changed this unit meanwhile; look at it again."))
    codes = {"from": before["security"], "to": status.value}
    history.record(
        session, audience="public", subject="unit", subject_id=code, event="security_set", codes=codes, words=reason
    )
    return after


def _check_members(
    districts: Sequence[District], settlements: set[str], known: Mapping[str, Mapping[str, Any]]
) -> None:
    owners: dict[str, str] = {}
    codes = [district.code for district in districts]
    for code in codes:
        if codes.count(code) > 1:
            raise BadInput(N_("Two districts have the code {code}."), code=code)
    for district in districts:
        for member in district.members:
            if member not in settlements:
                raise BadInput(
                    N_("District {district}: there is no settlement with the code {code}."),
                    district=district.code,
                    code=member,
                )
            if owners.setdefault(member, district.code) != district.code:
                raise BadInput(
                    N_("{name} ({code}) is in two districts: {one} and {other}."),
                    name=known[member]["name_uk"],
                    code=member,
                    one=owners[member],
                    other=district.code,
                )


def _facts_of(district: District, system: str, kind: str, known: Mapping[str, Mapping[str, Any]]) -> UnitFacts:
    parents = {known[member]["parent_code"] for member in district.members}
    return UnitFacts(
        system=system,
        code=district.code,
        name_uk=district.name_uk,
        name_en=district.name_en or transliterate(district.name_uk),
        kind=kind,
        parent_code=parents.pop() if len(parents) == 1 else None,
        members=district.members,
    )


def _redraw(session: Session, area: Area, limits: Mapping[str, Limits], *, named: Sequence[UnitFacts] = ()) -> None:
    """Bring the table to the facts, the real limits known before and now, and approximate ones for the rest."""
    before = store.all_units(session)
    units = [*read_facts(area), *_named_before(area, before), *named]
    known = {unit.code for unit in units}
    real = {
        unit["code"]: Limits(polygons_of(unit["geom"]), unit["source"], unit["licence"])
        for unit in before
        if unit["code"] in known and unit["geom"] and not unit["approximate"]
    } | dict(limits)

    rows = draw(area, units, real)

    store.remove_others(session, [row["code"] for row in rows])
    store.save(session, rows)


def _named_before(area: Area, rows: Iterable[Mapping[str, Any]]) -> list[UnitFacts]:
    """Return the units that no fact names but a person loaded: those of systems that consist of others."""
    loaded = {s.id for s in area.unit_systems if s.member_system and not s.facts and not s.rows}
    named = ("system", "code", "name_uk", "name_en", "kind", "parent_code", "attributes")
    return [
        UnitFacts(**{name: row[name] for name in named}, members=tuple(row["members"]))
        for row in rows
        if row["system"] in loaded
    ]
