"""Every query of the slice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from layers.api_keys.tables import ApiKey


def add(session: Session, values: Mapping[str, Any]) -> None:
    session.execute(insert(ApiKey).values(**values))


def all_of(session: Session) -> Sequence[ApiKey]:
    return session.scalars(select(ApiKey).order_by(ApiKey.made_at, ApiKey.label)).all()


def by_label(session: Session, label: str) -> ApiKey | None:
    return session.scalars(select(ApiKey).where(ApiKey.label == label)).one_or_none()


def by_hash(session: Session, digest: bytes) -> ApiKey | None:
    """Return the key with this hash, unless it is disabled."""
    return session.scalars(select(ApiKey).where(ApiKey.hash == digest, ApiKey.disabled_at.is_(None))).one_or_none()


def disable(session: Session, key: UUID, now: datetime) -> None:
    session.execute(update(ApiKey).where(ApiKey.id == key).values(disabled_at=now))
