"""Every query of the slice."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from layers.categories.tables import Category


def all_of(session: Session) -> Sequence[Category]:
    """Return every category in its order."""
    return session.scalars(select(Category).order_by(Category.position, Category.code)).all()


def reportable(session: Session) -> Sequence[Category]:
    """Return the categories that residents can choose, in the order in which they are offered."""
    chosen = select(Category).where(Category.problem_uk.is_not(None), Category.active)
    return session.scalars(chosen.order_by(Category.problem_position, Category.code)).all()


def one(session: Session, code: str) -> Category | None:
    return session.get(Category, code)
