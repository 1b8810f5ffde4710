"""Units, and the grid cells that the database cuts them into for fast point-in-unit questions."""

from __future__ import annotations

from datetime import date
from typing import Any

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import Computed, Identity, Text
from sqlalchemy.dialects.postgresql import ARRAY, DATERANGE, JSONB, Range
from sqlalchemy.orm import Mapped, mapped_column

from layers.database.base import Base
from layers.geometry import MERCATOR, WGS84


class Unit(Base):
    """One unit of one system; `code` (KATOTTG, KOATUU or the profile's own) is unique among all systems of the area.

    `geom` are its limits, `point` its centre or settlement point. `population_2022` is of 1 January 2022, before the
    full-scale invasion, and is shown with that date. `members` are codes of the settlements that make the unit up,
    where it is defined by them.
    """

    __tablename__ = "units"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    system: Mapped[str]
    code: Mapped[str] = mapped_column(unique=True)
    name_uk: Mapped[str]
    name_en: Mapped[str]
    kind: Mapped[str] = mapped_column(default="")
    parent_code: Mapped[str | None]
    members: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    geom: Mapped[WKBElement | None] = mapped_column(Geometry("MULTIPOLYGON", WGS84))
    geom_3857: Mapped[WKBElement | None] = mapped_column(
        Geometry("MULTIPOLYGON", MERCATOR), Computed(f"ST_Transform(geom, {MERCATOR})", persisted=True)
    )
    point: Mapped[WKBElement | None] = mapped_column(Geometry("POINT", WGS84))
    point_3857: Mapped[WKBElement | None] = mapped_column(
        Geometry("POINT", MERCATOR), Computed(f"ST_Transform(point, {MERCATOR})", persisted=True)
    )
    area_km2: Mapped[float | None]
    population_2022: Mapped[int | None]
    attributes: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    approximate: Mapped[bool] = mapped_column(default=False)
    source: Mapped[str] = mapped_column(default="")
    licence: Mapped[str] = mapped_column(default="")
    security: Mapped[str] = mapped_column(default="none")
    valid: Mapped[Range[date] | None] = mapped_column(DATERANGE)
    version: Mapped[int] = mapped_column(default=1)


class UnitCell(Base):
    """A cell of a fixed grid that a unit covers (`piece` is null) or meets; a trigger keeps cells and unit equal."""

    __tablename__ = "unit_cells"

    unit_id: Mapped[int] = mapped_column(primary_key=True)
    x: Mapped[int] = mapped_column(primary_key=True)
    y: Mapped[int] = mapped_column(primary_key=True)
    system: Mapped[str]
    code: Mapped[str]
    piece: Mapped[WKBElement | None] = mapped_column(Geometry("GEOMETRY", WGS84))
