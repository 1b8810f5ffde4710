"""Every query of the slice: the merge of a new extract, the routable graph, search, and the tests' list of secrets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from psycopg import sql
from sqlalchemy import BigInteger, Computed, SmallInteger, text
from sqlalchemy.orm import Session
from sqlalchemy.types import REAL, Boolean, Double, Float, TypeEngine

from layers.database.base import Base
from layers.database.engine import raw
from layers.geometry import WGS84
from layers.places.facts import OSM
from layers.places.kinds import SETTLEMENT_KINDS
from layers.places.mentions import What
from layers.places.tables import StreetRow

if TYPE_CHECKING:
    from layers.places.graph import Graph

Columns = Mapping[str, Sequence[Any]]  # mapped attribute -> one value a row; `geom` holds shapely geometries

OUTLINE = text("SELECT ST_AsBinary(geom) FROM units WHERE system = 'area' AND NOT approximate AND geom IS NOT NULL")


def area_outline(session: Session) -> shapely.Geometry | None:
    """Return the area's real outline (EPSG:4326), or None while it is only approximate or not known."""
    found = session.scalar(OUTLINE)
    return shapely.from_wkb(found) if found else None


# --- A new extract over an old one --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """What a merge did to one table."""

    added: int
    changed: int
    removed: int
    total: int


COPY_TYPES: tuple[tuple[type[TypeEngine[Any]], str], ...] = (
    (SmallInteger, "int2"),
    (BigInteger, "int8"),
    (Boolean, "bool"),
    (REAL, "float4"),
    (Double, "float8"),
    (Float, "float8"),
)


def replace(session: Session, model: type[Base], rows: Columns, *, source: str | None = None) -> Change:
    """Make a table hold exactly these rows: unchanged ones are not touched, so neither is their tiles' version.

    With `source` it is that source's rows that are replaced; those of others stay.

    The rows go by COPY into a temporary table (a protected table takes no COPY), then by validated statements.
    """
    names = {key: model.__mapper__.columns[key].name for key in rows}
    stage = _stage(session, model, rows)
    target = sql.Identifier(model.__tablename__)
    ours = sql.SQL(", ").join(sql.Identifier("t", name) for name in names.values())
    theirs = sql.SQL(", ").join(sql.Identifier("s", name) for name in names.values())
    plain = sql.SQL(", ").join(map(sql.Identifier, names.values()))
    words = {"t": target, "s": stage, "ours": ours, "theirs": theirs, "plain": plain}
    words |= {"scope": sql.SQL("true") if source is None else sql.SQL("t.source = {}").format(sql.Literal(source))}
    run = raw(session).execute
    removed = run(
        sql.SQL("DELETE FROM {t} t WHERE {scope} AND NOT EXISTS (SELECT FROM {s} s WHERE s.id = t.id)").format(**words)
    )
    changed = run(
        sql.SQL(
            "UPDATE {t} t SET ({plain}) = ROW({theirs}) FROM {s} s "
            "WHERE s.id = t.id AND ROW({ours}) IS DISTINCT FROM ROW({theirs})"
        ).format(**words)
    )
    added = run(
        sql.SQL(
            "INSERT INTO {t} ({plain}) SELECT {theirs} FROM {s} s "
            "WHERE NOT EXISTS (SELECT FROM {t} t WHERE t.id = s.id)"
        ).format(**words)
    )
    run(sql.SQL("DROP TABLE {s}").format(**words))
    total = len(next(iter(rows.values())))
    return Change(added.rowcount, changed.rowcount, removed.rowcount, total)


