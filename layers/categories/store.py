"""Every query of the slice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.orm import Session

from layers.categories.tables import Category

LOCK = text("SELECT pg_advisory_xact_lock(hashtext('categories'))")
USES = text("SELECT code, reports, incidents FROM category_uses()")


def all_of(session: Session) -> Sequence[Category]:
    """Return every category in its order."""
    return session.scalars(select(Category).order_by(Category.position, Category.code)).all()


def reportable(session: Session, *, also_inactive: bool = False) -> Sequence[Category]:
    """Return the categories that residents can choose, in the order in which they are offered."""
    chosen = select(Category).where(Category.problem_uk.is_not(None))
    if not also_inactive:
        chosen = chosen.where(Category.active)
    return session.scalars(chosen.order_by(Category.problem_position, Category.code)).all()


def one(session: Session, code: str) -> Category | None:
    return session.get(Category, code, populate_existing=True)


def uses(session: Session) -> dict[str, tuple[int, int]]:
    """Return of each category how many reports and incidents have it, whoever may see those."""
    return {row.code: (row.reports, row.incidents) for row in session.execute(USES)}


def add(session: Session, values: Mapping[str, Any]) -> None:
    """Add a category after all others."""
    places = {"position": Category.position, "problem_position": Category.problem_position}
    last = {name: select(func.coalesce(func.max(column), -1) + 1).scalar_subquery() for name, column in places.items()}
    session.execute(insert(Category).values(**last, **values))


def place(session: Session, codes: Sequence[str]) -> None:
    """Offer categories in this order."""
    for position, code in enumerate(codes):
        moved = update(Category).where(Category.code == code, Category.problem_position != position)
        session.execute(moved.values(problem_position=position))


def remove(session: Session, code: str) -> None:
    session.execute(delete(Category).where(Category.code == code))


def lock(session: Session) -> None:
    """Let one change of the order happen at a time."""
    session.execute(LOCK)
