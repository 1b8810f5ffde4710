"""Isovists: the ground that a camera can see between buildings, exact in the plane and over lower roofs.

An isovist (Benedikt 1979, "To take hold of space") is all that is visible from a point. `sweep.py` says how it is
found. Coordinates are metres in a projected CRS, x east and y north; bearings are degrees clockwise from north.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely import MultiPolygon, Polygon, STRtree

from layers.cameras import sweep
from layers.cameras.optics import TARGET_M
from layers.errors import BadInput
from layers.text import N_

Floats = NDArray[np.float64]
CELL_M = 25.0  # side of the cells by which walls are found
ARC_STEP = math.radians(2)  # a circle is drawn with a corner every two degrees
GRID_M = 0.0001  # corners of polygons; finer ones make slivers that no program takes
OFF_THE_WALL_M = 0.3  # how far before its wall a camera hangs


@dataclass(frozen=True)
class Walls:
    """The walls of all buildings, ready to be asked for by place.

    `edges` is n x 4 (x1, y1, x2, y2) with the building to the left; `height` is metres of each wall's building, nan
    where nobody knows it; `owner` is the index of its building among those given.
    """

    edges: Floats
    height: Floats
    owner: NDArray[np.int64]
    pointer: NDArray[np.int64]
    members: NDArray[np.int32]
    grid: Floats
    buildings: NDArray[np.object_] = field(repr=False)
    tree: STRtree = field(repr=False)

    @property
    def arguments(self) -> tuple[Any, ...]:
        """Return what the compiled loops take."""
        return self.edges, self.height, self.owner, self.pointer, self.members, self.grid

    def around(self, x: float, y: float, radius: float) -> bool:
        """Tell whether any building stands within a radius: without one, a view is an optimistic guess."""
        return bool(len(self.tree.query(shapely.box(x - radius, y - radius, x + radius, y + radius))))

    def inside(self, xy: Floats) -> NDArray[np.bool_]:
        """Return which of n points lie in a building or on its wall."""
        hits = self.tree.query(shapely.points(xy), predicate="intersects")
        found = np.zeros(len(xy), dtype=bool)
        found[hits[0]] = True
        return found


def walls(buildings: Any, heights: ArrayLike | None = None) -> Walls:
    """Return the walls of polygons (array, GeoSeries or sequence) in a metric CRS, with a height in metres for each.

    Without heights, or where one is nan, a building hides all that lies behind it.
    """
    shapes = np.asarray(buildings, dtype=object)
    tall = np.full(len(shapes), np.nan) if heights is None else np.asarray(heights, dtype=float)
    if len(tall) != len(shapes):
        raise BadInput(
            N_("There are {shapes} buildings, but {heights} heights."), shapes=len(shapes), heights=len(tall)
        )
    parts, of = shapely.get_parts(shapely.force_2d(shapes), return_index=True)
    areal = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    parts, of = shapely.orient_polygons(parts[areal]), of[areal]
    rings, of_part = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    same = ring[1:] == ring[:-1]
    edges = np.ascontiguousarray(np.hstack([xy[:-1], xy[1:]])[same]) if len(xy) else np.empty((0, 4))
    owner = of[of_part[ring[:-1][same]]] if len(xy) else np.empty(0, dtype=np.int64)
    pointer, members, grid = _grid(edges)
    owner = np.ascontiguousarray(owner, dtype=np.int64)
    return Walls(edges, tall[owner], owner, pointer, members, grid, parts, STRtree(parts))


def _grid(edges: Floats) -> tuple[Any, Any, Floats]:
    if not len(edges):
        return np.zeros(2, np.int64), np.empty(0, np.int32), np.array([0.0, 0.0, CELL_M, 1, 1])
    boxes = np.column_stack([np.minimum(edges[:, :2], edges[:, 2:]), np.maximum(edges[:, :2], edges[:, 2:])])
    west, south = boxes[:, :2].min(axis=0)
    columns, rows = (np.floor((boxes[:, 2:].max(axis=0) - (west, south)) / CELL_M) + 1).astype(int)
    pointer, members = sweep.cell_lists(boxes, west, south, CELL_M, columns, rows)
    return pointer, members, np.array([west, south, CELL_M, columns, rows])


@dataclass(frozen=True)
class View:
    """What one camera sees: pieces of ground between two angles (see sweep.pieces), and which wall ends each."""

    x: float
    y: float
    radius: float
    pieces: Floats
    outer: NDArray[np.int32]
    ids: NDArray[np.int32] = field(repr=False)

    @property
    def area(self) -> float:
        """Return the ground in sight, in square metres, exactly."""
        return float(sweep.area_of(self.pieces, self.outer, self.radius))

    @property
    def facades(self) -> tuple[NDArray[np.int32], Floats]:
        """Return the walls that end the view, by index into Walls.edges, and how many metres of each piece of them."""
        seen = self.outer >= 0
        begin, end, out1, out2 = self.pieces[seen][:, [0, 1, 4, 5]].T
        metres = np.sqrt(np.maximum(out1**2 + out2**2 - 2 * out1 * out2 * np.cos(end - begin), 0))
        return self.ids[self.outer[seen]], metres

    def polygon(self) -> Polygon | MultiPolygon:
        """Return the ground in sight as a polygon in the CRS of the walls; its arcs are chords of two degrees."""
        if not len(self.pieces):
            return Polygon()
        # One ring along all pieces would be quicker, but slivers of some make it cross itself.
        return shapely.union_all(shapely.polygons(self._rings()), grid_size=GRID_M)

    def _rings(self) -> NDArray[np.object_]:
        """Return the outline of each piece: along its outer line, an arc in steps, and back along its inner one."""
        begin, end, in1, in2, out1, out2 = self.pieces.T
        arc = self.outer == -1
        steps = np.where(arc, np.maximum(2, np.ceil((end - begin) / ARC_STEP).astype(int) + 1), 2)
        piece = np.repeat(np.arange(len(steps)), steps)
        part = (np.arange(len(piece)) - np.repeat(np.cumsum(steps) - steps, steps)) / (steps - 1)[piece]
        outer = _at(begin[piece] + part * (end - begin)[piece], out1[piece] + part * (out2 - out1)[piece])
        inner = np.stack([_at(end, in2), _at(begin, in1), _at(begin, out1)], axis=1).reshape(-1, 2)
        ring = np.concatenate([piece, np.repeat(np.arange(len(steps)), 3)])
        order = np.argsort(ring, kind="stable")
        corners = np.concatenate([outer, inner])[order] + (self.x, self.y)
        rings: NDArray[np.object_] = shapely.linearrings(corners, indices=ring[order])
        return rings


def _at(angle: Floats, metres: Floats) -> Floats:
    return np.column_stack([metres * np.cos(angle), metres * np.sin(angle)])


def isovist(
    around: Walls,
    x: float,
    y: float,
    *,
    radius: float,
    height: float = math.inf,
    target: float = TARGET_M,
    bearing: float = 0.0,
    hfov: float = 360.0,
) -> View:
    """Return what a camera at (x, y) sees within `radius` metres, `hfov` degrees wide around its bearing.

    `height` is the camera's and `target` the height of what is to be seen, in metres. An infinite height, as without
    it, sees over nothing lower, as if every building were taller: the plane case. Raises BadInput inside a building.
    """
    if around.inside(np.array([[x, y]]))[0]:
        raise BadInput(N_("A camera can't be inside a building or in its wall: move it {metres} m off the wall."),
                       metres=OFF_THE_WALL_M)  # fmt: skip
    if not height > target:
        raise BadInput(N_("A camera must hang higher than what it is to see: {height} m is not above {target} m."),
                       height=height, target=target)  # fmt: skip
    axis, half = math.radians(90 - bearing) % sweep.TURN, math.radians(min(hfov, 360.0)) / 2
    limits = np.array([(axis - half) % sweep.TURN, (axis + half) % sweep.TURN] if hfov < 360 else [])
    *slabs, ids = sweep.sweep(x, y, radius, height, target, limits, *around.arguments)
    rows, outer = sweep.pieces(*slabs, radius)
    if hfov < 360:
        rows, outer = _within(rows, outer, axis, half)
    return View(x, y, radius, rows, outer, ids)


def _within(rows: Floats, outer: NDArray[np.int32], axis: float, half: float) -> tuple[Floats, NDArray[np.int32]]:
    """Return the pieces of a sector, in one row from its right limit, with angles that rise over 2 pi if they must."""
    from_limit = ((rows[:, 0] + rows[:, 1]) / 2 - (axis - half)) % sweep.TURN
    kept = np.flatnonzero(from_limit <= 2 * half)
    kept = kept[np.argsort(from_limit[kept], kind="stable")]
    rows, outer = rows[kept], outer[kept]
    turns = np.cumsum(np.diff(rows[:, 0], prepend=rows[:1, 0]) < -np.pi)
    return rows + np.outer(sweep.TURN * turns, [1, 1, 0, 0, 0, 0]), outer


def areas(
    around: Walls, xy: ArrayLike, *, radius: float, height: ArrayLike = math.inf, target: float = TARGET_M
) -> Floats:
    """Return the ground in sight of each of n points (n x 2), in square metres; heights broadcast."""
    points = np.ascontiguousarray(xy, dtype=float).reshape(-1, 2)
    cameras = np.ascontiguousarray(np.broadcast_to(np.asarray(height, dtype=float), len(points)))
    found: Floats = sweep.areas(points, radius, cameras, target, *around.arguments)
    return found


def facade_point(corner: Sequence[float], other: Sequence[float], along: float = 0.5) -> tuple[float, float]:
    """Return where a camera hangs before a wall given with its building to the left: off it, on the outer side."""
    (x1, y1), (x2, y2) = corner, other
    length = math.hypot(x2 - x1, y2 - y1)
    outward = ((y2 - y1) / length, (x1 - x2) / length)
    return x1 + along * (x2 - x1) + OFF_THE_WALL_M * outward[0], y1 + along * (y2 - y1) + OFF_THE_WALL_M * outward[1]
