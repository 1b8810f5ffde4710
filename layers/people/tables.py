"""Accounts, what opens them (apart, where nobody but the door reads it), links, sessions."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Integer, LargeBinary, Text, Uuid, func, text
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from layers.database.base import Base
from layers.viewer import STAFF

ROLES = ", ".join(f"'{role.value}'" for role in sorted(STAFF))


class Account(Base):
    """One member of the staff; an erased one stays as a tombstone, because history names its id."""

    __tablename__ = "accounts"
    __table_args__ = (
        CheckConstraint(f"role IN ({ROLES})", name="role"),
        CheckConstraint("(erased_at IS NULL) = (email IS NOT NULL)", name="tombstone_is_empty"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    email: Mapped[str | None] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text)
    units: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    made_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=func.now())
    disabled_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    erased_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"))


class AccountKey(Base):
    """What opens an account: the application may write it and, but for the id and the step, never read it."""

    __tablename__ = "account_keys"

    account_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)
    password_hash: Mapped[str] = mapped_column(Text)
    totp_secret: Mapped[bytes] = mapped_column(LargeBinary)
    totp_step: Mapped[int] = mapped_column(BigInteger)  # the step of the last code used: none counts twice
    set_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=func.now())


class RecoveryCode(Base):
    """A code on paper for the day the phone is lost; each opens once."""

    __tablename__ = "recovery_codes"

    account_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)


class AccountLink(Base):
    """A link that opens the first sign-in, once."""

    __tablename__ = "account_links"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    account_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("accounts.id", ondelete="CASCADE"))
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    ends_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True))


class SignedIn(Base):
    """One session of one browser."""

    __tablename__ = "sessions"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    account_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("accounts.id", ondelete="CASCADE"))
    made_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True))
    seen_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True))
    ends_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True))
