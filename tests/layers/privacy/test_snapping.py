"""Which points may stand for homes: towns small enough to check by hand, and random ones against the rule itself."""

from __future__ import annotations

import time

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import cKDTree
from shapely import LineString, Point, STRtree, box

from layers.privacy.facts import Lived
from layers.privacy.rules import CLEAR, LANDMARK, PLACE, STREET
from layers.privacy.snapping import catchments, street_points
from tests.layers.privacy.made import lived, random_town

FIELD = box(0, -200, 600, 200)


def row(x: float, number: int, y: float = 50) -> list[tuple[float, float]]:
    """Return homes 12 m apart from each other in a row around x."""
    return [(x + 12 * (index - (number - 1) / 2), y) for index in range(number)]


def kept(points: list[tuple[float, float]], ranks: list[int], who: Lived, region=FIELD) -> list[tuple[float, float]]:
    indices, _ = catchments(np.array(points, float), np.array(ranks), who, region)
    return sorted(points[index] for index in indices)


# --- streets


def test_a_street_is_cut_into_equal_pieces_and_shown_by_their_middles() -> None:
    points, names = street_points([LineString([(0, 0), (600, 0)]), LineString([(0, 9), (0, 99)])], ["long", "short"])
    assert points.tolist() == [[100, 0], [300, 0], [500, 0], [0, 54]]
    assert names == ["long", "long", "long", "short"]


def test_lines_of_one_street_that_go_on_in_each_other_are_one() -> None:
    lines = [LineString([(100, 0), (200, 0)]), LineString([(0, 0), (100, 0)]), LineString([(5000, 0), (5100, 0)])]
    assert street_points(lines, ["a"] * 3)[0].tolist() == [[100, 0], [5050, 0]]


def test_no_streets_give_no_points() -> None:
    points, names = street_points([], [])
    assert (points.shape, names) == ((0, 2), [])


# --- the rule of eight


def test_a_point_with_too_few_homes_is_dropped_and_its_homes_go_to_the_next() -> None:
    middle = [(260, 50), (330, 50), (345, 50)]  # one is nearer to the west, two to the east
    who = lived([*row(100, 8), *middle, *row(500, 8)])
    indices, cells = catchments(np.array([(100, 0), (300, 0), (500, 0)]), np.zeros(3, int), who, FIELD)
    assert indices.tolist() == [0, 2]
    held = [np.count_nonzero(shapely.contains_xy(cell, who.homes)) for cell in cells]
    assert held == [9, 10]
    assert [cell.bounds for cell in cells] == [(0, -200, 300, 200), (300, -200, 600, 200)]


@pytest.mark.parametrize(("homes", "stays"), [(7, False), (8, True)])
def test_eight_homes_are_enough_and_seven_are_not(homes: int, stays: bool) -> None:
    who = lived([*row(100, 8), *row(500, homes)])
    assert ((500, 0) in kept([(100, 0), (500, 0)], [STREET] * 2, who)) is stays


def test_too_few_homes_in_all_allow_no_point() -> None:
    assert kept([(100, 0), (500, 0)], [STREET] * 2, lived(row(300, 7))) == []


def test_a_home_on_the_edge_of_two_catchments_counts_in_neither() -> None:
    who = lived([*row(100, 7), (300, 50), *row(500, 8)])
    assert kept([(100, 0), (500, 0)], [STREET] * 2, who) == [(500, 0)]
    just_inside = lived([*row(100, 7), (298, 50), *row(500, 8)])
    assert kept([(100, 0), (500, 0)], [STREET] * 2, just_inside) == [(100, 0), (500, 0)]


def test_of_two_weak_points_the_weaker_goes() -> None:
    who = lived([*row(200, 4), *row(400, 6)])
    assert kept([(200, 0), (400, 0)], [STREET] * 2, who) == [(400, 0)]


def test_a_street_goes_before_a_public_place() -> None:
    who = lived([*row(200, 6), *row(400, 4)])
    assert kept([(200, 0), (400, 0)], [STREET, PLACE], who) == [(400, 0)]


def test_streets_make_room_for_a_landmark_that_can_hold_enough_homes() -> None:
    points = [(200, 0), (300, 0), (400, 0)]
    who = lived([*row(170, 10), *row(300, 3), *row(430, 10)])
    assert kept(points, [STREET] * 3, who) == [(200, 0), (400, 0)]
    assert (300, 0) in kept(points, [STREET, LANDMARK, STREET], who)


def test_a_landmark_without_homes_around_costs_no_street() -> None:
    points = [(100, 0), (320, 0)]
    who = lived(row(30, 10), others=[(400, 50)])
    assert kept(points, [STREET, LANDMARK], who) == [(100, 0)]


