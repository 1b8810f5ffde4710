"""Incident records for tests, straight into the tables: small, and with every value chosen by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.orm import Session

SOURCE = text("INSERT INTO incident_sources (id, title) VALUES ('test', 'Test') ON CONFLICT DO NOTHING")
INSERT = text("""
INSERT INTO incidents (public_id, source_id, source, digest, nth, happened_at, month, time_precision, category, status,
                       location_precision, units, geom, public_geom, public_precision, public_units)
VALUES (:public_id, 'test', 'Test', :digest, 1, :at, :month, 'minute',
        :category, :status, 'exact', :units, ST_Point(:lon, :lat, 4326), ST_Point(:public_lon, :public_lat, 4326),
        'snapped', :units)
""")


def add_incident(
    session: Session,
    *,
    at: tuple[float, float],
    public: tuple[float, float] | None = None,
    when: str = "2026-03-15T14:30:00+02:00",
    category: str = "theft",
    status: str = "unknown",
    units: Sequence[str] = (),
) -> UUID:
    """Add one record and return its public id; it is published by `publish`."""
    session.execute(SOURCE)
    public_id = uuid4()
    lon, lat = public or at
    values: dict[str, Any] = {
        "public_id": public_id,
        "digest": uuid4(),
        "at": datetime.fromisoformat(when),
        "month": datetime.fromisoformat(when).date().replace(day=1),
        "category": category,
        "status": status,
        "units": list(units),
        "lon": at[0],
        "lat": at[1],
        "public_lon": lon,
        "public_lat": lat,
    }
    session.execute(INSERT, values)
    return public_id


def publish(session: Session) -> None:
    """Put what may be public into the public's table."""
    session.execute(text("SELECT publish_incidents()"))


def withdraw(session: Session, public_id: UUID) -> None:
    """Take one record from the public's table."""
    session.execute(text("UPDATE incidents SET public_geom = NULL WHERE public_id = :id"), {"id": public_id})
    publish(session)
