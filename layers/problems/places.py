"""Where a report lies: its units, the one point at which the public is shown it, and what the place is called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from layers.area import Area, Box
from layers.layer import Title
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


# --- for whoever is about to report -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Beginning:
    """Where a form begins that was opened for a unit or a street: on a poster, or by a link."""

    title: Title
    box: Box


def called(session: Session, area: Area, lon: float, lat: float) -> Title | None:
    """Return what a place is called to whoever stands there; None outside the area."""
    where = shown(session, area, lon, lat)
    if where is None:
        return None
    names = store.names_at(session, lon, lat, where["snap_id"])
    return Title(", ".join(name.name_uk for name in names), ", ".join(name.name_en for name in names))


def beginning(session: Session, *, unit: str = "", street: str = "") -> Beginning | None:
    """Return where to begin for a unit's code or a street's id; None for what isn't known here."""
    if street and (row := store.street_named(session, street)):
        settlement = (row.settlement_uk, row.settlement_en or row.settlement_uk)
        names = zip(settlement, (row.name_uk, row.name_en or row.name_uk), strict=True)
        title = Title(*(", ".join(name for name in pair if name) for pair in names))
        return Beginning(title, (row.west, row.south, row.east, row.north))
    if unit and (row := store.unit_named(session, unit)):
        return Beginning(Title(row.name_uk, row.name_en), (row.west, row.south, row.east, row.north))
    return None
