"""What is worth seeing, where a camera could hang, and what it sees of private life: cases worked by hand."""

from __future__ import annotations

import numpy as np
import pytest
from shapely import LineString, Point, box

from layers.cameras import candidates, demand, intrusion
from layers.cameras.isovist import isovist, walls
from layers.errors import BadInput


def test_each_kind_weighs_its_amount_times_the_weight_that_a_round_table_gave() -> None:
    asked = demand.gather({"stop": ([(0, 0)], 1.0), "resident": ([(5, 5), (6, 6)], [10, 0])}, {"stop": 3.0})
    assert asked.weight.tolist() == [3.0, pytest.approx(0.2)]  # a house of nobody is left out
    assert asked.counts()[asked.of("resident")].tolist() == [10]


@pytest.mark.parametrize("weights", [{"stop": -1.0}, {"stop": 1001.0}, {"moon": 1.0}])
def test_a_weight_out_of_range_or_of_no_kind_is_refused(weights: dict[str, float]) -> None:
    with pytest.raises(BadInput):
        demand.gather({"stop": ([(0, 0)], 1.0)}, weights)


def test_a_report_of_half_a_year_ago_counts_half() -> None:
    assert demand.recency([0, 180, 360]).tolist() == [1.0, 0.5, 0.25]


def test_an_areas_weight_is_shared_by_its_points_and_none_lies_in_a_building() -> None:
    house = box(0, 0, 20, 20)
    points, amounts = demand.spread([box(-50, -50, 50, 50)], walls([house]).tree)
    assert amounts.sum() == pytest.approx(1.0)
    assert not any(house.covers(Point(xy)) for xy in points)


def test_points_belong_to_the_unit_whose_limits_hold_them() -> None:
    asked = demand.gather({"stop": ([(1, 1), (11, 1), (99, 99)], 1.0)}, {})
    there = demand.in_units(asked, ["west", "east"], [box(0, 0, 10, 10), box(10, 0, 20, 10)])
    assert [there.units[unit] for unit in there.unit] == ["west", "east", ""]


def test_a_wall_mount_hangs_thirty_centimetres_off_and_looks_away_from_its_wall() -> None:
    school = box(0, 0, 40, 10)
    found = candidates.mounts(walls([school]), public_buildings=[school])
    assert school.distance(Point(found.xy[0])) == pytest.approx(0.3)
    assert not walls([school]).inside(found.xy).any()
    mount, bearing = candidates.headings(found, 8)
    for place, turned in zip(mount, bearing, strict=True):
        assert abs((turned - found.outward[place] + 180) % 360 - 180) <= 90


def test_nothing_hangs_in_a_zone_and_no_two_places_are_too_near() -> None:
    street = LineString([(0, 0), (400, 0)])
    found = candidates.mounts(walls([]), roads=[street], lamps=[(10, 4), (12, 4)], zones=[box(200, -50, 500, 50)])
    assert found.xy[:, 0].max() < 200
    apart = np.hypot(*(found.xy[:, None] - found.xy[None]).transpose(2, 0, 1))
    assert apart[~np.eye(len(found), dtype=bool)].min() >= 8


def test_private_ground_is_what_lies_around_homes_beside_streets_and_public_places() -> None:
    home, street = box(0, 0, 10, 10), LineString([(-50, -8), (50, -8)])
    private = intrusion.private_ground([home], [home], [(street, "residential")])
    ground = sum(part.area for part in private.parts)
    around = home.buffer(15, quad_segs=2).area - 100
    assert 0.5 * around < ground < around
    assert not any(part.intersects(home.buffer(-0.1)) for part in private.parts)


def test_a_view_over_open_ground_sees_no_private_square_metre_and_one_at_a_home_does() -> None:
    home = box(0, 0, 10, 10)
    around, private = walls([home]), intrusion.private_ground([home], [home])
    far = isovist(around, 500, 500, radius=40)
    near = isovist(around, 5, -12, radius=40)
    assert intrusion.private_m2(far, private) == 0
    assert intrusion.private_m2(near, private) > 100
    assert intrusion.facade_m(around, np.array([True]), near) == pytest.approx(10, abs=0.1)
    assert intrusion.facade_m(around, np.array([False]), near) == 0
