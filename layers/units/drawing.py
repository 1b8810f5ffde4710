"""From facts and real limits to the rows of the table: every unit drawn, really or approximately, and the outline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely import Geometry, MultiPolygon

from layers.area import Area
from layers.errors import BadInput
from layers.geometry import WGS84
from layers.shapes import SQUARE_KM, Shapes, polygons_of, project, repair
from layers.text import N_
from layers.units.approximate import approximate
from layers.units.facts import UnitFacts, fingerprint
from layers.units.rules import AREA

DEGREES = 1e-8


@dataclass(frozen=True)
class Limits:
    """Real limits of one unit in EPSG:4326, and where they are from."""

    geometry: MultiPolygon
    source: str
    licence: str


def draw(area: Area, units: Sequence[UnitFacts], real: Mapping[str, Limits]) -> list[dict[str, Any]]:
    """Return the rows of all units, and of the outline of the area: its file, else the units' union, else the box."""
    srid = area.metric_srid
    outline = stated_outline(area)
    metric = _by_code({code: limits.geometry for code, limits in real.items()}, WGS84, srid)
    made = approximate(
        area,
        units,
        places=_places(units, srid),
        real=metric,
        outline=None if outline is None else project(_shapes([outline]), WGS84, srid)[0],
    )
    # Rounded, so that sides that lie on each other in metres do so in degrees: 1e-8 of them is a millimetre.
    rough = {
        code: polygons_of(shapely.set_precision(repair(s), DEGREES)) for code, s in _by_code(made, srid, WGS84).items()
    }
    limits = {**rough, **{code: known.geometry for code, known in real.items()}}
    rows = [_row(area, unit, limits.get(unit.code), real.get(unit.code), metric.get(unit.code)) for unit in units]
    return [*rows, _outline_row(area, rows, real, outline)]


def stated_outline(area: Area) -> MultiPolygon | None:
    """Return the outline that the profile brings as a file, in EPSG:4326."""
    if area.outline is None:
        return None
    try:
        shape = repair(shapely.unary_union(shapely.from_geojson(area.outline.read_text("utf-8"))))
    except shapely.GEOSException as error:
        raise BadInput(N_("{file} is no outline: {reason}"), file=area.outline, reason=error) from error
    if shape.is_empty:
        raise BadInput(N_("{file} holds no area, only points or lines."), file=area.outline)
    return shape


def _row(
    area: Area, unit: UnitFacts, shape: Geometry | None, known: Limits | None, metric: Geometry | None
) -> dict[str, Any]:
    system = area.system(unit.system)
    assert system is not None
    centre = None
    if unit.lon is not None and unit.lat is not None:
        centre = shapely.Point(unit.lon, unit.lat)
    elif shape is not None:
        centre = shapely.point_on_surface(shape)
    points = next((s for s in area.unit_systems if s.points_source), system)
    measured = None if metric is None else round(metric.area / SQUARE_KM, 1)
    named = ("system", "code", "name_uk", "name_en", "kind", "parent_code", "population_2022")
    return {name: getattr(unit, name) for name in named} | {
        "members": list(unit.members),
        "attributes": dict(unit.attributes),
        "geom": shape,
        "point": centre,
        "area_km2": unit.area_km2 or measured,
        "approximate": shape is not None and known is None,
        "source": known.source if known else points.points_source,
        "licence": known.licence if known else points.points_licence,
        "since": system.valid[0],
        "until": system.valid[1],
    }


def _outline_row(
    area: Area, rows: Sequence[Mapping[str, Any]], real: Mapping[str, Limits], outline: MultiPolygon | None
) -> dict[str, Any]:
    drawn = [row["geom"] for row in rows if row["geom"] is not None]
    shape = outline or polygons_of(shapely.union_all(drawn, grid_size=DEGREES) if drawn else shapely.box(*area.box))
    return {
        "system": AREA,
        "code": area.id,
        "name_uk": area.title.uk,
        "name_en": area.title.en,
        "kind": "",
        "parent_code": None,
        "members": [],
        "geom": shape,
        "point": shapely.point_on_surface(shape),
        "area_km2": None,
        "population_2022": None,
        "attributes": {"facts": fingerprint(area)},
        # A village drawn approximately inside its real hromada moves no outline.
        "approximate": outline is None and any(r["approximate"] and r["parent_code"] not in real for r in rows),
        "source": "",
        "licence": "",
        "since": None,
        "until": None,
    }


def _places(units: Sequence[UnitFacts], srid: int) -> dict[str, tuple[float, float]]:
    placed = [unit for unit in units if unit.lon is not None and unit.lat is not None]
    points = _by_code({unit.code: shapely.Point(unit.lon, unit.lat) for unit in placed}, WGS84, srid)
    return {code: (point.x, point.y) for code, point in points.items()}


def _by_code(shapes: Mapping[str, Geometry], source: int, target: int) -> dict[str, Geometry]:
    return dict(zip(shapes, project(_shapes(list(shapes.values())), source, target), strict=True)) if shapes else {}


def _shapes(shapes: Sequence[Geometry]) -> Shapes:
    return np.array(shapes, dtype=object)