def test_of_points_side_by_side_the_better_stays() -> None:
    who = lived(row(300, 30))
    assert kept([(300, 0), (320, 0), (340, 0)], [STREET, LANDMARK, PLACE], who) == [(320, 0)]


# --- empty catchments


def test_a_place_around_which_nothing_is_built_may_be_shown() -> None:
    assert kept([(100, 0), (500, 0)], [STREET, PLACE], lived(row(100, 8))) == [(100, 0), (500, 0)]


@pytest.mark.parametrize("shed", [(450, 50), (600 - 1, -190), (300 - 5, 150)])
def test_a_catchment_is_not_empty_where_anything_is_built_in_it_or_close_by(shed: tuple[float, float]) -> None:
    assert kept([(100, 0), (500, 0)], [STREET, PLACE], lived(row(100, 8), others=[shed])) == [(100, 0)]


def test_a_building_further_from_an_empty_catchment_than_a_yard_is_wide_takes_nothing_from_it() -> None:
    who = lived(row(100, 8), others=[(300 - CLEAR - 6, 50)])
    assert kept([(100, 0), (500, 0)], [STREET, PLACE], who) == [(100, 0), (500, 0)]


def test_a_street_on_which_people_live_is_not_empty_though_no_house_is_in_the_map() -> None:
    who = lived(row(100, 8), signs=[(550, 0)])
    assert kept([(100, 0), (500, 0)], [STREET, PLACE], who) == [(100, 0)]


# --- random towns

TOWNS = st.tuples(st.integers(0, 10**6), st.integers(0, 400), st.integers(0, 80))


@settings(max_examples=60, deadline=None)
@given(TOWNS)
def test_whatever_the_town_catchments_fill_it_and_hold_eight_homes_or_nothing(given: tuple[int, int, int]) -> None:
    seed, homes, candidates = given
    xy, rank, who = random_town(seed, homes=homes, candidates=candidates)
    region = box(0, 0, 2000, 2000).difference(Point(900, 900).buffer(300))  # a lake, so that cells are cut
    xy, rank = xy[shapely.intersects_xy(region, xy)], rank[shapely.intersects_xy(region, xy)]
    inside = shapely.intersects_xy(region, who.homes)
    indices, cells = catchments(xy, rank, Lived(who.homes[inside], who.buildings, who.signs), region)
    if not len(indices):
        return
    assert shapely.area(cells).sum() == pytest.approx(region.area, rel=1e-6)
    assert shapely.union_all(cells).area == pytest.approx(region.area, rel=1e-6)
    held = np.bincount(STRtree(shapely.points(who.homes[inside])).query(cells, "intersects")[0], minlength=len(cells))
    assert not ((held > 0) & (held < 8)).any()
    near = STRtree(who.buildings).query(cells, "dwithin", distance=CLEAR - 0.01)[0]
    assert not len(np.intersect1d(np.unique(near), np.flatnonzero(held == 0)))
    assert np.all(shapely.contains_xy(cells, xy[indices]))


@settings(max_examples=30, deadline=None)
@given(TOWNS, st.randoms(use_true_random=False))
def test_the_order_of_what_is_given_changes_nothing(given: tuple[int, int, int], random) -> None:
    seed, homes, candidates = given
    xy, rank, who = random_town(seed, homes=homes, candidates=candidates)
    region = box(0, 0, 2000, 2000)
    indices, cells = catchments(xy, rank, who, region)
    order, homes_order = list(range(len(xy))), list(range(len(who.homes)))
    random.shuffle(order)
    random.shuffle(homes_order)
    shuffled = Lived(who.homes[homes_order], who.buildings[::-1], who.signs[::-1])
    again, cells_again = catchments(xy[order], rank[order], shuffled, region)
    assert xy[order][again].tolist() == xy[indices].tolist()
    assert [cell.wkb for cell in cells_again] == [cell.wkb for cell in cells]


def test_whoever_is_in_a_catchment_has_no_nearer_point() -> None:
    xy, rank, who = random_town(5, homes=1500, candidates=300)
    indices, cells = catchments(xy, rank, who, box(0, 0, 2000, 2000))
    assert len(indices) > 40
    probes = np.random.default_rng(1).uniform(0, 2000, (3000, 2))
    nearest = cKDTree(xy[indices]).query(probes)[1]
    assert np.count_nonzero(shapely.contains_xy(cells[nearest], probes)) == len(probes)


def test_a_town_of_ten_thousand_buildings_takes_less_than_ten_seconds() -> None:
    xy, rank, who = random_town(3, homes=10_000, candidates=3_000, side=12_000)
    began = time.monotonic()
    indices, _ = catchments(xy, rank, who, box(0, 0, 12_000, 12_000))
    took = time.monotonic() - began
    assert len(indices) > 200
    assert took < 10, took