def _stage(session: Session, model: type[Base], rows: Columns) -> sql.Identifier:
    """COPY rows into a temporary table like the model's, and return its name."""
    columns = [model.__mapper__.columns[key] for key in rows]
    stage = sql.Identifier(f"stage_{model.__tablename__}")
    plain = sql.SQL(", ").join(sql.Identifier(column.name) for column in columns)
    connection = raw(session)
    connection.execute(
        sql.SQL("CREATE TEMPORARY TABLE {} ON COMMIT DROP AS SELECT {} FROM {} WITH NO DATA").format(
            stage, plain, sql.Identifier(model.__tablename__)
        )
    )
    values = [_ewkb(rows[key]) if key in ("geom", "point") else rows[key] for key in rows]
    command = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(stage, plain)
    with connection.cursor() as cursor, cursor.copy(command) as copy:
        copy.set_types([_copy_type(column.key, column.type) for column in columns])
        for row in zip(*values, strict=True):
            copy.write_row(row)
    connection.execute(sql.SQL("ANALYZE {}").format(stage))
    return stage


def _copy_type(key: str, column_type: TypeEngine[Any]) -> str:
    if key in ("geom", "point"):
        return "bytea"
    return next((name for kind, name in COPY_TYPES if isinstance(column_type, kind)), "text")


def _ewkb(shapes: Sequence[Any]) -> list[bytes]:
    marked = shapely.set_srid(np.asarray(shapes, dtype=object), WGS84)
    return list(shapely.to_wkb(marked, include_srid=True))


def columns_of(model: type[Base], rows: Sequence[Any]) -> Columns:
    """Return rows of objects, column by column, as far as both the table and the object know them."""
    keys = [
        column.key for column in model.__mapper__.column_attrs if not isinstance(column.columns[0].computed, Computed)
    ]
    return {key: [getattr(row, key) for row in rows] for key in keys}


MILITARY = text("""
SELECT ST_AsBinary(geom) FROM restricted_places WHERE kind = 'military' AND ST_Dimension(geom) = 2 ORDER BY id
""")


def military_areas(session: Session) -> list[shapely.Geometry]:
    """Return the outlines that nothing inside of is shown; whoever may not see them gets none."""
    return [shapely.from_wkb(bytes(found)) for found in session.scalars(MILITARY)]


HIDE = text("""
DELETE FROM places p USING restricted_places r
WHERE p.source <> :osm AND p.kind <> ALL(cast(:settlements AS text[]))
  AND r.kind = 'military' AND ST_Dimension(r.geom) = 2 AND ST_Covers(r.geom, p.geom)
""")


def hide_in_military_areas(session: Session) -> None:
    """Take out what communities' own tables place inside a military area that a new extract knows."""
    session.execute(HIDE, {"osm": OSM, "settlements": sorted(SETTLEMENT_KINDS)})


# --- Streets, gathered in the database --------------------------------------------------------------------

STREET_GAP_M = 300  # roads of one name further apart than that are two streets

STREETS = text("""
WITH part AS (
    SELECT r.id, r.name_uk, coalesce(r.name_en, r.name_uk) AS name_en, r.geom, n.kind,
           search_key(n.bare_uk) AS key_uk, search_key(n.bare_en) AS key_en
    FROM unnest(cast(:ids AS text[]), cast(:kinds AS text[]), cast(:bare_uk AS text[]), cast(:bare_en AS text[]))
         AS n (id, kind, bare_uk, bare_en)
    JOIN roads r ON r.id = n.id
), together AS (
    SELECT *, ST_ClusterDBSCAN(ST_Transform(geom, cast(:srid AS int)), :gap, 1) OVER (PARTITION BY kind, key_uk) AS heap
    FROM part WHERE key_uk <> ''
)
SELECT min(id) AS id,
       mode() WITHIN GROUP (ORDER BY name_uk) AS name_uk,
       mode() WITHIN GROUP (ORDER BY name_en) AS name_en,
       kind, key_uk,
       mode() WITHIN GROUP (ORDER BY key_en) AS key_en,
       ST_AsBinary(ST_ClosestPoint(ST_Collect(geom), ST_Centroid(ST_Collect(geom)))) AS point,
       ST_AsBinary(ST_Multi(ST_Collect(geom))) AS geom
FROM together GROUP BY kind, key_uk, heap
""")


