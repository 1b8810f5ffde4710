"""A face and a viewer's filters -> the SQL of its tiles, pages and counts. All SQL of all faces is made here.

Names of relations and columns come from the catalogue, which is code; every value is a parameter.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from layers.errors import BadInput
from layers.geometry import TILE_BUFFER, TILE_EXTENT, tile_box, to_mercator
from layers.layer import Column, Face, Filter, Kind, Match
from layers.query import LISTS, NARROWING, Query
from layers.text import N_

Values = dict[str, Any]
COUNTED_BY = ("category", "status", "unit", "month")
PAGE = 100  # features of a page when no limit is asked for
COUNT_CAP = 10_000
MERCATOR_LATITUDE = 85.06  # beyond it there is no EPSG:3857


# --- SQL fragments: each a line or two, so that a whole statement can be read at a glance -----------------------------


def _source(face: Face, box: str) -> str:
    return f"{face.relation}({box})" if face.guarded else face.relation


def _inside(face: Face, box: str) -> list[str]:
    """Return the condition of the box; a guarded face has had it already, and twice would mislead the planner."""
    return [] if face.guarded else [f"{face.tile_geometry} && {box}"]


def _conditions(face: Face, query: Query, values: Values) -> list[str]:
    found = [face.where] if face.where else []
    for name in NARROWING:
        wanted = query.value(name)
        meaning = face.filter(name)
        if wanted and meaning:
            found.append(_condition(face, meaning, wanted, query, values))
        elif wanted:
            found.append("false")  # the face has no such word: nothing of it matches, never everything
    return found


def _condition(face: Face, meaning: Filter, wanted: Any, query: Query, values: Values) -> str:
    name = f"f_{meaning.name}"
    values[name] = list(wanted) if meaning.name in LISTS else _moment(meaning, wanted, query.timezone)
    match meaning.match:
        case Match.ANY:
            return f"{meaning.column} = ANY(%({name})s::text[])"
        case Match.HAS:
            return f"{meaning.column} && %({name})s::text[]"
        case Match.SINCE:
            return f"{meaning.column} >= %({name})s"
        case Match.UNTIL:
            return f"{meaning.column} < %({name})s"
        case Match.INSIDE:
            relation = "" if face.guarded else f"{face.relation}."
            return (
                f"EXISTS (SELECT FROM units inside WHERE inside.code = ANY(%({name})s::text[]) "
                f"AND ST_Intersects(inside.geom, {relation}{meaning.column}))"
            )


def _moment(meaning: Filter, day: date, timezone: ZoneInfo) -> date | datetime:
    """Return the first moment of a day, or, for `until`, of the day after; where only months are kept, of its month."""
    if meaning.kind is Kind.MONTH:
        day = day.replace(day=1)
    if meaning.match is Match.UNTIL:
        day += timedelta(days=1)
    return datetime.combine(day, time.min, timezone) if meaning.kind is Kind.TIME else day


def _where(conditions: Sequence[str]) -> str:
    return "WHERE " + " AND ".join(f"({c})" for c in conditions) if conditions else ""


def _value(column: Column) -> str:
    return column.sql or column.name


def _agreed(face: Face, column: Column) -> str:
    """Return the value on which all rows of a group agree, or null; a month still as its date, which costs less."""
    if column.name == face.key:  # no two rows have one
        return f", CASE WHEN count(*) = 1 THEN min(({column.name})::text) END AS {column.name}"
    value = column.name if column.kind is Kind.MONTH else f"({_value(column)})::text"
    return f", CASE WHEN min({value}) = max({value}) THEN min({value}) END AS {column.name}"


def _of_agreed(column: Column) -> str:
    return f", {_value(column) if column.kind is Kind.MONTH else column.name} AS {column.name}"


# --- Tiles ------------------------------------------------------------------------------------------------------------

ENVELOPE = "ST_MakeEnvelope(%(w)s, %(s)s, %(e)s, %(n)s, 3857)"
# What a heap's circle takes of its cell's side from its middle: its radius on the map grows with each tenfold.
ROOM = "CASE WHEN count(*) = 1 THEN 0 ELSE least(0.5, 0.125 + 0.094 * log(count(*))) END"
WIDE = "ST_MakeEnvelope(%(bw)s, %(bs)s, %(be)s, %(bn)s, 3857)"


def tile_sql(face: Face, layer_id: str, query: Query, z: int, x: int, y: int) -> tuple[str, Values]:
    """Return the statement that answers one tile's bytes (one row, one bytea column, empty for nothing there)."""
    w, s, e, n = tile_box(z, x, y)
    margin = (e - w) * TILE_BUFFER / TILE_EXTENT
    values: Values = {"w": w, "s": s, "e": e, "n": n, "layer": layer_id}
    values |= {"bw": w - margin, "bs": s - margin, "be": e + margin, "bn": n + margin}
    narrowed = _conditions(face, query, values)
    narrowed += [condition for zoom, condition in face.generalise if z < zoom]
    if face.cluster and z < face.cluster.until_zoom:
        values["cell"] = (e - w) / face.cluster.cells
        rows = _cells(face, narrowed)
    elif face.cluster:
        rows = _stacks(face, narrowed)
    else:
        rows = _single(face, narrowed)
    return f"SELECT ST_AsMVT(t, %(layer)s, {TILE_EXTENT}, 'g') FROM ({rows}) t", values


