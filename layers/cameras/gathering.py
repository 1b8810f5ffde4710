"""A town of the database as cameras see it: buildings, demand, private ground, and where a camera could hang."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import shapely
from sqlalchemy.orm import Session

from layers.area import Area
from layers.cameras import candidates, demand, intrusion, store
from layers.cameras.candidates import ROADSIDE_M
from layers.cameras.isovist import OFF_THE_WALL_M, Walls, facade_point, walls
from layers.cameras.planning import Ground, Settings
from layers.errors import BadInput
from layers.places.store import area_outline
from layers.text import N_

CONFIRMED = ("confirmed", "forwarded", "in_work", "reopened")
POINT_KINDS = {"crossing": "crossing", "stop": "stop", "bus_station": "stop", "station": "stop"}
SCHOOLS = ("school", "kindergarten", "college")
PARKS = ("park", "playground")
PUBLIC_BUILDINGS = frozenset(
    {"school", "kindergarten", "hospital", "public", "civic", "government", "townhall", "college", "university",
     "train_station", "transportation", "sports_hall", "fire_station"}
)  # fmt: skip
DRIVEN = frozenset({"primary", "secondary", "tertiary", "residential", "unclassified", "living_street", "pedestrian",
                    "trunk", "service"})  # fmt: skip
ZONE_AROUND_M = 100.0  # of anything military: no camera is proposed there
COURT_AROUND_M = 20.0
REFUSED_AROUND_M = 10.0  # of a site that was rejected: it is not proposed again


@dataclass(frozen=True)
class Town:
    """What a plan is made of. `within` is the area as EWKB hex; `unit_names` says what units are called."""

    ground: Ground
    mounts: candidates.Mounts
    within: str
    unit_names: Mapping[str, tuple[str, str]]
    limits: tuple[Any, ...] = ()
    zones: tuple[Any, ...] = ()

    def forbids(self, x: float, y: float) -> bool:
        """Tell whether a place lies in a zone where no camera may be proposed."""
        return any(shapely.contains_xy(zone, x, y) for zone in self.zones)

    def units_at(self, xy: Any) -> list[str]:
        """Return the code of the unit that each place (n x 2) lies in, "" for none."""
        found = [""] * len(xy)
        if len(self.limits) and len(xy):
            place, unit = shapely.STRtree(list(self.limits)).query(shapely.points(xy), predicate="intersects")
            codes = list(self.unit_names)
            for at, which in zip(place, unit, strict=True):
                found[at] = found[at] or codes[which]
        return found


def within_of(session: Session, area: Area, unit: str = "") -> str:
    """Return the ground that is asked about as EWKB hex in EPSG:4326: a unit's, or the whole area's."""
    if unit:
        shape = store.unit_shape(session, unit)
        if shape is None:
            raise BadInput(N_("There is no unit “{unit}” with known limits."), unit=unit)
    else:
        shape = area_outline(session) or shapely.box(*area.box)
    return str(shapely.to_wkb(shapely.set_srid(shape, 4326), hex=True, include_srid=True))


def gather(session: Session, area: Area, settings: Settings, *, now: datetime, unit: str = "") -> Town:
    """Return the town, in the area's metric CRS, as far as the viewer may know it."""
    within = within_of(session, area, unit)
    told = {"within": within, "srid": area.metric_srid}
    built = store.rows(session, store.BUILDINGS, **told)
    roads = store.rows(session, store.ROADS, **told)
    kinds = [*POINT_KINDS, *SCHOOLS, *PARKS, "entrance", "lamp", "courthouse"]
    places = store.rows(session, store.PLACES, **told, kinds=kinds)
    parks = store.rows(session, store.LANDUSE, **told, kinds=["park", "garden", "recreation_ground"])
    shapes, lines = store.shapes(built), store.shapes(roads)
    heights = np.array([np.nan if row.height is None else row.height for row in built], dtype=float)
    homes = np.array([row.home for row in built], dtype=bool)
    around = walls(shapes, heights)
    where = {kind: _points([row for row in places if row.kind == kind]) for kind in kinds}
    open_ground = list(store.shapes(parks))
    parts = _demand_parts(session, told, now, where, shapes, built, homes, roads, lines, open_ground, around)
    asked = demand.gather(parts, settings.weights)
    names, limits = _units(session, area)
    asked = demand.in_units(asked, list(names), limits)
    streets = [(line, row.kind) for line, row in zip(lines, roads, strict=True)]
    private = intrusion.private_ground(list(shapes[homes]), list(shapes), streets, open_ground)
    driven = [line for line, row in zip(lines, roads, strict=True) if row.kind in DRIVEN and not row.tunnel]
    zones = list(store.shapes(store.rows(session, store.ZONES, **told, around=ZONE_AROUND_M)))
    zones += [shapely.Point(xy).buffer(COURT_AROUND_M) for xy in where["courthouse"]]
    refused = store.rows(session, store.REFUSED, **told)
    zones += [shapely.Point(row.x, row.y).buffer(REFUSED_AROUND_M) for row in refused]
    crossroads = [(row.x, row.y) for row in store.rows(session, store.JUNCTIONS, **told)]
    if not (driven or crossroads or len(where["lamp"]) or len(built)):
        # No map of streets is loaded: a pole could stand where something is to be seen; the page says it is a guess.
        crossroads = [tuple(xy) for xy in asked.xy + ROADSIDE_M]
    mounts = candidates.mounts(
        around, roads=driven, lamps=where["lamp"], junctions=crossroads,
        public_buildings=[shape for shape, row in zip(shapes, built, strict=True) if row.kind in PUBLIC_BUILDINGS],
        zones=zones,
        rules=candidates.Rules(mounts=settings.mounts, spacing_m=settings.spacing_m, headings=settings.headings),
    )  # fmt: skip
    return Town(
        Ground(shapes, heights, homes, around, asked, private), mounts, within, names, tuple(limits), tuple(zones)
    )