def replace_streets(session: Session, named: Sequence[tuple[str, str, str, str]], *, metric_srid: int) -> Change:
    """Gather roads into streets; `named` are (road id, kind of street, name in Ukrainian and English without it)."""
    ids, kinds, bare_uk, bare_en = (list(column) for column in zip(*named, strict=True)) if named else ([], [], [], [])
    found = session.execute(
        STREETS,
        {"ids": ids, "kinds": kinds, "bare_uk": bare_uk, "bare_en": bare_en, "srid": metric_srid, "gap": STREET_GAP_M},
    ).all()
    keys = ("id", "name_uk", "name_en", "kind", "key_uk", "key_en", "point", "geom")
    rows = {key: [getattr(row, key) for row in found] for key in keys}
    shapes = {key: list(shapely.from_wkb(rows[key])) for key in ("point", "geom")}
    return replace(session, StreetRow, rows | shapes)


# --- The routable graph ---------------------------------------------------------------------------------------------

NODES = text("SELECT id, ST_AsBinary(ST_Transform(geom, cast(:srid AS int))) FROM road_nodes ORDER BY id")
EDGES = text("""
SELECT id, from_node, to_node, length_m, walkable, drive_forward, drive_backward,
       ST_AsBinary(ST_Transform(geom, cast(:srid AS int)))
FROM road_edges ORDER BY id
""")


def load_graph(session: Session, *, metric_srid: int) -> Graph:
    """Return the area's street graph in a metric CRS."""
    from layers.places.graph import build_graph  # SciPy: half a second that a start of the server can do without

    nodes = session.execute(NODES, {"srid": metric_srid}).all()
    edges = session.execute(EDGES, {"srid": metric_srid}).all()
    return build_graph(
        node_id=np.array([row[0] for row in nodes], dtype=np.int64),
        node_xy=shapely.get_coordinates(shapely.from_wkb([row[1] for row in nodes])),
        edge_id=np.array([row[0] for row in edges], dtype=object),
        ends=np.array([row[1:3] for row in edges], dtype=np.int64).reshape(-1, 2),
        length_m=np.array([row[3] for row in edges], dtype=np.float64),
        use=np.array([row[4:7] for row in edges], dtype=bool).reshape(-1, 3),
        lines=shapely.from_wkb([row[7] for row in edges]),
    )


# --- Search -----------------------------------------------------------------------------------------------------------

SEARCH = (resources.files("layers") / "places" / "search.sql").read_text("utf-8")
LOCALITIES = sorted(SETTLEMENT_KINDS & {"city", "town", "village", "hamlet"})


def find(
    session: Session,
    words: str,
    *,
    kind: str | None = None,
    within: Sequence[str] = (),
    settlements_only: bool = False,
    limit: int,
) -> list[dict[str, Any]]:
    """Return settlements, streets and places whose name is like these words, best first.

    `kind` narrows streets to lanes, avenues ...; `within` are codes of settlements that streets and places must be in.
    """
    values = {"words": words, "kind": kind, "within": list(within), "limit": limit} | {
        "localities": LOCALITIES,
        "settlements_only": settlements_only,
    }
    return [dict(row) for row in session.execute(text(SEARCH), values).mappings()]


NAMES = text("""
SELECT DISTINCT 'street' AS what, name_uk AS name FROM streets WHERE name_uk IS NOT NULL
UNION SELECT 'place', name_uk FROM places WHERE name_uk IS NOT NULL AND kind <> ALL(:localities)
UNION SELECT 'settlement', name_uk FROM units WHERE system = 'settlements'
UNION SELECT 'settlement', name_uk FROM places
WHERE name_uk IS NOT NULL AND kind = ANY(:localities) AND NOT EXISTS (SELECT FROM units WHERE system = 'settlements')
ORDER BY what, name
""")


def names(session: Session) -> list[tuple[What, str]]:
    """Return the Ukrainian names of all streets, named places and settlements, each once."""
    return [(row.what, row.name) for row in session.execute(NAMES, {"localities": LOCALITIES})]
