"""The area profile: which place this database is about. Nothing in the code knows a place's name."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from layers.errors import BadInput
from layers.layer import Title
from layers.text import N_

Box = tuple[float, float, float, float]  # west, south, east, north in EPSG:4326


@dataclass(frozen=True)
class UnitSystem:
    """One way to divide the area; its id is also its layer's id. A system that a profile lacks is no layer there."""

    id: str  # hromadas, settlements, units_2017, starosta_districts ...
    title: Title
    facts: Path | None = None  # a CSV of names, codes, centre points, figures
    options: Mapping[str, Any] | None = None  # what else the profile says, read by ingestion


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


def load_profile(path: Path) -> Area:
    """Read an area profile (TOML); paths in it are relative to the profile's own folder.

    Raises BadInput with the key that is missing or wrong.
    """
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise BadInput(N_("There is no area profile {path}."), path=path) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(N_("The area profile {path} can't be read: {reason}"), path=path, reason=error) from error
    try:
        return _area(content, path)
    except (KeyError, TypeError, ValueError, ZoneInfoNotFoundError) as error:
        raise BadInput(
            N_("The area profile {path} lacks or misstates {key}; see data/area.toml for an example."),
            path=path,
            key=error,
        ) from error


def _area(content: dict[str, Any], path: Path) -> Area:
    west, south, east, north = (float(n) for n in content["outline"]["bbox"])
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise ValueError("outline.bbox = [west, south, east, north]")
    return Area(
        id=str(content["id"]),
        title=Title(**content["name"]),
        box=(west, south, east, north),
        unit_systems=tuple(_system(row, path.parent) for row in content.get("units", [])),
        timezone=ZoneInfo(content["timezone"]),
        languages=tuple(content.get("languages", ("uk", "en"))),
        profile=path,
    )


def _system(row: dict[str, Any], folder: Path) -> UnitSystem:
    facts = folder / row["facts"] if "facts" in row else None
    known = {"id", "title", "facts"}
    return UnitSystem(
        id=str(row["id"]),
        title=Title(**row["title"]),
        facts=facts,
        options={key: value for key, value in row.items() if key not in known},
    )
