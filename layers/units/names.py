"""The names of units, as accounts and pages need them, without the weight of their limits."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from layers.area import Box

NAMES = text("SELECT system, code, name_uk, name_en, parent_code FROM units ORDER BY system, code")
AREAS = text("SELECT code, area_km2 FROM units WHERE area_km2 IS NOT NULL AND code = ANY(:codes)")
# Where a demo's officer works: the hromada with most people, or the largest unit there is.
HOME = text("""
SELECT code FROM units WHERE system <> 'settlements'
ORDER BY (system = 'hromadas') DESC, population_2022 DESC NULLS LAST, area_km2 DESC NULLS LAST, code LIMIT 1
""")


# What the area's outline fills, real or approximate; a profile's box is drawn with room around it.
EXTENT = text("""
SELECT ST_XMin(geom), ST_YMin(geom), ST_XMax(geom), ST_YMax(geom) FROM units WHERE system = 'area' AND geom IS NOT NULL
""")


@dataclass(frozen=True)
class Name:
    """What one unit is called, and the code of the unit that it lies in."""

    system: str
    code: str
    uk: str
    en: str
    parent: str | None = None

    def __getitem__(self, language: str) -> str:
        return self.uk if language == "uk" else self.en


def unit_names(session: Session) -> list[Name]:
    """Return the names of all units of all systems."""
    return [Name(*row) for row in session.execute(NAMES)]


def unit_areas(session: Session, codes: Collection[str]) -> dict[str, float]:
    """Return the areas of units in square kilometres, as far as they are known."""
    return {row.code: row.area_km2 for row in session.execute(AREAS, {"codes": list(codes)})}


def home_unit(session: Session) -> str | None:
    """Return the code of the area's chief unit, or None while there is none."""
    code: str | None = session.scalar(HOME)
    return code


def area_extent(session: Session) -> Box | None:
    """Return the box of the area's outline in degrees, or None while it is not drawn."""
    found = session.execute(EXTENT).one_or_none()
    return (float(found[0]), float(found[1]), float(found[2]), float(found[3])) if found else None
