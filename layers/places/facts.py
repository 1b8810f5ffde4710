"""The shapes in which facts about a place arrive, whatever file they come from. Geometries are EPSG:4326, x first."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from shapely import Geometry, LineString, Point

OSM, OSM_LICENCE = "OpenStreetMap", "ODbL 1.0"


@dataclass
class Road:
    """A street, path or railway. `oneway` is 1 along the line, -1 against it, 0 both ways.

    `nodes` are the ids of its corners, by which streets meet; `walkable` and `drivable` say who may use it by law. The
    routable graph is made of those that are either.
    """

    id: str
    road_class: str
    name_uk: str | None
    name_en: str | None
    ref: str | None
    oneway: int
    walkable: bool
    drivable: bool
    bridge: bool
    tunnel: bool
    surface: str | None
    lit: bool | None
    geom: LineString
    nodes: NDArray[np.int64] = field(repr=False)


@dataclass
class Building:
    """An outline with its height in metres and where that came from: `height`, `levels` (3 m each) or unknown."""

    id: str
    kind: str
    name_uk: str | None
    name_en: str | None
    street: str | None
    house_number: str | None
    levels: float | None
    height_m: float | None
    height_from: str | None
    geom: Geometry


@dataclass
class Ground:
    """A piece of water or land: an area, or a stream's line."""

    id: str
    kind: str
    name_uk: str | None
    name_en: str | None
    geom: Geometry


@dataclass
class Place:
    """A point that people go to or know; an area's is a point on it. `kind` is a code of `kinds.PLACE_KINDS`."""

    id: str
    kind: str
    name_uk: str | None
    name_en: str | None
    street: str | None
    house_number: str | None
    geom: Point
    source: str = OSM
    licence: str = OSM_LICENCE


@dataclass
class Restricted:
    """What no public answer may hold: a camera with its optics' tags, or something military.

    `bearing` is in degrees clockwise from north, 0 to 360; `height_m` above the ground.
    """

    id: str
    kind: str
    name: str | None
    bearing: float | None
    camera_type: str | None
    mount: str | None
    height_m: float | None
    zone: str | None
    geom: Geometry


@dataclass
class Facts:
    """Everything one file says about the area."""

    roads: list[Road] = field(default_factory=list)
    buildings: list[Building] = field(default_factory=list)
    water: list[Ground] = field(default_factory=list)
    landuse: list[Ground] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    restricted: list[Restricted] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.roads or self.buildings or self.water or self.landuse or self.places or self.restricted)
