"""A community's own places (shelters, schools, stops ...) from a table or a map file -> the layer `places`.

CSV and XLSX with Ukrainian or English headings, GeoJSON, GeoPackage and Shapefile in any CRS. A newer file of the same
source replaces the older; places of OpenStreetMap and of other sources stay.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError
from shapely import Geometry, Point

from ingestion.boundary_files import ENDINGS as SHAPES
from ingestion.boundary_files import in_degrees
from ingestion.cells import numbers, pairs
from ingestion.columns import guess, plain
from ingestion.place_words import FIELDS, HEADINGS, kind_of, known_headings, no_kind, no_such_kind
from ingestion.rejects import Fault, Rejects, Say, stop_at
from ingestion.sheets import Row, Sheet, open_sheet
from layers.area import Area
from layers.database.engine import Database, Session
from layers.errors import BadInput
from layers.places import store
from layers.places.actions import replace_places
from layers.places.facts import Place
from layers.places.gazetteer import resolve
from layers.text import N_, transliterate
from layers.units.actions import ensure_units
from layers.viewer import robot

ENDINGS = (".csv", ".xlsx", *sorted(SHAPES))
GIVEN_LAT, GIVEN_LON = "lat", "lon"  # the columns that a map file's shapes become


@dataclass
class Report:
    """What became of every row: read = placed + no_place + outside + rejected; of those placed some may be withheld."""

    path: Path
    source: str
    read: int = 0
    placed: int = 0
    no_place: int = 0
    outside: int = 0
    rejected: int = 0
    withheld: int = 0
    added: int = 0
    changed: int = 0
    removed: int = 0
    columns: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, int] = field(default_factory=dict)
    rejects: Path | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the figures and names, for programs."""
        return {**vars(self), "path": str(self.path), "rejects": str(self.rejects) if self.rejects else None}


@dataclass(frozen=True)
class Options:
    """How to load; `kind` is that of all rows of a file that has no column for it."""

    spare: Path
    say: Say
    source: str = ""
    licence: str = ""
    kind: str = ""
    stop_on_error: bool = False
    beside: bool = True  # whether the rejects file may lie beside the input


def load_file(database: Database, area: Area, path: Path, options: Options, *, dry_run: bool = False) -> Report:
    """Load a file in a transaction of its own; a dry run does everything and takes it back."""
    with database.begin(robot("load places")) as session:
        ensure_units(session, area)
        report = load_places(session, area, path, options)
        if dry_run:
            session.rollback()
    return report


def load_places(session: Session, area: Area, path: Path, options: Options) -> Report:
    """Put a file's places in place of what its source had, in the caller's transaction.

    Raises BadInput when the file can't be understood at all, or at the first bad row when told to stop there. A file
    of which nothing can be used replaces nothing.
    """
    sheet = _open(path)
    report = Report(path, options.source or path.stem, columns=guess(sheet.headings, known_headings(), FIELDS))
    reader = Reader(session, sheet, report, options)
    outline = store.area_outline(session) or shapely.box(*area.box)
    shapely.prepare(outline)
    folders = (path.parent, options.spare) if options.beside else (options.spare,)
    found: list[Place] = []
    with Rejects(path, sheet.headings, folders, options.say) as rejects:
        for number, row, read in reader.rows():
            report.read += 1
            if isinstance(read, Place) and not outline.covers(read.geom):
                report.outside += 1
                read = Fault("", N_("The place is outside the area."))
            elif isinstance(read, Fault):
                _count(report, read, number, options)
            if isinstance(read, Place):
                found.append(read)
            else:
                rejects.add(number, row, read)
    report.placed, report.rejects = len(found), rejects.path
    report.kinds = dict(Counter(place.kind for place in found).most_common())
    if found:
        change, report.withheld = replace_places(session, report.source, found)
        report.added, report.changed, report.removed = change.added, change.changed, change.removed
    return report


NO_PLACE = N_("It says no place: neither coordinates nor a settlement or street that is known here.")


def _count(report: Report, fault: Fault, number: int, options: Options) -> None:
    if options.stop_on_error:
        raise stop_at(fault, number, options.say)
    if fault.message == NO_PLACE:
        report.no_place += 1
    else:
        report.rejected += 1


