"""Every query of the slice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from layers.initiative.rules import fitting
from layers.initiative.tables import Helpline, Initiative, Institution, Route

LOCK_ROUTES = text("SELECT pg_advisory_xact_lock(hashtext('routes'))")


def initiative(session: Session) -> Initiative:
    return session.scalars(select(Initiative).execution_options(populate_existing=True)).one()


# --- numbers to call --------------------------------------------------------------------------------------------------


def helplines(session: Session, concern: str | None = None) -> Sequence[Helpline]:
    """Return the numbers to call in their order: all, or those for one concern."""
    wanted = select(Helpline).order_by(Helpline.position, Helpline.code)
    return session.scalars(wanted if concern is None else wanted.where(Helpline.concerns.any_() == concern)).all()


def helpline(session: Session, code: str) -> Helpline | None:
    return session.get(Helpline, code, populate_existing=True)


def add_helpline(session: Session, values: Mapping[str, Any]) -> None:
    place = select(func.coalesce(func.max(Helpline.position), -1) + 1).scalar_subquery()
    session.execute(insert(Helpline).values(**values, position=place))


def remove_helpline(session: Session, code: str) -> None:
    session.execute(delete(Helpline).where(Helpline.code == code))


# --- institutions -----------------------------------------------------------------------------------------------------


def institutions(session: Session) -> Sequence[Institution]:
    return session.scalars(select(Institution).order_by(Institution.position, Institution.name_uk)).all()


def institution(session: Session, institution_id: UUID) -> Institution | None:
    return session.get(Institution, institution_id, populate_existing=True)


def add_institution(session: Session, values: Mapping[str, Any]) -> None:
    place = select(func.coalesce(func.max(Institution.position), -1) + 1).scalar_subquery()
    session.execute(insert(Institution).values(**values, position=place))


# --- the routing table ------------------------------------------------------------------------------------------------


def routes(session: Session) -> Sequence[Route]:
    """Return every line of the routing table."""
    return session.scalars(select(Route).execution_options(populate_existing=True)).all()


def candidates(session: Session, category: str, units: Iterable[str]) -> Sequence[Route]:
    """Return every line of the routing table that fits a category within some units, of active institutions."""
    active = select(Route).join(Institution, Institution.id == Route.institution_id).where(Institution.active)
    return fitting(session.scalars(active), category, set(units))


def route(session: Session, category: str | None, unit: str | None) -> Route | None:
    """Return the line of just this category and unit; None means any."""
    same = Route.category.is_not_distinct_from(category), Route.unit.is_not_distinct_from(unit)
    return session.scalars(select(Route).where(*same).execution_options(populate_existing=True)).one_or_none()


def set_route(session: Session, category: str | None, unit: str | None, institution_id: UUID) -> None:
    line = upsert(Route).values(category=category, unit=unit, institution_id=institution_id)
    session.execute(
        line.on_conflict_do_update(
            constraint="uq_routes_category_unit", set_={"institution_id": line.excluded.institution_id}
        )
    )


def remove_route(session: Session, category: str | None, unit: str | None) -> None:
    same = Route.category.is_not_distinct_from(category), Route.unit.is_not_distinct_from(unit)
    session.execute(delete(Route).where(*same))


def lock_routes(session: Session) -> None:
    """Let one change of the routing table happen at a time."""
    session.execute(LOCK_ROUTES)
