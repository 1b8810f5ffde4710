"""Cells by hand, and how near the approximate hromadas come to the real ones."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import shapely
from shapely.geometry import shape

from layers.area import Area
from layers.geometry import WGS84
from layers.shapes import iou, project
from layers.units.approximate import approximate, cells, hull_of
from layers.units.drawing import draw
from layers.units.facts import read_facts

SQUARE = shapely.box(0, 0, 100, 100)


def test_two_points_share_a_square_in_the_middle_between_them() -> None:
    west, east = cells(np.array([[10.0, 50.0], [50.0, 50.0]]), SQUARE)
    assert west.equals(shapely.box(0, 0, 30, 100))
    assert east.equals(shapely.box(30, 0, 100, 100))


def test_one_point_has_all_of_it_and_equal_points_are_parted() -> None:
    assert cells(np.array([[1.0, 1.0]]), SQUARE)[0].equals(SQUARE)
    halves = cells(np.array([[50.0, 50.0], [50.0, 50.0]]), SQUARE)
    assert [half.area for half in halves] == pytest.approx([5000, 5000], rel=0.05)


def test_the_hull_is_widened_to_the_known_area_or_by_two_kilometres() -> None:
    corners = np.array([[0.0, 0.0], [10_000.0, 0.0], [10_000.0, 10_000.0], [0.0, 10_000.0]])
    assert hull_of(corners, 400e6).area == pytest.approx(400e6, rel=1e-4)
    assert hull_of(corners).bounds == pytest.approx((-2000, -2000, 12_000, 12_000))


def test_cells_fill_the_stated_outline(area: Area) -> None:
    units = read_facts(area)
    places = {unit.code: (float(n % 15) * 3000, float(n // 15) * 3000) for n, unit in enumerate(units) if unit.lon}
    outline = shapely.box(-5000, -5000, 60_000, 60_000)
    made = approximate(area, units, places=places, real={}, outline=outline)
    hromadas = [made[unit.code] for unit in units if unit.system == "hromadas"]
    assert shapely.union_all(hromadas).symmetric_difference(outline).area < 1


def real_hromadas(shared_data: Path, area: Area) -> dict[str, shapely.Geometry]:
    file = shared_data / "chuhuiv" / "boundaries" / "hromadas_2020_osm.geojson"
    if not file.is_file():
        pytest.skip(f"no real hromadas at {file}")
    features = json.loads(file.read_text("utf-8"))["features"]
    shapes = project(np.array([shape(f["geometry"]) for f in features], dtype=object), WGS84, area.metric_srid)
    return dict(zip((f["properties"]["katottg"] for f in features), shapes, strict=True))


def test_approximate_hromadas_come_near_the_real_ones(shared_data: Path, area: Area) -> None:
    """Measured: mean 0.671, from 0.43 (Малинівська, three settlements) to 0.86 (Вовчанська, 75)."""
    real = real_hromadas(shared_data, area)
    made = {row["code"]: row["geom"] for row in draw(area, read_facts(area), {}) if row["system"] == "hromadas"}
    drawn = project(np.array([made[code] for code in real], dtype=object), WGS84, area.metric_srid)
    scores = {code: iou(a, b) for (code, a), b in zip(real.items(), drawn, strict=True)}
    assert float(np.mean(list(scores.values()))) > 0.65
    assert min(scores.values()) > 0.4
