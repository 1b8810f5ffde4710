"""Facts that a coordinator keeps by hand: who may, and what the history says of a change."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from layers import history
from layers.errors import NotAllowed
from layers.text import N_
from layers.viewer import KEEPERS, Viewer


def must_keep(viewer: Viewer) -> None:
    if viewer.role not in KEEPERS:
        raise NotAllowed(N_("Only the coordinator may change this."))


def difference(before: object, after: Mapping[str, Any], *, typed: Collection[str] = ()) -> dict[str, Any]:
    """Return what `after` changes in a row: from and to, but of a text that somebody typed only that it changed."""
    changed = {name: (getattr(before, name), value) for name, value in after.items() if getattr(before, name) != value}
    return {name: None if name in typed else [_code(old), _code(new)] for name, (old, new) in changed.items()}


def note(session: Session, subject: str, subject_id: str, event: str, codes: Mapping[str, Any]) -> None:
    """Write a line of history that staff may read, in the caller's transaction."""
    history.record(session, audience="staff", subject=subject, subject_id=subject_id, event=event, codes=dict(codes))


def _code(value: Any) -> Any:
    if isinstance(value, list | tuple | set | frozenset):
        return sorted(map(_code, value), key=str)
    return str(value) if isinstance(value, UUID | date) else value
