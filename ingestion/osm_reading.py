"""One pass over an OpenStreetMap file: objects in batches, clipped to the area, sorted into layers by their tags."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import osmium
import shapely
from numpy.typing import NDArray
from shapely import Geometry, LineString

from ingestion import osm_restricted, osm_tags
from layers.places.facts import Building, Facts, Ground, Place, Restricted, Road
from layers.places.rules import withhold
from layers.text import N_

BATCH = 20_000
LINE_KEYS = ("highway", "railway", "waterway")
AREA_RELATIONS = ("multipolygon", "boundary")
# As areas these would repeat the node that mappers draw as well.
POINTS_ONLY = frozenset({"stop", "crossing", "lamp", "traffic_signals", "entrance"})
NOT_CLOSED = N_("the outline is not closed")
BROKEN = N_("the outline crosses itself or parts of it are missing")

Shape = Literal["node", "line", "area"]


@dataclass
class Report:
    """What became of the file's objects: read = kept + restricted + withheld + skipped + passed over.

    `read` are the objects with a key of interest; passed over are those outside the area, of no layer, or met before.
    Restricted ones (cameras, military) and those withheld because they stand inside a military area are counted, never
    named.
    """

    read: int = 0
    kept: int = 0
    restricted: int = 0
    withheld: int = 0
    skipped: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    @property
    def passed_over(self) -> int:
        return self.read - self.kept - self.restricted - self.withheld - sum(map(len, self.skipped.values()))


@dataclass
class _Found:
    """One object between the file and its layer."""

    shape: Shape
    id: str
    tags: dict[str, str]
    nodes: list[int] | None = None


class Reading:
    """The state of one pass: a batch of objects with their geometries as WKB, closed ways that wait for their area."""

    def __init__(self, outline: Geometry) -> None:
        shapely.prepare(outline)
        self.outline = outline
        self.box = outline.bounds
        self.wkb = osmium.geom.WKBFactory()
        self.batch: list[_Found] = []
        self.shapes: list[str] = []
        self.ways_seen = 0
        self.awaited: dict[str, tuple[dict[str, str], bool]] = {}
        self.facts = Facts()
        self.restricted: dict[str, Restricted] = {}
        self.report = Report()
        self.skipped: dict[str, str] = {}

    # --- from the file into the batch ---

    def take(self, element: Any) -> None:
        """Take one object from the file; areas come besides the ways and relations they are made of."""
        if not element.is_area():
            self.report.read += 1
        if element.is_node():
            self._take_node(element)
        elif element.is_way():
            self._take_way(element)
        elif element.is_area():
            self._take_area(element)
        else:
            self._take_relation(element)
        if len(self.batch) >= BATCH:
            self._sort_batch()

    def _take_node(self, node: Any) -> None:
        west, south, east, north = self.box
        location = node.location
        if location.valid() and west <= location.lon <= east and south <= location.lat <= north:
            self._put(_Found("node", f"node/{node.id}", dict(node.tags)), self.wkb.create_point(location))

    def _take_way(self, way: Any) -> None:
        self.ways_seen += 1
        tags = dict(way.tags)
        identity = f"way/{way.id}"
        if way.is_closed():
            self.awaited[identity] = (tags, self._begins_inside(way))
        if way.is_closed() and not any(key in tags for key in LINE_KEYS):
            return
        try:
            line = self.wkb.create_linestring(way, use_nodes=osmium.geom.ALL)
            nodes = [node.ref for node in way.nodes] if "highway" in tags else None
        except (RuntimeError, osmium.InvalidLocationError):
            corners = _known_run(way)
            if len(corners) < 2:
                return
            line = LineString([(lon, lat) for _, lon, lat in corners]).wkb_hex
            nodes = [node for node, _, _ in corners]
        self._put(_Found("line", identity, tags, nodes), line)

    def _begins_inside(self, way: Any) -> bool:
        """Say whether the first corner that the file knows lies in the area's box."""
        west, south, east, north = self.box
        known = (node.location for node in way.nodes if node.location.valid())
        first = next(known, None)
        return first is not None and west <= first.lon <= east and south <= first.lat <= north

    def _take_area(self, area: Any) -> None:
        identity = f"{'way' if area.from_way() else 'relation'}/{area.orig_id()}"
        self.awaited.pop(identity, None)
        tags = dict(area.tags)
        try:
            self._put(_Found("area", identity, tags), self.wkb.create_multipolygon(area))
        except (RuntimeError, osmium.InvalidLocationError):
            self._skip(identity, tags, BROKEN)

    def _take_relation(self, relation: Any) -> None:
        if relation.tags.get("type") in AREA_RELATIONS:
            self.awaited[f"relation/{relation.id}"] = (dict(relation.tags), True)

    def _put(self, found: _Found, wkb: str) -> None:
        self.batch.append(found)
        self.shapes.append(wkb)

    def _skip(self, identity: str, tags: dict[str, str], reason: str) -> None:
        """Remember why an object is left out; of a restricted one only that it was there."""
        if osm_restricted.restricted_kind(tags):
            self.skipped[identity] = ""
        else:
            self.skipped[identity] = reason

    # --- from the batch into the layers ---

    def _sort_batch(self) -> None:
        shapes: NDArray[Any] = np.asarray(shapely.from_wkb(self.shapes), dtype=object)
        valid = shapely.is_valid(shapes)
        near = shapely.intersects(self.outline, shapely.envelope(shapes))
        near[valid & near] = shapely.intersects(self.outline, shapes[valid & near])
        for index in np.flatnonzero(near):
            found = self.batch[index]
            if valid[index]:
                self._sort(found, shapes[index])
            elif _says_something(found.tags):
                self._skip(found.id, found.tags, BROKEN)
        self.batch, self.shapes = [], []

    def _sort(self, found: _Found, geom: Geometry) -> None:
        kind = osm_restricted.restricted_kind(found.tags)
        if kind:
            self._sort_restricted(kind, found, geom)
        elif found.shape == "node":
            self._sort_place(found, geom)
        elif found.shape == "line":
            self._sort_line(found, geom)
        else:
            self._sort_area(found, geom)

    def _sort_restricted(self, kind: str, found: _Found, geom: Geometry) -> None:
        if found.shape == "line" and found.id in self.restricted:
            return
        seen = osm_restricted.optics(found.tags)
        self.restricted[found.id] = Restricted(
            id=found.id,
            kind=kind,
            name=osm_tags.names(found.tags)[0],
            bearing=seen.bearing,
            camera_type=seen.camera_type,
            mount=seen.mount,
            height_m=seen.height_m,
            zone=seen.zone,
            geom=geom,
        )

    def _sort_place(self, found: _Found, geom: Geometry) -> None:
        kind = osm_tags.place_kind(found.tags)
        if kind is None or (found.shape == "area" and kind in POINTS_ONLY):
            return
        uk, en = osm_tags.names(found.tags)
        street, number = osm_tags.address(found.tags)
        self.facts.places.append(Place(found.id, kind, uk, en, street, number, shapely.point_on_surface(geom)))

    def _sort_line(self, found: _Found, geom: Geometry) -> None:
        tags = found.tags
        uk, en = osm_tags.names(tags)
        road_class = osm_tags.road_class(tags)
        stream = osm_tags.stream_kind(tags)
        if road_class:
            self.facts.roads.append(_road(found, road_class, geom))
        elif stream:
            self.facts.water.append(Ground(found.id, stream, uk, en, geom))
        elif not geom.is_closed and _fills(tags):
            self._skip(found.id, tags, NOT_CLOSED)

    def _sort_area(self, found: _Found, geom: Geometry) -> None:
        tags = found.tags
        uk, en = osm_tags.names(tags)
        building = osm_tags.building_kind(tags)
        water = osm_tags.water_kind(tags)
        ground = None if building else osm_tags.ground_kind(tags)
        if building:
            levels, height, height_from = osm_tags.height(tags)
            street, number = osm_tags.address(tags)
            self.facts.buildings.append(
                Building(found.id, building, uk, en, street, number, levels, height, height_from, geom)
            )
        elif water:
            self.facts.water.append(Ground(found.id, water, uk, en, geom))
        elif ground:
            self.facts.landuse.append(Ground(found.id, ground, uk, en, geom))
        self._sort_place(found, geom)

    # --- the end ---

    def finish(self) -> tuple[Facts, Report]:
        """Sort what is left, withhold what stands inside a military area, and add the report up."""
        self._sort_batch()
        for identity, (tags, inside) in self.awaited.items():
            if inside and _fills(tags) and not (osm_tags.road_class(tags) or identity in self.skipped):
                self._skip(identity, tags, BROKEN)
        self.facts.restricted = list(self.restricted.values())
        for layer in ("roads", "buildings", "water", "landuse", "places"):
            setattr(self.facts, layer, _last_of_each(getattr(self.facts, layer)))
        withheld = withhold(self.facts)
        kept = _identities(self.facts)
        named = {i: reason for i, reason in self.skipped.items() if reason and i not in kept}
        for identity, reason in named.items():
            self.report.skipped[reason].append(identity)
        self.report.kept = len(kept)
        self.report.withheld = len(withheld - kept)
        self.report.restricted = len(self.restricted) + sum(not reason for reason in self.skipped.values())
        return self.facts, self.report


