"""The surface beside one that is summed point by point."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from layers.errors import BadInput
from layers.patrols.density import Kernel, density_surface

BOUNDS, CELL, BANDWIDTH = (0.0, 0.0, 3000.0, 2000.0), 20.0, 80.0


@pytest.fixture(scope="module")
def points() -> Any:
    rng = np.random.default_rng(1)
    centres = rng.uniform((0, 0), (3000, 2000), (12, 2))
    return centres[rng.integers(0, 12, 2_000)] + rng.normal(0, 120, (2_000, 2))


def summed(points: Any, kernel: Kernel) -> Any:
    """Return the surface without grid or transform (Silverman 1986, formula 4.3 and the quartic kernel of 4.5)."""
    x, y = np.arange(CELL / 2, 3000, CELL), np.arange(CELL / 2, 2000, CELL)
    far = ((y[:, None, None] - points[:, 1]) ** 2 + (x[None, :, None] - points[:, 0]) ** 2) / BANDWIDTH**2
    if kernel == "gaussian":
        return np.exp(-far / 2).sum(axis=2) / (2 * np.pi * BANDWIDTH**2)
    return (3 / np.pi * np.maximum(1 - far, 0) ** 2).sum(axis=2) / BANDWIDTH**2


@pytest.mark.parametrize("kernel", ["gaussian", "quartic"])
def test_the_surface_and_its_top_percent_are_those_of_an_exact_sum(points: Any, kernel: Kernel) -> None:
    exact = summed(points, kernel)
    ours = density_surface(points, bounds=BOUNDS, cell_m=CELL, bandwidth_m=BANDWIDTH, kernel=kernel)
    assert ours.shape == exact.shape
    assert np.abs(ours - exact).max() <= 0.03 * exact.max()
    top = exact.size // 100
    both = set(np.argsort(exact.ravel())[-top:]) & set(np.argsort(ours.ravel())[-top:])
    assert len(both) >= 0.95 * top


def test_points_outside_count_as_far_as_their_kernel_reaches_in() -> None:
    surface = density_surface([[-40.0, 1000.0]], bounds=BOUNDS, cell_m=CELL, bandwidth_m=BANDWIDTH)
    assert surface[50, 0] > 0
    assert surface[50, -1] == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"xy": [[np.nan, 1.0]]}, "no place"),
        ({"xy": [[1e7, 1e7]]}, "lies in the area"),
        ({"cell_m": 0.0}, "larger than 0 m"),
        ({"bandwidth_m": 5.0}, "bandwidth"),
        ({"bounds": (0.0, 0.0, 0.0, 10.0)}, "no extent"),
        ({"cell_m": 0.1, "bandwidth_m": 1.0}, "larger cells"),
        ({"weight": [-1.0]}, "below zero"),
    ],
)
def test_what_can_not_be_drawn_is_said(given: dict[str, Any], said: str) -> None:
    usual: dict[str, Any] = {"xy": [[100.0, 100.0]], "bounds": BOUNDS, "cell_m": CELL, "bandwidth_m": BANDWIDTH}
    with pytest.raises(BadInput, match=said):
        density_surface(**usual | given)
