"""The tables of places; each served one has its truth in `geom` (EPSG:4326) and, for tiles, `geom_3857`."""

from __future__ import annotations

from typing import Any

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import REAL, BigInteger, Computed, ForeignKey, SmallInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from layers.database.base import Base
from layers.geometry import MERCATOR, WGS84


def _degrees(shape: str) -> Any:
    return mapped_column(Geometry(shape, WGS84, spatial_index=False), nullable=False)


def _metres(shape: str) -> Any:
    projected = Computed(f"ST_Transform(geom, {MERCATOR})", persisted=True)
    return mapped_column(Geometry(shape, MERCATOR, spatial_index=False), projected)


class RoadRow(Base):
    __tablename__ = "roads"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    road_class: Mapped[str] = mapped_column("class", Text)
    name_uk: Mapped[str | None] = mapped_column(Text)
    name_en: Mapped[str | None] = mapped_column(Text)
    ref: Mapped[str | None] = mapped_column(Text)
    oneway: Mapped[int] = mapped_column(SmallInteger)
    walkable: Mapped[bool]
    drivable: Mapped[bool]
    bridge: Mapped[bool]
    tunnel: Mapped[bool]
    surface: Mapped[str | None] = mapped_column(Text)
    lit: Mapped[bool | None]
    geom: Mapped[WKBElement] = _degrees("LINESTRING")
    geom_3857: Mapped[WKBElement] = _metres("LINESTRING")


class BuildingRow(Base):
    __tablename__ = "buildings"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    name_uk: Mapped[str | None] = mapped_column(Text)
    name_en: Mapped[str | None] = mapped_column(Text)
    street: Mapped[str | None] = mapped_column(Text)
    house_number: Mapped[str | None] = mapped_column(Text)
    levels: Mapped[float | None] = mapped_column(REAL)
    height_m: Mapped[float | None] = mapped_column(REAL)
    height_from: Mapped[str | None] = mapped_column(Text)
    geom: Mapped[WKBElement] = _degrees("MULTIPOLYGON")
    geom_3857: Mapped[WKBElement] = _metres("MULTIPOLYGON")


class WaterRow(Base):
    __tablename__ = "water"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    name_uk: Mapped[str | None] = mapped_column(Text)
    name_en: Mapped[str | None] = mapped_column(Text)
    geom: Mapped[WKBElement] = _degrees("GEOMETRY")
    geom_3857: Mapped[WKBElement] = _metres("GEOMETRY")


class LanduseRow(Base):
    __tablename__ = "landuse"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    name_uk: Mapped[str | None] = mapped_column(Text)
    name_en: Mapped[str | None] = mapped_column(Text)
    geom: Mapped[WKBElement] = _degrees("MULTIPOLYGON")
    geom_3857: Mapped[WKBElement] = _metres("MULTIPOLYGON")


class PlaceRow(Base):
    """A public place; `key_uk` and `key_en` are its names as searched."""

    __tablename__ = "places"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    name_uk: Mapped[str | None] = mapped_column(Text)
    name_en: Mapped[str | None] = mapped_column(Text)
    key_uk: Mapped[str | None] = mapped_column(Text, Computed("search_key(name_uk)", persisted=True))
    key_en: Mapped[str | None] = mapped_column(Text, Computed("search_key(name_en)", persisted=True))
    street: Mapped[str | None] = mapped_column(Text)
    house_number: Mapped[str | None] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    licence: Mapped[str] = mapped_column(Text)
    geom: Mapped[WKBElement] = _degrees("POINT")
    geom_3857: Mapped[WKBElement] = _metres("POINT")


class StreetRow(Base):
    """What people call a street: the roads of one name that lie together; `point` lies on it, near its middle."""

    __tablename__ = "streets"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    name_uk: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    key_uk: Mapped[str] = mapped_column(Text)
    key_en: Mapped[str] = mapped_column(Text)
    point: Mapped[WKBElement] = _degrees("POINT")
    geom: Mapped[WKBElement] = _degrees("MULTILINESTRING")


class RoadNode(Base):
    """A junction or an end of a road; the id is its node's in OpenStreetMap."""

    __tablename__ = "road_nodes"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    geom: Mapped[WKBElement] = _degrees("POINT")


class RoadEdge(Base):
    """A piece of road between two junctions, along its line; `length_m` is measured on the ellipsoid."""

    __tablename__ = "road_edges"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    road: Mapped[str] = mapped_column(ForeignKey("roads.id", ondelete="CASCADE", deferrable=True, initially="DEFERRED"))
    from_node: Mapped[int] = mapped_column(BigInteger)
    to_node: Mapped[int] = mapped_column(BigInteger)
    length_m: Mapped[float]
    walkable: Mapped[bool]
    drive_forward: Mapped[bool]
    drive_backward: Mapped[bool]
    geom: Mapped[WKBElement] = _degrees("LINESTRING")


class RestrictedPlace(Base):
    """A camera or a military object: for police leads, coordinators and admins only. Its like is in no other table."""

    __tablename__ = "restricted_places"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    name: Mapped[str | None] = mapped_column(Text)
    bearing: Mapped[float | None] = mapped_column(REAL)
    camera_type: Mapped[str | None] = mapped_column(Text)
    mount: Mapped[str | None] = mapped_column(Text)
    height_m: Mapped[float | None] = mapped_column(REAL)
    zone: Mapped[str | None] = mapped_column(Text)
    geom: Mapped[WKBElement] = _degrees("GEOMETRY")
