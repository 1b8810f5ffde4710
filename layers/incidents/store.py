"""Every query of the slice; the statements of a load stand in land.sql."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import TextClause, select, text
from sqlalchemy.orm import Session

from layers.area import Box
from layers.database.engine import raw
from layers.geometry import WGS84
from layers.incidents.tables import IncidentStatus
from layers.privacy.generalise import Unit
from layers.units.store import assign_units

if TYPE_CHECKING:
    import pandas as pd

POSTGRES_EPOCH = np.datetime64("2000-01-01", "us")
# What COPY sends: numbers as they lie in PostgreSQL (microseconds and days since 2000), uuid and geometry as bytes.
COPY = (
    "COPY arrived (row, digest, nth, happened_at, month, time_precision, category, category_label, status, place, "
    "location_precision, geom) FROM STDIN (FORMAT binary)"
)
COPY_TYPES = ("int4", "bytea", "int4", "int8", "int4", "text", "text", "text", "text", "text", "text", "bytea")
EWKB = np.dtype([("order", "u1"), ("type", "<u4"), ("srid", "<u4"), ("x", "<f8"), ("y", "<f8")])

UNITS = text("""
SELECT code, system, kind, ST_X(centre) AS lon, ST_Y(centre) AS lat
FROM (SELECT code, system, kind, coalesce(point, ST_PointOnSurface(geom)) AS centre FROM units) u
""")
SOURCE = text("""
INSERT INTO incident_sources (id, title, licence, url) VALUES (:id, :title, :licence, :url)
ON CONFLICT (id) DO UPDATE SET title = excluded.title, licence = excluded.licence, url = excluded.url, loaded_at = now()
""")


@cache
def statement(name: str) -> TextClause:
    """Return a statement of land.sql by its name."""
    content = (resources.files("layers") / "incidents" / "land.sql").read_text("utf-8")
    parts = re.split(r"^-- name: (\w+)\n", content, flags=re.MULTILINE)
    return text(dict(zip(parts[1::2], parts[2::2], strict=True))[name])


def statuses(session: Session) -> Mapping[str, IncidentStatus]:
    """Return the statuses by code."""
    found = session.scalars(select(IncidentStatus).order_by(IncidentStatus.position))
    return {status.code: status for status in found}


def units(session: Session) -> dict[str, Unit]:
    """Return every unit by its code."""
    return {
        row.code: Unit(row.code, row.system, row.kind, None if row.lon is None else (row.lon, row.lat))
        for row in session.execute(UNITS)
    }


# --- a load, in the order in which it happens -------------------------------------------------------------------------


def begin(session: Session, source: Mapping[str, str]) -> None:
    """Write the source down, hold the locks of a load, and make the temporary tables."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:key))"), {"key": f"incidents:{source['id']}"})
    session.execute(text("SELECT lock_publishing(false)"))
    # A chunk and what its statements carry along stay in memory.
    session.execute(text("SET LOCAL work_mem = '64MB'"))
    session.execute(SOURCE, source)
    session.execute(text("DROP TABLE IF EXISTS arrived, placed, resolved, cells"))
    session.execute(statement("arrived"))


def copy(session: Session, records: pd.DataFrame) -> None:
    """Send a chunk of records (see actions.COLUMNS) into `arrived`."""
    at = (records["at"].to_numpy("datetime64[us]") - POSTGRES_EPOCH).astype(np.int64)
    month = (records["month"].to_numpy("datetime64[D]") - POSTGRES_EPOCH.astype("datetime64[D]")).astype(np.int64)
    plain = ("time_precision", "category", "category_label", "status", "place", "location_precision")
    columns = [
        records["row"].tolist(),
        records["digest"].tolist(),
        records["nth"].tolist(),
        at.tolist(),
        month.tolist(),
    ]
    columns += [records[name].tolist() for name in plain]
    columns.append(points(records["lon"].to_numpy(np.float64), records["lat"].to_numpy(np.float64)))
    with raw(session).cursor() as cursor, cursor.copy(COPY) as stream:
        stream.set_types(COPY_TYPES)
        for row in zip(*columns, strict=True):
            stream.write_row(row)


