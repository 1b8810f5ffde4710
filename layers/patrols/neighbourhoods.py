"""Who is whose neighbour: cells of a grid inside an area, or units of any graph (segments, settlements).

Every unit is a neighbour of itself, as Gi* has it (Ord & Getis 1995). Cells outside the area do not exist: they are no
neighbours and no zeros, so that a cell at the border is compared with as many cells as it truly has.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array

from layers.errors import BadInput
from layers.text import N_

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Numbers = NDArray[Any]

MOST_CELLS = 1_000_000
MOST_RADIUS = 5
NOTHING_INSIDE = N_("No cell of the grid lies inside the area: check that the grid and the area are in the same place.")
TOO_MANY_CELLS = N_(
    "That would be {count} cells, and at most {most} are possible: choose larger cells, or remove a point that lies "
    "far outside the area."
)


class Neighbourhoods(Protocol):
    """The neighbours of n units. `size` counts them, the unit itself included.

    A map is an array in the shape that people see: rows x columns of a grid, or n units of a graph.
    """

    @property
    def size(self) -> Ints: ...

    def units(self, on_map: Numbers) -> Numbers:
        """Return the values of the n units, from a map."""

    def on_map(self, values: Numbers, outside: Any) -> Numbers:
        """Return a map of the values of the n units, with `outside` where there is none."""

    def sums(self, values: Numbers) -> Numbers:
        """Return the sum over each unit's neighbours, of values with the units on the last axis (... x n)."""


@dataclass(frozen=True)
class GridNeighbourhoods:
    """Cells of a grid, those where `inside` (rows x columns); units are these cells, row by row.

    `half_widths` says how far a neighbourhood reaches to each side, in its own row, in the next ones, and so on.
    """

    inside: Flags
    half_widths: tuple[int, ...]

    @cached_property
    def size(self) -> Ints:
        return self.sums(np.ones(len(self._cells), np.int64))

    @cached_property
    def _cells(self) -> Ints:
        return np.flatnonzero(self.inside)

    @cached_property
    def _cells_with_margin(self) -> Ints:
        row, column = np.divmod(self._cells, self.inside.shape[1])
        return np.asarray((row + self._margin) * (self.inside.shape[1] + 2 * self._margin) + column + self._margin)

    @property
    def _margin(self) -> int:
        return len(self.half_widths) - 1

    def units(self, on_map: Numbers) -> Numbers:
        if on_map.shape != self.inside.shape:
            raise ValueError(f"the map is {on_map.shape} and the grid {self.inside.shape}")
        return on_map.ravel()[self._cells]

    def on_map(self, values: Numbers, outside: Any) -> Numbers:
        grid = np.full(self.inside.shape, outside, values.dtype)
        grid.ravel()[self._cells] = values
        return grid

    def sums(self, values: Numbers) -> Numbers:
        rows, columns = self.inside.shape
        padded = np.zeros((rows + 2 * self._margin, columns + 2 * self._margin), values.dtype)
        found = np.empty_like(values)
        for each, sums in zip(values.reshape(-1, len(self._cells)), found.reshape(-1, len(self._cells)), strict=True):
            padded.ravel()[self._cells_with_margin] = each
            sums[:] = self._windows(padded).ravel()[self._cells]
        return found

    def _windows(self, padded: Numbers) -> Numbers:
        """Return the sum around every cell; exact where the values are whole numbers.

        A window grows sideways, one column to each side at a time; its rows are added when they are wide enough.
        """
        rows, columns = self.inside.shape
        middle = self._margin
        wide = padded[:, middle : middle + columns].copy()
        total = np.zeros((rows, columns), padded.dtype)
        for width in range(self.half_widths[0] + 1):
            if width:
                wide += padded[:, middle - width : middle - width + columns]
                wide += padded[:, middle + width : middle + width + columns]
            for away in np.flatnonzero(np.equal(self.half_widths, width)):
                for row in {middle - away, middle + away}:
                    total += wide[row : row + rows]
        return total


@dataclass(frozen=True)
class GraphNeighbourhoods:
    """Units of a graph: `linked` is n x n with a one for each neighbour, the unit itself included."""

    linked: csr_array

    @cached_property
    def size(self) -> Ints:
        return np.diff(self.linked.indptr).astype(np.int64)

    def units(self, on_map: Numbers) -> Numbers:
        if on_map.shape != self.size.shape:
            raise ValueError(f"there are {on_map.shape} values for {len(self.size)} units")
        return on_map

    def on_map(self, values: Numbers, outside: Any) -> Numbers:  # noqa: ARG002 (no unit of a graph is outside)
        return values

    def sums(self, values: Numbers) -> Numbers:
        flat = values.reshape(-1, len(self.size))
        return np.asarray((self.linked.astype(values.dtype) @ flat.T).T).reshape(values.shape)


def grid_neighbourhoods(
    inside: ArrayLike, *, radius: int = 1, shape: Literal["queen", "disc"] = "queen"
) -> GridNeighbourhoods:
    """Return the neighbourhoods of the cells `inside` an area (rows x columns of flags); raises BadInput.

    `radius` is in cells: `queen` takes all cells of the square of 2 radius + 1 cells, `disc` those whose centres are
    not farther than the radius.
    """
    flags = np.asarray(inside, dtype=bool)
    if flags.ndim != 2:
        raise ValueError("a grid has rows and columns")
    check_cells(flags.size)
    if not flags.any():
        raise BadInput(NOTHING_INSIDE)
    if not 1 <= radius <= MOST_RADIUS:
        raise BadInput(
            N_("A neighbourhood reaches 1 to {most} cells, not {radius}: choose larger cells instead."),
            most=MOST_RADIUS, radius=radius,
        )  # fmt: skip
    away = np.arange(radius + 1)
    reach = np.full(radius + 1, radius) if shape == "queen" else np.sqrt(radius**2 - away**2).astype(int)
    return GridNeighbourhoods(flags, tuple(reach.tolist()))


def graph_neighbourhoods(linked: Any) -> GraphNeighbourhoods:
    """Return the neighbourhoods of a graph given as a sparse n x n matrix: whatever is not zero is a neighbour."""
    given = csr_array(linked)
    count = given.shape[0]
    if given.shape[0] != given.shape[1]:
        raise ValueError("a graph's matrix is square")
    check_cells(count)
    rows, columns = given.nonzero()
    every = np.arange(count)
    ones = csr_array((np.ones(len(rows) + count), (np.r_[rows, every], np.r_[columns, every])), shape=given.shape)
    ones.data[:] = 1  # a unit that was its own neighbour already is one neighbour all the same
    return GraphNeighbourhoods(ones)


def check_cells(count: int, *, most: int = MOST_CELLS) -> None:
    """Refuse a grid that nobody could look at; raises BadInput."""
    if count > most:
        raise BadInput(TOO_MANY_CELLS, count=count, most=most)
