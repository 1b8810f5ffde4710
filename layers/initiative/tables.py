"""The organisation (one row), helplines, institutions, and the routing table."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import Date, ForeignKey, Text, UniqueConstraint, Uuid, func, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from layers.database.base import Base


class Initiative(Base):
    """The organisation behind this map; `martial_law`: while it lasts holidays are working days."""

    __tablename__ = "initiative"

    one: Mapped[bool] = mapped_column(primary_key=True, default=True)
    name_uk: Mapped[str] = mapped_column(Text, default="")
    name_en: Mapped[str] = mapped_column(Text, default="")
    hotline: Mapped[str] = mapped_column(Text, default="")
    hotline_hours: Mapped[str] = mapped_column(Text, default="")
    email: Mapped[str] = mapped_column(Text, default="")
    address: Mapped[str] = mapped_column(Text, default="")
    registration: Mapped[str] = mapped_column(Text, default="")
    signatory: Mapped[str] = mapped_column(Text, default="")
    signatory_position: Mapped[str] = mapped_column(Text, default="")
    martial_law: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)


class Helpline(Base):
    """Whom to call at once; `checked_on` is the day somebody rang and it was right, None before."""

    __tablename__ = "helplines"

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    number: Mapped[str] = mapped_column(Text)
    title_uk: Mapped[str] = mapped_column(Text)
    title_en: Mapped[str] = mapped_column(Text)
    concerns: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    checked_on: Mapped[date | None] = mapped_column(Date)
    position: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(server_default=text("1"))


class Institution(Base):
    """Who answers; `members` are accounts of executors who work there."""

    __tablename__ = "institutions"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, server_default=func.gen_random_uuid())
    code: Mapped[str] = mapped_column(Text, unique=True)
    name_uk: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    addressee: Mapped[str] = mapped_column(Text, default="")
    email: Mapped[str] = mapped_column(Text, default="")
    address: Mapped[str] = mapped_column(Text, default="")
    members: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default=text("'{}'"), default=list)
    active: Mapped[bool] = mapped_column(default=True)
    position: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)


class Route(Base):
    """Whom a report of this category in this unit goes to; None means any."""

    __tablename__ = "routes"
    __table_args__ = (UniqueConstraint("category", "unit", postgresql_nulls_not_distinct=True),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, server_default=func.gen_random_uuid())
    category: Mapped[str | None] = mapped_column(Text)
    unit: Mapped[str | None] = mapped_column(Text)
    institution_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("institutions.id", ondelete="CASCADE"))
