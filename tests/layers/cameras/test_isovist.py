"""What a camera sees: against pysovist on random scenes, and against cases worked by hand."""

from __future__ import annotations

import math

import numpy as np
import pysovist
import pytest
import shapely
from shapely import Point, affinity, box

from layers.cameras import check, coverage
from layers.cameras.isovist import areas, facade_point, isovist, walls
from layers.errors import BadInput
from tests.layers.cameras.towns import free_place, random_buildings, scene

SCENES = 1_000


def test_a_thousand_random_scenes_have_the_area_that_pysovist_finds() -> None:
    rng, errors = np.random.default_rng(4), []
    while len(errors) < SCENES:
        around, place = scene(rng)
        if place is None:
            continue
        radius, bearing = rng.uniform(20, 100), rng.uniform(0, 360)
        hfov = 360.0 if rng.random() < 0.5 else rng.uniform(20, 170)
        ours = isovist(around, *place, radius=radius, bearing=bearing, hfov=hfov)
        theirs = pysovist.isovist2d.isovist(
            around.edges.reshape(-1, 2, 2), place, max_distance=radius, fov=math.radians(hfov),
            direction=math.remainder(math.radians(90 - bearing), math.tau),
        ).metrics["area"]  # fmt: skip
        errors.append(abs(ours.area - theirs) / max(theirs, 1e-9))
        drawn = ours.polygon()
        assert drawn.is_valid
        assert drawn.area == pytest.approx(ours.area, rel=0.005, abs=0.5)
    assert np.mean(errors) <= 0.0005
    assert max(errors) < 1e-6


def test_open_ground_is_a_circle_or_its_sector() -> None:
    nothing = walls([])
    assert isovist(nothing, 3, 4, radius=50).area == pytest.approx(math.pi * 2500)
    for bearing in (0, 90, 271):
        assert isovist(nothing, 0, 0, radius=50, bearing=bearing, hfov=60).area == pytest.approx(math.pi * 2500 / 6)
    north = isovist(nothing, 0, 0, radius=50, bearing=0, hfov=10).polygon()
    assert north.contains(Point(0, 40))
    assert not north.contains(Point(40, 0))
    assert isovist(nothing, 0, 0, radius=50, bearing=90, hfov=10).polygon().contains(Point(40, 0))


def test_a_wall_hides_the_sector_behind_it() -> None:
    view = isovist(walls([box(10, -5, 20, 5)]), 0, 0, radius=50)
    half = math.atan2(5, 10)
    assert view.area == pytest.approx(math.pi * 2500 - half * 2500 + 50)


def test_from_a_courtyard_only_the_courtyard_is_seen() -> None:
    house = box(-20, -20, 20, 20).difference(box(-5, -5, 5, 5))
    view = isovist(walls([house]), 1, 2, radius=100)
    assert view.area == pytest.approx(100)
    assert view.polygon().equals_exact(box(-5, -5, 5, 5), 1e-6) or view.polygon().area == pytest.approx(100)


def test_touching_buildings_leave_no_gap_between_them() -> None:
    apart = isovist(walls([box(10, -20, 12, 0), box(10, 0.01, 12, 20)]), 0, 0, radius=50)
    touching = isovist(walls([box(10, -20, 12, 0), box(10, 0, 12, 20)]), 0, 0, radius=50)
    whole = isovist(walls([box(10, -20, 12, 20)]), 0, 0, radius=50)
    assert touching.area == pytest.approx(whole.area)
    assert apart.area > whole.area


def test_a_camera_on_a_wall_sees_what_is_before_it() -> None:
    # The wall's building is to the left of the way from one corner to the other: the camera hangs to the right.
    x, y = facade_point((30, 0), (-30, 0))
    assert (x, y) == pytest.approx((0, 0.3))
    view = isovist(walls([box(-30, -10, 30, 0)]), x, y, radius=20)
    below = isovist(walls([]), x, y, radius=20, bearing=180, hfov=359.99).polygon().intersection(box(-30, -30, 30, 0))
    assert view.area == pytest.approx(math.pi * 400 - below.area, rel=0.001)


