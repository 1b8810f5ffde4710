"""All rows of a face in the caller's transaction, for pictures, handouts and exports."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from layers.database.engine import raw
from layers.layer import Face, Title
from layers.query import Query
from layers.serving import rows_sql


def select_rows(session: Session, face: Face, query: Query) -> list[tuple[Any, ...]]:
    """Return the rows that the transaction's viewer may see: geometry as WKB (EPSG:4326), then the face's columns."""
    cursor = raw(session).cursor(binary=True)
    return cursor.execute(*rows_sql(face, query)).fetchall()


def select_names(session: Session, face: Face) -> dict[str, dict[str, Title]]:
    """Return what people call the values of the face's columns: titles by column and code."""
    named = [column for column in face.columns if column.names]
    return {
        column.name: {code: Title(uk, en) for code, uk, en in raw(session).execute(column.names).fetchall()}
        for column in named
    }