def _road(found: _Found, road_class: str, geom: Geometry) -> Road:
    tags = found.tags
    uk, en = osm_tags.names(tags)
    return Road(
        id=found.id,
        road_class=road_class,
        name_uk=uk,
        name_en=en,
        ref=tags.get("ref"),
        oneway=osm_tags.oneway(tags),
        walkable=osm_tags.walkable(tags),
        drivable=osm_tags.drivable(tags),
        bridge=bool(osm_tags.flag(tags.get("bridge"))),
        tunnel=bool(osm_tags.flag(tags.get("tunnel"))),
        surface=tags.get("surface"),
        lit=osm_tags.flag(tags.get("lit")),
        geom=geom,
        nodes=np.asarray(found.nodes or [], dtype=np.int64),
    )


def _fills(tags: dict[str, str]) -> bool:
    """Say whether the tags describe an area of one of our layers."""
    rules = (osm_tags.building_kind, osm_tags.water_kind, osm_tags.ground_kind, osm_restricted.restricted_kind)
    return any(rule(tags) for rule in rules)


def _says_something(tags: dict[str, str]) -> bool:
    return bool(osm_tags.road_class(tags) or osm_tags.stream_kind(tags)) or _fills(tags)


def _known_run(way: Any) -> list[tuple[int, float, float]]:
    """Return the longest run of corners (id, lon, lat) that the file holds: extracts cut streets at their edge."""
    runs: list[list[tuple[int, float, float]]] = [[]]
    for node in way.nodes:
        if node.location.valid():
            runs[-1].append((node.ref, node.location.lon, node.location.lat))
        elif runs[-1]:
            runs.append([])
    return max(runs, key=len)


def _last_of_each(rows: list[Any]) -> list[Any]:
    """Return one row an id: of a closed watercourse that is an area too the area, of two extracts the later's."""
    return list({row.id: row for row in rows}.values())


def _identities(facts: Facts) -> set[str]:
    groups: tuple[Sequence[Any], ...] = (facts.roads, facts.buildings, facts.water, facts.landuse, facts.places)
    return {row.id for group in groups for row in group}
