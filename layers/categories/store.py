"""Every query of the slice."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from layers.categories.tables import Category


def all_of(session: Session) -> Sequence[Category]:
    """Return every category in its order."""
    return session.scalars(select(Category).order_by(Category.position, Category.code)).all()
