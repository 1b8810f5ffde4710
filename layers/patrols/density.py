"""A smooth surface of reports, for a picture only: counting in cells finds hot spots better, and says how sure it is.

Kernel density estimation (Silverman 1986) by convolution on a grid: each point is shared between the four nearest cell
centres (linear binning; Wand 1994), and the grid is multiplied with the kernel after a Fourier transform.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import fft

from layers.errors import BadInput
from layers.patrols.neighbourhoods import Floats, check_cells
from layers.text import N_

Kernel = Literal["gaussian", "quartic"]
Bounds = tuple[float, float, float, float]

Singles = NDArray[np.float32]  # twice as fast, and exact enough for a picture

BLOCK = 16384  # points binned at once, so that nothing on the way leaves the processor's cache
GAUSSIAN_REACH = 5.0  # bandwidths: beyond them lie 4 millionths of a Gaussian kernel
FINEST = 1.0  # bandwidths in cells: with fewer one sees the cells and no surface


def density_surface(
    xy: ArrayLike,
    *,
    bounds: Bounds,
    cell_m: float,
    bandwidth_m: float,
    kernel: Kernel = "gaussian",
    weight: ArrayLike | None = None,
) -> Singles:
    """Return points per square metre at the centres of the cells of a grid (rows x columns, the lowest y first).

    `xy` is n x 2 in a metric CRS, `bounds` (west, south, east, north) likewise; `weight` is of the points. Points
    outside count as far as their kernel reaches in. `bandwidth_m` is the standard deviation of a Gaussian kernel, and
    the radius of a quartic one. Raises BadInput.
    """
    points = np.asarray(xy, dtype=float).reshape(-1, 2)
    weights = np.ones(len(points)) if weight is None else np.asarray(weight, dtype=float)
    rows, columns = _shape(bounds, cell_m, bandwidth_m)
    bandwidth = bandwidth_m / cell_m
    reach = int(np.ceil(bandwidth * (GAUSSIAN_REACH if kernel == "gaussian" else 1.0)))
    check_cells((rows + 2 * reach) * (columns + 2 * reach))
    if not (np.isfinite(points).all() and np.isfinite(weights).all()):
        raise BadInput(N_("Some points have no place or no weight: leave them out of the surface."))
    if (weights < 0).any():
        raise BadInput(N_("Some points have a weight below zero: a surface of reports has none."))
    # What spills over an edge when the transform wraps around stays within the margin, which is cut off.
    shape = fft.next_fast_len(rows + 2 * reach, real=True), fft.next_fast_len(columns + 2 * reach, real=True)
    binned = _binned(points, weights, (bounds[0] - reach * cell_m, bounds[1] - reach * cell_m), cell_m, shape)
    if not binned.any():
        raise BadInput(N_("None of these points lies in the area: check their coordinates and the area."))
    transform = fft.rfft2(binned)
    transform *= _transformed(kernel, bandwidth, reach, shape)
    spread = fft.irfft2(transform, shape, overwrite_x=True)[reach : reach + rows, reach : reach + columns]
    return np.asarray(np.maximum(spread, 0.0) / cell_m**2, dtype=np.float32)


def _shape(bounds: Bounds, cell_m: float, bandwidth_m: float) -> tuple[int, int]:
    west, south, east, north = bounds
    if not (np.isfinite(bounds).all() and west < east and south < north):
        raise BadInput(
            N_("The area has no extent: its east must lie east of its west, and its north north of its south.")
        )
    if not (0 < cell_m < np.inf):
        raise BadInput(N_("Cells must be larger than 0 m, not {cell} m."), cell=cell_m)
    if not (FINEST * cell_m <= bandwidth_m < np.inf):
        raise BadInput(
            N_("The bandwidth must be at least as large as a cell, {cell} m, and not {bandwidth} m."),
            cell=cell_m, bandwidth=bandwidth_m,
        )  # fmt: skip
    # A grid that ends within a billionth of a cell ends there.
    return int(np.ceil((north - south) / cell_m - 1e-9)), int(np.ceil((east - west) / cell_m - 1e-9))


def _binned(
    points: Floats, weights: Floats, origin: tuple[float, float], cell_m: float, shape: tuple[int, int]
) -> Singles:
    """Return the weights shared between the four nearest centres; a point that lacks one of them is left out."""
    rows, columns = shape
    total = np.zeros(rows * columns)
    for start in range(0, len(points), BLOCK):
        x, y = ((points[start : start + BLOCK, axis] - origin[axis]) / cell_m - 0.5 for axis in (0, 1))
        block = weights[start : start + BLOCK]
        fits = (x >= 0) & (y >= 0) & (x < columns - 1) & (y < rows - 1)
        if not fits.all():
            x, y, block = x[fits], y[fits], block[fits]
        column, row = x.astype(np.int64), y.astype(np.int64)
        right, up, first = x - column, y - row, row * columns + column
        for step, share in (0, (1 - up) * block), (columns, up * block):
            np.add.at(total, first + step, share * (1 - right))
            np.add.at(total, first + step + 1, share * right)
    return total.reshape(shape).astype(np.float32)


def _transformed(kernel: Kernel, bandwidth: float, reach: int, shape: tuple[int, int]) -> Singles:
    """Return the transform of the kernel around the first cell; it is even, so that nothing imaginary is left."""
    rows, columns = (np.minimum(np.arange(n), n - np.arange(n)) for n in shape)
    if kernel == "gaussian":
        down, across = (np.exp(-0.5 * (d / bandwidth) ** 2) * (d <= reach) for d in (rows, columns))
        both = np.outer(fft.fft(down).real, fft.rfft(across).real / (2 * np.pi * bandwidth**2))
    else:
        near = np.maximum(1 - (rows[:, None] ** 2 + columns**2) / bandwidth**2, 0.0)
        both = fft.rfft2(3 / (np.pi * bandwidth**2) * near**2).real
    return both.astype(np.float32)
