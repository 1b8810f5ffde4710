"""The area profile: which place this database is about. Nothing in the code knows a place's name."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from layers.errors import BadInput
from layers.layer import Title
from layers.text import N_

Box = tuple[float, float, float, float]  # west, south, east, north in EPSG:4326
LANGUAGES = ("uk", "en")


@dataclass(frozen=True)
class UnitSystem:
    """One way to divide the area; its id is also its layer's id. A system that a profile lacks is no layer there."""

    id: str  # hromadas, settlements, units_2017, starosta_districts ...
    title: Title
    facts: Path | None = None  # a CSV of names, codes, centre points, figures
    columns: Mapping[str, str] = field(default_factory=dict)  # our word -> the heading in `facts`
    rows: tuple[Mapping[str, Any], ...] = ()  # units written in the profile itself
    kind: str = ""  # of every unit that does not state its own
    code_in: tuple[str, ...] = ("code",)  # attributes of boundary files and tags of OSM that hold the code
    name_in: tuple[str, ...] = ("name_uk", "name:uk", "name", "name_osm")
    other_names: tuple[str, ...] = ()  # headings in `facts` with further names
    parent: str = ""  # the system of the units that these lie in
    parent_code: str = ""  # when all of them lie in one
    fills_parent: bool = False  # these units together are equal to their parent
    member_system: str = ""  # the system of the units that make these up
    member_column: str = ""  # which of its attributes begins with a unit's `members`
    parts: Mapping[str, str] = field(default_factory=dict)  # a CSV of named parts, kept as attributes
    source: str = ""  # of its limits
    licence: str = ""
    points_source: str = ""  # of its points, from which approximate limits are made
    points_licence: str = ""
    valid: tuple[date | None, date | None] = (None, None)