def _single(face: Face, narrowed: Sequence[str]) -> str:
    """Draw each record as a feature of its own."""
    geometry = face.tile_geometry
    names = "".join(f", {_value(c)} AS {c.name}" for c in face.columns if c.tile)
    return (
        f"SELECT ST_AsMVTGeom({geometry}, {ENVELOPE}, {TILE_EXTENT}, {TILE_BUFFER}, true) AS g{names} "
        f"FROM {_source(face, WIDE)} {_where([*_inside(face, WIDE), *narrowed])}"
    )


def _stacks(face: Face, narrowed: Sequence[str]) -> str:
    """Draw one feature a place: records generalised to one point would hide each other."""
    geometry, columns = face.tile_geometry, [c for c in face.columns if c.tile]
    agreed = "".join(_agreed(face, c) for c in columns)
    told = "".join(_of_agreed(c) for c in columns)
    return (
        f"SELECT ST_AsMVTGeom({geometry}, {ENVELOPE}, {TILE_EXTENT}, {TILE_BUFFER}, true) AS g, count{told} "
        f"FROM (SELECT {geometry}, count(*)::int AS count{agreed} "
        f"FROM {_source(face, WIDE)} {_where([*_inside(face, WIDE), *narrowed])} GROUP BY {geometry}) places"
    )


def _cells(face: Face, narrowed: Sequence[str]) -> str:
    """Draw one feature a grid cell, at the mean place of its points or as near to it as the circle has room.

    Cells are aligned to the tile, and a point on an edge is counted in one tile only: the buffer is left out. A heap
    keeps off the edges of its cell by its circle's radius (`ROOM`), so that neighbours don't cover each other's
    figures; a single record stays where it is.
    """
    assert face.cluster
    px, py, last = f"ST_X({face.tile_geometry})", f"ST_Y({face.tile_geometry})", face.cluster.cells - 1
    across, down = f"({px} - %(w)s) / %(cell)s", f"(%(n)s - {py}) / %(cell)s"
    carried = [c for c in face.columns if c.name in face.cluster.carry]
    agreed = "".join(_agreed(face, c) for c in carried)
    # The index compares boxes of single precision, a metre wide: who lies where is decided here.
    inside = [
        *_inside(face, ENVELOPE), f"{px} >= %(w)s", f"{px} < %(e)s", f"{py} > %(s)s", f"{py} <= %(n)s",
    ]  # fmt: skip
    x, y = (f"{cell} + least(greatest({mean} - {cell}, room), 1 - room)" for cell, mean in (("i", "x"), ("j", "y")))
    place = f"ST_MakePoint(%(w)s + %(cell)s * ({x}), %(n)s - %(cell)s * ({y}))"
    return (
        f"SELECT ST_AsMVTGeom(ST_SetSRID({place}, 3857), {ENVELOPE}, {TILE_EXTENT}, 0, true) AS g, count"
        f"{''.join(f', {c.name}' for c in carried)} "
        f"FROM (SELECT count(*)::int AS count, {ROOM} AS room, avg({across}) AS x, avg({down}) AS y, "
        f"least(floor({across}), {last}) AS i, least(floor({down}), {last}) AS j{agreed} "
        f"FROM {_source(face, ENVELOPE)} {_where([*inside, *narrowed])} GROUP BY i, j) cells"
    )


# --- Pages, one record, all rows, counts ------------------------------------------------------------------------------


def _in_bbox(face: Face, query: Query, values: Values) -> tuple[str, list[str]]:
    """Return the box handed to a guarded face, and the conditions of the query's own box."""
    if query.bbox is None:
        return "NULL::geometry", []
    west, south, east, north = query.bbox
    values["bw"], values["bs"] = to_mercator(west, max(south, -MERCATOR_LATITUDE))
    values["be"], values["bn"] = to_mercator(east, min(north, MERCATOR_LATITUDE))
    return WIDE, _inside(face, WIDE)


def _feature(face: Face) -> str:
    properties = ", ".join(f"'{c.name}', {_value(c)}" for c in face.columns)
    return (
        f"json_build_object('type', 'Feature', 'id', {face.key}, 'geometry', ST_AsGeoJSON({face.geometry}, 6)::json, "
        f"'properties', json_build_object({properties}))::text"
    )


def _order(face: Face) -> tuple[str, ...]:
    return (face.newest, face.key) if face.newest else (face.key,)


def _in_order(face: Face) -> str:
    direction = " DESC" if face.newest else ""
    return ", ".join(f"{name}{direction}" for name in _order(face))


