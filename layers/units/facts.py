"""What is known of an area's units before any limits are drawn: names, codes, centres and figures, from its facts."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from layers.area import Area, UnitSystem
from layers.errors import BadInput
from layers.text import N_, transliterate

NAMES = ("code", "name_uk", "name_en", "kind", "parent_code", "members", "osm")
FIGURES = ("lat", "lon", "area_km2", "population_2022")


@dataclass(frozen=True)
class UnitFacts:
    """One unit as the profile knows it: `lon` and `lat` in EPSG:4326, `members` the codes of what it consists of."""

    system: str
    code: str
    name_uk: str
    name_en: str
    kind: str = ""
    parent_code: str | None = None
    members: tuple[str, ...] = ()
    lon: float | None = None
    lat: float | None = None
    area_km2: float | None = None
    population_2022: int | None = None
    other_names: tuple[str, ...] = ()
    osm: str = ""  # e.g. relation/12074474
    attributes: Mapping[str, Any] = field(default_factory=dict)


def read_facts(area: Area) -> list[UnitFacts]:
    """Return the units of every system of the profile, in its order.

    Raises BadInput naming the file, row and column of what can't be used, or the code that stands twice.
    """
    units = [unit for system in area.unit_systems for unit in _system(area, system)]
    seen = {area.id: area.title.uk}
    for unit in units:
        if unit.code in seen:
            raise BadInput(
                N_("The code {code} stands for “{one}” and for “{other}”; every unit of an area needs its own."),
                code=unit.code,
                one=seen[unit.code],
                other=unit.name_uk,
            )
        seen[unit.code] = unit.name_uk
    return [_with_members(unit, area, units) for unit in units]


def fingerprint(area: Area) -> str:
    """Return a hash of the profile and of every facts file it names, to see whether anything changed."""
    files = [area.profile, area.outline, *(system.facts for system in area.unit_systems)]
    files += [_parts_file(area, system) for system in area.unit_systems]
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes() if file else b"-")
    return digest.hexdigest()


def _system(area: Area, system: UnitSystem) -> Iterator[UnitFacts]:
    for number, row in enumerate(system.rows, start=1):
        yield _unit(system, row, f"{area.profile.name}, units.{system.id}", number)
    if system.facts:
        for number, row in _rows(system.facts):
            yield _unit(system, row, str(system.facts), number)


def _rows(file: Path) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            yield from ((number, dict(row)) for number, row in enumerate(csv.DictReader(lines), start=2))
    except UnicodeDecodeError as error:
        raise BadInput(N_("{file} is not UTF-8 text: {reason}"), file=file, reason=error) from error


def _unit(system: UnitSystem, row: Mapping[str, Any], place: str, number: int) -> UnitFacts:
    taken = {word: system.columns.get(word, word) for word in NAMES + FIGURES}

    def value(word: str) -> Any:
        return row.get(taken[word]) or None

    def figure(word: str) -> float | None:
        try:
            return None if value(word) is None else float(value(word))
        except ValueError as error:
            raise BadInput(
                N_("{file}, row {row}, column “{column}”: “{value}” is not a number."),
                file=place,
                row=number,
                column=taken[word],
                value=value(word),
            ) from error

    code, name_uk = value("code"), value("name_uk")
    if not code or not name_uk:
        raise BadInput(
            N_("{file}, row {row}: every unit needs a code and a name; the columns “{code}” and “{name}” hold them."),
            file=place,
            row=number,
            code=taken["code"],
            name=taken["name_uk"],
        )
    population = figure("population_2022")
    used = {*taken.values(), *system.other_names}
    return UnitFacts(
        system=system.id,
        code=str(code),
        name_uk=str(name_uk),
        name_en=str(value("name_en") or transliterate(str(name_uk))),
        kind=str(value("kind") or system.kind),
        parent_code=value("parent_code") or system.parent_code or None,
        members=tuple(str(value("members") or "").split()),
        lon=figure("lon"),
        lat=figure("lat"),
        area_km2=figure("area_km2"),
        population_2022=None if population is None else int(population),
        other_names=tuple(str(row[name]) for name in system.other_names if row.get(name)),
        osm=str(value("osm") or ""),
        attributes={key: text for key, text in row.items() if key not in used and text not in (None, "")},
    )


def _with_members(unit: UnitFacts, area: Area, units: list[UnitFacts]) -> UnitFacts:
    """Turn the beginnings of codes that a profile states into the members' own codes, and add the named parts."""
    system = area.system(unit.system)
    assert system is not None
    attributes = dict(unit.attributes)
    file = _parts_file(area, system)
    if file:
        words = {word: heading for word, heading in system.parts.items() if word not in ("facts", "of")}
        group = attributes.pop("parts", None)
        own = [row for _, row in _rows(file) if row.get(system.parts["of"]) == group]
        attributes["parts"] = [{word: row[heading] for word, heading in words.items()} for row in own]
    members = unit.members
    if system.member_column and members:
        members = tuple(
            other.code
            for other in units
            if other.system == system.member_system
            and str(other.attributes.get(system.member_column, "")).startswith(members)
        )
    return replace(unit, members=members, attributes=attributes)


def _parts_file(area: Area, system: UnitSystem) -> Path | None:
    return area.profile.parent / system.parts["facts"] if system.parts else None
