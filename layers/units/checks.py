"""Do the limits add up: every unit there, no overlaps, parents filled, known areas, each inside its parent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import numpy as np
import shapely
from shapely import Geometry

from layers.area import Area, UnitSystem
from layers.geometry import WGS84
from layers.shapes import SQUARE_KM, project
from layers.text import N_
from layers.units.facts import UnitFacts
from layers.units.rules import AREA_SHARE, GAP_SHARE, OUTSIDE_SHARE, OVERLAP_KM2

PIECE = 0.005  # degrees
COUNT = N_("units: {n}")
FOUND_ROUGH = N_("units: {n}, of them approximate: {rough}")
LIMITS, NO_LIMITS, ROUGH_LIMITS = N_("real limits"), N_("no limits"), N_("approximate limits")
KM2, KM2_PERCENT = N_("{km2} km²"), N_("{km2} km² ± {percent} %")
POINT_INSIDE = N_("{percent} % of it in {name}, its point too")
POINT_OUTSIDE = N_("{percent} % of it in {name}, its point outside")


@dataclass(frozen=True)
class Said:
    """A few words with figures, to be said in the reader's language."""

    message: str
    values: Mapping[str, object] = field(default_factory=dict)


def said(message: str, **values: object) -> Said:
    return Said(message, values)


@dataclass(frozen=True)
class Check:
    """One line of the table: which check, of what unit, what was expected and found."""

    check: str  # present, limits, overlap, filled, area, inside
    system: str
    unit: str  # its code; empty for a system as a whole
    name: str
    expected: Said
    found: Said
    ok: bool


@dataclass(frozen=True)
class Drawn:
    """A unit as the table of units holds it, in metres."""

    code: str
    system: str
    name: str
    parent_code: str | None
    approximate: bool
    shape: Geometry | None
    point: Geometry | None


def check_units(area: Area, facts: Sequence[UnitFacts], rows: Iterable[Mapping[str, Any]]) -> list[Check]:
    """Return the table of checks of an area's units, as the store holds them (`geom` in EPSG:4326), against its facts.

    Areas are planar in the area's UTM zone: within 0.1 % of the true ones.
    """
    drawn = {unit.code: unit for unit in _in_metres(area, rows)}
    found: list[Check] = []
    for system in area.unit_systems:
        wanted = [unit for unit in facts if unit.system == system.id]
        own = [unit for unit in drawn.values() if unit.system == system.id and unit.shape is not None]
        found += _present(system, wanted, drawn)
        found += _overlaps(system, own)
        found += _filled(system, own, drawn)
        found += _areas(wanted, drawn)
        found += _inside(system, own, drawn)
    return found


def _in_metres(area: Area, rows: Iterable[Mapping[str, Any]]) -> Iterator[Drawn]:
    units = list(rows)
    points = [None if row["lon"] is None else shapely.Point(row["lon"], row["lat"]) for row in units]
    # A straight side in degrees is a curve in metres: short pieces keep sides together that share no corners.
    shapes = shapely.segmentize(np.array([row["geom"] for row in units], dtype=object), PIECE)
    flat = np.array([*shapes, *points], dtype=object)
    metric = project(flat, WGS84, area.metric_srid)
    named = ("code", "system", "parent_code", "approximate")
    for row, shape, point in zip(units, metric, metric[len(units) :], strict=False):
        yield Drawn(**{name: row[name] for name in named}, name=row["name_uk"], shape=shape, point=point)


def _present(system: UnitSystem, wanted: Sequence[UnitFacts], drawn: Mapping[str, Drawn]) -> Iterator[Check]:
    """Yield one line for the system, and one for each unit that is missing or drawn approximately."""
    missing = [u for u in wanted if u.code not in drawn or drawn[u.code].shape is None]
    rough = [u for u in wanted if u not in missing and drawn[u.code].approximate]
    found = said(FOUND_ROUGH if rough else COUNT, n=len(wanted) - len(missing), rough=len(rough))
    if wanted:
        yield Check("present", system.id, "", system.title.uk, said(COUNT, n=len(wanted)), found, not missing)
    for unit in missing:
        yield Check("limits", system.id, unit.code, unit.name_uk, said(LIMITS), said(NO_LIMITS), ok=False)
    for unit in rough:
        yield Check("limits", system.id, unit.code, unit.name_uk, said(LIMITS), said(ROUGH_LIMITS), ok=True)


