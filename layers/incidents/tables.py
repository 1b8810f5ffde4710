"""Incidents twice: exact for staff, generalised for everybody; and their sources and statuses."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import BigInteger, Computed, Date, Identity, Integer, Text, UniqueConstraint, Uuid, func
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from layers.database.base import Base
from layers.geometry import MERCATOR, WGS84

MERCATOR_COPY = Computed(f"ST_Transform(geom, {MERCATOR})", persisted=True)


class IncidentStatus(Base):
    __tablename__ = "incident_statuses"

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    title_uk: Mapped[str] = mapped_column(Text)
    title_en: Mapped[str] = mapped_column(Text)
    aliases: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    position: Mapped[int] = mapped_column(Integer)


class IncidentSource(Base):
    __tablename__ = "incident_sources"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    title: Mapped[str] = mapped_column(Text)
    licence: Mapped[str] = mapped_column(Text, default="")
    url: Mapped[str] = mapped_column(Text, default="")
    loaded_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=func.now())


class Incident(Base):
    """For staff. Its identity is the source, a digest of the row, and which of the equal rows of the file it was."""

    __tablename__ = "incidents"
    __table_args__ = (UniqueConstraint("source_id", "digest", "nth"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    public_id: Mapped[UUID] = mapped_column(Uuid, unique=True)
    source_id: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    digest: Mapped[UUID] = mapped_column(Uuid)
    nth: Mapped[int] = mapped_column(Integer)
    happened_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), index=True)
    month: Mapped[date] = mapped_column(Date)
    time_precision: Mapped[str] = mapped_column(Text)
    category: Mapped[str] = mapped_column(Text)
    category_label: Mapped[str] = mapped_column(Text, default="")
    status: Mapped[str] = mapped_column(Text)
    place: Mapped[str] = mapped_column(Text, default="")
    location_precision: Mapped[str | None] = mapped_column(Text)
    units: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    hromada: Mapped[str | None] = mapped_column(Text)
    unit_2017: Mapped[str | None] = mapped_column(Text)
    settlement: Mapped[str | None] = mapped_column(Text)
    geom: Mapped[WKBElement | None] = mapped_column(Geometry("POINT", WGS84, spatial_index=False))
    geom_3857: Mapped[WKBElement | None] = mapped_column(Geometry("POINT", MERCATOR), MERCATOR_COPY)
    public_geom: Mapped[WKBElement | None] = mapped_column(Geometry("POINT", WGS84, spatial_index=False))
    public_precision: Mapped[str | None] = mapped_column(Text)
    public_units: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    demo: Mapped[bool] = mapped_column(default=False)
    loaded_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=func.now())


class PublicIncident(Base):
    """For everybody: a random id, a month, a place no finer than may be shown."""

    __tablename__ = "incidents_public"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    category: Mapped[str] = mapped_column(Text)
    symbol: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    month: Mapped[date] = mapped_column(Date, index=True)
    location_precision: Mapped[str] = mapped_column(Text)
    units: Mapped[list[str]] = mapped_column(ARRAY(Text))
    hromada: Mapped[str | None] = mapped_column(Text)
    unit_2017: Mapped[str | None] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    demo: Mapped[bool]
    geom: Mapped[WKBElement] = mapped_column(Geometry("POINT", WGS84, spatial_index=False))
    geom_3857: Mapped[WKBElement] = mapped_column(
        Geometry("POINT", MERCATOR), Computed(f"ST_Transform(geom, {MERCATOR})", persisted=True)
    )
