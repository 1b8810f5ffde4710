"""Limits of units from anywhere -> the units of the area: by code, and by name only where the code is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from ingestion.boundary_files import ENDINGS, Feature, Remark, read_file
from ingestion.districts import open_systems, read_districts, system_of
from layers.area import Area
from layers.database.engine import Database
from layers.errors import BadInput
from layers.incidents.actions import find_units_again
from layers.text import N_, fold
from layers.units.actions import District, define_districts, ensure_units, replace_limits
from layers.units.checks import Check, check_units
from layers.units.drawing import Limits
from layers.units.facts import UnitFacts, read_facts
from layers.units.store import all_units
from layers.viewer import Viewer, robot

OnError = Literal["skip", "stop"]


@dataclass
class Joined:
    """What became of every feature: read = joined + rejected."""

    read: int = 0
    limits: dict[str, Limits] = field(default_factory=dict)
    by_system: Counter[str] = field(default_factory=Counter)
    by_name: list[Remark] = field(default_factory=list)
    repaired: list[Remark] = field(default_factory=list)
    rejected: list[Remark] = field(default_factory=list)


def read_boundaries(files: Sequence[Path], area: Area, path: Path, *, on_error: OnError = "skip") -> Joined:
    """Read the files found at `path` and join their features with the area's units.

    Raises BadInput when nothing can be read or joined, or at the first bad feature when `on_error` is "stop".
    """
    if not files:
        raise _nothing_at(path)
    joined = join((each for file in files for each in read_file(file)), area, on_error=on_error)
    if not joined.limits:
        raise BadInput(
            N_("None of the {n} features in {path} is a unit of this area. {reason}"),
            n=joined.read,
            path=path,
            reason=BadInput(joined.rejected[0].message, **joined.rejected[0].values),
        )
    return joined


def join(features: Iterable[Feature | Remark], area: Area, *, on_error: OnError = "skip") -> Joined:
    """Join features with units: by code first, so that a later name can't take a place that a code will claim."""
    joined = Joined()
    index = _Index(area)
    nameless: list[Feature] = []
    for each in features:
        joined.read += 1
        if isinstance(each, Remark):
            _reject(joined, each, on_error)
        elif (code := index.by_code(each)) is not None:
            _take(joined, each, code, index, on_error)
        elif stated := index.stated_codes(each):
            _reject(joined, _remark(each, N_("No unit of this area has the code {code}."), code=stated), on_error)
        else:
            nameless.append(each)
    for each in nameless:
        found = index.by_name(each)
        if isinstance(found, Remark):
            _reject(joined, found, on_error)
        elif _take(joined, each, found, index, on_error):
            said = N_("It has no code; by its name it is {code}, {name}.")
            joined.by_name.append(_remark(each, said, code=found, name=index.units[found].name_uk))
    return joined


def load_boundaries(
    database: Database,
    viewer: Viewer,
    area: Area,
    joined: Joined,
    districts: Mapping[str, Sequence[District]] | None = None,
    *,
    dry_run: bool = False,
) -> list[Check]:
    """Put limits and districts (by system) in place of those before, in one transaction, and return how they add up.

    A dry run does all of it and leaves nothing behind.
    """
    with database.begin(viewer) as session:
        if joined.limits:
            replace_limits(session, viewer, area, joined.limits)
        else:
            ensure_units(session, area)
        for system, named in (districts or {}).items():
            define_districts(session, viewer, area, system, named)
        find_units_again(session, area)
        checks = check_units(area, read_facts(area), all_units(session))
        if dry_run:
            session.rollback()
    return checks


# Changed in any of these, a data folder's boundaries are loaded again.
FILES = ENDINGS | {".csv", ".dbf", ".prj"}


def load_folder(
    database: Database, area: Area, path: Path, _report: Callable[[int, int | None], None]
) -> dict[str, Any]:
    """Load a data folder's boundaries as the system itself, and return a small report for the record."""
    joined, districts = read_path(path, area)
    checks = load_boundaries(database, robot("folder"), area, joined, districts)
    return {
        "read": joined.read,
        "joined": dict(joined.by_system),
        "by_name": [sentence(remark) for remark in joined.by_name],
        "repaired": [sentence(remark) for remark in joined.repaired],
        "rejected": [sentence(remark) for remark in joined.rejected],
        "districts": {system: len(named) for system, named in districts.items()},
        "failed_checks": sum(not check.ok for check in checks),
    }


