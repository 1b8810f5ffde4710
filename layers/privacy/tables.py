"""Lists of snap points. A list is never changed: a published record keeps its point for as long as it is published."""

from __future__ import annotations

from datetime import datetime

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import BigInteger, Computed, ForeignKey, Identity, Integer, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from layers.database.base import Base
from layers.geometry import MERCATOR, WGS84


class SnapListRow(Base):
    """One list: `fingerprint` is of all it was made from, `mark` of what tells cheaply that nothing changed since.

    `homes` are those that were counted, `counts` says how many points there are of each kind.
    """

    __tablename__ = "snap_lists"

    version: Mapped[int] = mapped_column(Integer, Identity(always=True), primary_key=True)
    made_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True))
    fingerprint: Mapped[str] = mapped_column(Text)
    mark: Mapped[str] = mapped_column(Text)
    homes: Mapped[int] = mapped_column(Integer)
    counts: Mapped[dict[str, int]] = mapped_column(JSONB)


class SnapPointRow(Base):
    """A point where reports may be shown; `buildings` is how many homes its catchment held when the list was made.

    `region` is the hromada (or the area) that its list fills with catchments, `units` are the codes that may stand
    beside it: they are the point's, never a report's.
    """

    __tablename__ = "snap_points"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    version: Mapped[int] = mapped_column(ForeignKey("snap_lists.version"))
    kind: Mapped[str] = mapped_column(Text)
    title_uk: Mapped[str] = mapped_column(Text)
    title_en: Mapped[str] = mapped_column(Text)
    region: Mapped[str] = mapped_column(Text)
    units: Mapped[list[str]] = mapped_column(ARRAY(Text))
    buildings: Mapped[int] = mapped_column(Integer)
    geom: Mapped[WKBElement] = mapped_column(Geometry("POINT", WGS84, spatial_index=False))
    catchment: Mapped[WKBElement] = mapped_column(Geometry("MULTIPOLYGON", WGS84, spatial_index=False))
    geom_3857: Mapped[WKBElement] = mapped_column(
        Geometry("POINT", MERCATOR), Computed(f"ST_Transform(geom, {MERCATOR})", persisted=True)
    )
