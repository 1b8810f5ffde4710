"""The coverage matrix, merging of points, and scores by level."""

from __future__ import annotations

import numpy as np
import pytest
from shapely import box

from layers.cameras import coverage
from layers.cameras.isovist import walls
from tests.layers.cameras.towns import matrix_of


def test_a_camera_sees_within_its_distances_and_its_angle() -> None:
    looking = coverage.cameras([(0, 0)], height=5, bearing=90, hfov=60, near=5, far=50)
    points = [(3, 0), (10, 0), (49, 0), (51, 0), (10, 5), (10, 6), (-10, 0)]
    assert coverage.matrix(walls([]), looking, points).row(0).tolist() == [1, 2, 4]


def test_cameras_of_one_pole_and_threads_do_not_change_the_answer() -> None:
    rng = np.random.default_rng(5)
    around, mounts = walls([box(20, 20, 40, 40), box(60, 10, 70, 80)]), rng.uniform(0, 15, (90, 2))
    looking = coverage.cameras(
        np.repeat(mounts, 4, axis=0), height=5, bearing=np.tile([0, 90, 180, 270], 90), hfov=90, far=80
    )
    points = rng.uniform(0, 100, (500, 2))
    one, two = (coverage.matrix(around, looking, points, threads=threads) for threads in (1, 2))
    assert one.indices.tolist() == two.indices.tolist()
    assert one.start.tolist() == two.start.tolist()
    alone = coverage.matrix(around, looking.take([7]), points)
    assert alone.row(0).tolist() == one.row(7).tolist()
    assert one.take([7, 3]).row(0).tolist() == one.row(7).tolist()


def test_nothing_to_see_and_nobody_to_look_is_an_empty_matrix() -> None:
    nobody = coverage.cameras(np.empty((0, 2)), height=5, bearing=0, hfov=60, far=50)
    assert len(coverage.matrix(walls([]), nobody, [(1, 1)])) == 0
    somebody = coverage.cameras([(0, 0)], height=5, bearing=0, hfov=60, far=50)
    assert coverage.matrix(walls([]), somebody, np.empty((0, 2))).row(0).tolist() == []


def test_merged_points_leave_every_total_as_it_was() -> None:
    rng = np.random.default_rng(1)
    rows = [list(np.flatnonzero(rng.random(200) < 0.05)) for _ in range(12)]
    seen, weight, group = matrix_of(rows, 200), rng.uniform(0, 3, 200), rng.integers(0, 3, 200)
    for groups in (None, group):
        merged = coverage.merge(seen, weight, groups)
        assert merged.matrix.points < 200
        for _ in range(40):
            plan = rng.choice(12, int(rng.integers(1, 6)), replace=False)
            before = weight[np.unique(np.concatenate([seen.row(c) for c in plan]))].sum()
            after = merged.weight[np.unique(np.concatenate([merged.matrix.row(c) for c in plan]))].sum()
            assert after == pytest.approx(before)
    kept = merged.of >= 0
    assert all(len(set(group[kept & (merged.of == column)])) == 1 for column in range(merged.matrix.points))


def test_shares_are_told_by_level_by_day_and_at_night() -> None:
    looking = coverage.cameras([(0, 0)], height=5, bearing=90, hfov=90, far=100)
    seen = coverage.matrix(walls([]), looking, [(10, 0), (20, 0), (40, 0), (0, 90)])
    weight = np.array([1.0, 2.0, 3.0, 4.0])
    day = coverage.best_density(seen, [1000.0])
    assert day.tolist() == pytest.approx([100, 50, 25, 0])
    assert coverage.shares(day, weight, [25, 50, 100]) == pytest.approx([0.6, 0.3, 0.1])
    night = coverage.best_density(seen, [1000.0], [15.0])
    assert coverage.shares(night, weight, [25]) == pytest.approx([0.1])
    assert coverage.shares(np.zeros(0), np.zeros(0), [25]) == [0.0]
