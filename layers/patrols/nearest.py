"""The nearest of many lines to each of many points, exactly, and quicker than one search of a tree a point.

Lines are cut into short pieces. A tree of the pieces' middles gives each point its nearest few, and the exact distance
to those is a little arithmetic on whole columns. A piece that wasn't among the few is at least as far away as their
farthest middle less half the longest piece: whoever found a line nearer than that is done, and the others ask again
for more. The few that are still in doubt ask shapely's STRtree.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Shapes = NDArray[np.object_]

PIECE_M = 50.0
ASKED_FOR = (8, 32, 128)  # nearest middles, while a point is in doubt


@dataclass(frozen=True)
class Lines:
    """m lines (LineStrings in a metric CRS) among which the nearest is looked for; what is made of them is kept."""

    lines: Shapes

    @cached_property
    def _straight(self) -> tuple[Floats, Floats, Ints]:
        """Return where the straight parts of all lines begin and end, and whose they are."""
        xy, line = shapely.get_coordinates(self.lines, return_index=True)
        within = line[1:] == line[:-1]
        return xy[:-1][within], xy[1:][within], line[:-1][within]

    @cached_property
    def _middles(self) -> tuple[cKDTree, Ints, float]:
        """Return a tree of the middles of short pieces, the straight part of each, and half the longest piece."""
        start, end, _ = self._straight
        length = np.hypot(*(end - start).T)
        pieces = np.maximum(1, np.ceil(length / PIECE_M)).astype(np.int64)
        part = np.repeat(np.arange(len(start)), pieces)
        nth = np.arange(len(part)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
        share = ((nth + 0.5) / pieces[part])[:, None]
        half = float((length / pieces).max(initial=0.0)) / 2
        return cKDTree(start[part] + share * (end - start)[part]), part, half

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(self.lines)

    def nearest(self, xy: Floats, *, within_m: float = np.inf) -> tuple[Ints, Floats]:
        """Return the nearest line of each of n points (n x 2, finite) and the metres to it; -1 and infinity beyond.

        Of lines equally near, as at a crossing, it is the first.
        """
        line, metres = np.full(len(xy), -1, dtype=np.int64), np.full(len(xy), np.inf)
        left = np.arange(len(xy) if len(self.lines) else 0)
        for k in ASKED_FOR:
            if not len(left):
                break
            found, distance, sure = self._among(xy[left], k, within_m)
            line[left[sure]], metres[left[sure]] = found[sure], distance[sure]
            left = left[~sure]
        if len(left):
            line[left], metres[left] = self._by_tree(xy[left])
        beyond = metres > within_m
        line[beyond], metres[beyond] = -1, np.inf
        return line, metres

    def around(self, xy: Floats, *, within_m: float) -> tuple[Ints, Ints, Floats]:
        """Return the lines within reach of each of n points, as rows of point, line and metres between them."""
        points = shapely.points(xy)
        point, line = self._tree.query(points, predicate="dwithin", distance=within_m)
        return point, line, shapely.distance(points[point], self.lines[line])

    def _among(self, xy: Floats, k: int, within_m: float) -> tuple[Ints, Floats, Flags]:
        """Return the nearest line among those of the k nearest pieces, its distance, and whether it is the nearest."""
        start, end, owner = self._straight
        tree, part, half = self._middles
        asked = min(k, tree.n)
        away, piece = map(np.asarray, tree.query(xy, k=np.arange(1, asked + 1)))
        candidates = part[piece]
        distance = _to_straight(xy[:, None], start[candidates], end[candidates])
        best = distance.min(axis=1)
        first = np.where(distance == best[:, None], owner[candidates], len(self.lines)).min(axis=1)
        bound = away[:, -1] - half if asked < tree.n else np.full(len(xy), np.inf)
        return first, best, (best < bound) | (bound > within_m)

    def _by_tree(self, xy: Floats) -> tuple[Ints, Floats]:
        (point, line), metres = self._tree.query_nearest(shapely.points(xy), return_distance=True, all_matches=True)
        order = np.lexsort((line, point))
        rows = order[np.unique(point[order], return_index=True)[1]]
        return line[rows], metres[rows]


def _to_straight(xy: Floats, start: Floats, end: Floats) -> Floats:
    """Return the distance from points to straight parts, exactly that to a corner where a corner is nearest."""
    along_x, along_y = end[..., 0] - start[..., 0], end[..., 1] - start[..., 1]
    from_x, from_y = xy[..., 0] - start[..., 0], xy[..., 1] - start[..., 1]
    squared = along_x**2 + along_y**2
    share = (from_x * along_x + from_y * along_y) / np.where(squared > 0, squared, 1.0)
    share = np.minimum(np.maximum(share, 0.0), 1.0)
    at_end = share == 1.0  # taken from the corner itself: streets that share it are then equally far to the last bit
    off_x = np.where(at_end, xy[..., 0] - end[..., 0], from_x - share * along_x)
    off_y = np.where(at_end, xy[..., 1] - end[..., 1], from_y - share * along_y)
    return np.asarray(np.sqrt(off_x * off_x + off_y * off_y))
