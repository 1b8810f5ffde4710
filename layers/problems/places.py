"""Where a report lies: its units, and the one point at which the public is shown it."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from layers.area import Area
from layers.privacy.actions import snap
from layers.privacy.rules import HROMADAS, SETTLEMENTS
from layers.problems import store

NOWHERE: dict[str, Any] = {
    "units": [],
    "hromada": None,
    "unit_2017": None,
    "settlement": None,
    "snap_id": None,
    "public_geom": None,
    "public_precision": None,
    "public_units": [],
}


def shown(session: Session, area: Area, lon: float, lat: float) -> dict[str, Any] | None:
    """Return what a point (EPSG:4326) says of a report, as columns of `problems`; None outside the area."""
    units = store.units_at(session, lon, lat)
    if not units and (store.has_limits(session) or not _in_box(area, lon, lat)):
        return None
    by_system = store.systems(session, units)
    snapped = snap(session, lon=lon, lat=lat)
    return {
        "units": units,
        "hromada": by_system.get(HROMADAS),
        "unit_2017": by_system.get("units_2017"),
        "settlement": by_system.get(SETTLEMENTS),
        "snap_id": snapped.id,
        "public_geom": f"SRID=4326;POINT({snapped.point[0]!r} {snapped.point[1]!r})",
        "public_precision": snapped.kind,
        "public_units": list(snapped.units),
    }


def _in_box(area: Area, lon: float, lat: float) -> bool:
    west, south, east, north = area.box
    return west <= lon <= east and south <= lat <= north
