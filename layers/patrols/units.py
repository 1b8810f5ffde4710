"""Units of analysis: squares of a grid, street segments, settlements or hromadas, and the unit of each record.

All coordinates are metres in one projected CRS.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.errors import BadInput
from layers.patrols.nearest import Lines
from layers.patrols.records import Floats, Ints, Records
from layers.places.graph import Graph, Mode
from layers.shapes import SQUARE_KM
from layers.text import N_

Shapes = NDArray[np.object_]
Kind = Literal["grid", "segment", "settlement", "hromada"]

CELL_M = 100.0
SMALLEST_M, LARGEST_M = 50.0, 500.0
MOST_CELLS = 200_000
WITHIN_M = 250.0  # of a street; a record farther away is of no segment
TILE = 64  # cells a side of the squares with which the search for cells begins, or larger if those were too many
MOST_TILES = 10_000

TOO_MANY = N_("Squares of {cell} m are too small for this area: there would be more than {most} of them. Choose squares of {enough} m or more, or a smaller area.")  # fmt: skip  # noqa: E501
HUGE = N_("The area is too large for a grid: even squares of {cell} m would be more than {most}. Check its limits, or choose settlements instead.")  # fmt: skip  # noqa: E501


@dataclass(frozen=True)
class Units:
    """p units: `ids`, `centre` (p x 2) and `size`, km of a segment or km² of the others.

    A grid has its cells' `column` and `row` (multiples of `cell_m`) in rising order of row, then column; its squares
    are drawn only when asked for. `outlines` are the lines of segments and the limits of settlements and hromadas.
    `members` says in which unit the totals of other places count (settlements of a hromada), by code.
    """

    kind: Kind
    ids: NDArray[np.object_]
    centre: Floats
    size: Floats
    cell_m: float = np.nan
    column: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    row: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    outlines: Shapes = field(default_factory=lambda: np.empty(0, object))
    members: Mapping[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def takes_totals(self) -> bool:
        """Tell whether totals by settlement belong here; over squares or streets they would have to be smeared."""
        return self.kind in ("settlement", "hromada")

    @cached_property
    def shapes(self) -> Shapes:
        """Return the outline of each unit."""
        if self.kind != "grid":
            return self.outlines
        west, south = self.column * self.cell_m, self.row * self.cell_m
        return np.asarray(shapely.box(west, south, west + self.cell_m, south + self.cell_m), dtype=object)

    @cached_property
    def lines(self) -> Lines:
        """Return the segments, ready to be searched."""
        return Lines(self.outlines)


def grid(area: shapely.Geometry | tuple[float, float, float, float], *, cell_m: float = CELL_M) -> Units:
    """Return the squares that share ground with an area, or with bounds (west, south, east, north).

    Their corners are whole multiples of `cell_m`, so that a square is the same whatever the area. Raises BadInput for
    sides out of range, an area without ground, and one that would need more than 200,000 squares.
    """
    if not SMALLEST_M <= cell_m <= LARGEST_M:
        raise BadInput(
            N_("The side of a square must be from {least} to {most} m, not {given}."),
            least=round(SMALLEST_M), most=round(LARGEST_M), given=cell_m,
        )  # fmt: skip
    ground = shapely.box(*area) if isinstance(area, tuple) else area
    if not np.isfinite(ground.bounds).all() or ground.area <= 0:
        raise BadInput(N_("The area has no ground: draw it anew, or choose a settlement or hromada."))
    _affordable(ground.area / cell_m**2, ground, cell_m)
    column, row = _cells(ground, cell_m)
    _affordable(len(column), ground, cell_m)
    order = np.lexsort((column, row))
    column, row = column[order], row[order]
    ids = [f"{cell_m:g}/{x}/{y}" for x, y in zip(column.tolist(), row.tolist(), strict=True)]
    return Units(
        "grid", np.array(ids, dtype=object), np.asarray((np.column_stack([column, row]) + 0.5) * cell_m, float),
        np.full(len(column), cell_m**2 / SQUARE_KM), cell_m, column, row,
    )  # fmt: skip


def _affordable(cells: float, ground: shapely.Geometry, cell_m: float) -> None:
    if cells <= MOST_CELLS:
        return
    # A tenth more than the ground alone asks for, because squares on the rim are only partly of it.
    enough = max(np.ceil(np.sqrt(ground.area / MOST_CELLS * 1.1) / 10) * 10, cell_m + 10)
    if enough > LARGEST_M:
        raise BadInput(HUGE, cell=round(LARGEST_M), most=MOST_CELLS)
    raise BadInput(TOO_MANY, cell=cell_m, most=MOST_CELLS, enough=round(enough))


def _cells(ground: shapely.Geometry, cell_m: float) -> tuple[Ints, Ints]:
    """Return columns and rows of the cells, by halving large squares that the rim of the area crosses.

    The work follows the length of the rim, and stops as soon as there are too many: each square that meets the area
    has at least one cell of it.
    """
    shapely.prepare(ground)
    tile = TILE
    while _span(ground, tile * cell_m) > MOST_TILES:
        tile *= 2
    west, south, east, north = np.floor(np.array(ground.bounds) / (tile * cell_m)).astype(np.int64) * tile
    column, row = _spread(np.arange(west, east + 1, tile), np.arange(south, north + 1, tile))
    done: list[tuple[Ints, Ints]] = []
    while len(column):
        x, y, side = column * cell_m, row * cell_m, tile * cell_m
        squares = shapely.box(x, y, x + side, y + side)
        meets = shapely.intersects(ground, squares)
        meets[meets] &= ~shapely.touches(ground, squares[meets])
        _affordable(int(meets.sum()), ground, cell_m)
        whole = meets & (shapely.covers(ground, squares) if tile > 1 else True)
        done.append(_divided(column[whole], row[whole], 1, tile))
        column, row = _divided(column[meets & ~whole], row[meets & ~whole], tile // 2, 2)
        tile //= 2
    columns, rows = zip(*done, strict=True)
    return np.concatenate(columns), np.concatenate(rows)


def _span(ground: shapely.Geometry, side: float) -> float:
    west, south, east, north = ground.bounds
    return float(((east - west) / side + 1) * ((north - south) / side + 1))


def _spread(columns: Ints, rows: Ints) -> tuple[Ints, Ints]:
    x, y = np.meshgrid(columns, rows)
    return x.ravel(), y.ravel()


def _divided(column: Ints, row: Ints, step: int, times: int) -> tuple[Ints, Ints]:
    """Return squares cut into `times` x `times` of `step` cells each."""
    across, up = _spread(np.arange(times) * step, np.arange(times) * step)
    return (column[:, None] + across).ravel(), (row[:, None] + up).ravel()


def segments(graph: Graph, *, mode: Mode = "walk") -> Units:
    """Return each edge of the street graph that a walker or driver may use as a unit, by its id; raises BadInput."""
    usable = np.flatnonzero(graph.usable(mode))
    if not len(usable):
        raise BadInput(N_("There are no streets to rank: load the streets of the area, or choose a grid."))
    lines = graph.lines[usable]
    middle = shapely.get_coordinates(shapely.line_interpolate_point(lines, 0.5, normalized=True))
    return Units("segment", graph.edge_id[usable], middle, graph.length_m[usable] / 1000, outlines=lines)


def limits(
    kind: Literal["settlement", "hromada"],
    codes: Sequence[str],
    shapes: Sequence[shapely.Geometry],
    *,
    within: Mapping[str, str] | None = None,
) -> Units:
    """Return settlements or hromadas as units: p codes and their polygons; an empty polygon is known by totals only.

    `within` names for the code of another place the code of the unit that its totals count for.
    """
    row = {code: index for index, code in enumerate(codes)}
    if not row:
        raise BadInput(N_("There are no limits of settlements or hromadas: load them first."))
    outlines = np.array(list(shapes), dtype=object)
    centre = shapely.get_coordinates(shapely.point_on_surface(outlines), return_index=True)
    at = np.full((len(outlines), 2), np.nan)
    at[centre[1]] = centre[0]
    members = row | {code: row[of] for code, of in (within or {}).items() if of in row}
    ids = np.array(list(codes), dtype=object)
    return Units(kind, ids, at, shapely.area(outlines) / SQUARE_KM, outlines=outlines, members=members)


def assign(given: Records, units: Units, *, within_m: float = WITHIN_M) -> Ints:
    """Return the unit of each of n records, -1 for none.

    A point on the border of two squares or limits is of the east or north one, or the first; of streets it is of the
    nearest within `within_m`. A record without a point is of the settlement or hromada that it names, and of no square
    or street: a total is never smeared.
    """
    unit = np.full(len(given), -1, dtype=np.int64)
    pointed = np.flatnonzero(given.has_point)
    xy = given.xy[pointed]
    if units.kind == "grid":
        unit[pointed] = _in_cells(units, xy)
    elif units.kind == "segment":
        unit[pointed] = units.lines.nearest(xy, within_m=within_m)[0]
    else:
        unit[pointed] = _in_limits(units, xy)
        named = np.flatnonzero(~given.has_point & (given.unit >= 0))
        row = np.array([units.members.get(code, -1) for code in given.places], dtype=np.int64)
        unit[named] = row[given.unit[named]]
    return unit


def _in_cells(units: Units, xy: Floats) -> Ints:
    at, before = np.floor(xy / units.cell_m), np.ceil(xy / units.cell_m) - 1
    unit = _cell(units, at)
    # The eastern and northern rim of the area may be the border of a square beyond it: that point is of the last one.
    for x, y in ((before, at), (at, before), (before, before)):
        lost = np.flatnonzero(unit < 0)
        unit[lost] = _cell(units, np.column_stack([x[lost, 0], y[lost, 1]]))
    return unit


def _cell(units: Units, at: Floats) -> Ints:
    """Return the unit of columns and rows (n x 2), -1 for none."""
    if not len(units) or not len(at):
        return np.full(len(at), -1, dtype=np.int64)
    west, wide = int(units.column.min()), int(np.ptp(units.column)) + 1
    keys = units.row * wide + (units.column - west)
    across = at[:, 0] - west
    wanted = np.where((across >= 0) & (across < wide), at[:, 1] * wide + across, np.nan)
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[place] == wanted, place, -1)


def around(units: Units, xy: Floats, *, within_m: float) -> tuple[Ints, Ints, Floats]:
    """Return the squares or segments within reach of each of n points, as rows of point, unit and metres between them.

    Metres are to the nearest point of the unit: 0 within a square. Settlements and hromadas have nobody around.
    """
    none = np.empty(0, dtype=np.int64)
    if units.kind == "segment":
        return units.lines.around(xy, within_m=within_m)
    if units.kind != "grid" or not len(xy):
        return none, none, np.empty(0)
    reach = int(np.ceil(within_m / units.cell_m))
    across, up = _spread(np.arange(-reach, reach + 1), np.arange(-reach, reach + 1))
    at = np.floor(xy / units.cell_m)[:, None] + np.column_stack([across, up])
    unit = _cell(units, at.reshape(-1, 2))
    low, point = at.reshape(-1, 2) * units.cell_m, np.repeat(np.arange(len(xy)), len(across))
    off = np.maximum(0, np.maximum(low - xy[point], xy[point] - (low + units.cell_m)))
    metres = np.hypot(*off.T)
    near = (unit >= 0) & (metres <= within_m)
    return point[near], unit[near], metres[near]


def _in_limits(units: Units, xy: Floats) -> Ints:
    area, point = shapely.STRtree(shapely.points(xy)).query(units.outlines, predicate="intersects")
    unit = np.full(len(xy), -1, dtype=np.int64)
    order = np.argsort(-area, kind="stable")  # of units that overlap the first is written last
    unit[point[order]] = area[order]
    return unit
