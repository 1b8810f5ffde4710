"""What a served layer is: titles, licence, and the faces it shows to each audience.

A layer is declared once, in `catalogue.py`. Tiles, API, exports, list, legend, handout and permissions all read that
declaration, so whoever reviews privacy reads one file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from layers.viewer import Role, Viewer


@dataclass(frozen=True)
class Title:
    """Words that are data, in the languages of the house."""

    uk: str
    en: str

    def __getitem__(self, language: str) -> str:
        return self.uk if language == "uk" else self.en


class Geometry(StrEnum):
    POINT = "point"
    LINE = "line"
    POLYGON = "polygon"


class Kind(StrEnum):
    """The kind of a column's values, for exports and pages."""

    TEXT = "text"
    NUMBER = "number"
    MONTH = "month"
    TIME = "time"
    FLAG = "flag"


@dataclass(frozen=True)
class Column:
    """One attribute of a face; `name` is a column of its relation, unless `sql` says how it is made of some.

    `names` is SQL of rows (code, title_uk, title_en): what people call its values, where those are codes.
    `tile` keeps it in the tiles too: every byte there is paid for by a phone.
    """

    name: str
    title: Title
    kind: Kind = Kind.TEXT
    tile: bool = True
    sql: str = ""
    names: str = ""


class Match(StrEnum):
    """How a filter's value meets its column; `layers/serving.py` holds the SQL of each."""

    ANY = "any"  # the column equals one of the values
    HAS = "has"  # the column, an array of codes, holds one of the values
    SINCE = "since"  # the column, a date or time, is not before the value
    UNTIL = "until"  # the column, a date or time, is not after the end of the value's day or month
    INSIDE = "inside"  # the column, a geometry in EPSG:4326, meets the limits of one of the units


@dataclass(frozen=True)
class Filter:
    """One word of the filters' vocabulary, as this face understands it; it can be counted by as well.

    `kind` says whether times are months, days or minutes. `names` is SQL of rows (code, title_uk, title_en): what
    people call the values.
    """

    name: str  # category, status, from, to, unit
    column: str
    match: Match
    kind: Kind = Kind.TEXT
    names: str = ""


@dataclass(frozen=True)
class Cluster:
    """Points drawn together: below `until_zoom` a tile holds one feature a cell of a grid, with a `count`.

    From `until_zoom` on there is one feature a place, for records may share one: its `count` is 1 or more. A feature
    has the attributes on which all of its records agree; below `until_zoom` only those in `carry`.
    """

    until_zoom: int = 14
    cells: int = 8  # cells along a tile's side, which is 512 px on a map
    carry: tuple[str, ...] = ()


@dataclass(frozen=True)
class Face:
    """What one audience gets of a layer.

    `relation` is a table or view in the database, or, when `guarded`, a SECURITY DEFINER function of the reader role
    that takes a box in EPSG:3857 (null for everywhere) and checks the viewer itself: row-level security would switch
    the spatial index off. `geometry` is the column in EPSG:4326, `tile_geometry` the same in EPSG:3857. `key` is unique
    and indexed, for paging; with `newest`, a column that is never null, pages begin with its highest values.
    """

    roles: frozenset[Role]
    relation: str
    columns: tuple[Column, ...]
    filters: tuple[Filter, ...] = ()
    guarded: bool = False
    geometry: str = "geom"
    tile_geometry: str = "geom_3857"
    key: str = "id"
    newest: str = ""
    cluster: Cluster | None = None
    min_zoom: int = 0
    max_zoom: int = 22
    # (zoom, SQL over the relation's own columns): what is left out of tiles below that zoom, e.g. small roads.
    generalise: tuple[tuple[int, str], ...] = ()
    where: str = ""  # SQL over the relation's own columns that is always true of this face, e.g. one system of units
    private: bool = False  # not to be stored by any cache but ours

    def filter(self, name: str) -> Filter | None:
        """Return this face's meaning of a word of the vocabulary, or None if it has none."""
        return next((f for f in self.filters if f.name == name), None)


@dataclass(frozen=True)
class Layer:
    """One thing on the map. The first face that names the viewer's role is the one shown."""

    id: str
    title: Title
    geometry: Geometry
    source: Title
    licence: str
    faces: tuple[Face, ...] = field(default=())

    def face(self, viewer: Viewer) -> Face | None:
        """Return what this viewer gets, or None: no face, no answer."""
        return next((f for f in self.faces if viewer.role in f.roles), None)
