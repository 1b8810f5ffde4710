"""Every query of the units."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import shapely
from shapely import Geometry
from sqlalchemy import text
from sqlalchemy.orm import Session

from layers.geometry import WGS84
from layers.units.rules import AREA, Security

# One statement, so that the tiles' versions are bumped once. Security is left as it is: what is known of hostilities
# outlives any file of limits.
SAVE = text("""
INSERT INTO units (system, code, name_uk, name_en, kind, parent_code, members, geom, point, area_km2, population_2022,
                   attributes, approximate, source, licence, valid)
SELECT system, code, name_uk, name_en, kind, parent_code, members, ST_Multi(geom), point, area_km2, population_2022,
       attributes, approximate, source, licence, daterange(since, until)
FROM jsonb_to_recordset(cast(:units AS jsonb)) AS given(
    system text, code text, name_uk text, name_en text, kind text, parent_code text, members text[], geom geometry,
    point geometry, area_km2 double precision, population_2022 int, attributes jsonb, approximate boolean,
    source text, licence text, since date, until date)
ON CONFLICT (code) DO UPDATE SET
    system = excluded.system, name_uk = excluded.name_uk, name_en = excluded.name_en, kind = excluded.kind,
    parent_code = excluded.parent_code, members = excluded.members, geom = excluded.geom, point = excluded.point,
    area_km2 = excluded.area_km2, population_2022 = excluded.population_2022, attributes = excluded.attributes,
    approximate = excluded.approximate, source = excluded.source, licence = excluded.licence, valid = excluded.valid,
    version = units.version + 1
""")

READ = """
SELECT system, code, name_uk, name_en, kind, parent_code, members, ST_AsBinary(geom) AS geom,
       ST_X(point) AS lon, ST_Y(point) AS lat, area_km2, population_2022, attributes, approximate, source, licence,
       security, version
FROM units
"""

SET_SECURITY = text("""
UPDATE units SET security = :security, version = version + 1
WHERE code = :code AND version = coalesce(:version, version) RETURNING version
""")


def all_units(session: Session) -> list[dict[str, Any]]:
    """Return every unit, `geom` as a shapely geometry in EPSG:4326 or None."""
    rows = [dict(row) for row in session.execute(text(READ + "ORDER BY system, code")).mappings()]
    for row in rows:
        row["geom"] = None if row["geom"] is None else shapely.from_wkb(bytes(row["geom"]))
    return rows


def one_unit(session: Session, code: str) -> dict[str, Any] | None:
    """Return one unit without its limits, or None."""
    row = session.execute(text(READ + "WHERE code = :code"), {"code": code}).mappings().one_or_none()
    return None if row is None else {key: value for key, value in row.items() if key != "geom"}


def facts_mark(session: Session) -> str | None:
    """Return the fingerprint of the facts that the units were last made from."""
    mark = text("SELECT attributes ->> 'facts' FROM units WHERE system = :area")
    found: str | None = session.scalar(mark, {"area": AREA})
    return found


def approximate_systems(session: Session) -> list[str]:
    """Return the systems with approximate limits: what is drawn of them says «наближені межі»."""
    return list(session.scalars(text("SELECT DISTINCT system FROM units WHERE approximate ORDER BY system")))


def summary(session: Session) -> list[dict[str, Any]]:
    """Return for each system how many units it has, how many of them are approximate, and their known population."""
    counted = text("""SELECT system, count(*) AS units, count(*) FILTER (WHERE approximate) AS approximate,
                             sum(population_2022) AS population FROM units GROUP BY system ORDER BY system""")
    return [dict(row) for row in session.execute(counted).mappings()]


def save(session: Session, units: Sequence[Mapping[str, Any]]) -> None:
    """Insert or replace units by code; `geom` and `point` are shapely geometries in EPSG:4326 or None."""
    rows = [{**unit, "geom": _ewkb(unit["geom"]), "point": _ewkb(unit["point"])} for unit in units]
    session.execute(SAVE, {"units": json.dumps(rows, ensure_ascii=False, default=str)})


def remove_others(session: Session, codes: Iterable[str]) -> list[str]:
    """Remove units that the area no longer has and return their codes."""
    gone = text("DELETE FROM units WHERE NOT code = ANY(:codes) RETURNING code")
    return list(session.scalars(gone, {"codes": list(codes)}))


def remove_system(session: Session, system: str) -> None:
    """Remove all units of one system, before others are put in their place."""
    session.execute(text("DELETE FROM units WHERE system = :system"), {"system": system})


def outline(session: Session) -> Geometry | None:
    """Return the outline of the whole area in EPSG:4326, or None before the units are made."""
    wkb = session.scalar(text("SELECT ST_AsBinary(geom) FROM units WHERE system = :area"), {"area": AREA})
    return None if wkb is None else shapely.from_wkb(bytes(wkb))


def set_security(session: Session, code: str, security: Security, version: int | None) -> int | None:
    """Set a unit's status and return its new version, or None when it is not there or has another version."""
    values = {"code": code, "security": security.value, "version": version}
    after: int | None = session.scalar(SET_SECURITY, values)
    return after


def _ewkb(shape: Geometry | None) -> str | None:
    if shape is None:
        return None
    return str(shapely.to_wkb(shapely.set_srid(shape, WGS84), hex=True, include_srid=True))


def assign_units(relation: str, *, key: str = "id", geometry: str = "geom") -> str:
    """Return a SELECT of (key, units) for every row of a relation of points in EPSG:4326, as set-based SQL.

    `units` is an array of codes, one a system (on a common border the lower code), empty outside the area. Names come
    from code, never from a user; rows without geometry get an empty array. 200,000 points take about a second.
    """
    return f"""
    WITH placed AS MATERIALIZED (
        SELECT {key} AS key, {geometry} AS place, cell_of(ST_X({geometry})) AS x, cell_of(ST_Y({geometry})) AS y
        FROM {relation}
    ), covering AS MATERIALIZED (
        SELECT x, y, array_agg(code ORDER BY system) AS codes FROM unit_cells WHERE piece IS NULL GROUP BY x, y
    ), meeting AS (
        SELECT key, array_agg(code ORDER BY system) AS codes FROM (
            SELECT key, system, min(code) AS code FROM placed JOIN unit_cells USING (x, y)
            WHERE piece IS NOT NULL AND ST_Intersects(piece, place) GROUP BY key, system) found
        GROUP BY key
    )
    SELECT placed.key AS {key}, coalesce(covering.codes, '{{}}') || coalesce(meeting.codes, '{{}}') AS units
    FROM placed LEFT JOIN covering USING (x, y) LEFT JOIN meeting USING (key)"""
