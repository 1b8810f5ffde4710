"""Units as an account's territory: their names, and the choice of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from layers.area import Area
from layers.database.engine import Session
from layers.units.names import unit_names
from maps.language import Language, sort_key

# Too many to choose from; who looks after one village is given its starosta district or hromada.
TOO_SMALL = frozenset({"settlements"})


@dataclass(frozen=True)
class Choice:
    """One system of units and what can be chosen of it."""

    title: str
    units: list[tuple[str, str]]  # code and name


def named(session: Session, codes: Iterable[str], language: Language) -> list[str]:
    """Return the names of units, in the order of the alphabet; a code that is no unit any more stands for itself."""
    known = {name.code: name[language.code] for name in unit_names(session)}
    return language.sorted(known.get(code, code) for code in codes)


def choices(session: Session, area: Area, language: Language) -> list[Choice]:
    """Return what an account can be limited to, system by system."""
    found: dict[str, list[tuple[str, str]]] = {}
    for name in unit_names(session):
        found.setdefault(name.system, []).append((name.code, name[language.code]))
    return [
        Choice(system.title[language.code], sorted(found[system.id], key=lambda unit: sort_key(unit[1])))
        for system in area.unit_systems
        if system.id in found and system.id not in TOO_SMALL
    ]
