"""Snap points: a report is shown at the nearest of a fixed list of points, and never by a random shift.

Random shifts are undone by averaging many reports of one home, and by comparing what was drawn twice; the nearest of
fixed points is the same point every time. Candidates are middles of street pieces and public places. Whoever lives
nearer to one of them than to any other of the same hromada lives in its catchment (a Voronoi cell). Candidates are
dropped, the weakest first, until every catchment holds at least eight homes, or nothing anybody could live in.

Everything is pure and in one metric CRS; the order of what is given changes nothing. After k-anonymity by nearest
landmarks: the "snap points" of police.uk, tightened so that the rule holds for all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heapify, heappop, heappush
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
import shapely
from scipy.spatial import cKDTree
from shapely import Geometry, MultiLineString, MultiPoint, STRtree

from layers.privacy.facts import Flags, Floats, Ints, Lived, Shapes
from layers.privacy.rules import CLEAR, EDGE, GRID, LANDMARK, LEAST, PIECE, REACH, SPACING
from layers.shapes import clip

NEAR = 16  # nearest candidates kept for each home; further ones are looked up when they are needed


def street_points(lines: Sequence[Geometry], streets: Sequence[str]) -> tuple[Floats, list[str]]:
    """Return the middle of each piece of each street (m x 2), and which street it is of.

    Lines of one street that go on in each other are one line; it is cut into equal pieces of about PIECE metres.
    """
    points, names = [], []
    rows = sorted(zip(streets, map(shapely.normalize, lines), strict=True), key=lambda row: (row[0], row[1].wkb))
    for street, group in groupby(rows, key=itemgetter(0)):
        whole = shapely.line_merge(MultiLineString([line for _, line in group]))
        for line in shapely.get_parts(shapely.normalize(whole)):
            count = max(1, round(line.length / PIECE))
            middles = shapely.line_interpolate_point(line, (np.arange(count) + 0.5) / count, normalized=True)
            points.append(shapely.get_coordinates(middles).round(2))
            names += [street] * count
    return np.concatenate(points) if points else np.empty((0, 2)), names


def catchments(xy: Floats, rank: Ints, lived: Lived, region: Geometry) -> tuple[Ints, Shapes]:
    """Return which of the candidates (n x 2, with their ranks) become snap points of the region, and their catchments.

    The catchments fill the region. None is returned where the region has too few homes for any.
    """
    kept = _thin(xy, rank)
    others = np.concatenate([_centres(lived.buildings), lived.signs])
    homes = lived.homes
    tree = STRtree(lived.buildings)
    while len(kept):
        kept = kept[_Merging(xy[kept], rank[kept], homes, others).run()]
        if not len(kept):
            break
        cells = _cells(xy[kept], region)
        at_edge, not_empty = _doubts(xy[kept], cells, homes, tree)
        if not at_edge.any() and not len(not_empty):
            return kept, cells
        # Again, with the doubtful homes as mere signs of life: what was dropped stays dropped, so this ends.
        others = np.concatenate([others, homes[at_edge], xy[kept[not_empty]]])
        homes = homes[~at_edge]
    return np.empty(0, dtype=np.int64), np.empty(0, dtype=object)


def _thin(xy: Floats, rank: Ints) -> Ints:
    """Return the candidates that stand apart, in an order that doesn't depend on the one they came in."""
    order = np.lexsort((xy[:, 1], xy[:, 0], -rank))
    if not len(order):
        return order
    around: Any = cKDTree(xy[order]).query_ball_point(xy[order], SPACING)
    free = np.ones(len(order), dtype=bool)
    for index, near in enumerate(around):
        if free[index]:
            free[[other for other in near if other > index]] = False
    return order[free]


def _centres(shapes: Shapes) -> Floats:
    return np.asarray(shapely.get_coordinates(shapely.centroid(shapes)), dtype=float)