def test_a_notch_of_a_building_is_seen_into() -> None:
    house = box(10, -10, 30, 10).difference(box(10, -2, 20, 2))
    view = isovist(walls([house]), 0, 0, radius=25)
    assert view.polygon().contains(Point(18, 0))
    assert not view.polygon().contains(Point(22, 0))


def test_inside_a_building_no_camera_stands() -> None:
    with pytest.raises(BadInput, match="inside a building"):
        isovist(walls([box(-5, -5, 5, 5)]), 0, 0, radius=50)


def test_a_camera_must_hang_above_what_it_looks_at() -> None:
    with pytest.raises(BadInput, match="higher"):
        isovist(walls([]), 0, 0, radius=50, height=1.0)


# --- Over lower roofs ------------------------------------------------------------------------------------------------


def test_a_low_building_hides_only_what_lies_in_its_shadow() -> None:
    # Camera 5 m, building 3 m, target 1.5 m: the shadow ends at (5 - 1.5) / (5 - 3) = 1.75 times its last wall.
    house, k = box(10, -5, 20, 5), 1.75
    view = isovist(walls([house], [3.0]), 0, 0, radius=50, height=5)
    shadow = shapely.convex_hull(shapely.union_all([house, affinity.scale(house, k, k, origin=(0, 0))]))
    assert view.area == pytest.approx(Point(0, 0).buffer(50, quad_segs=4000).difference(shadow).area, rel=1e-5)
    drawn = view.polygon()
    assert drawn.contains(Point(36, 0))
    assert not drawn.contains(Point(34, 0))
    assert not drawn.contains(Point(15, 0))


@pytest.mark.parametrize("height", [5.0, 9.0, math.nan])
def test_a_building_as_high_as_the_camera_or_of_unknown_height_hides_all_behind_it(height: float) -> None:
    house = box(10, -5, 20, 5)
    plane = isovist(walls([house]), 0, 0, radius=50)
    assert isovist(walls([house], [height]), 0, 0, radius=50, height=5).area == pytest.approx(plane.area)


def test_a_building_below_the_target_hides_no_more_than_it_stands_on() -> None:
    view = isovist(walls([box(10, -5, 20, 5)], [1.0]), 0, 0, radius=50, height=5)
    assert view.area == pytest.approx(math.pi * 2500 - 100)


def test_a_second_low_house_in_the_shadow_of_a_first_counts_once() -> None:
    first, second = box(10, -5, 20, 5), box(22, -5, 30, 5)
    view = isovist(walls([first, second], [3.0, 3.0]), 0, 0, radius=60, height=5)
    hidden = [affinity.scale(house, 1.75, 1.75, origin=(0, 0)) for house in (first, second)]
    shadows = [shapely.convex_hull(shapely.union_all(pair)) for pair in zip((first, second), hidden, strict=True)]
    expected = Point(0, 0).buffer(60, quad_segs=4000).difference(shapely.union_all(shadows)).area
    assert view.area == pytest.approx(expected, rel=1e-4)


def test_points_are_seen_just_when_a_straight_line_says_so_also_over_roofs() -> None:
    rng, compared, different = np.random.default_rng(9), 0, 0
    for _ in range(60):
        shapes = random_buildings(rng, int(rng.integers(3, 25)))
        heights = rng.choice([1.0, 2.5, 4.0, 8.0, np.nan], len(shapes))
        around = walls(shapes, heights)
        place = free_place(rng, around)
        if place is None:
            continue
        points = rng.uniform(-60, 60, (300, 2))
        looking = coverage.cameras([place], height=5.0, bearing=rng.uniform(0, 360), hfov=170, far=70, near=2)
        ours = set(coverage.matrix(around, looking, points).row(0).tolist())
        theirs = set(check.seen_by(shapes, heights, looking, points)[0].tolist())
        compared += len(ours | theirs)
        different += len(ours ^ theirs)
    assert compared > 1_000
    assert different <= compared * 0.001


def test_many_areas_are_those_of_one_at_a_time() -> None:
    rng = np.random.default_rng(2)
    around = walls(random_buildings(rng, 20), None)
    places = [place for place in (free_place(rng, around) for _ in range(8)) if place]
    together = areas(around, places, radius=60)
    assert together == pytest.approx([isovist(around, *place, radius=60).area for place in places])
