"""Every query of the slice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from layers.files.tables import File, FileBytes


def find(session: Session, file_id: UUID) -> tuple[File, bytes] | None:
    """Return a file and its bytes as far as the viewer may read them."""
    wanted = select(File, FileBytes.content).join(FileBytes, FileBytes.file_id == File.id).where(File.id == file_id)
    row = session.execute(wanted).one_or_none()
    return (row[0], row[1]) if row else None


def add(session: Session, values: Mapping[str, Any], content: bytes) -> None:
    """Write a file and its bytes; nothing is read back, as whoever leaves one for the desk may not see it."""
    session.execute(insert(File.__table__).values(**values))  # type: ignore[arg-type]
    session.execute(insert(FileBytes.__table__).values(file_id=values["id"], content=content))  # type: ignore[arg-type]


def remove(session: Session, file_id: UUID) -> bool:
    """Delete a file and its bytes; return whether the viewer had it to delete."""
    return session.execute(delete(File).where(File.id == file_id).returning(File.id)).one_or_none() is not None