def _points(rows: Any) -> Any:
    return shapely.get_coordinates(shapely.centroid(store.shapes(rows))) if rows else np.empty((0, 2))


def _demand_parts(
    session: Session, told: Mapping[str, Any], now: datetime, where: Mapping[str, Any], shapes: Any, built: Any,
    homes: Any, roads: Any, lines: Any, parks: list[Any], around: Walls,
) -> dict[str, tuple[Any, Any]]:  # fmt: skip
    """Return the points of each kind of demand, with their amounts."""
    reports = store.rows(session, store.PROBLEMS, **told, now=now, statuses=list(CONFIRMED))
    events = store.rows(session, store.INCIDENTS, **told, now=now)
    schools = np.concatenate([where[kind] for kind in SCHOOLS])
    approaches = [shapely.Point(xy).buffer(demand.APPROACH_M, quad_segs=4) for xy in schools]
    play = np.concatenate([where[kind] for kind in PARKS])
    greens = [*parks, *(shapely.Point(xy).buffer(15, quad_segs=4) for xy in play)]
    under = [line.interpolate(0.5, normalized=True) for line, row in zip(lines, roads, strict=True)
             if row.tunnel and row.walkable and not row.drivable]  # fmt: skip
    lived = shapes[homes]
    levels = [np.nan if row.levels is None else row.levels for row in built if row.home]
    return {
        "problem": (
            np.array([(row.x, row.y) for row in reports]).reshape(-1, 2),
            demand.recency([float(row.age_days) for row in reports]) * [row.severity for row in reports],
        ),
        "incident": (
            np.array([(row.x, row.y) for row in events]).reshape(-1, 2),
            demand.recency([float(row.age_days) for row in events]),
        ),
        "school": demand.spread(approaches, around.tree),
        "crossing": (where["crossing"], 1.0),
        "stop": (np.concatenate([where[kind] for kind in ("stop", "bus_station", "station")]), 1.0),
        "underpass": (shapely.get_coordinates(under) if under else np.empty((0, 2)), 1.0),
        "park": demand.spread(greens, around.tree),
        "entrance": ([out_of_the_building(around, *door) for door in where["entrance"]], 1.0),
        "resident": (_before_the_house(lived), demand.persons(shapely.area(lived), levels)),
    }


def _before_the_house(homes: Any) -> Any:
    """Return a place before each home, a step off its longest wall: nobody is seen through a roof."""
    found = []
    for home in shapely.orient_polygons(homes):
        corners = shapely.get_coordinates(max(shapely.get_parts(home), key=shapely.area).exterior)
        long = int(np.argmax(np.hypot(*np.diff(corners, axis=0).T)))
        found.append(facade_point(corners[long], corners[long + 1]))
    return np.asarray(found, dtype=float).reshape(-1, 2)


def _units(session: Session, area: Area) -> tuple[dict[str, tuple[str, str]], list[Any]]:
    """Return the names and limits of the units that fairness is told by: hromadas, or an area's first system."""
    found: Any = ()
    for system in ("hromadas", *(system.id for system in area.unit_systems)):
        found = store.rows(session, store.UNITS, srid=area.metric_srid, system=system)
        if found:
            break
    return {row.code: (row.name_uk, row.name_en) for row in found}, list(store.shapes(found))


def listed(town: Town, metres: Sequence[tuple[float, float]], places: Sequence[Mapping[str, Any]]) -> candidates.Mounts:
    """Return a council's own places as candidates, without those in a zone; raises BadInput if none is left."""
    kept = [at for at, xy in enumerate(metres) if not town.forbids(*xy)]
    if not kept:
        raise BadInput(N_("None of the places of this list can have a camera: all lie in zones closed to cameras."))
    kinds = {"lamp": "lamp", "wall": "wall", "roof": "wall"}
    return candidates.Mounts(
        np.array([out_of_the_building(town.ground.walls, *metres[at]) for at in kept]),
        np.array([candidates.MOUNTS.index(kinds.get(places[at]["mount"], "road")) for at in kept]),
        np.array([float(places[at]["height_m"]) for at in kept]),
        np.full(len(kept), np.nan),
    )


def out_of_the_building(around: Walls, x: float, y: float) -> tuple[float, float]:
    """Return the place, or, in a building or its wall, one just before the nearest wall: maps are drawn roughly."""
    here = shapely.Point(x, y)
    inside = around.tree.query(here, predicate="dwithin", distance=OFF_THE_WALL_M / 2)
    for _ in range(3):
        if not len(inside):
            break
        wall = around.buildings[inside[0]].exterior
        along = wall.project(here)
        foot, further = wall.interpolate(along), wall.interpolate(along + 0.01)
        away = np.array([further.y - foot.y, foot.x - further.x]) / 0.01
        x, y = (np.array([foot.x, foot.y]) + OFF_THE_WALL_M * away / max(float(np.hypot(*away)), 1e-9)).tolist()
        here = shapely.Point(x, y)
        inside = around.tree.query(here, predicate="dwithin", distance=OFF_THE_WALL_M / 2)
    return float(x), float(y)
