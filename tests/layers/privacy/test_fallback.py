"""Where nothing finer may be shown: towns, hromadas and squares, in metres and by hand."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from pyproj import Transformer
from shapely import Point, box

from layers.layer import Title
from layers.privacy.facts import Region, SnapPoint, Town
from layers.privacy.fallback import coarse_points
from layers.privacy.generalise import cell_centres
from tests.layers.privacy.made import lived

NOBODY = lived([])
HROMADA = Region("H", "hromada", Title("Громада", "Hromada"), box(0, 0, 10_000, 10_000), Point(5000, 5000))
EAST_TOWN = Town("T1", Title("Схід", "East"), box(8000, 8000, 9000, 9000), Point(8500, 8500))
WEST_TOWN = Town("T2", Title("Захід", "West"), box(1000, 1000, 2000, 2000), Point(1500, 1500))
TOWNS = (EAST_TOWN, WEST_TOWN)


def homes_in(town: Town, number: int) -> list[tuple[float, float]]:
    return [(town.centre.x + 20 * index, town.centre.y) for index in range(number)]


def said(points: list[SnapPoint]) -> list[tuple[str, str, float]]:
    return [(point.kind, point.title.en, point.catchment.area / 1e6) for point in points]


def test_towns_have_their_own_ground_and_the_hromada_the_rest() -> None:
    points = coarse_points(HROMADA, TOWNS, NOBODY)
    assert said(points) == [("settlement", "East", 1), ("settlement", "West", 1), ("hromada", "Hromada", 98)]
    assert [(p.point.x, p.point.y) for p in points] == [(8500, 8500), (1500, 1500), (5000, 5000)]
    assert shapely.union_all([p.catchment for p in points]).equals(HROMADA.limits)


def test_a_town_of_another_hromada_is_left_out_and_one_that_reaches_out_is_cut() -> None:
    abroad = Town("T3", Title("Чуже", "Abroad"), box(11_000, 0, 12_000, 1000), Point(11_500, 500))
    cut = Town("T4", Title("Край", "Edge"), box(9000, 0, 11_000, 1000), Point(9500, 500))
    assert said(coarse_points(HROMADA, (abroad, cut), NOBODY)) == [
        ("settlement", "Edge", 1),
        ("hromada", "Hromada", 99),
    ]


def test_with_fewer_than_eight_homes_in_all_their_number_says_nothing() -> None:
    points = coarse_points(HROMADA, TOWNS, lived(homes_in(EAST_TOWN, 7)))
    assert [kind for kind, *_ in said(points)] == ["settlement", "settlement", "hromada"]


def test_a_town_of_one_to_seven_homes_is_left_to_its_hromada() -> None:
    who = lived([*homes_in(EAST_TOWN, 3), *homes_in(WEST_TOWN, 12), *[(5000 + 20 * n, 5000) for n in range(9)]])
    assert said(coarse_points(HROMADA, TOWNS, who)) == [("settlement", "West", 1), ("hromada", "Hromada", 99)]


def test_a_hromada_of_one_to_seven_homes_beside_its_towns_takes_the_smallest_town_in() -> None:
    who = lived([*homes_in(EAST_TOWN, 20), *homes_in(WEST_TOWN, 12), (5000, 5000)])
    assert said(coarse_points(HROMADA, TOWNS, who)) == [("settlement", "East", 1), ("hromada", "Hromada", 99)]


# --- without a unit

# Zone 37 North, where the default area lies; its grid begins at whole kilometres.
OUTLINE = box(600_000, 5_500_000, 603_000, 5_502_000)
NOWHERE = Region("A", "cell", Title("Місце", "Place"), OUTLINE)


def test_without_a_unit_there_is_a_square_of_a_kilometre_whose_centre_is_that_of_imported_incidents() -> None:
    points = coarse_points(NOWHERE, (), NOBODY)
    assert said(points) == [("cell", "1 km square", 1)] * 6
    to_degrees = Transformer.from_crs(32637, 4326, always_xy=True).transform
    lon, lat = cell_centres(*map(np.array, to_degrees([600_001, 602_999], [5_500_001, 5_501_999])), srid=32637)
    x, y = Transformer.from_crs(4326, 32637, always_xy=True).transform(lon, lat)
    for place, centre in zip([(600_001, 5_500_001), (602_999, 5_501_999)], zip(x, y, strict=True), strict=True):
        [own] = [point for point in points if shapely.intersects_xy(point.catchment, *place)]
        assert (own.point.x, own.point.y) == pytest.approx(centre, abs=0.01)


def test_what_is_left_of_a_square_at_the_edge_goes_to_a_whole_one() -> None:
    region = Region("A", "cell", Title("Місце", "Place"), box(600_000, 5_500_000, 602_300, 5_501_000))
    assert [round(area, 2) for *_, area in said(coarse_points(region, (), NOBODY))] == [1, 1.3]


def test_a_region_smaller_than_a_square_is_one() -> None:
    region = Region("A", "cell", Title("Місце", "Place"), box(600_400, 5_500_400, 600_600, 5_500_600))
    [point] = coarse_points(region, (), NOBODY)
    assert (point.catchment.area, point.point.x) == (pytest.approx(40_000), 600_500)


def test_squares_of_too_few_homes_are_given_to_their_neighbours() -> None:
    who = lived([*[(600_500 + 20 * n, 5_500_500) for n in range(10)], (601_500, 5_500_500), (602_500, 5_501_500)])
    points = coarse_points(NOWHERE, (), who)
    held = [np.count_nonzero(shapely.intersects_xy(point.catchment, who.homes)) for point in points]
    assert sum(held) == 12
    assert all(number == 0 or number >= 8 for number in held)
    assert sum(point.catchment.area for point in points) == pytest.approx(OUTLINE.area)


def test_homes_so_scattered_that_no_square_holds_enough_share_one_catchment() -> None:
    corners = [(600_500 + 1000 * x, 5_500_500 + 1000 * y) for x in range(3) for y in range(2)]
    who = lived([*corners, (600_450, 5_500_450), (602_550, 5_501_550)])
    [point] = coarse_points(NOWHERE, (), who)
    assert point.catchment.equals(OUTLINE)


def test_a_farm_beyond_the_hromadas_is_not_shown_by_its_square_where_buildings_are_in_the_map() -> None:
    farm = lived([(601_500, 5_500_500)])
    assert len(coarse_points(NOWHERE, (), farm, mapped=False)) == 6
    [point] = coarse_points(NOWHERE, (), farm, mapped=True)
    assert point.catchment.equals(OUTLINE)
