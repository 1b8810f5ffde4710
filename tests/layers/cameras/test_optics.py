"""Lenses and pixel density, against figures worked by hand."""

from __future__ import annotations

import math

import pytest

from layers.cameras import optics
from layers.errors import BadInput


def test_a_field_of_view_follows_from_sensor_and_focal_length() -> None:
    assert optics.hfov(5.6, 2.8) == pytest.approx(90.0)
    assert optics.hfov(4.8, 6.0) == pytest.approx(43.6028, abs=1e-4)


def test_pixel_density_is_the_pixels_over_the_width_of_the_picture() -> None:
    # At 10 m a lens of 90 degrees shows 20 m.
    assert float(optics.px_per_m(1920, 10, 90)) == pytest.approx(96.0)
    assert float(optics.reach(1920, 90, 96)) == pytest.approx(10.0)


def test_levels_are_those_of_the_standards() -> None:
    levels = {code: [level.px_per_m for level in profile.levels] for code, profile in optics.PROFILES.items()}
    assert levels == {"dori": [25, 62.5, 125, 250], "en62676": [20, 40, 80, 125, 250, 500, 1500]}
    assert optics.profile("en62676").level("scrutinise").px_per_m == 1500


@pytest.mark.parametrize(("sensor", "focal"), [(5.6, 0), (5.6, -1), (0, 4), (5.6, math.nan), (100, 0.5)])
def test_a_lens_that_cannot_be_is_refused(sensor: float, focal: float) -> None:
    with pytest.raises(BadInput):
        optics.hfov(sensor, focal)


@pytest.mark.parametrize("degrees", [0, -5, 171, 360, math.nan])
def test_no_lens_has_such_a_field_of_view(degrees: float) -> None:
    with pytest.raises(BadInput, match="field of view"):
        optics.check_hfov(degrees)


def test_in_the_dark_a_camera_sees_as_far_as_its_own_infrared() -> None:
    assert optics.at_night([80.0, 20.0], [30.0, 30.0]).tolist() == [30.0, 20.0]


def test_a_tilted_camera_is_blind_below_itself_and_above_its_upper_edge() -> None:
    # 45 degrees down and 30 high: the lower edge looks 60 degrees down, the upper one 30.
    assert optics.nearest(5.5, 45, 30) == pytest.approx(4 / math.tan(math.radians(60)))
    assert optics.farthest(5.5, 45, 30) == pytest.approx(4 / math.tan(math.radians(30)))
    assert optics.farthest(5.5, 15, 30) == math.inf
    assert optics.nearest(5.5, 80, 30) == 0


def test_an_unknown_level_or_profile_names_those_that_there_are() -> None:
    with pytest.raises(BadInput, match="detect, observe, recognise, identify"):
        optics.profile("dori").level("scrutinise")
    with pytest.raises(BadInput, match="dori, en62676"):
        optics.profile("oodpcvs")