def read_path(
    path: Path, area: Area, *, on_error: OnError = "skip", system_id: str = ""
) -> tuple[Joined, dict[str, list[District]]]:
    """Read the limits and the districts of a file or folder.

    A file called by the id of a system that no fact names (starosta_districts.csv), or any file given with that
    `system_id`, brings districts.
    """
    if not path.exists():
        raise _nothing_at(path)
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    stated = next((s for s in open_systems(area) if s.id == system_id), None)
    if system_id and stated is None:
        raise BadInput(N_("This area has no units of the kind “{system}” that consist of others."), system=system_id)
    districts: dict[str, list[District]] = {}
    for file in files:
        system = stated or system_of(file, area)
        if system and file.suffix.lower() in {*ENDINGS, ".csv"}:
            districts.setdefault(system.id, []).extend(read_districts(file, area, system))
    own = [file for file in files if file.suffix.lower() in ENDINGS and not (stated or system_of(file, area))]
    joined = read_boundaries(own, area, path, on_error=on_error) if own or not districts else Joined()
    return joined, districts


def sentence(remark: Remark) -> str:
    """Return a remark in English, for an error and for --json."""
    return f"{remark.file}, {remark.number}: {remark.message.format(**remark.values)}"


def _nothing_at(path: Path) -> BadInput:
    formats = ", ".join(sorted(ENDINGS))
    if path.is_dir():
        return BadInput(N_("{folder} holds no boundaries: no file ends in {formats}."), folder=path, formats=formats)
    if path.is_file():
        return BadInput(N_("{file} is none of the formats read: {formats}."), file=path, formats=formats)
    return BadInput(N_("There is no file or folder {path}."), path=path)


def _remark(feature: Feature, message: str, **values: object) -> Remark:
    return Remark(feature.file, feature.number, message, values)


def _reject(joined: Joined, remark: Remark, on_error: OnError) -> None:
    if on_error == "stop":
        raise BadInput(
            N_("{file}, feature {number}: {reason} Nothing was loaded."),
            file=remark.file,
            number=remark.number,
            reason=BadInput(remark.message, **remark.values),
        )
    joined.rejected.append(remark)


def _take(joined: Joined, feature: Feature, code: str, index: _Index, on_error: OnError) -> bool:
    if code in joined.limits:
        said = N_("{code}, {name} has come already, in an earlier feature.")
        _reject(joined, _remark(feature, said, code=code, name=index.units[code].name_uk), on_error)
        return False
    if not index.near(feature):
        _reject(joined, _remark(feature, N_("It lies outside the area: does the file state the right CRS?")), on_error)
        return False
    if feature.repaired:
        joined.repaired.append(_remark(feature, N_("Its geometry was repaired: {reason}"), reason=feature.repaired))
    system = index.area.system(index.units[code].system)
    assert system is not None
    # An attribution often names the licence too: once is enough.
    source = feature.source.replace(system.licence, "").rstrip(" ,;") if system.licence else feature.source
    joined.limits[code] = Limits(feature.shape, source or system.source, system.licence)
    joined.by_system[system.id] += 1
    return True


class _Index:
    """The area's units, to be found by what a boundary file says of them."""

    def __init__(self, area: Area) -> None:
        self.area = area
        self.units = {unit.code: unit for unit in read_facts(area)}
        self.names: dict[str, list[UnitFacts]] = {}
        for unit in self.units.values():
            for name in {fold(unit.name_uk), *map(fold, unit.other_names)}:
                self.names.setdefault(name, []).append(unit)

    def by_code(self, feature: Feature) -> str | None:
        """Return the code of the unit whose system reads this attribute, if one of them names a unit."""
        for system in self.area.unit_systems:
            for value in _values(feature.properties, system.code_in):
                if value in self.units and self.units[value].system == system.id:
                    return value
        return None

    def stated_codes(self, feature: Feature) -> str:
        wanted = [name for system in self.area.unit_systems for name in system.code_in]
        return ", ".join(dict.fromkeys(_values(feature.properties, wanted)))

    def by_name(self, feature: Feature) -> str | Remark:
        """Return the code of the only unit with this name, or a remark that there is none, or more than one."""
        wanted = [name for system in self.area.unit_systems for name in system.name_in]
        said = list(dict.fromkeys(_values(feature.properties, wanted)))
        found = {unit.code: unit for name in said for unit in self.names.get(fold(name), [])}
        if len(found) == 1:
            return next(iter(found))
        name = " / ".join(said)
        if not found:
            return _remark(feature, N_("It has no code, and no unit of this area is called “{name}”."), name=name)
        codes = ", ".join(found)
        return _remark(feature, N_("It has no code, and “{name}” may be any of {codes}."), name=name, codes=codes)

    def near(self, feature: Feature) -> bool:
        west, south, east, north = self.area.box
        w, s, e, n = feature.shape.bounds
        return bool(w <= east and e >= west and s <= north and n >= south)


def _values(properties: Mapping[str, Any], wanted: Iterable[str]) -> Iterator[str]:
    """Yield what stands under these names; case is ignored, as Shapefile writes it anyhow."""
    lower = {name.lower(): value for name, value in properties.items()}
    for name in wanted:
        value = lower.get(name.lower())
        if isinstance(value, float):
            value = None if value != value else f"{value:.0f}"  # NaN: GDAL's missing number
        if value not in (None, ""):
            yield str(value).strip()
