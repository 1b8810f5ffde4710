"""Squares, streets and settlements, and which of them each record is of."""

from __future__ import annotations

import geopandas
import numpy as np
import pytest
import shapely

from benchmarks.streets import incidents, streets
from layers.errors import BadInput
from layers.patrols.nearest import Lines
from layers.patrols.records import MONTH, records
from layers.patrols.units import around, assign, grid, limits, segments
from tests.layers.patrols.evidence import TOWN, cross, town


def test_a_grid_has_the_squares_that_share_ground_with_the_area_and_no_others() -> None:
    area = shapely.Point(523, 487).buffer(430)
    found = grid(area, cell_m=50)
    west, south = np.meshgrid(np.arange(0, 1000, 50), np.arange(0, 1000, 50))
    squares = shapely.box(west, south, west + 50, south + 50).ravel()
    assert set(found.shapes) == set(squares[shapely.area(shapely.intersection(squares, area)) > 0])
    assert found.size == pytest.approx(0.0025)


def test_a_square_is_the_same_whatever_the_area() -> None:
    small, large = grid((210, 210, 390, 390)), grid((-50, -50, 2000, 2000))
    assert set(small.ids) == {"100/2/2", "100/3/2", "100/2/3", "100/3/3"}
    assert set(small.ids) < set(large.ids)


@pytest.mark.parametrize(
    ("area", "cell_m", "said"),
    [
        (TOWN, 20, "from 50 to 500"),
        ((0, 0, 60_000, 60_000), 50, "Choose squares of 150 m or more"),
        ((0, 0, 1e6, 1e6), 100, "too large for a grid"),
        (shapely.LineString([(0, 0), (1, 1)]), 100, "no ground"),
    ],
)
def test_a_grid_that_nobody_could_look_at_is_refused(area: shapely.Geometry, cell_m: float, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        grid(area, cell_m=cell_m)


def test_records_are_of_their_square_and_those_on_a_border_of_the_eastern_or_northern_one() -> None:
    units = grid(TOWN)
    unit = assign(records([(50, 50), (100, 50), (1000, 1000), (-1, 50)], "2026-01-01"), units)
    assert [units.ids[at] if at >= 0 else None for at in unit] == ["100/0/0", "100/1/0", "100/9/9", None]


def test_totals_are_never_smeared_over_squares_or_streets_and_count_in_their_hromada() -> None:
    given = records(np.full((2, 2), np.nan), "2026-01-01", places=("V1", "V2"), unit=[0, 1], weight=9, precision=MONTH)
    for units in (grid(TOWN), segments(cross())):
        assert assign(given, units).tolist() == [-1, -1]
    hromada = limits("hromada", ["H1"], [TOWN], within={"V1": "H1"})
    assert assign(given, hromada).tolist() == [0, -1]


def test_points_are_of_the_settlement_that_holds_them() -> None:
    places = limits("settlement", ["W", "E", "unknown"], [shapely.box(0, 0, 500, 1000), shapely.box(500, 0, 1000, 1000),
                                                          shapely.Polygon()])  # fmt: skip
    assert assign(town((100, 5, 1), (900, 5, 1), (500, 5, 1), (5, 2000, 1)), places).tolist() == [0, 1, 0, -1]
    with pytest.raises(BadInput, match="no limits"):
        limits("settlement", [], [])


def test_a_record_is_of_the_nearest_street_within_reach() -> None:
    units = segments(cross())
    unit = assign(town((800, 520, 1), (490, 100, 1), (0, 0, 1)), units, within_m=250)
    assert [units.ids[at] if at >= 0 else None for at in unit] == ["east", "south", None]


def test_the_nearest_streets_are_geopandas() -> None:
    graph = streets(3, segments=600)
    xy = np.concatenate([incidents(3, graph, count=1_500).xy, np.random.default_rng(1).uniform(-3000, 6000, (200, 2))])
    line, metres = Lines(graph.lines).nearest(xy)
    points = geopandas.GeoDataFrame(geometry=shapely.points(xy))
    theirs = geopandas.sjoin_nearest(points, geopandas.GeoDataFrame(geometry=graph.lines), distance_col="metres")
    assert set(zip(range(len(xy)), line.tolist(), strict=True)) <= set(theirs["index_right"].items())
    assert metres == pytest.approx(theirs["metres"].groupby(level=0).first().to_numpy())


def test_of_streets_that_meet_at_the_nearest_corner_it_is_the_first() -> None:
    line, metres = Lines(cross().lines).nearest(np.array([(500.0, 500.0)]))
    assert (line[0], metres[0]) == (0, 0)


def test_around_a_point_are_the_squares_within_reach_by_their_nearest_edge() -> None:
    units = grid(TOWN)
    point, unit, metres = around(units, np.array([(150.0, 150.0)]), within_m=60)
    found = dict(zip(units.ids[unit], metres.tolist(), strict=True))
    assert set(point) == {0}
    assert found == {"100/1/1": 0, "100/0/1": 50, "100/2/1": 50, "100/1/0": 50, "100/1/2": 50}


def test_streets_that_nobody_may_use_are_no_units() -> None:
    graph = cross()
    graph.walk[:] = False
    with pytest.raises(BadInput, match="no streets to rank"):
        segments(graph)
