"""How long a crew is on its way between places: quickest ways along the street graph, or straight lines without one.

Coordinates are metres in the graph's projected CRS, times are seconds. Places become points on the edges next to them,
and the graph gets a junction for each, so that Dijkstra's algorithm (scipy's) sees streets cut where the places lie:
one-way streets are kept, and two places on one edge need no way round it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra
from shapely.ops import substring

from layers.errors import BadInput
from layers.places.graph import Flags, Floats, Graph, Ints, Mode, Snapped, lightest, snap
from layers.text import N_

KMH: Mapping[Mode, float] = MappingProxyType({"walk": 4.5, "drive": 30.0})
DETOUR = 1.4  # metres of street a metre of straight line, where no graph says better
WITHIN_M = 300.0
SCRAP = 20  # junctions: a piece of network smaller than this is a yard or the map's edge, and no place is put on it
CORNER_M = 1.0  # a place this near to a junction is at it, and may go on into any street there
TINY = 1e-6  # seconds, for a way of no length: zero would mean "no way" to a sparse matrix

FAR_FROM_ROADS = N_("The nearest road for cars is more than {metres} m away.")
FAR_FROM_PATHS = N_("The nearest street or path is more than {metres} m away.")
NO_ROAD = N_("No road for cars leads from a start there and back.")
NO_PATH = N_("No street or path leads from a start there and back.")


@dataclass(frozen=True)
class Travel:
    """Between n places: seconds and metres from each (row) to each (column), infinite where no way leads.

    `unreached` says of each place why no crew can come there and back, or None. `approximate` times are along straight
    lines, lengthened.
    """

    seconds: Floats
    metres: Floats
    unreached: tuple[BadInput | None, ...]
    approximate: bool = False

    def __len__(self) -> int:
        return len(self.unreached)


def travel(
    graph: Graph | None,
    xy: ArrayLike,
    *,
    mode: Mode = "drive",
    kmh: Mapping[Mode, float] = KMH,
    edge_kmh: ArrayLike | None = None,
    bases: ArrayLike | None = None,
    within_m: float = WITHIN_M,
) -> Travel:
    """Return the ways between n places (n x 2): the quickest, or straight ones where there is no graph for the mode.

    `edge_kmh` (m, nan where unknown) overrides the mode's speed on single edges. A place is reached when a way leads
    there and back from one of the `bases` (indices of places; without any, from the largest connected part of the
    graph) and it lies within `within_m` of an edge. The stretch between the edge and the place isn't counted: a car
    stops on the street. Raises BadInput for speeds that aren't above zero and for coordinates that aren't numbers.
    """
    points = _points(xy)
    if not (np.isfinite(kmh[mode]) and kmh[mode] > 0):
        raise BadInput(N_("A speed must be above 0 km/h, not {value}."), value=kmh[mode])
    if graph is None or not graph.usable(mode).any():
        metres = DETOUR * np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
        return Travel(metres * 3.6 / kmh[mode], metres, (None,) * len(points), approximate=True)
    streets = _streets(graph, points, mode=mode, kmh=_speeds(graph, kmh[mode], edge_kmh), within_m=within_m)
    seconds, before = streets.quickest(np.arange(len(points)))
    between = seconds[:, streets.junctions :]
    reached = _reached(between, streets, bases)
    return Travel(between, streets.metres(before, between), _reasons(graph, points, reached, mode, within_m))


def ways(
    graph: Graph,
    xy: ArrayLike,
    *,
    mode: Mode = "drive",
    kmh: Mapping[Mode, float] = KMH,
    edge_kmh: ArrayLike | None = None,
    within_m: float = WITHIN_M,
) -> list[shapely.LineString | None]:
    """Return the n - 1 lines along the streets that lead through n places in their order; None where no way leads.

    The ways are those that `travel` measures; errors are its own.
    """
    points = _points(xy)
    streets = _streets(graph, points, mode=mode, kmh=_speeds(graph, kmh[mode], edge_kmh), within_m=within_m)
    _, before = streets.quickest(np.arange(len(points)))
    return [streets.line(before[at], at, at + 1) for at in range(len(points) - 1)]


def _points(xy: ArrayLike) -> Floats:
    points = np.asarray(xy, dtype=float).reshape(-1, 2)
    if not np.isfinite(points).all():
        at = int(np.flatnonzero(~np.isfinite(points).all(axis=1))[0])
        raise BadInput(N_("Place {number} of the list has no coordinates."), number=at + 1)
    return points


def _speeds(graph: Graph, usual: float, edge_kmh: ArrayLike | None) -> Floats:
    given = np.full(len(graph.length_m), np.nan) if edge_kmh is None else np.asarray(edge_kmh, dtype=float)
    if (given <= 0).any():
        raise BadInput(N_("A speed must be above 0 km/h, not {value}."), value=float(np.nanmin(given)))
    return np.where(np.isnan(given), usual, given)


@dataclass(frozen=True)
class _Streets:
    """The graph with a junction more for each place: arcs in the order of their ends, the edges they lie on.

    `part` are the shares of the edge, from its beginning, where each arc begins and ends.
    """

    graph: Graph
    snapped: Snapped
    start: Ints
    end: Ints
    seconds: Floats
    edge: Ints
    part: Floats
    strong: Ints  # which strongly connected part each of the graph's own junctions belongs to

    @property
    def junctions(self) -> int:
        return len(self.graph.node_id)

    @property
    def size(self) -> int:
        return self.junctions + len(self.snapped.edge)

    def quickest(self, places: Ints) -> tuple[Floats, Ints]:
        """Return seconds from some places to all junctions, and the junction before each on the way (-9999: none)."""
        matrix = csr_array((self.seconds, (self.start, self.end)), shape=(self.size, self.size))
        search: Any = dijkstra  # its overloads can't tell that predecessors were asked for
        found, before = search(matrix, indices=self.junctions + places, return_predecessors=True)
        return found, before

    def _arc(self, start: ArrayLike, end: ArrayLike) -> Ints:
        keys = self.start * self.size + self.end
        return np.searchsorted(keys, np.asarray(start, np.int64) * self.size + np.asarray(end, np.int64))

    def metres(self, before: Ints, seconds: Floats) -> Floats:
        """Return the metres of the quickest ways between places: all of them are walked back at once, arc by arc."""
        length = np.abs(self.part[:, 1] - self.part[:, 0]) * self.graph.length_m[self.edge]
        row, column = np.nonzero(np.isfinite(seconds) & ~np.eye(len(seconds), dtype=bool))
        metres = np.where(np.isfinite(seconds), 0.0, np.inf)
        here = column + self.junctions
        while len(row):
            back = before[row, here].astype(np.int64)
            metres[row, column] += length[self._arc(back, here)]
            on = back != row + self.junctions
            row, column, here = row[on], column[on], back[on]
        return metres

    def line(self, before: Ints, start: int, end: int) -> shapely.LineString | None:
        """Return the line from one place to another, given the junctions before each on the ways from the first."""
        here, source = self.junctions + end, self.junctions + start
        if before[here] < 0:
            return None
        pieces = []
        while here != source:
            back = int(before[here])
            arc = int(self._arc(back, here))
            line = self.graph.lines[self.edge[arc]]
            pieces.append(substring(line, *self.part[arc], normalized=True))
            here = back
        return shapely.LineString(np.concatenate([shapely.get_coordinates(piece) for piece in reversed(pieces)]))


def _streets(graph: Graph, points: Floats, *, mode: Mode, kmh: Floats, within_m: float) -> _Streets:
    """Snap the places to edges that belong to no scrap of the network, and join them to the graph."""
    start, end, edge = graph.arcs(mode)
    size = len(graph.node_id)
    _, strong = connected_components(
        csr_array((np.ones(len(start)), (start, end)), shape=(size, size)), connection="strong"
    )
    large = np.bincount(strong, minlength=1)
    inside = strong[graph.from_index] == strong[graph.to_index]
    enough = large[strong[graph.from_index]] >= min(SCRAP, large.max())
    snapped = snap(graph, points, mode=mode, within_m=within_m, among=inside & enough)
    # A junction's arcs run over whole edges, from 0 to 1 or back.
    along = np.arange(len(edge)) < np.count_nonzero(graph.walk if mode == "walk" else graph.forward)
    own_part = np.where(along[:, None], [[0.0, 1.0]], [[1.0, 0.0]])
    own = (start, end, edge, own_part)
    starts, ends, edges, parts = zip(own, *_place_arcs(graph, snapped, mode), strict=True)
    start, end, edge, part = np.concatenate(starts), np.concatenate(ends), np.concatenate(edges), np.concatenate(parts)
    seconds = np.maximum(np.abs(part[:, 1] - part[:, 0]) * graph.length_m[edge] * 3.6 / kmh[edge], TINY)
    kept = lightest(start, end, seconds)
    return _Streets(
        graph, snapped, start[kept], end[kept], seconds[kept], edge[kept], part[kept], strong.astype(np.int64)
    )


def _place_arcs(graph: Graph, snapped: Snapped, mode: Mode) -> list[tuple[Ints, Ints, Ints, Floats]]:
    """Return the arcs from places to the ends of their edges, from these to places, and between places on one edge."""
    on = np.flatnonzero(snapped.edge >= 0)
    edge, node = snapped.edge[on], on + len(graph.node_id)
    length = np.maximum(shapely.length(graph.lines[edge]), TINY)
    share = np.clip(snapped.along_m[on] / length, 0, 1)
    at_first, at_last = share * length <= CORNER_M, (1 - share) * length <= CORNER_M
    forward = (graph.walk if mode == "walk" else graph.forward)[edge]
    backward = (graph.walk if mode == "walk" else graph.backward)[edge]
    first, last = graph.from_index[edge], graph.to_index[edge]
    none, whole = np.zeros(len(on)), np.ones(len(on))
    made = [
        _some(forward | at_last, node, last, edge, share, whole),
        _some(forward | at_first, first, node, edge, none, share),
        _some(backward | at_first, node, first, edge, share, none),
        _some(backward | at_last, last, node, edge, whole, share),
    ]
    a, b = np.nonzero((edge[:, None] == edge[None]) & ~np.eye(len(on), dtype=bool))
    open_to = np.where(share[b] >= share[a], forward[a], backward[a]) | ((share[a] == share[b]) & backward[a])
    return [*made, _some(open_to, node[a], node[b], edge[a], share[a], share[b])]


def _some(
    which: Flags, start: Ints, end: Ints, edge: Ints, begins: Floats, stops: Floats
) -> tuple[Ints, Ints, Ints, Floats]:
    return start[which], end[which], edge[which], np.column_stack([begins, stops])[which]


def _reached(seconds: Floats, streets: _Streets, bases: ArrayLike | None) -> Flags:
    """Return which places can be come to, and left, from one of the bases or the largest part of the graph."""
    snapped = streets.snapped.edge >= 0
    if bases is not None:
        from_base = np.asarray(bases, dtype=np.int64).reshape(-1)
        there_and_back = np.isfinite(seconds[from_base]) & np.isfinite(seconds[:, from_base].T)
        return np.asarray(there_and_back.any(axis=0) & snapped)
    largest = int(np.argmax(np.bincount(streets.strong, minlength=1)))
    return np.asarray(snapped & (streets.strong[streets.graph.from_index[streets.snapped.edge]] == largest))


def _reasons(graph: Graph, points: Floats, reached: Flags, mode: Mode, within_m: float) -> tuple[BadInput | None, ...]:
    near = snap(graph, points, mode=mode, within_m=within_m).edge >= 0 if not reached.all() else reached
    far, no_way = (FAR_FROM_PATHS, NO_PATH) if mode == "walk" else (FAR_FROM_ROADS, NO_ROAD)
    return tuple(
        None if here else BadInput(no_way) if close else BadInput(far, metres=round(within_m))
        for here, close in zip(reached, near, strict=True)
    )
