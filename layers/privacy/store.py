"""Every query of snap points: gathering the facts, saving a list, looking a place up, and counting homes again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from layers.area import Area
from layers.database.engine import raw
from layers.geometry import WGS84
from layers.privacy.rules import FINE_UNITS, HROMADAS, LEAST, NAMED, NUMBERED, PLACES, RULES, SETTLEMENTS, UNNAMED
from layers.units.rules import AREA

if TYPE_CHECKING:
    from shapely import Geometry

    from layers.privacy.facts import Facts, SnapPoint

# --- What a list follows from -----------------------------------------------------------------------------------------

MARK = text("""
SELECT coalesce(string_agg(layer || ' ' || version, ' ' ORDER BY layer), '')
FROM (SELECT layer, sum(version) AS version FROM tile_versions WHERE layer = ANY(:layers) GROUP BY layer) served
""")
UNITS = text("""
SELECT system, code, name_uk, name_en, kind, ST_AsBinary(geom) AS limits,
       ST_AsBinary(coalesce(point, ST_PointOnSurface(geom))) AS centre
FROM units WHERE system = ANY(:systems) AND geom IS NOT NULL ORDER BY code
""")
STREETS = text("""
SELECT name_uk, name_en, ref, class = ANY(:unnamed) AS lived, ST_AsBinary(geom) AS line FROM roads
WHERE NOT tunnel AND (name_uk IS NOT NULL AND class = ANY(:named) OR name_uk IS NULL AND class = ANY(:unnamed)
                      OR name_uk IS NULL AND ref IS NOT NULL AND class = ANY(:numbered))
""")
PUBLIC_PLACES = text("""
SELECT kind, name_uk, name_en, ST_AsBinary(geom) AS point FROM places WHERE kind = ANY(:kinds)
""")
BUILDINGS = text("""
SELECT ST_AsBinary(geom) AS outline, is_home(b) AS is_home, ST_X(middle) AS lon, ST_Y(middle) AS lat
FROM buildings b, ST_Centroid(geom) AS middle
""")


def mark(session: Session, area: Area) -> str:
    """Return what changes with every change of what a list follows from: the versions of those layers' tiles."""
    layers = ["roads", "places", "buildings", HROMADAS, SETTLEMENTS, AREA]
    served = session.scalar(MARK, {"layers": layers})
    return f"rules {RULES}, {area.metric_srid} {area.box}: {served}"


def gather(session: Session, area: Area) -> Facts:
    """Return the facts that a new list is to be made from."""
    from layers.privacy.gathering import read_facts  # NumPy and Shapely: a start with nothing new can do without

    streets = {"named": list(NAMED), "unnamed": list(UNNAMED), "numbered": list(NUMBERED)}
    return read_facts(
        area,
        units=session.execute(UNITS, {"systems": [HROMADAS, SETTLEMENTS, AREA]}).all(),
        streets=session.execute(STREETS, streets).all(),
        places=session.execute(PUBLIC_PLACES, {"kinds": list(PLACES)}).all(),
        buildings=session.execute(BUILDINGS).all(),
    )


# --- Lists ------------------------------------------------------------------------------------------------------------

LOCK = text("SELECT pg_advisory_xact_lock(hashtext('snap_lists'))")
NEWEST = text("SELECT version, fingerprint, mark FROM snap_lists ORDER BY version DESC LIMIT 1")
NOTE_MARK = text("UPDATE snap_lists SET mark = :mark WHERE version = :version")
NEW_LIST = text("""
INSERT INTO snap_lists (made_at, fingerprint, mark, homes, counts)
VALUES (:now, :fingerprint, :mark, (SELECT count(*) FROM buildings b WHERE is_home(b)), :counts) RETURNING version
""").bindparams(bindparam("counts", type_=JSONB))
STAGE = """
DROP TABLE IF EXISTS arriving_points, counted_homes;
CREATE TEMPORARY TABLE arriving_points (
    row int, kind text, title_uk text, title_en text, region text, geom geometry(Point, 4326),
    catchment geometry(MultiPolygon, 4326)
) ON COMMIT DROP;
CREATE TEMPORARY TABLE counted_homes ON COMMIT DROP AS
SELECT ST_Centroid(geom) AS place FROM buildings b WHERE is_home(b);
CREATE INDEX ON counted_homes USING gist (place);
ANALYZE counted_homes
"""
COPY = "COPY arriving_points (row, kind, title_uk, title_en, region, geom, catchment) FROM STDIN (FORMAT binary)"
COPY_TYPES = ("int4", "text", "text", "text", "text", "bytea", "bytea")
# PostGIS counts the homes, whatever the list says of itself; the table refuses a street or place with too few.
NEW_POINTS = text("""
INSERT INTO snap_points (version, kind, title_uk, title_en, region, geom, catchment, units, buildings)
SELECT :version, kind, title_uk, title_en, region, geom, catchment,
       ARRAY(SELECT u.code FROM units u WHERE u.code = ANY(units_at(a.geom))
             AND (a.kind IN ('street', 'place', 'settlement') OR NOT u.system = ANY(:fine)) ORDER BY u.system),
       (SELECT count(*) FROM counted_homes WHERE ST_Intersects(a.catchment, place))
FROM arriving_points a ORDER BY row
""")


@dataclass(frozen=True)
class Made:
    """What is known of a list without reading it."""

    version: int
    fingerprint: str
    mark: str


def lock(session: Session) -> None:
    """Let nobody else make a list until this transaction ends."""
    session.execute(LOCK)


