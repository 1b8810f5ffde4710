"""Named groups of settlements (starosta districts) from a CSV of codes, or drawn as polygons."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import shapely

from ingestion.boundary_files import ENDINGS, Feature, read_file
from layers.area import Area, UnitSystem
from layers.errors import BadInput
from layers.text import N_
from layers.units.actions import District
from layers.units.drawing import Limits
from layers.units.facts import UnitFacts, read_facts

HEADINGS = {
    "code": ("code", "код"),
    "name": ("name", "name_uk", "назва"),
    "members": ("settlements", "населені пункти"),
}


def open_systems(area: Area) -> list[UnitSystem]:
    """Return the systems whose units no fact names: whoever knows them loads them."""
    return [s for s in area.unit_systems if s.member_system and not s.facts and not s.rows]


def system_of(file: Path, area: Area) -> UnitSystem | None:
    """Return the system whose districts a file brings: it is called by the system's id."""
    return next((s for s in open_systems(area) if file.stem.lower() == s.id), None)


def read_districts(file: Path, area: Area, system: UnitSystem) -> list[District]:
    """Read districts from a CSV (code, name, settlements) or from polygons with the same attributes.

    A polygon without a list of settlements has those whose point lies in it. Raises BadInput at the first bad one.
    """
    if file.suffix.lower() == ".csv":
        return _from_csv(file)
    if file.suffix.lower() in ENDINGS:
        return _from_polygons(file, system, [u for u in read_facts(area) if u.system == system.member_system])
    raise BadInput(
        N_("{file}: districts are read from a CSV (code, name, settlements) or from polygons ({formats})."),
        file=file,
        formats=", ".join(sorted(ENDINGS)),
    )


def _from_csv(file: Path) -> list[District]:
    try:
        content = file.read_text("utf-8-sig")
    except FileNotFoundError as error:
        raise BadInput(N_("There is no file or folder {path}."), path=file) from error
    except UnicodeDecodeError as error:
        raise BadInput(N_("{file} is not UTF-8 text: {reason}"), file=file, reason=error) from error
    delimiter = ";" if content.partition("\n")[0].count(";") > content.partition("\n")[0].count(",") else ","
    rows = csv.DictReader(content.splitlines(), delimiter=delimiter)
    return [_district(row, f"{file.name}, {number}") for number, row in enumerate(rows, start=2)]


def _from_polygons(file: Path, system: UnitSystem, settlements: list[UnitFacts]) -> list[District]:
    found: list[District] = []
    for each in read_file(file):
        if not isinstance(each, Feature):
            reason = BadInput(each.message, **each.values)
            raise BadInput(
                N_("{file}, feature {number}: {reason} Nothing was loaded."),
                file=each.file, number=each.number, reason=reason,
            )  # fmt: skip
        limits = Limits(each.shape, each.source or system.source, system.licence)
        inside = [s.code for s in settlements if s.lon is not None and shapely.intersects_xy(each.shape, s.lon, s.lat)]
        texts = {name: "" if value is None else str(value) for name, value in each.properties.items()}
        found.append(_district(texts, f"{each.file}, {each.number}", limits, inside))
    return found


def _district(
    row: dict[str, str], place: str, limits: Limits | None = None, inside: list[str] | None = None
) -> District:
    lower = {str(heading).strip().lower(): (value or "").strip() for heading, value in row.items() if heading}
    value = {word: next((lower[h] for h in headings if lower.get(h)), "") for word, headings in HEADINGS.items()}
    members = tuple(re.split(r"[\s,;]+", value["members"])) if value["members"] else tuple(inside or ())
    if not (value["code"] and value["name"] and members):
        raise BadInput(
            N_("{place}: a district needs a code, a name and a settlement or more (columns code, name, settlements)."),
            place=place,
        )
    return District(value["code"], value["name"], members, name_en=lower.get("name_en", ""), limits=limits)