def points(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> list[bytes | None]:
    """Return points in EPSG:4326 as EWKB; None where a coordinate is missing."""
    packed = np.empty(len(lon), EWKB)
    packed["order"], packed["type"], packed["srid"], packed["x"], packed["y"] = 1, 0x20000001, WGS84, lon, lat
    found: list[bytes | None] = packed.view(f"V{EWKB.itemsize}").tolist()
    for index in np.flatnonzero(np.isnan(lon) | np.isnan(lat)):
        found[index] = None
    return found


def is_known(session: Session, source_id: str) -> bool:
    """Say whether anything of this source was loaded before."""
    question = text("SELECT EXISTS (SELECT FROM incidents WHERE source_id = :source_id)")
    return bool(session.scalar(question, {"source_id": source_id}))


def drop_known(session: Session, source_id: str) -> int:
    """Drop from the chunk what an earlier load brought; return how many."""
    session.execute(text("ANALYZE arrived"))
    result = session.execute(statement("drop_known"), {"source_id": source_id})
    return int(result.rowcount)  # type: ignore[attr-defined]


def find_units(session: Session) -> None:
    session.execute(text(f"INSERT INTO placed (row, units) {assign_units('arrived', key='row')}"))
    session.execute(text("ANALYZE placed"))


def has_limits(session: Session) -> bool:
    """Say whether any unit has limits; without them the area is its box."""
    return bool(session.scalar(text("SELECT EXISTS (SELECT FROM unit_cells)")))


def drop_outside(session: Session, box: Box | None) -> dict[int, bool]:
    """Drop from the chunk what lies outside the units, or the box; return row -> inside if swapped."""
    if box is None:
        found = session.execute(statement("drop_outside_units"))
    else:
        west, south, east, north = box
        sides = {"west": west, "south": south, "east": east, "north": north}
        found = session.execute(statement("drop_outside_box"), sides)
    return {row.row: row.swapped for row in found}


def count(session: Session) -> tuple[int, int]:
    """Return how many of the chunk have a place, and how many have none."""
    placed, unplaced = session.execute(statement("count")).one()
    return placed, unplaced


def combinations(session: Session) -> list[list[str]]:
    """Return the sets of units that were not met before."""
    return [row.units for row in session.execute(statement("combinations"))]


def resolve(session: Session, rows: Iterable[Mapping[str, Any]]) -> None:
    for row in rows:
        session.execute(statement("resolve"), dict(row))


def unresolved(session: Session) -> tuple[list[int], NDArray[np.float64], NDArray[np.float64]]:
    """Return the rows with an exact place of which no unit says where to show them."""
    rows = session.execute(statement("unresolved")).all()
    return [r[0] for r in rows], np.array([r[1] for r in rows], float), np.array([r[2] for r in rows], float)


def write_cells(session: Session, rows: list[int], lon: NDArray[np.float64], lat: NDArray[np.float64]) -> None:
    with raw(session).cursor() as cursor, cursor.copy("COPY cells (row, geom) FROM STDIN (FORMAT binary)") as stream:
        stream.set_types(("int4", "bytea"))
        for pair in zip(rows, points(lon, lat), strict=True):
            stream.write_row(pair)


def land(session: Session, *, source_id: str, source: str, demo: bool) -> int:
    """Write the chunk into both tables, empty it, and return how many are public."""
    values = {"source_id": source_id, "source": source, "demo": demo}
    published = session.execute(statement("land"), values).rowcount  # type: ignore[attr-defined]
    session.execute(statement("empty"))
    return int(published)


def arrive_again(session: Session) -> None:
    """Let every record with a place arrive once more, alone with its publishing, and keep those whose units changed."""
    session.execute(text("SELECT lock_publishing(true)"))
    session.execute(text("DROP TABLE IF EXISTS arrived, placed, resolved, cells"))
    session.execute(statement("arrived"))
    session.execute(statement("located"))
    find_units(session)
    session.execute(statement("drop_unmoved"))


def move(session: Session) -> int:
    """Write the units of those that arrived again into both tables, empty them, and return how many moved."""
    moved = int(session.execute(statement("move")).rowcount)  # type: ignore[attr-defined]
    session.execute(statement("withdraw_moved"))
    publish_all(session)
    session.execute(statement("empty"))
    return moved


def publish_all(session: Session) -> None:
    """Make the public table follow from the records and from which units are closed."""
    session.execute(text("SELECT publish_incidents()"))
