"""The routable graph as arrays: streets split at junctions, points snapped to streets, shortest ways.

Everything is pure. Lengths are metres; splitting takes EPSG:4326, snapping and routing work in a metric CRS.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Geod
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from shapely import STRtree

from layers.places.facts import Road

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Shapes = NDArray[np.object_]
Mode = Literal["walk", "drive"]

WGS84_ELLIPSOID = Geod(ellps="WGS84")


@dataclass(frozen=True)
class Edges:
    """Pieces of streets between junctions: m rows. `road` is the index of the road given, `part` counts within it."""

    road: Ints
    part: Ints
    from_node: Ints
    to_node: Ints
    length_m: Floats
    lines: Shapes


def split_at_junctions(roads: Sequence[Road]) -> Edges:
    """Cut roads at their ends and wherever a corner belongs to more than one place in them (EPSG:4326 in and out).

    A corner is shared when its id occurs twice: in two roads, or twice in one that meets itself. Lengths are metres on
    the WGS 84 ellipsoid. Each road's `nodes` must be as long as its line has corners.
    """
    if not roads:
        none = np.empty(0, dtype=np.int64)
        return Edges(none, none, none, none, np.empty(0), np.empty(0, dtype=object))
    xy, road = shapely.get_coordinates([r.geom for r in roads], return_index=True)
    ids = np.concatenate([r.nodes for r in roads])
    if len(ids) != len(xy):
        raise ValueError("a road's nodes and its line differ in number")
    starts = np.flatnonzero(np.r_[True, road[1:] != road[:-1]])
    ends = np.r_[starts[1:], len(road)] - 1
    cut = _shared(ids)
    cut[starts] = cut[ends] = True
    inner = cut.copy()
    inner[starts] = inner[ends] = False
    # A corner where a road is cut belongs to both pieces: it is written twice.
    order = np.repeat(np.arange(len(ids)), np.where(inner, 2, 1))
    opens = np.zeros(len(order), dtype=bool)
    opens[np.searchsorted(order, starts)] = True
    opens[np.flatnonzero(order[1:] == order[:-1]) + 1] = True
    piece = np.cumsum(opens) - 1
    first = np.flatnonzero(opens)
    last = np.r_[first[1:], len(order)] - 1
    of_road = road[order[first]]
    return Edges(
        road=of_road,
        part=np.arange(len(first)) - np.searchsorted(of_road, of_road),
        from_node=ids[order[first]],
        to_node=ids[order[last]],
        length_m=_lengths(xy[order], piece, len(first)),
        lines=shapely.linestrings(xy[order], indices=piece),
    )


def _shared(ids: Ints) -> Flags:
    _, where, counts = np.unique(ids, return_inverse=True, return_counts=True)
    return np.asarray(counts[where] > 1)


def _lengths(xy: Floats, piece: Ints, pieces: int) -> Floats:
    """Return the length of each piece, metres on the ellipsoid."""
    lon, lat = xy[:, 0], xy[:, 1]
    _, _, step = WGS84_ELLIPSOID.inv(lon[:-1], lat[:-1], lon[1:], lat[1:])
    step = np.where(piece[1:] == piece[:-1], step, 0.0)
    return np.bincount(piece[1:], weights=step, minlength=pieces).astype(np.float64)


@dataclass(frozen=True)
class Snapped:
    """Where n points meet the graph: the edge, metres along its line, metres from the point, and x, y on the line.

    A point with no edge within reach has edge -1 and infinite distance.
    """

    edge: Ints
    along_m: Floats
    distance_m: Floats
    xy: Floats


@dataclass(frozen=True)
class Graph:
    """A street graph: k junctions, m edges that name junctions by index; lines in a metric CRS.

    `walk` edges are used both ways; cars go along the line where `forward` and against it where `backward`.
    """

    node_id: Ints
    node_xy: Floats
    edge_id: NDArray[np.object_]
    from_index: Ints
    to_index: Ints
    length_m: Floats
    walk: Flags
    forward: Flags
    backward: Flags
    lines: Shapes

    @cached_property
    def _tree(self) -> STRtree:
        return STRtree(self.lines)

    def usable(self, mode: Mode) -> Flags:
        """Return which edges a walker or a driver may use at all."""
        return self.walk if mode == "walk" else self.forward | self.backward

    def arcs(self, mode: Mode) -> tuple[Ints, Ints, Ints]:
        """Return the ways along and against edges that the mode may take: from junction, to junction, edge."""
        along = np.flatnonzero(self.walk if mode == "walk" else self.forward)
        against = np.flatnonzero(self.walk if mode == "walk" else self.backward)
        start = np.r_[self.from_index[along], self.to_index[against]]
        end = np.r_[self.to_index[along], self.from_index[against]]
        return start, end, np.r_[along, against]

    def matrix(self, mode: Mode) -> csr_array:
        """Return the k x k matrix of metres from junction to junction; of parallel edges the shortest counts."""
        start, end, edge = self.arcs(mode)
        # Zero would mean "no edge" to a sparse matrix.
        metres = np.maximum(self.length_m[edge], 1e-6)
        kept = lightest(start, end, metres)
        size = len(self.node_id)
        return csr_array((metres[kept], (start[kept], end[kept])), shape=(size, size))


def lightest(start: Ints, end: Ints, weight: Floats) -> Ints:
    """Return which arcs to keep, in the order of their ends: of those between the same two junctions the lightest."""
    order = np.lexsort((weight, end, start))
    start, end = start[order], end[order]
    first = np.r_[True, (start[1:] != start[:-1]) | (end[1:] != end[:-1])] if len(start) else np.empty(0, bool)
    return np.asarray(order[first])


def snap(
    graph: Graph, xy: Floats, *, mode: Mode = "walk", within_m: float = np.inf, among: Flags | None = None
) -> Snapped:
    """Return the nearest usable edge (where given, only of those `among`) of each of n points (n x 2, metric CRS)."""
    points = shapely.points(xy)
    usable = np.flatnonzero(graph.usable(mode) if among is None else graph.usable(mode) & among)
    edge = np.full(len(points), -1, dtype=np.int64)
    along, distance, on_line = np.zeros(len(points)), np.full(len(points), np.inf), np.full((len(points), 2), np.nan)
    if len(usable) and len(points):
        tree = graph._tree if len(usable) == len(graph.lines) else STRtree(graph.lines[usable])
        limit = None if np.isinf(within_m) else within_m
        (point, nearest), metres = tree.query_nearest(
            points, max_distance=limit, return_distance=True, all_matches=False
        )
        edge[point], distance[point] = usable[nearest], metres
        lines = graph.lines[edge[point]]
        along[point] = shapely.line_locate_point(lines, points[point])
        on_line[point] = shapely.get_coordinates(shapely.line_interpolate_point(lines, along[point]))
    return Snapped(edge, along, distance, on_line)


def distances(graph: Graph, sources: Ints, *, mode: Mode = "walk", limit_m: float = np.inf) -> Floats:
    """Return metres from each source junction (s indices) to all k junctions, infinite beyond the limit (Dijkstra)."""
    found = dijkstra(graph.matrix(mode), directed=True, indices=np.atleast_1d(sources), limit=limit_m)
    return np.asarray(found, dtype=np.float64)


@dataclass(frozen=True)
class Route:
    """A shortest way: junction indices from start to end, and metres."""

    nodes: list[int]
    length_m: float


def route(graph: Graph, start: int, end: int, *, mode: Mode = "walk") -> Route | None:
    """Return the shortest way between two junctions, or None where there is none (Dijkstra)."""
    search: Any = dijkstra  # its overloads can't tell one source with predecessors from several
    metres, before = search(graph.matrix(mode), directed=True, indices=start, return_predecessors=True)
    if not np.isfinite(metres[end]):
        return None
    nodes = [end]
    while nodes[-1] != start:
        nodes.append(int(before[nodes[-1]]))
    return Route(nodes[::-1], float(metres[end]))


def build_graph(
    node_id: Ints, node_xy: Floats, edge_id: NDArray[np.object_], ends: Ints, length_m: Floats, use: Flags, lines: Any
) -> Graph:
    """Make a graph from rows: `ends` is m x 2 of junction ids, `use` m x 3 of walk, forward, backward."""
    order = np.argsort(node_id)
    index = order[np.searchsorted(node_id, ends, sorter=order)] if len(node_id) else ends
    return Graph(
        node_id=node_id,
        node_xy=node_xy,
        edge_id=edge_id,
        from_index=index[:, 0],
        to_index=index[:, 1],
        length_m=length_m,
        walk=use[:, 0],
        forward=use[:, 1],
        backward=use[:, 2],
        lines=np.asarray(lines, dtype=object),
    )
