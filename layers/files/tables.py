"""What is known of a file, and its bytes apart, so that a list never drags them along."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, LargeBinary, Text, Uuid, func, text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from layers.database.base import Base
from layers.files.rules import AUDIENCES


class File(Base):
    __tablename__ = "files"
    __table_args__ = (CheckConstraint(f"audience IN ({', '.join(map(repr, AUDIENCES))})", name="audience"),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    media_type: Mapped[str] = mapped_column(Text)
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(Text)
    audience: Mapped[str] = mapped_column(Text)
    owner: Mapped[UUID | None] = mapped_column(Uuid, server_default=text("bezpeka_account()"))
    made_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=func.now())


class FileBytes(Base):
    __tablename__ = "file_bytes"

    file_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("files.id", ondelete="CASCADE"), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
