"""What of a place's facts is open, and what is withheld because it stands inside a military area."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

import numpy as np
import shapely
from shapely import Geometry, STRtree

from layers.places.facts import Facts
from layers.places.kinds import SETTLEMENT_KINDS

THROUGH_ROADS = frozenset(
    f"{name}{link}"
    for name in ("motorway", "trunk", "primary", "secondary", "tertiary", "unclassified", "rail")
    for link in ("", "_link")
)


class _Row(Protocol):
    id: str
    geom: Any


R = TypeVar("R", bound=_Row)


def withhold(facts: Facts) -> set[str]:
    """Take out of the open layers what stands inside a military area, and return the ids of what was taken.

    Buildings and places count by a point on them, land, water and minor roads when they are wholly inside. Settlements
    and through roads stay: they are no secret, and without them the map would show a hole of the area's shape.
    """
    secret = [row.geom for row in facts.restricted if row.kind == "military" and shapely.area(row.geom) > 0]
    if not secret:
        return set()
    tree = STRtree(secret)
    gone: set[str] = set()
    facts.buildings = _without(facts.buildings, _inside(tree, facts.buildings, at_point=True), gone)
    at_places = _inside(tree, facts.places, at_point=True)
    at_places &= np.array([place.kind not in SETTLEMENT_KINDS for place in facts.places], dtype=bool)
    facts.places = _without(facts.places, at_places, gone)
    facts.water = _without(facts.water, _inside(tree, facts.water), gone)
    facts.landuse = _without(facts.landuse, _inside(tree, facts.landuse), gone)
    on_roads = _inside(tree, facts.roads)
    on_roads &= np.array([road.road_class not in THROUGH_ROADS for road in facts.roads], dtype=bool)
    facts.roads = _without(facts.roads, on_roads, gone)
    return gone


def _inside(tree: STRtree, rows: Sequence[_Row], *, at_point: bool = False) -> np.ndarray[Any, np.dtype[np.bool_]]:
    inside = np.zeros(len(rows), dtype=bool)
    shapes: list[Geometry] = [row.geom for row in rows]
    tested = shapely.point_on_surface(shapes) if at_point else np.asarray(shapes, dtype=object)
    inside[tree.query(tested, predicate="covered_by")[0]] = True
    return inside


def _without(rows: list[R], taken: np.ndarray[Any, np.dtype[np.bool_]], gone: set[str]) -> list[R]:
    gone.update(row.id for row, out in zip(rows, taken, strict=True) if out)
    return [row for row, out in zip(rows, taken, strict=True) if not out]