def newest(session: Session) -> Made | None:
    row = session.execute(NEWEST).one_or_none()
    return Made(*row) if row else None


def note_mark(session: Session, version: int, mark: str) -> None:
    """Remember that a list is still true under another mark."""
    session.execute(NOTE_MARK, {"version": version, "mark": mark})


def save(
    session: Session,
    points: Sequence[SnapPoint],
    *,
    fingerprint: str,
    mark: str,
    counts: Mapping[str, int],
    now: datetime,
) -> int:
    """Write a new list and return its version."""
    values = {"now": now, "fingerprint": fingerprint, "mark": mark, "counts": dict(counts)}
    version: int = session.execute(NEW_LIST, values).scalar_one()
    shapes = [_ewkb(each) for each in ([p.point for p in points], [p.catchment for p in points])]
    connection = raw(session)
    connection.execute(STAGE)
    with connection.cursor() as cursor, cursor.copy(COPY) as copy:
        copy.set_types(COPY_TYPES)
        for number, (each, point, catchment) in enumerate(zip(points, *shapes, strict=True)):
            copy.write_row((number, each.kind, each.title.uk, each.title.en, each.region, point, catchment))
    session.execute(NEW_POINTS, {"version": version, "fine": sorted(FINE_UNITS)})
    return version


def _ewkb(shapes: Iterable[Geometry]) -> list[bytes]:
    import numpy as np
    import shapely

    marked = shapely.set_srid(np.array(list(shapes), dtype=object), WGS84)
    return list(shapely.to_wkb(marked, include_srid=True))


MEDIAN = text("""
SELECT coalesce(percentile_disc(0.5) WITHIN GROUP (ORDER BY buildings), 0) FROM snap_points
WHERE version = :version AND buildings > 0
""")


def median(session: Session, version: int) -> int:
    """Return how many homes the middle one of a list's inhabited catchments holds; 0 where there is none."""
    return int(session.scalar(MEDIAN, {"version": version}) or 0)


# --- Where a place is shown -------------------------------------------------------------------------------------------

FOUND = """
SELECT p.id, p.version, p.kind, p.title_uk, p.title_en, p.units, p.buildings, ST_X(p.geom) AS lon, ST_Y(p.geom) AS lat,
       ST_AsBinary(p.catchment) AS catchment
FROM snap_points p, (SELECT ST_SetSRID(ST_MakePoint(:lon, :lat), 4326) AS place) given
WHERE p.version = (SELECT max(version) FROM snap_lists) AND {which}
ORDER BY p.region <> ALL(units_at(place)), ST_Distance(p.catchment, place),
         ST_Distance(p.geom::geography, place::geography), p.id
LIMIT 1
"""
AT = text(FOUND.format(which="ST_Intersects(p.catchment, place)"))
# In the area, and yet in no catchment: a strip between limits that don't fit. 0.015 degrees are 1 to 1.7 km.
BESIDE = text(FOUND.format(which="ST_DWithin(p.catchment, place, 0.015) AND units_at(place) <> '{}'"))


def at(session: Session, lon: float, lat: float) -> Any | None:
    """Return the row of the newest list whose catchment holds a place, or None.

    On a common side of two catchments it is the nearer point; on that of two hromadas the place's own decides.
    """
    place = {"lon": lon, "lat": lat}
    return session.execute(AT, place).one_or_none() or session.execute(BESIDE, place).one_or_none()


BY_ID = text("""
SELECT p.id, p.version, p.kind, p.title_uk, p.title_en, p.region, p.units, p.buildings, ST_X(p.geom) AS lon,
       ST_Y(p.geom) AS lat, ST_AsBinary(p.catchment) AS catchment
FROM snap_points p WHERE p.id = :id
""")


def by_id(session: Session, snap_id: int) -> Any | None:
    """Return the row of a point of any list, new or old."""
    return session.execute(BY_ID, {"id": snap_id}).one_or_none()


# --- The proof --------------------------------------------------------------------------------------------------------

AUDIT = text("""
WITH counted AS (
    SELECT p.*,
           (SELECT count(*) FROM buildings b WHERE b.geom && p.catchment AND is_home(b)
                                               AND ST_Intersects(p.catchment, ST_Centroid(b.geom))) AS homes,
           EXISTS (SELECT FROM buildings b WHERE ST_Intersects(p.catchment, b.geom)) AS built
    FROM snap_points p WHERE p.id = ANY(:ids)
)
SELECT id, version, kind, buildings, homes FROM counted c
WHERE homes < :least AND built
  AND (kind IN ('street', 'place') OR :least <= (
      SELECT count(*) FROM snap_points p JOIN buildings b ON b.geom && p.catchment
      WHERE p.version = c.version AND p.region = c.region AND is_home(b)
        AND ST_Intersects(p.catchment, ST_Centroid(b.geom))))
ORDER BY id
""")


@dataclass(frozen=True)
class Weak:
    """A snap point that may give a home away: `homes` are in its catchment now, `buildings` when its list was made."""

    id: int
    version: int
    kind: str
    buildings: int
    homes: int


def audit(session: Session, public_points: Iterable[int]) -> list[Weak]:
    """Count the homes in the catchments of these snap points once more, and return those that hold too few.

    Too few are one to seven, or none where something else is built. PostGIS counts, in the buildings as they are now,
    knowing nothing of how a list is made. The limits of a town or hromada pass where fewer than eight homes are known
    in the whole hromada: then buildings are not in the map, and their number says nothing.
    """
    rows = session.execute(AUDIT, {"ids": list(public_points), "least": LEAST})
    return [Weak(*row) for row in rows]
