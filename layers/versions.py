"""Edited rows carry a version: a change names the one it was made from, and loses nobody's work."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table, select, update
from sqlalchemy.orm import Session

from layers.errors import NotFound, Stale
from layers.text import N_


def save(session: Session, table: Table, row_id: object, expected: int, values: dict[str, Any]) -> int:
    """Write `values` over the row of this key if it is still at the version expected, and return its new version.

    Raises Stale when somebody changed the row since, NotFound when there is none that the viewer may change.
    """
    (key,) = table.primary_key.columns
    change = update(table).where(key == row_id, table.c.version == expected)
    changed = session.execute(change.values(**values, version=expected + 1))
    if changed.rowcount == 1:  # type: ignore[attr-defined]
        return expected + 1
    if session.execute(select(key).where(key == row_id)).one_or_none() is None:
        raise NotFound(N_("There is nothing here that you may change."))
    raise Stale(N_("Somebody changed this while you were reading it. Look at it again, then repeat your change."))
