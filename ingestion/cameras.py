"""Cameras from a table or a map file: a vendor's plan, the council's own list, a catalogue of models.

CSV and XLSX with Ukrainian or English headings; GeoJSON, KML and GeoPackage in any CRS. Every row that can't be used is
named with its number, the column and the reason. No column for a network address or a password is ever read.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError

from ingestion.boundary_files import in_degrees
from ingestion.columns import guess, plain
from ingestion.osm_restricted import BEARINGS
from ingestion.rejects import Fault, Rejects, Say
from ingestion.sheets import open_sheet
from layers.cameras import optics
from layers.cameras.models import NUMBERS, read_model
from layers.cameras.rules import MOUNT_TITLES, USUAL_HEIGHT_M, Model, check_site
from layers.errors import BadInput
from layers.text import N_

SHAPES = (".geojson", ".json", ".kml", ".gpkg")
ENDINGS = (".csv", ".xlsx", *SHAPES)
HEADINGS: dict[str, tuple[str, ...]] = {
    "lat": ("lat", "latitude", "широта"),
    "lon": ("lon", "lng", "longitude", "довгота"),
    "ref": ("ref", "id", "номер", "№"),
    "mount": ("mount", "camera mount", "кріплення", "на чому"),
    "height_m": ("height m", "height", "висота", "висота м"),
    "bearing": ("bearing", "camera direction", "direction", "azimuth", "азимут", "напрямок"),
    "tilt": ("tilt", "camera angle", "нахил"),
    "hfov": ("hfov", "fov", "кут", "кут огляду"),
    "focal_mm": ("focal mm", "focal", "фокусна відстань"),
    "model": ("model", "модель"),
    "price_uah": ("price uah", "price", "cost", "ціна", "вартість"),
    "yearly_uah": ("yearly uah", "yearly", "щороку"),
}
KNOWN = {plain(heading): name for name, headings in HEADINGS.items() for heading in headings}
NUMERIC = ("lat", "lon", "height_m", "tilt", "hfov", "focal_mm", "price_uah", "yearly_uah")
MOUNTS = {word: code for code, title in MOUNT_TITLES.items() for word in (code, title.uk, title.en)} | {
    "street lamp": "lamp", "street_lamp": "lamp", "опора освітлення": "lamp", "стовп": "pole", "фасад": "wall",
}  # fmt: skip
UNREADABLE = N_("“{text}” is not a number.")


@dataclass
class Report:
    """What became of every row: read = taken + rejected."""

    path: Path
    read: int = 0
    rejected: int = 0
    rejects: Path | None = None
    sites: list[dict[str, Any]] = field(default_factory=list)


def read_sites(
    path: Path, models: Mapping[str, Model], inside: Callable[[float, float], bool], *, spare: Path, say: Say
) -> Report:
    """Return the sites of a file that can be used; raises BadInput when the file has no cameras at all.

    `models` are the catalogue's, `inside` tells whether a longitude and latitude lie in the area. Rows that can't be
    used go into a file beside the input, or into `spare`.
    """
    headings, rows = _table(path)
    columns = guess(headings, KNOWN, tuple(HEADINGS))
    if not {"lat", "lon"} <= set(columns):
        raise BadInput(N_("{path} has no columns for latitude and longitude. It has: {headings}."),
                       path=path, headings=", ".join(headings))  # fmt: skip
    report = Report(path)
    with Rejects(path, headings, (path.parent, spare), say) as rejects:
        for number, row in rows:
            report.read += 1
            cells = dict(zip(headings, row, strict=False))
            given = {name: cells.get(heading, "").strip() for name, heading in columns.items()}
            try:
                report.sites.append(_site(given, models, inside))
            except _Wrong as wrong:
                report.rejected += 1
                column = columns.get(wrong.column, "")
                rejects.add(number, row, Fault(column, wrong.fault.message, dict(wrong.fault.values)))
    report.rejects = rejects.path
    return report


class _Wrong(Exception):
    def __init__(self, column: str, fault: BadInput) -> None:
        self.column, self.fault = column, fault


def _site(
    given: Mapping[str, str], models: Mapping[str, Model], inside: Callable[[float, float], bool]
) -> dict[str, Any]:
    values: dict[str, Any] = {name: _number(name, given.get(name, "")) for name in NUMERIC}
    for name, most in (("lat", 90), ("lon", 180)):
        if values[name] is None or abs(values[name]) > most:
            raise _Wrong(name, BadInput(N_("A latitude and a longitude in degrees are needed.")))
    if not inside(values["lon"], values["lat"]):
        raise _Wrong("lat", BadInput(N_("The place is outside the area.")))
    code = given.get("model", "")
    if code and code not in models:
        raise _Wrong("model", BadInput(N_("There is no camera model “{model}”. There are: {known}."),
                                       model=code, known=", ".join(models)))  # fmt: skip
    values["model"], values["ref"] = code or None, given.get("ref") or None
    values["bearing"] = _bearing(given.get("bearing", ""))
    words = given.get("mount", "")
    values["mount"] = MOUNTS.get(words.casefold(), words) if words else "pole"
    values["height_m"] = USUAL_HEIGHT_M if values["height_m"] is None else values["height_m"]
    focal = values.pop("focal_mm")
    if focal is not None and values["hfov"] is None:
        sensor = models[code].sensor_width_mm if code else next(iter(models.values())).sensor_width_mm
        values["hfov"] = _checked("focal_mm", lambda: optics.hfov(sensor, focal))
    usual: dict[str, Any] = {"mount": "pole", "height": USUAL_HEIGHT_M, "bearing": None, "tilt": None, "hfov": None}
    for name in usual:  # one at a time, so that the column at fault is named
        column = "height_m" if name == "height" else name
        _checked(column, partial(check_site, **{**usual, name: values[column]}))
    for name in ("price_uah", "yearly_uah"):
        if values[name] is not None and values[name] < 0:
            raise _Wrong(name, BadInput(N_("A price must not be negative: {value}."), value=values[name]))
    return values


def _checked(column: str, check: Callable[[], Any]) -> Any:
    try:
        return check()
    except BadInput as error:
        raise _Wrong(column, error) from error


def _number(name: str, text: str) -> float | None:
    if not text:
        return None
    try:
        return float(text.replace(",", ".").replace(" ", "").replace("\u00a0", "").removesuffix("°"))
    except ValueError as error:
        raise _Wrong(name, BadInput(UNREADABLE, text=text)) from error


def _bearing(text: str) -> float | None:
    """Read degrees from 0 to 360 or one of the sixteen cardinals; N is 0, and so is 360."""
    if text.upper() in BEARINGS:
        return BEARINGS[text.upper()]
    degrees = _number("bearing", text)
    return 0.0 if degrees == 360 else degrees


def _table(path: Path) -> tuple[list[str], Iterator[tuple[int, list[str]]]]:
    """Return the headings of a file and its rows with their numbers; shapes become columns of degrees."""
    if path.suffix.lower() not in SHAPES:
        sheet = open_sheet(path, lambda headings: len(guess(headings, KNOWN, tuple(HEADINGS))))
        pairs = ((n, row) for chunk in sheet.chunks() for n, row in zip(chunk.numbers, chunk.rows, strict=True))
        return sheet.headings, pairs
    try:
        frame = pyogrio.read_dataframe(path)
    except (DataSourceError, DataLayerError) as error:
        raise BadInput(N_("{file} can't be read: {reason}"), file=path, reason=error) from error
    if not len(frame):
        raise BadInput(N_("{path} is empty."), path=path)
    crs = frame.crs.to_wkt() if frame.crs else None
    points = shapely.centroid(in_degrees(frame.geometry.to_numpy(), crs, path.name))
    attributes = frame.drop(columns=frame.geometry.name)
    names = [str(name) for name in attributes.columns if plain(str(name)) not in ("lat", "lon")]
    cells = [["" if value is None or value != value else str(value) for value in row]
             for row in attributes[names].to_numpy(dtype=object)]  # fmt: skip
    rows = [
        (number, [*("" if shapely.is_empty(p) else repr(float(v)) for v in (shapely.get_y(p), shapely.get_x(p))), *row])
        for number, (p, row) in enumerate(zip(points, cells, strict=True), start=1)
    ]
    return ["lat", "lon", *names], iter(rows)


def read_models(path: Path) -> list[Model]:
    """Return the models of a CSV catalogue; raises BadInput that names the row and what is wrong with it."""
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(N_("{path} can't be read: {reason}"), path=path, reason=error) from error
    first = text.partition("\n")[0]
    reader = csv.DictReader(text.splitlines(), delimiter=";" if first.count(";") > first.count(",") else ",")
    missing = sorted(({"code", "name_uk", "name_en"} | NUMBERS) - set(reader.fieldnames or ()))
    if missing:
        raise BadInput(N_("{path} lacks the columns {missing}."), path=path, missing=", ".join(missing))
    found: list[Model] = []
    for number, row in enumerate(reader, start=2):
        try:
            found.append(read_model({name: value or "" for name, value in row.items() if name}))
        except ValueError as error:
            raise BadInput(N_("Row {row}: a number can't be read ({reason}). Nothing was loaded."),
                           row=number, reason=error) from error  # fmt: skip
        except BadInput as error:
            raise BadInput(N_("Row {row}: {reason} Nothing was loaded."), row=number, reason=error) from error
    return found