def _after(face: Face, query: Query, values: Values) -> list[str]:
    """Return the condition of "further on than the cursor"; the key keeps its own type, so that its index serves."""
    if not query.cursor:
        return []
    parts = query.cursor.split("~", 1) if face.newest else [query.cursor]
    order = _order(face)
    if len(parts) != len(order):
        raise BadInput(N_("This cursor is none of ours; take it from the “next” link of a page."))
    values |= {f"after_{i}": part for i, part in enumerate(parts)}
    places = ", ".join(f"%(after_{i})s" for i in range(len(parts)))
    return [f"({', '.join(order)}) {'<' if face.newest else '>'} ({places})"]


def page_sql(face: Face, query: Query) -> tuple[str, Values]:
    """Return the statement of one page: (features as GeoJSON joined by commas, how many, next cursor, matched).

    `matched` counts all pages up to COUNT_CAP + 1, and is told on the first page only: counting is the dear part.
    """
    values: Values = {"limit": query.limit or PAGE, "cap": COUNT_CAP + 1}
    box, inside = _in_bbox(face, query, values)
    all_pages = [*inside, *_conditions(face, query, values)]
    conditions = [*all_pages, *_after(face, query, values)]
    counted = f"SELECT count(*) FROM (SELECT FROM {_source(face, box)} {_where(all_pages)} LIMIT %(cap)s) a"
    order = _in_order(face)
    cursor = " || '~' || ".join(f"({name})::text" for name in _order(face))
    return (
        f"SELECT convert_to(coalesce(string_agg(feature, ',' ORDER BY n) FILTER (WHERE n <= %(limit)s), ''), 'UTF8'), "
        f"least(count(*), %(limit)s), CASE WHEN count(*) > %(limit)s THEN max(place) FILTER (WHERE n = %(limit)s) END, "
        f"{'NULL' if query.cursor else f'({counted})'} "
        f"FROM (SELECT {_feature(face)} AS feature, {cursor} AS place, row_number() OVER () AS n "
        f"FROM (SELECT * FROM {_source(face, box)} {_where(conditions)} ORDER BY {order} LIMIT %(limit)s + 1) r) p",
        values,
    )


def item_sql(face: Face, key: str) -> tuple[str, Values]:
    """Return the statement of one record: a row of (feature as GeoJSON), or no row."""
    where = _where([f"{face.key} = %(key)s", *([face.where] if face.where else [])])
    return f"SELECT convert_to({_feature(face)}, 'UTF8') FROM {_source(face, 'NULL::geometry')} {where}", {"key": key}


def rows_sql(face: Face, query: Query) -> tuple[str, Values]:
    """Return the statement of all rows, for exports and pictures: geometry as WKB, then the columns in order.

    A limit or a cursor make it the page that the API would give.
    """
    values: Values = {}
    box, inside = _in_bbox(face, query, values)
    names = "".join(f", {_value(c)} AS {c.name}" for c in face.columns)
    conditions = [*inside, *_conditions(face, query, values), *_after(face, query, values)]
    order, limit = face.key, ""
    if query.limit or query.cursor:
        values["limit"] = query.limit or PAGE
        order, limit = _in_order(face), " LIMIT %(limit)s"
    return (
        f"SELECT ST_AsBinary({face.geometry}) AS geometry{names} "
        f"FROM {_source(face, box)} {_where(conditions)} ORDER BY {order}{limit}",
        values,
    )


def counts_sql(face: Face, query: Query, by: str) -> tuple[str, Values]:
    """Return the statement of exact counts by a word of COUNTED_BY: rows of (value, title uk, title en, count)."""
    values: Values = {}
    value, names = _counted(face, query, by, values)
    box, inside = _in_bbox(face, query, values)
    where = _where([*inside, *_conditions(face, query, values)])
    counted = f"SELECT {value} AS value, count(*) AS n FROM {_source(face, box)} {where} GROUP BY 1"
    if not names:
        return f"SELECT value, value, value, n FROM ({counted}) c ORDER BY value", values
    return (
        f"SELECT value, coalesce(title_uk, value), coalesce(title_en, value), n FROM ({counted}) c "
        f"LEFT JOIN ({names}) names ON code = value ORDER BY n DESC, value",
        values,
    )


def counted_by(face: Face) -> list[str]:
    """Return the words that this face's records can be counted by."""
    meanings = ((word, _meaning(face, word)) for word in COUNTED_BY)
    return [word for word, meaning in meanings if meaning and meaning.match is not Match.INSIDE]


def _meaning(face: Face, by: str) -> Filter | None:
    return face.filter("from" if by == "month" else by)


def _counted(face: Face, query: Query, by: str, values: Values) -> tuple[str, str]:
    """Return the SQL of the value that is counted by, and of the names of such values."""
    known = counted_by(face)
    meaning = _meaning(face, by)
    if by not in known or meaning is None:
        raise BadInput(N_("“by={by}” can't be counted here; known are {known}."), by=by, known=", ".join(known) or "—")
    if by == "month":
        values["timezone"] = str(query.timezone)
        zone = " AT TIME ZONE %(timezone)s" if meaning.kind is Kind.TIME else ""
        return f"to_char({meaning.column}{zone}, 'YYYY-MM')", ""
    return f"unnest({meaning.column})" if meaning.match is Match.HAS else meaning.column, meaning.names