def _overlaps(system: UnitSystem, own: Sequence[Drawn]) -> Iterator[Check]:
    """Yield each pair that shares too much ground, or one line that there is none."""
    shapes = np.array([unit.shape for unit in own], dtype=object)
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = one < other
    one, other = one[pairs], other[pairs]
    shared = shapely.area(shapely.intersection(shapes[one], shapes[other])) / SQUARE_KM
    expected = said(N_("at most {km2} km²"), km2=OVERLAP_KM2)
    for first, second, km2 in zip(one, other, shared, strict=True):
        if km2 > OVERLAP_KM2:
            a, b = own[first], own[second]
            codes, names = f"{a.code} {b.code}", f"{a.name} / {b.name}"
            yield Check("overlap", system.id, codes, names, expected, said(KM2, km2=float(km2)), ok=False)
    if len(own) > 1 and not (shared > OVERLAP_KM2).any():
        most = float(shared.max()) if len(shared) else 0.0
        yield Check("overlap", system.id, "", system.title.uk, expected, said(KM2, km2=most), ok=True)


def _filled(system: UnitSystem, own: Sequence[Drawn], drawn: Mapping[str, Drawn]) -> Iterator[Check]:
    """Yield for each parent whether its units together are equal to it."""
    if not system.fills_parent:
        return
    by_parent = sorted((unit for unit in own if unit.parent_code), key=lambda unit: str(unit.parent_code))
    for code, units in groupby(by_parent, key=lambda unit: str(unit.parent_code)):
        parent = drawn.get(code)
        if parent is None or parent.shape is None:
            continue
        union = shapely.union_all([unit.shape for unit in units])
        away = union.symmetric_difference(parent.shape).area
        whole = parent.shape.area
        expected = said(KM2_PERCENT, km2=whole / SQUARE_KM, percent=100 * GAP_SHARE)
        found = said(N_("{km2} km², {away} km² of it elsewhere"), km2=union.area / SQUARE_KM, away=away / SQUARE_KM)
        yield Check("filled", system.id, code, parent.name, expected, found, away <= GAP_SHARE * whole)


def _areas(wanted: Sequence[UnitFacts], drawn: Mapping[str, Drawn]) -> Iterator[Check]:
    for unit in wanted:
        shape = drawn[unit.code].shape if unit.code in drawn else None
        if not unit.area_km2 or shape is None:
            continue
        km2 = shape.area / SQUARE_KM
        ok = abs(km2 - unit.area_km2) <= AREA_SHARE * unit.area_km2
        expected = said(KM2_PERCENT, km2=unit.area_km2, percent=100 * AREA_SHARE)
        yield Check("area", unit.system, unit.code, unit.name_uk, expected, said(KM2, km2=km2), ok)


def _inside(system: UnitSystem, own: Sequence[Drawn], drawn: Mapping[str, Drawn]) -> Iterator[Check]:
    """Yield each unit that is not inside its parent, with its point or too much of its ground, or that all are."""
    if not system.parent:
        return
    expected = said(N_("at least {percent} % of it inside, and its point"), percent=100 * (1 - OUTSIDE_SHARE))
    asked = [(unit, drawn[unit.parent_code]) for unit in own if unit.parent_code and unit.parent_code in drawn]
    bad = 0
    for unit, parent in asked:
        if unit.shape is None or parent.shape is None:
            continue
        share = unit.shape.intersection(parent.shape).area / unit.shape.area
        there = unit.point is None or bool(shapely.intersects(parent.shape, unit.point))
        if share < 1 - OUTSIDE_SHARE or not there:
            bad += 1
            found = said(POINT_INSIDE if there else POINT_OUTSIDE, percent=100 * share, name=parent.name)
            yield Check("inside", system.id, unit.code, unit.name, expected, found, ok=False)
    if asked and not bad:
        yield Check("inside", system.id, "", system.title.uk, expected, said(N_("all {n}"), n=len(asked)), ok=True)
