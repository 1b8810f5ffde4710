"""Subscriptions, what was told, and what is still to be told."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import Boolean, ForeignKey, LargeBinary, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from layers.database.base import Base
from layers.geometry import WGS84

MOMENT = TIMESTAMP(timezone=True)
CODES = ARRAY(Text)


class Alert(Base):
    """What somebody wants to be written about. Empty `units`, `polygon` and `street` together mean the whole area."""

    __tablename__ = "alerts"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    email: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    units: Mapped[list[str]] = mapped_column(CODES, default=list)
    polygon: Mapped[WKBElement | None] = mapped_column(Geometry("POLYGON", WGS84, spatial_index=False))
    street: Mapped[str | None] = mapped_column(Text)
    street_uk: Mapped[str | None] = mapped_column(Text)
    street_en: Mapped[str | None] = mapped_column(Text)
    line: Mapped[WKBElement | None] = mapped_column(Geometry("MULTILINESTRING", WGS84, spatial_index=False))
    categories: Mapped[list[str]] = mapped_column(CODES, default=list)
    statuses: Mapped[list[str]] = mapped_column(CODES, default=list)
    changes: Mapped[str] = mapped_column(Text)
    pace: Mapped[str] = mapped_column(Text)
    confirm_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    stop_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    made_at: Mapped[datetime] = mapped_column(MOMENT)
    confirmed_at: Mapped[datetime | None] = mapped_column(MOMENT)
    last_sent_at: Mapped[datetime | None] = mapped_column(MOMENT)


class Told(Base):
    """A published report as it was when subscribers were last told."""

    __tablename__ = "alert_told"

    problem: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    status: Mapped[str] = mapped_column(Text)
    reopened: Mapped[int]
    steps: Mapped[int]
    gone_at: Mapped[datetime | None] = mapped_column(MOMENT)


class Pending(Base):
    """A report that is to be told of to a subscriber."""

    __tablename__ = "alert_pending"

    alert: Mapped[UUID] = mapped_column(Uuid, ForeignKey("alerts.id", ondelete="CASCADE"), primary_key=True)
    problem: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    is_new: Mapped[bool]
    at: Mapped[datetime] = mapped_column(MOMENT)


class AlertLetter(Base):
    """A letter in the outbox, and which reports it tells of."""

    __tablename__ = "alert_letters"

    letter: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    alert: Mapped[UUID] = mapped_column(Uuid, ForeignKey("alerts.id", ondelete="CASCADE"))
    problems: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    are_new: Mapped[list[bool]] = mapped_column(ARRAY(Boolean))
