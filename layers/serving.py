"""A face and a viewer's filters -> the SQL of its tiles, pages and counts. All SQL of all faces is made here.

Names of relations and columns come from the catalogue, which is code; every value is a parameter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from layers.errors import BadInput
from layers.geometry import TILE_BUFFER, TILE_EXTENT, tile_box
from layers.layer import Column, Face, Filter, Match
from layers.text import N_

Values = dict[str, Any]
VOCABULARY = ("category", "status", "from", "to", "unit", "bbox", "limit", "cursor", "lang")
MAX_PAGE = 1000
COUNT_CAP = 10_000


@dataclass(frozen=True)
class Query:
    """What is asked of a face, in the one vocabulary of tiles, API, list, exports and permalinks."""

    category: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    since: date | None = None  # from
    until: date | None = None  # to
    unit: tuple[str, ...] = ()
    bbox: tuple[float, float, float, float] | None = None  # west, south, east, north in EPSG:4326
    limit: int = 100
    cursor: str = ""
    lang: str = "uk"
    words: dict[str, Any] = field(default_factory=dict)

    def value(self, name: str) -> Any:
        return {"from": self.since, "to": self.until}.get(name, getattr(self, name, None))

    @property
    def key(self) -> str:
        """Return the part of a cache key that the filters make."""
        return repr((self.category, self.status, self.since, self.until, self.unit))


def parse_query(words: Sequence[tuple[str, str]]) -> Query:
    """Read a query string's pairs; raises BadInput naming the word and its mend."""
    known: dict[str, list[str]] = {name: [] for name in VOCABULARY}
    for name, value in words:
        if name not in known:
            raise BadInput(
                N_("There is no filter “{name}”; known are {known}."), name=name, known=", ".join(VOCABULARY)
            )
        known[name] += [part for part in (value.split(",") if name != "bbox" else [value]) if part]
    return Query(
        category=tuple(sorted(known["category"])),
        status=tuple(sorted(known["status"])),
        since=_day("from", known["from"], first=True),
        until=_day("to", known["to"], first=False),
        unit=tuple(sorted(known["unit"])),
        bbox=_bbox(known["bbox"]),
        limit=_limit(known["limit"]),
        cursor=known["cursor"][-1] if known["cursor"] else "",
        lang=_language(known["lang"]),
    )