@dataclass(frozen=True)
class Area:
    """A place: its names, outline, unit systems, clock and languages."""

    id: str
    title: Title
    box: Box
    unit_systems: tuple[UnitSystem, ...]
    timezone: ZoneInfo
    languages: tuple[str, ...]
    profile: Path
    outline: Path | None = None  # a GeoJSON file, when the outline is neither the box nor the union of the units
    demo_closed: tuple[str, ...] = ()  # units that a demonstration shows as territory of active hostilities

    @property
    def metric_srid(self) -> int:
        """Return the EPSG code of the UTM zone of the box's centre: metres, good to 0.1 % within a raion."""
        west, south, east, north = self.box
        zone = int(((west + east) / 2 + 180) // 6) + 1
        return (32600 if (south + north) / 2 >= 0 else 32700) + zone

    def system(self, system_id: str) -> UnitSystem | None:
        return next((s for s in self.unit_systems if s.id == system_id), None)


def label(area_id: str, *, demo: bool) -> str:
    """Return what a database or a home is about, for a message: two of one area differ by being a demonstration."""
    return f"{area_id} (demo)" if demo else area_id


class _Table:
    """A TOML table that is read key by key, so that a missing, wrong or unknown key is named with its place."""

    def __init__(self, path: Path, place: str, content: object) -> None:
        self.path, self.place = path, place
        if not isinstance(content, dict):
            raise self.wrong("", N_("{path}, “{key}”: a table is needed here."))
        self.content = content
        self.known: set[str] = set()

    def wrong(self, key: str, message: str, **values: object) -> BadInput:
        place = ".".join(part for part in (self.place, key) if part)
        return BadInput(message, path=self.path, key=place, **values)

    def take(self, key: str, kind: type, default: Any = None, *, required: bool = False) -> Any:
        self.known.add(key)
        value = self.content.get(key, default)
        if (value is None and required) or (value is not None and not isinstance(value, kind)):
            raise self.wrong(key, _KINDS[kind])
        return value

    def words(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        value = self.take(key, list, list(default))
        if not all(isinstance(word, str) for word in value):
            raise self.wrong(key, N_("{path}, “{key}”: a list of words in quotes is needed here."))
        return tuple(value)

    def table(self, key: str, *, required: bool = False) -> _Table:
        return _Table(self.path, f"{self.place}.{key}".strip("."), self.take(key, dict, {}, required=required))

    def title(self, key: str) -> Title:
        inner = self.table(key, required=True)
        title = Title(uk=inner.take("uk", str, required=True), en=inner.take("en", str, required=True))
        inner.close()
        return title

    def file(self, key: str) -> Path | None:
        name: str | None = self.take(key, str)
        if name is None:
            return None
        if not (self.path.parent / name).is_file():
            raise self.wrong(key, N_("{path}, “{key}”: there is no such file; its name is relative to the profile."))
        return self.path.parent / name

    def close(self) -> None:
        for key in self.content:
            if key not in self.known:
                known = ", ".join(sorted(self.known))
                raise self.wrong(key, N_("{path}, “{key}”: there is no such key; known are {known}."), known=known)


_KINDS: dict[type, str] = {
    str: N_("{path}, “{key}”: a word in quotes is needed here."),
    list: N_("{path}, “{key}”: a list in [brackets] is needed here."),
    dict: N_("{path}, “{key}”: a table of keys and values is needed here."),
    bool: N_("{path}, “{key}”: true or false is needed here."),
    date: N_("{path}, “{key}”: a date without quotes is needed here, such as 2020-07-19."),
}


def load_profile(path: Path) -> Area:
    """Read an area profile (TOML); paths in it are relative to the profile's own folder.

    Raises BadInput with the key that is missing, wrong or unknown.
    """
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except (FileNotFoundError, IsADirectoryError) as error:
        raise BadInput(
            N_("There is no area profile {path}. Give the name of a TOML file; data/area.toml is an example."),
            path=path,
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(N_("The area profile {path} can't be read: {reason}"), path=path, reason=error) from error
    return _area(_Table(path, "", content))


def _area(profile: _Table) -> Area:
    outline = profile.table("outline", required=True)
    demo = profile.table("demo")
    box, file = _outline(outline)
    area = Area(
        id=profile.take("id", str, required=True),
        title=profile.title("name"),
        box=box,
        unit_systems=tuple(
            _system(_Table(profile.path, f"units[{number}]", row))
            for number, row in enumerate(profile.take("units", list, []), start=1)
        ),
        timezone=_timezone(profile),
        languages=profile.words("languages", LANGUAGES),
        profile=profile.path,
        outline=file,
        demo_closed=demo.words("active_hostilities"),
    )
    demo.close()
    profile.close()
    _check_references(profile, area)
    return area


def _timezone(profile: _Table) -> ZoneInfo:
    name = profile.take("timezone", str, required=True)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise profile.wrong(
            "timezone", N_("{path}, “{key}”: the name of a time zone is needed here, such as Europe/Kyiv.")
        ) from error


def _outline(outline: _Table) -> tuple[Box, Path | None]:
    file = outline.file("file")
    box = outline.take("bbox", list, required=file is None)
    outline.close()
    numbers = _box_of(outline, file) if box is None and file else box
    if len(numbers) != 4 or not all(isinstance(n, int | float) for n in numbers):
        raise outline.wrong(
            "bbox", N_("{path}, “{key}”: four numbers in degrees are needed here: [west, south, east, north].")
        )
    west, south, east, north = map(float, numbers)
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise outline.wrong(
            "bbox", N_("{path}, “{key}”: four numbers in degrees are needed here: [west, south, east, north].")
        )
    return (west, south, east, north), file


def _box_of(outline: _Table, file: Path) -> list[float]:
    def corners(value: Any) -> Iterator[list[float]]:
        if isinstance(value, dict):
            inner = [value[key] for key in ("features", "geometry", "geometries", "coordinates") if key in value]
        elif isinstance(value, list) and value and isinstance(value[0], int | float):
            yield value
            return
        else:
            inner = value if isinstance(value, list) else []
        for item in inner:
            yield from corners(item)

    try:
        found = list(corners(json.loads(file.read_text("utf-8"))))
    except ValueError as error:
        raise outline.wrong("file", N_("{path}, “{key}”: a GeoJSON file in degrees is needed here.")) from error
    if not found:
        raise outline.wrong("file", N_("{path}, “{key}”: a GeoJSON file in degrees is needed here."))
    xs, ys = [c[0] for c in found], [c[1] for c in found]
    return [min(xs), min(ys), max(xs), max(ys)]


def _system(row: _Table) -> UnitSystem:
    system_id = row.take("id", str, required=True)
    row.place = f"units.{system_id}"
    parent, members, valid = row.table("parent"), row.table("members"), row.table("valid")
    points = row.table("points")
    system = UnitSystem(
        id=system_id,
        title=row.title("title"),
        facts=row.file("facts"),
        columns=_text_values(row.table("columns")),
        rows=tuple(_Table(row.path, f"{row.place}.units", unit).content for unit in row.take("units", list, [])),
        kind=row.take("kind", str, ""),
        code_in=row.words("code_in", ("code",)),
        name_in=row.words("name_in", UnitSystem.name_in),
        other_names=row.words("other_names"),
        parent=parent.take("system", str, ""),
        parent_code=parent.take("code", str, ""),
        fills_parent=parent.take("filled", bool, default=False),
        member_system=members.take("system", str, ""),
        member_column=members.take("column", str, ""),
        parts=_text_values(row.table("parts")),
        source=row.take("source", str, ""),
        licence=row.take("licence", str, ""),
        points_source=points.take("source", str, ""),
        points_licence=points.take("licence", str, ""),
        valid=(valid.take("from", date), valid.take("until", date)),
    )
    for table in (row, parent, members, valid, points):
        table.close()
    return system


def _text_values(table: _Table) -> dict[str, str]:
    return {key: table.take(key, str, required=True) for key in table.content}


def _check_references(profile: _Table, area: Area) -> None:
    ids = [system.id for system in area.unit_systems]
    if len(ids) != len(set(ids)):
        raise profile.wrong("units", N_("{path}, “{key}”: two systems of units have one id; each needs its own."))
    if "area" in ids:
        raise profile.wrong(
            "units", N_("{path}, “{key}”: a system of units can't be called “area”, which is the outline itself.")
        )
    for system in area.unit_systems:
        for key, wanted in (("parent.system", system.parent), ("members.system", system.member_system)):
            if wanted and wanted not in ids:
                raise profile.wrong(
                    f"units.{system.id}.{key}",
                    N_("{path}, “{key}”: the id of another system of units of this profile is needed here."),
                )
