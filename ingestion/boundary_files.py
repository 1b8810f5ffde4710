"""GeoJSON, GeoPackage and Shapefile in any CRS -> features with a shape in EPSG:4326, or a reason why not."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError
from pyproj.exceptions import CRSError
from shapely import Geometry, MultiPolygon

from layers.errors import BadInput
from layers.geometry import WGS84
from layers.shapes import project, repair
from layers.text import N_

ENDINGS = frozenset({".geojson", ".json", ".gpkg", ".shp"})


@dataclass(frozen=True)
class Remark:
    """Something to say of one feature: a message with its values."""

    file: str
    number: int  # of the feature in its file or layer, from 1
    message: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Feature:
    """One feature of a file or a download; `shape` is valid and in EPSG:4326."""

    file: str
    number: int
    properties: Mapping[str, Any]
    shape: MultiPolygon
    repaired: str = ""  # what was wrong with it, in the words of GEOS
    source: str = ""


def read_file(file: Path) -> Iterator[Feature | Remark]:
    """Yield every feature of every layer of a file: usable, or a remark why not."""
    try:
        layers = [str(name) for name, _ in pyogrio.list_layers(file)]
        for layer in layers:
            yield from _read_layer(file, layer, place=file.name if len(layers) == 1 else f"{file.name}, {layer}")
    except (DataSourceError, DataLayerError) as error:
        raise BadInput(N_("{file} can't be read: {reason}"), file=file, reason=error) from error


def usable(
    file: str, number: int, properties: Mapping[str, Any], shape: Geometry | None, **more: str
) -> Feature | Remark:
    """Return a feature with a valid area in EPSG:4326, mended where need be, or a remark why that can't be."""
    if shape is None or shape.is_empty:
        return Remark(file, number, N_("It has no geometry."))
    if shapely.get_dimensions(shape) < 2:
        return Remark(file, number, N_("It is no area but {kind}."), {"kind": shape.geom_type})
    west, south, east, north = shape.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        return Remark(file, number, N_("Its coordinates are not on Earth: does the file state the right CRS?"))
    wrong = "" if shape.is_valid else str(shapely.is_valid_reason(shape))
    whole = repair(shape)
    if whole.is_empty:
        return Remark(file, number, N_("Its geometry can't be repaired: {reason}"), {"reason": wrong or "no area"})
    return Feature(file, number, properties, whole, repaired=wrong, **more)


def _read_layer(file: Path, layer: str, *, place: str) -> Iterator[Feature | Remark]:
    meta, _, binary, columns = pyogrio.raw.read(file, layer=layer)
    if binary is None:
        return
    shapes = shapely.from_wkb(binary, on_invalid="ignore")
    shapes = in_degrees(shapes, meta["crs"], place)
    source = _attribution(file)
    for number, shape in enumerate(shapes, start=1):
        properties = {str(name): column[number - 1] for name, column in zip(meta["fields"], columns, strict=True)}
        yield usable(place, number, properties, shape, source=source)


def in_degrees(shapes: Any, crs: str | None, place: str) -> Any:
    """Return a file's shapes in EPSG:4326. Raises BadInput when nothing tells what their coordinates mean."""
    if crs is None:
        west, south, east, north = shapely.total_bounds(shapes)
        if not np.isnan(west) and not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
            raise BadInput(
                N_("{file} doesn't say its CRS, and its coordinates are not degrees. Add a .prj file, then try again."),
                file=place,
            )
        return shapes
    try:
        return project(shapes, crs, WGS84)
    except CRSError as error:
        raise BadInput(N_("{file} is in a CRS that can't be read: {reason}"), file=place, reason=error) from error


def _attribution(file: Path) -> str:
    """Return the GeoJSON member `attribution`, which GDAL leaves out."""
    if file.suffix.lower() not in (".geojson", ".json"):
        return ""
    try:
        content = json.loads(file.read_text("utf-8"))
    except ValueError:
        return ""
    return str(content.get("attribution", "")) if isinstance(content, dict) else ""