class _Merging:
    """Candidates and who is nearest to each, while weak ones are dropped and hand over theirs to the next nearest."""

    def __init__(self, xy: Floats, rank: Ints, homes: Floats, others: Floats) -> None:
        self.xy, self.rank = xy, rank
        self.where = np.concatenate([homes, others])
        self.counted = np.arange(len(self.where)) < len(homes)
        self.tree = cKDTree(xy)
        self.near = _nearest(self.tree, self.where, min(NEAR, len(xy)))
        self.alive = np.ones(len(xy), dtype=bool)
        self.grows = _grows(xy, rank, homes)
        self.homes = np.zeros(len(xy), dtype=np.int64)
        self.members: list[list[Ints]] = [[] for _ in xy]
        for candidate, group in _groups(self.near[:, 0], np.arange(len(self.where))):
            self._receive(candidate, group)

    def run(self) -> Flags:
        """Drop the weakest until none is weak, and return which candidates are left."""
        self.queue = [self._key(candidate) for candidate in range(len(self.xy)) if self._is_weak(candidate)]
        heapify(self.queue)
        while self.queue:
            key = heappop(self.queue)
            candidate = key[-1]
            if key != self._key(candidate) or not self._is_weak(candidate):
                continue  # it was dropped, or has grown since
            makes_room = self._makes_room(candidate)
            self._drop(candidate if makes_room is None else makes_room)
            if makes_room is not None and self._is_weak(candidate):
                heappush(self.queue, self._key(candidate))
        return self.alive

    def _key(self, candidate: int) -> tuple[int, int, int]:
        return int(self.rank[candidate]), int(self.homes[candidate]), candidate

    def _is_weak(self, candidate: int) -> bool:
        return bool(self.alive[candidate] and self.members[candidate] and self.homes[candidate] < LEAST)

    def _makes_room(self, candidate: int) -> int | None:
        """Return which lesser candidate near a landmark goes instead of it, if there is one."""
        if not self.grows[candidate]:
            return None
        near = self.tree.query_ball_point(self.xy[candidate], REACH)
        lesser = [other for other in near if self.alive[other] and self.rank[other] < LANDMARK]
        metres = np.hypot(*(self.xy[lesser] - self.xy[candidate]).T) if lesser else ()
        return min(zip(metres, lesser, strict=True))[1] if lesser else None

    def _drop(self, candidate: int) -> None:
        self.alive[candidate] = False
        moved = np.concatenate(self.members[candidate]) if self.members[candidate] else np.empty(0, dtype=np.int64)
        self.members[candidate] = []
        if not len(moved) or not self.alive.any():
            return
        for heir, group in _groups(self._heirs(moved), moved):
            self._receive(heir, group)
            if self._is_weak(heir):
                heappush(self.queue, self._key(heir))

    def _heirs(self, moved: Ints) -> Ints:
        near = self.near[moved]
        alive = self.alive[near]
        found = np.take_along_axis(near, alive.argmax(axis=1)[:, None], axis=1)[:, 0]
        lost = ~alive.any(axis=1)
        if lost.any():
            left = np.flatnonzero(self.alive)
            found[lost] = left[_nearest(cKDTree(self.xy[left]), self.where[moved[lost]], 1)[:, 0]]
        return found

    def _receive(self, candidate: int, group: Ints) -> None:
        self.members[candidate].append(group)
        self.homes[candidate] += np.count_nonzero(self.counted[group])


def _grows(xy: Floats, rank: Ints, homes: Floats) -> Flags:
    """Return which candidates others make room for: landmarks that would hold enough homes then."""
    grows = rank == LANDMARK
    if grows.any() and len(homes):
        around = cKDTree(homes).query_ball_point(xy[grows], REACH / 2, return_length=True)
        grows[grows] = around >= LEAST
    return np.asarray(grows & (len(homes) > 0), dtype=bool)


def _nearest(tree: cKDTree, points: Floats, count: int) -> Ints:
    """Return the nearest of a tree's points to each of n points: n x count indices, the nearest first."""
    return np.asarray(tree.query(points, k=list(range(1, count + 1)))[1], dtype=np.int64)


def _groups(keys: Ints, values: Ints) -> list[tuple[int, Ints]]:
    """Return the values of each key, by keys."""
    order = np.argsort(keys, kind="stable")
    ids, starts = np.unique(keys[order], return_index=True)
    return list(zip(ids.tolist(), np.split(values[order], starts[1:]), strict=True)) if len(ids) else []


def _cells(xy: Floats, region: Geometry) -> Shapes:
    """Return the part of the region nearest to each point."""
    if len(xy) == 1:
        return np.array([region], dtype=object)
    cells = shapely.get_parts(shapely.voronoi_polygons(MultiPoint(xy), extend_to=region, ordered=True))
    return clip(cells, region, grid=GRID)


def _doubts(xy: Floats, cells: Shapes, homes: Floats, buildings: STRtree) -> tuple[Flags, Ints]:
    """Return which homes lie at an edge of a catchment that needs them, and which catchments are not really empty."""
    owner = _nearest(cKDTree(xy), homes, 1)[:, 0]
    edges = shapely.boundary(cells)
    shapely.prepare(edges)
    at_edge = shapely.dwithin(edges[owner], shapely.points(homes), EDGE)
    held = np.bincount(owner, minlength=len(xy))
    sure = np.bincount(owner[~at_edge], minlength=len(xy))
    needed = (held > 0) & (sure < LEAST)
    empty = np.flatnonzero(held == 0)
    met = buildings.query(cells[empty], predicate="dwithin", distance=CLEAR)[0]
    return at_edge & needed[owner], empty[np.unique(met)]
