"""Models, sites, plans, who may see them, what was said and decided of them, and the counts by unit that are public."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import ForeignKey, Identity, Text, Uuid, func, text
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from layers.database.base import Base
from layers.geometry import WGS84

MOMENT = TIMESTAMP(timezone=True)
ACCOUNT = text("bezpeka_account()")


class CameraModel(Base):
    __tablename__ = "camera_models"

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    name_uk: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str] = mapped_column(Text)
    h_px: Mapped[int]
    v_px: Mapped[int]
    sensor_width_mm: Mapped[float]
    focal_min_mm: Mapped[float]
    focal_max_mm: Mapped[float]
    ir_range_m: Mapped[float]
    price_uah: Mapped[float]
    yearly_uah: Mapped[float]
    position: Mapped[int] = mapped_column(server_default=text("0"))


class CameraReader(Base):
    """A deputy whom the coordinator has named to see exact sites."""

    __tablename__ = "camera_readers"

    account: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    named_by: Mapped[UUID | None] = mapped_column(Uuid, server_default=ACCOUNT)
    named_at: Mapped[datetime] = mapped_column(MOMENT, server_default=func.now())


class CameraSite(Base):
    """Where a camera stands or may stand; `ref` is OpenStreetMap's id or the council's own number."""

    __tablename__ = "camera_sites"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    ref: Mapped[str | None] = mapped_column(Text, unique=True)
    place: Mapped[str] = mapped_column(Text, server_default="")
    mount: Mapped[str] = mapped_column(Text)
    height_m: Mapped[float]
    bearing: Mapped[float | None]
    tilt: Mapped[float | None]
    hfov: Mapped[float | None]
    model: Mapped[str] = mapped_column(Text, ForeignKey("camera_models.code"))
    state: Mapped[str] = mapped_column(Text)
    owner_kind: Mapped[str] = mapped_column(Text, server_default="other")
    owner: Mapped[str] = mapped_column(Text, server_default="")
    note: Mapped[str] = mapped_column(Text, server_default="")
    switched_off: Mapped[bool] = mapped_column(server_default=text("false"))
    joined: Mapped[bool] = mapped_column(server_default=text("false"))
    storage_days: Mapped[int | None]
    server: Mapped[str] = mapped_column(Text, server_default="")
    access_rule: Mapped[str] = mapped_column(Text, server_default="")
    ups_hours: Mapped[float | None]
    maintained_on: Mapped[date | None]
    geom: Mapped[WKBElement] = mapped_column(Geometry("POINT", WGS84, spatial_index=False))
    made_at: Mapped[datetime] = mapped_column(MOMENT, server_default=func.now())
    version: Mapped[int] = mapped_column(default=1)


class CameraPlan(Base):
    __tablename__ = "camera_plans"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    number: Mapped[int] = mapped_column(Identity(always=True), unique=True)
    title: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    parent: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("camera_plans.id", ondelete="SET NULL"))
    settings: Mapped[dict[str, Any]] = mapped_column(JSONB)
    numbers: Mapped[dict[str, Any]] = mapped_column(JSONB)
    drawing: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"), deferred=True)
    public: Mapped[bool] = mapped_column(server_default=text("false"))
    author: Mapped[UUID | None] = mapped_column(Uuid, server_default=ACCOUNT)
    made_at: Mapped[datetime] = mapped_column(MOMENT, server_default=func.now())
    version: Mapped[int] = mapped_column(default=1)


class CameraPlanSite(Base):
    """A camera of a plan, in the order in which to buy; `adds` is its share of the demand beyond those before it."""

    __tablename__ = "camera_plan_sites"

    plan_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("camera_plans.id", ondelete="CASCADE"), primary_key=True)
    site_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("camera_sites.id"), primary_key=True)
    position: Mapped[int]
    locked: Mapped[bool]
    price_uah: Mapped[float]
    yearly_uah: Mapped[float]
    adds: Mapped[float | None]
    lost_if_refused: Mapped[float | None]
    private_m2: Mapped[float | None]
    facade_m: Mapped[float | None]


class CameraPlanUnit(Base):
    """What everybody may know of a published plan."""

    __tablename__ = "camera_plan_units"

    plan_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("camera_plans.id", ondelete="CASCADE"), primary_key=True)
    unit: Mapped[str] = mapped_column(Text, primary_key=True)
    title: Mapped[str] = mapped_column(Text)
    number: Mapped[int]
    cameras: Mapped[int]
    share: Mapped[float]


class CameraComment(Base):
    """A remark on a plan, or on one camera of it; append-only."""

    __tablename__ = "camera_comments"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, server_default=text("gen_random_uuid()"))
    plan_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("camera_plans.id", ondelete="CASCADE"))
    site_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("camera_sites.id"))
    account: Mapped[UUID | None] = mapped_column(Uuid, server_default=ACCOUNT)
    role: Mapped[str] = mapped_column(Text, server_default=text("bezpeka_role()"))
    signed: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    said_at: Mapped[datetime] = mapped_column(MOMENT, server_default=func.now())


class CameraPosition(Base):
    """«Позиція депутата»: for, against, abstain; append-only, the latest of an account counts."""

    __tablename__ = "camera_positions"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, server_default=text("gen_random_uuid()"))
    plan_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("camera_plans.id", ondelete="CASCADE"))
    account: Mapped[UUID] = mapped_column(Uuid, server_default=ACCOUNT)
    signed: Mapped[str] = mapped_column(Text)
    stance: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text, server_default="")
    said_at: Mapped[datetime] = mapped_column(MOMENT, server_default=func.now())


class CameraDecision(Base):
    """What a council or a military administration decided on a plan; append-only."""

    __tablename__ = "camera_decisions"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, server_default=text("gen_random_uuid()"))
    plan_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("camera_plans.id", ondelete="CASCADE"))
    form: Mapped[str] = mapped_column(Text)
    number: Mapped[str] = mapped_column(Text)
    decided_on: Mapped[date]
    outcome: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text, server_default="")
    account: Mapped[UUID | None] = mapped_column(Uuid, server_default=ACCOUNT)
    written_at: Mapped[datetime] = mapped_column(MOMENT, server_default=func.now())


class CameraCopy(Base):
    """A copy with exact sites: for whom, in which form, when."""

    __tablename__ = "camera_copies"

    number: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    plan_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("camera_plans.id", ondelete="CASCADE"))
    account: Mapped[UUID | None] = mapped_column(Uuid, server_default=ACCOUNT)
    reader: Mapped[str] = mapped_column(Text)
    form: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(MOMENT, server_default=func.now())


class CameraPhoto(Base):
    """What the place of a camera looks like; a clean JPEG."""

    __tablename__ = "camera_photos"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, server_default=text("gen_random_uuid()"))
    site_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("camera_sites.id", ondelete="CASCADE"))
    content: Mapped[bytes] = mapped_column(deferred=True)
    account: Mapped[UUID | None] = mapped_column(Uuid, server_default=ACCOUNT)
    made_at: Mapped[datetime] = mapped_column(MOMENT, server_default=func.now())


class CameraZone(Base):
    """Ground on which no camera is proposed."""

    __tablename__ = "camera_zones"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, server_default=text("gen_random_uuid()"))
    title: Mapped[str] = mapped_column(Text)
    geom: Mapped[WKBElement] = mapped_column(Geometry("POLYGON", WGS84, spatial_index=False))
    made_at: Mapped[datetime] = mapped_column(MOMENT, server_default=func.now())