def _day(name: str, values: list[str], *, first: bool) -> date | None:
    """Read YYYY-MM-DD or YYYY-MM; a month means its first day in `from`, its last in `to`."""
    if not values:
        return None
    text = values[-1]
    try:
        if len(text) == len("2026-11"):
            month = datetime.strptime(text, "%Y-%m").replace(tzinfo=UTC).date()
            return month if first else (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError as error:
        raise BadInput(
            N_("“{name}={value}” is not a day; write 2026-11-23 or 2026-11."), name=name, value=text
        ) from error


def _bbox(values: list[str]) -> tuple[float, float, float, float] | None:
    if not values:
        return None
    try:
        west, south, east, north = (float(n) for n in values[-1].split(","))
    except ValueError as error:
        raise BadInput(N_("“bbox” takes four numbers: west,south,east,north in degrees.")) from error
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise BadInput(N_("“bbox” takes four numbers: west,south,east,north in degrees."))
    return west, south, east, north


def _limit(values: list[str]) -> int:
    if not values:
        return 100
    if not values[-1].isdigit() or not 1 <= int(values[-1]) <= MAX_PAGE:
        raise BadInput(N_("“limit” takes a whole number from 1 to {most}."), most=MAX_PAGE)
    return int(values[-1])


def _language(values: list[str]) -> str:
    if not values:
        return "uk"
    if values[-1] not in ("uk", "en"):
        raise BadInput(N_("“lang” is uk or en."))
    return values[-1]


# --- SQL fragments: each a line or two, so that a whole statement can be read at a glance -----------------------------


def _source(face: Face, box: str) -> str:
    return f"{face.relation}({box})" if face.guarded else face.relation


def _conditions(face: Face, query: Query, values: Values) -> list[str]:
    found = [face.where] if face.where else []
    for name in ("category", "status", "from", "to", "unit"):
        wanted = query.value(name)
        meaning = face.filter(name)
        if wanted and meaning:
            found.append(_condition(meaning, wanted, values))
        elif wanted:
            found.append("false")  # the face has no such word: nothing of it matches, never everything
    return found


def _condition(meaning: Filter, wanted: Any, values: Values) -> str:
    name = f"f_{meaning.name}"
    match meaning.match:
        case Match.ANY:
            values[name] = list(wanted)
            return f"{meaning.column} = ANY(%({name})s)"
        case Match.HAS:
            values[name] = list(wanted)
            return f"{meaning.column} && %({name})s::text[]"
        case Match.SINCE:
            values[name] = wanted
            return f"{meaning.column} >= %({name})s"
        case Match.UNTIL:
            values[name] = wanted + timedelta(days=1)
            return f"{meaning.column} < %({name})s"


def _where(conditions: Sequence[str]) -> str:
    return "WHERE " + " AND ".join(f"({c})" for c in conditions) if conditions else ""


def _tile_columns(face: Face) -> list[Column]:
    return [column for column in face.columns if column.tile]


ENVELOPE = "ST_MakeEnvelope(%(w)s, %(s)s, %(e)s, %(n)s, 3857)"
WIDE = "ST_MakeEnvelope(%(bw)s, %(bs)s, %(be)s, %(bn)s, 3857)"


def tile_sql(face: Face, layer_id: str, query: Query, z: int, x: int, y: int) -> tuple[str, Values]:
    """Return the statement that answers one tile's bytes (one row, one bytea column, empty for nothing there)."""
    w, s, e, n = tile_box(z, x, y)
    margin = (e - w) * TILE_BUFFER / TILE_EXTENT
    values: Values = {"w": w, "s": s, "e": e, "n": n, "layer": layer_id}
    values |= {"bw": w - margin, "bs": s - margin, "be": e + margin, "bn": n + margin}
    conditions = [f"{face.tile_geometry} && {WIDE}", *_conditions(face, query, values)]
    conditions += [condition for zoom, condition in face.generalise if z < zoom]
    if face.cluster and z < face.cluster.until_zoom:
        values["cell"] = (e - w) / face.cluster.cells
        return _clustered(face, conditions), values
    names = "".join(f", {c.name}" for c in _tile_columns(face))
    count = ", 1 AS count" if face.cluster else ""
    return (
        f"SELECT ST_AsMVT(t, %(layer)s, {TILE_EXTENT}, 'g') FROM ("
        f"SELECT ST_AsMVTGeom({face.tile_geometry}, {ENVELOPE}, {TILE_EXTENT}, {TILE_BUFFER}, true) AS g{names}{count} "
        f"FROM {_source(face, WIDE)} {_where(conditions)}) t WHERE g IS NOT NULL",
        values,
    )


def _clustered(face: Face, conditions: Sequence[str]) -> str:
    """Draw one feature a grid cell: the mean place of its points, their count, and the attributes of a single one.

    Cells are aligned to the tile, so a point near an edge is counted in one tile only: the buffer is left out.
    """
    geometry = face.tile_geometry
    alone = "".join(f", CASE WHEN count(*) = 1 THEN min({c.name}::text) END AS {c.name}" for c in _tile_columns(face))
    inside = [f"{geometry} && {ENVELOPE}", f"ST_X({geometry}) >= %(w)s", f"ST_X({geometry}) < %(e)s"]
    inside += [f"ST_Y({geometry}) > %(s)s", f"ST_Y({geometry}) <= %(n)s", *conditions[1:]]
    return (
        f"SELECT ST_AsMVT(t, %(layer)s, {TILE_EXTENT}, 'g') FROM ("
        f"SELECT ST_AsMVTGeom(ST_SetSRID(ST_MakePoint(avg(ST_X({geometry})), avg(ST_Y({geometry}))), 3857), "
        f"{ENVELOPE}, {TILE_EXTENT}, 0, true) AS g, count(*)::int AS count{alone} "
        f"FROM {_source(face, WIDE)} {_where(inside)} "
        f"GROUP BY floor((ST_X({geometry}) - %(w)s) / %(cell)s), floor((%(n)s - ST_Y({geometry})) / %(cell)s)"
        ") t WHERE g IS NOT NULL"
    )


def _in_bbox(face: Face, query: Query, values: Values) -> tuple[str, list[str]]:
    """Return the box handed to a guarded face, and the conditions of the query's own box."""
    if query.bbox is None:
        return "NULL::geometry", []
    values |= dict(zip(("bw", "bs", "be", "bn"), query.bbox, strict=True))
    box = "ST_MakeEnvelope(%(bw)s, %(bs)s, %(be)s, %(bn)s, 4326)"
    mercator = f"ST_Transform({box}, 3857)"
    return mercator, [f"{face.tile_geometry} && {mercator}"]


def page_sql(face: Face, query: Query) -> tuple[str, Values]:
    """Return the statement of one page: rows of (feature as GeoJSON text, key), one too many when more follow."""
    values: Values = {"limit": query.limit + 1}
    box, inside = _in_bbox(face, query, values)
    conditions = [*inside, *_conditions(face, query, values)]
    if query.cursor:
        values["cursor"] = query.cursor
        conditions.append(f"{face.key}::text > %(cursor)s")
    properties = ", ".join(f"'{c.name}', {c.name}" for c in face.columns)
    return (
        f"SELECT json_build_object('type', 'Feature', 'id', {face.key}, "
        f"'geometry', ST_AsGeoJSON({face.geometry}, 6)::json, "
        f"'properties', json_build_object({properties}))::text, {face.key}::text "
        f"FROM {_source(face, box)} {_where(conditions)} ORDER BY {face.key}::text LIMIT %(limit)s",
        values,
    )


def rows_sql(face: Face, query: Query) -> tuple[str, Values]:
    """Return the statement of all rows, for exports and pictures: geometry as WKB, then the columns in order."""
    values: Values = {}
    box, inside = _in_bbox(face, query, values)
    names = "".join(f", {c.name}" for c in face.columns)
    return (
        f"SELECT ST_AsBinary({face.geometry}) AS geometry{names} "
        f"FROM {_source(face, box)} {_where([*inside, *_conditions(face, query, values)])} ORDER BY {face.key}",
        values,
    )


def count_sql(face: Face, query: Query, *, by: str | None = None) -> tuple[str, Values]:
    """Return the statement of a count, up to COUNT_CAP + 1; or, with `by`, of exact counts by that column's values."""
    values: Values = {}
    box, inside = _in_bbox(face, query, values)
    where = _where([*inside, *_conditions(face, query, values)])
    if by:
        return f"SELECT {by}, count(*) FROM {_source(face, box)} {where} GROUP BY 1 ORDER BY 2 DESC, 1", values
    values["cap"] = COUNT_CAP + 1
    return f"SELECT count(*) FROM (SELECT 1 FROM {_source(face, box)} {where} LIMIT %(cap)s) capped", values
