"""The keys of programs; the key itself is with whoever was given it, here is only its hash."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary, Text, Uuid
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from layers.database.base import Base


class ApiKey(Base):
    """One program's key; `label` says whose it is, `per_hour` how many reports it may send in an hour."""

    __tablename__ = "api_keys"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    label: Mapped[str] = mapped_column(Text, unique=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    per_hour: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True))
    disabled_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
