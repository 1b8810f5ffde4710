"""What is done with places: a new extract replaces the old one, a source's new table its old one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from sqlalchemy.orm import Session

from layers import history
from layers.errors import BadInput
from layers.places import store
from layers.places.facts import OSM, Facts, Place, Restricted, Road
from layers.places.gazetteer import street_words
from layers.places.graph import Edges, split_at_junctions
from layers.places.rules import withhold
from layers.places.store import Change
from layers.places.tables import (
    BuildingRow,
    LanduseRow,
    PlaceRow,
    RestrictedPlace,
    RoadEdge,
    RoadNode,
    RoadRow,
    WaterRow,
)
from layers.text import N_


def replace_facts(session: Session, facts: Facts, *, metric_srid: int) -> dict[str, Change]:
    """Put a new extract in place of the old one, in the caller's transaction: readers see the one or the other.

    Returns what changed in each open table. Doing it again with the same facts changes nothing, not even the versions
    of tiles.
    """
    edges = split_at_junctions(_routable(facts.roads))
    named = [(road.id, *street_words(road.name_uk, road.name_en)) for road in facts.roads if _has_a_street(road)]

    changes = {
        "roads": store.replace(session, RoadRow, store.columns_of(RoadRow, facts.roads)),
        "buildings": store.replace(session, BuildingRow, store.columns_of(BuildingRow, facts.buildings)),
        "water": store.replace(session, WaterRow, store.columns_of(WaterRow, facts.water)),
        "landuse": store.replace(session, LanduseRow, store.columns_of(LanduseRow, facts.landuse)),
        "places": store.replace(session, PlaceRow, store.columns_of(PlaceRow, facts.places), source=OSM),
        "streets": store.replace_streets(session, named, metric_srid=metric_srid),
        "road_nodes": store.replace(session, RoadNode, _node_columns(edges)),
        "road_edges": store.replace(session, RoadEdge, _edge_columns(edges, _routable(facts.roads))),
    }
    restricted = store.replace(session, RestrictedPlace, store.columns_of(RestrictedPlace, facts.restricted))
    store.hide_in_military_areas(session)

    if _changed(restricted) or any(_changed(change) for change in changes.values()):
        history.record(
            session,
            audience="public",
            subject="places",
            subject_id="osm",
            event="replaced",
            codes={table: change.total for table, change in changes.items()},
        )
    return changes


def replace_places(session: Session, source: str, places: Sequence[Place]) -> tuple[Change, int]:
    """Put one source's places in place of what it had; other sources', OpenStreetMap's among them, stay.

    Returns what changed, and how many were withheld because they stand inside a military area.
    """
    if source == OSM:
        raise BadInput(N_("“{source}” is the source of extracts; give these places a source of their own."), source=OSM)
    facts = Facts(places=list(places), restricted=[_military(shape) for shape in store.military_areas(session)])
    withheld = withhold(facts)
    change = store.replace(session, PlaceRow, store.columns_of(PlaceRow, facts.places), source=source)
    if _changed(change):
        history.record(
            session,
            audience="public",
            subject="places",
            subject_id="table",
            event="replaced",
            codes={"places": change.total},
        )
    return change, len(withheld)


def _military(shape: shapely.Geometry) -> Restricted:
    return Restricted("", "military", None, None, None, None, None, None, shape)


def _changed(change: Change) -> bool:
    return bool(change.added or change.changed or change.removed)


def _routable(roads: Sequence[Road]) -> list[Road]:
    return [road for road in roads if road.walkable or road.drivable]


def _has_a_street(road: Road) -> bool:
    return bool(road.name_uk) and road.road_class not in ("rail", "tram")


def kinds(facts: Facts) -> dict[str, dict[str, int]]:
    """Return how many there are of each kind in each open table, the most frequent first."""
    counted = {
        "roads": Counter(road.road_class for road in facts.roads),
        "buildings": Counter(building.kind for building in facts.buildings),
        "water": Counter(water.kind for water in facts.water),
        "landuse": Counter(ground.kind for ground in facts.landuse),
        "places": Counter(place.kind for place in facts.places),
    }
    return {table: dict(counter.most_common()) for table, counter in counted.items()}


def _node_columns(edges: Edges) -> dict[str, Sequence[Any]]:
    """Return the junctions of the edges: each end once, at its line's end."""
    ids = np.concatenate([edges.from_node, edges.to_node])
    points = np.concatenate([shapely.get_point(edges.lines, 0), shapely.get_point(edges.lines, -1)])
    ids, first = np.unique(ids, return_index=True)
    return {"id": ids.tolist(), "geom": points[first]}


def _edge_columns(edges: Edges, roads: Sequence[Road]) -> dict[str, Sequence[Any]]:
    of = [roads[index] for index in edges.road]
    return {
        "id": [f"{road.id}/{part}" for road, part in zip(of, edges.part, strict=True)],
        "road": [road.id for road in of],
        "from_node": edges.from_node.tolist(),
        "to_node": edges.to_node.tolist(),
        "length_m": edges.length_m.tolist(),
        "walkable": [road.walkable for road in of],
        "drive_forward": [road.drivable and road.oneway >= 0 for road in of],
        "drive_backward": [road.drivable and road.oneway <= 0 for road in of],
        "geom": edges.lines,
    }
