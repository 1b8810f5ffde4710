"""The surface beside the exact sum of kernels."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from layers.errors import BadInput
from layers.patrols.density import density_surface

BOUNDS = (1_000.0, 2_000.0, 4_000.0, 4_000.0)  # 3 x 2 km, in cells of 20 m 150 columns and 100 rows
CELL, BANDWIDTH = 20.0, 120.0


def points(count: int = 3_000) -> Any:
    rng = np.random.default_rng(1)
    centres = rng.uniform(BOUNDS[:2], BOUNDS[2:], (12, 2))
    return centres[rng.integers(0, 12, count)] + rng.normal(0, 150, (count, 2))


def surface(xy: Any, **options: Any) -> Any:
    return density_surface(xy, **{"bounds": BOUNDS, "cell_m": CELL, "bandwidth_m": BANDWIDTH, **options})


def exact(xy: Any, weight: Any, kernel: str) -> Any:
    x, y = np.arange(1_010, 4_000, 20.0), np.arange(2_010, 4_000, 20.0)
    total = np.zeros((100, 150))
    for (east, north), each in zip(xy, weight, strict=True):
        squared = ((y[:, None] - north) ** 2 + (x - east) ** 2) / BANDWIDTH**2
        if kernel == "gaussian":
            total += each * np.exp(-squared / 2) / (2 * np.pi * BANDWIDTH**2)
        else:
            total += each * 3 / (np.pi * BANDWIDTH**2) * np.maximum(1 - squared, 0) ** 2
    return total


@pytest.mark.parametrize("kernel", ["gaussian", "quartic"])
def test_the_surface_is_the_sum_of_kernels_and_its_top_is_the_true_top(kernel: str) -> None:
    xy, weight = points(), np.random.default_rng(2).uniform(0, 3, 3_000)
    ours, truly = surface(xy, weight=weight, kernel=kernel), exact(xy, weight, kernel)
    assert ours.shape == (100, 150)
    assert np.abs(ours - truly).max() < 0.02 * truly.max()
    top = int(0.01 * truly.size)
    assert len(set(np.argsort(-ours.ravel())[:top]) & set(np.argsort(-truly.ravel())[:top])) >= 0.99 * top


def test_rows_begin_in_the_south_and_columns_in_the_west() -> None:
    peak = surface([[1_010.0, 2_030.0]])
    assert np.unravel_index(peak.argmax(), peak.shape) == (1, 0)


def test_all_of_a_point_well_inside_lies_on_the_surface() -> None:
    for kernel in ("gaussian", "quartic"):
        made = surface([[2_513.0, 3_007.0]], kernel=kernel, weight=[7.0])
        assert made.sum() * CELL**2 == pytest.approx(7.0, rel=1e-3)


def test_points_beyond_the_border_count_as_far_as_they_reach_and_strays_do_not() -> None:
    inside, near, stray = [2_500.0, 3_000.0], [4_060.0, 3_000.0], [0.0, 0.0]
    alone = surface([inside])
    assert np.array_equal(surface([inside, stray]), alone)
    with_near = surface([inside, near])
    assert with_near[50, -1] == pytest.approx(exact([near], [1.0], "gaussian")[50, -1], rel=0.02)
    assert with_near[50, 0] == pytest.approx(0, abs=1e-6 * float(with_near.max()))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"bandwidth_m": 5.0}, "at least as large as a cell, 20.0 m, and not 5.0 m"),
        ({"bandwidth_m": np.nan}, "at least as large as a cell"),
        ({"cell_m": 0.0}, "Cells must be larger than 0 m"),
        ({"bounds": (0, 0, 0, 5)}, "The area has no extent"),
        ({"bounds": (0, 0, np.nan, 5)}, "The area has no extent"),
        ({"cell_m": 0.5}, "at most 1000000 are possible"),
        ({"bandwidth_m": 1e7}, "at most 1000000 are possible"),
        ({"weight": np.full(3_000, -1.0)}, "a weight below zero"),
        ({"weight": np.full(3_000, np.nan)}, "no place or no weight"),
        ({"weight": np.zeros(3_000)}, "None of these points"),
    ],
)
def test_senseless_surfaces_are_refused(options: Any, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        surface(points(), **options)


def test_points_without_a_place_and_points_all_elsewhere_are_refused() -> None:
    with pytest.raises(BadInput, match="no place or no weight"):
        surface([[np.nan, 3_000.0]])
    for nowhere in (np.empty((0, 2)), [[0.0, 0.0]]):
        with pytest.raises(BadInput, match="None of these points lies in the area"):
            surface(nowhere)