class Reader:
    """Understands the rows of one file; asks the gazetteer once for each different address."""

    def __init__(self, session: Session, sheet: Sheet, report: Report, options: Options) -> None:
        self.session = session
        self.sheet = sheet
        self.columns = report.columns
        self.source, self.licence = report.source, options.licence
        self.kind = kind_of(options.kind) if options.kind else ""
        if self.kind is None:
            raise no_kind(options.kind)
        if not self.kind and "kind" not in self.columns:
            raise BadInput(
                N_("{path}: no column with the kind of place was found among {headings}. Give --kind for all rows."),
                path=sheet.path, headings=", ".join(filter(None, sheet.headings)) or "—",
            )  # fmt: skip
        self._spots: dict[tuple[str, str], Point | None] = {}
        self._times: Counter[str] = Counter()

    def rows(self) -> Iterator[tuple[int, Row, Place | Fault]]:
        """Yield each row with its number, and the place that it is or why it is none."""
        position = {name: self.sheet.headings.index(heading) for name, heading in self.columns.items()}
        for chunk in self.sheet.chunks():
            texts = {
                name: np.array([row[at] if at < len(row) else "" for row in chunk.rows], dtype=object)
                for name, at in position.items()
            }
            lat, lon = _degrees(texts, len(chunk.rows))
            for index, (number, row) in enumerate(zip(chunk.numbers, chunk.rows, strict=True)):
                said = {name: str(column[index]).strip() for name, column in texts.items()}
                yield number, row, self._read(said, float(lat[index]), float(lon[index]), row)

    def _read(self, said: Mapping[str, str], lat: float, lon: float, row: Row) -> Place | Fault:
        kind = kind_of(said["kind"]) if "kind" in said and (said["kind"] or not self.kind) else self.kind
        if not kind:
            return no_such_kind(self.columns["kind"], said["kind"])
        place = self._where(said, lat, lon)
        if isinstance(place, Fault):
            return place
        name = said.get("name") or None
        return Place(
            id=self._id(row),
            kind=kind,
            name_uk=name,
            name_en=said.get("name_en") or (transliterate(name) if name else None),
            street=said.get("street") or None,
            house_number=said.get("house_number") or None,
            geom=place,
            source=self.source,
            licence=self.licence,
        )

    def _where(self, said: Mapping[str, str], lat: float, lon: float) -> Point | Fault:
        column = self.columns.get("lat") or self.columns.get("latlon", "")
        written = " ".join(filter(None, (said.get(name, "") for name in ("lat", "lon", "latlon"))))
        if written and (np.isnan(lat) or np.isnan(lon)):
            return Fault(
                column, N_("“{text}” is not a latitude and a longitude; write 49.8352, 36.6866."), {"text": written}
            )
        if abs(lat) > 90 or abs(lon) > 180:
            return Fault(column, N_("The coordinates are wanted in degrees, not in metres: {text}."), {"text": written})
        if written and (lat, lon) != (0, 0):
            return Point(lon, lat)
        return self._spot(said.get("settlement", ""), said.get("street", "")) or Fault("", NO_PLACE)

    def _spot(self, settlement: str, street: str) -> Point | None:
        asked = settlement, street
        if asked not in self._spots:
            self._spots[asked] = _resolved(self.session, settlement, street)
        return self._spots[asked]

    def _id(self, row: Row) -> str:
        """Name a row by its source and content, the second of two equal rows by its turn as well."""
        digest = blake2b("\x1f".join([self.source, *row]).encode(), digest_size=12).hexdigest()
        self._times[digest] += 1
        return f"table/{digest}/{self._times[digest]}"


def _resolved(session: Session, settlement: str, street: str) -> Point | None:
    try:
        return Point(resolve(session, settlement=settlement or None, street=street or None).point)
    except BadInput:
        return None


def _degrees(texts: Mapping[str, Any], count: int) -> tuple[Any, Any]:
    if "lat" in texts and "lon" in texts:
        return numbers(texts["lat"]), numbers(texts["lon"])
    if "latlon" in texts:
        return pairs(texts["latlon"])
    return np.full(count, np.nan), np.full(count, np.nan)


# --- Files ------------------------------------------------------------------------------------------------------------


def _open(path: Path) -> Sheet:
    if path.suffix.lower() in SHAPES:
        return _open_shapes(path)
    sheet = open_sheet(path, lambda headings: len(guess(headings, known_headings(), FIELDS)))
    found = guess(sheet.headings, known_headings(), FIELDS)
    if not ({"latlon", "settlement", "street"} & set(found) or {"lat", "lon"} <= set(found)):
        raise BadInput(
            N_(
                "{path}: no column with a place (latitude and longitude, or a settlement, or a street) was found among "
                "{headings}."
            ),
            path=path, headings=", ".join(filter(None, sheet.headings)) or "—",
        )  # fmt: skip
    return sheet


def _open_shapes(path: Path) -> Sheet:
    """Read a map file as a table: its attributes, and a point on each shape as latitude and longitude."""
    if not path.is_file():
        raise BadInput(N_("There is no file {path}."), path=path)
    try:
        meta, _, binary, columns = pyogrio.raw.read(path)
    except (DataSourceError, DataLayerError) as error:
        raise BadInput(N_("{file} can't be read: {reason}"), file=path, reason=error) from error
    shapes = in_degrees(shapely.from_wkb(binary, on_invalid="ignore"), meta["crs"], path.name)
    coordinates = {plain(heading) for name in ("lat", "lon", "latlon") for heading in HEADINGS[name]}
    fields = [(str(name), column) for name, column in zip(meta["fields"], columns, strict=True)]
    fields = [(name, column) for name, column in fields if plain(name) not in coordinates]
    rows = [[*(_text(column[index]) for _, column in fields), *_point_of(shape)] for index, shape in enumerate(shapes)]
    headings = [*(name for name, _ in fields), GIVEN_LAT, GIVEN_LON]
    return Sheet(path, "shapes", headings, 1, lambda: iter(rows), {}, [])


def _text(value: Any) -> str:
    return "" if value is None or value != value else str(value)  # pandas' missing numbers differ from themselves


def _point_of(shape: Geometry | None) -> tuple[str, str]:
    if shape is None or shape.is_empty:
        return "", ""
    point = shapely.point_on_surface(shape)
    return f"{point.y:.7f}", f"{point.x:.7f}"
