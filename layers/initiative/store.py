"""Every query of the slice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import delete, or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from layers.initiative.tables import Helpline, Initiative, Institution, Route


def initiative(session: Session) -> Initiative:
    return session.scalars(select(Initiative)).one()


def helplines(session: Session) -> Sequence[Helpline]:
    return session.scalars(select(Helpline).order_by(Helpline.position, Helpline.code)).all()


def institutions(session: Session) -> Sequence[Institution]:
    return session.scalars(select(Institution).order_by(Institution.position, Institution.name_uk)).all()


def institution(session: Session, institution_id: UUID) -> Institution | None:
    return session.get(Institution, institution_id)


def routes(session: Session) -> Sequence[Route]:
    return session.scalars(select(Route)).all()


def candidates(session: Session, category: str, units: Iterable[str]) -> Sequence[Route]:
    """Return every line of the routing table that fits a category within some units, of active institutions."""
    fitting = (
        select(Route)
        .join(Institution, Institution.id == Route.institution_id)
        .where(
            Institution.active,
            or_(Route.category.is_(None), Route.category == category),
            or_(Route.unit.is_(None), Route.unit.in_(list(units))),
        )
    )
    return session.scalars(fitting).all()


def set_route(session: Session, category: str | None, unit: str | None, institution_id: UUID) -> None:
    line = insert(Route).values(category=category, unit=unit, institution_id=institution_id)
    session.execute(
        line.on_conflict_do_update(
            constraint="uq_routes_category_unit", set_={"institution_id": line.excluded.institution_id}
        )
    )


def remove_route(session: Session, route_id: UUID) -> bool:
    gone = session.execute(delete(Route).where(Route.id == route_id))
    return bool(gone.rowcount)  # type: ignore[attr-defined]


def lock(session: Session) -> None:
    """Let one change of the routing table happen at a time."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext('routes'))"))
