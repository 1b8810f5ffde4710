"""Keeping, fetching and dropping a file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from layers import history
from layers.errors import BadInput, NotFound
from layers.files import store
from layers.files.rules import AUDIENCES, MAX_BYTES, MEDIA_TYPES
from layers.text import N_


@dataclass(frozen=True)
class Stored:
    """A file as it is handed out."""

    name: str
    media_type: str
    audience: str
    sha256: str
    content: bytes


def keep(session: Session, *, name: str, media_type: str, content: bytes, audience: str) -> UUID:
    """Keep a file in the caller's transaction and return its id.

    Raises BadInput when it is empty, too large or of a kind the house doesn't keep.
    """
    if media_type not in MEDIA_TYPES:
        raise BadInput(N_("Files of the kind {kind} are not kept here."), kind=media_type)
    if not content:
        raise BadInput(N_("The file {name} is empty."), name=name)
    if len(content) > MAX_BYTES:
        raise BadInput(
            N_("The file {name} is larger than {most} MB; make it smaller."), name=name, most=MAX_BYTES >> 20
        )
    if audience not in AUDIENCES:
        raise ValueError(f"audience {audience!r}")

    file_id = uuid4()
    digest = hashlib.sha256(content).hexdigest()
    values = {"name": PurePath(name).name, "media_type": media_type, "size": len(content), "sha256": digest}
    store.add(session, {"id": file_id, "audience": audience, **values}, content)
    return file_id


def fetch(session: Session, file_id: UUID) -> Stored:
    """Return a file; raises NotFound also for one that this viewer may not know of."""
    found = store.find(session, file_id)
    if found is None:
        raise NotFound(N_("There is no such file, or it is not for you."))
    file, content = found
    return Stored(file.name, file.media_type, file.audience, file.sha256, content)


def expire(session: Session, file_ids: Iterable[UUID]) -> None:
    """Delete files that were only kept to be fetched for a while; the history says nothing of them."""
    for file_id in file_ids:
        store.remove(session, file_id)


def drop(session: Session, file_id: UUID, *, why: str) -> None:
    """Delete a file for good; the history keeps its id and the code of why."""
    if not store.remove(session, file_id):
        raise NotFound(N_("There is no such file, or it is not for you."))
    history.record(
        session, audience="admin", subject="file", subject_id=str(file_id), event="dropped", codes={"why": why}
    )
