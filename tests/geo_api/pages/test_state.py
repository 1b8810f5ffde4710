"""An address of the map page, read: what it means, and what it leaves alone."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from geo_api.pages.state import PAGE, Position, around, read_state
from layers.errors import BadInput

KYIV = ZoneInfo("Europe/Kyiv")


def test_words_of_others_are_left_alone() -> None:
    state = read_state([("fbclid", "x"), ("category", "theft"), ("from", "2026-01")], KYIV)
    assert state.query.category == ("theft",)
    assert state.query.since == date(2026, 1, 1)


def test_a_filter_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(BadInput):
        read_state([("from", "spring")], KYIV)


@pytest.mark.parametrize("at", ["", "12", "12/91/36", "a/b/c", "12/50/nan", "12/50/999"])
def test_a_position_that_is_none_is_no_position(at: str) -> None:
    assert read_state([("at", at)], KYIV).at is None


def test_the_list_is_of_the_maps_box_or_else_of_what_is_seen_from_the_position() -> None:
    assert read_state([], KYIV).listed.bbox is None
    assert read_state([("bbox", "36,49,37,50")], KYIV).listed.bbox == (36, 49, 37, 50)
    seen = read_state([("at", "12/49.8/36.7")], KYIV).listed
    assert seen.bbox
    west, south, east, north = seen.bbox
    assert west < 36.7 < east
    assert south < 49.8 < north
    assert seen.limit == PAGE


def test_one_place_is_as_wide_as_the_tile_it_was_seen_on_is_coarse() -> None:
    near = read_state([("here", "36.7,49.8")], KYIV).listed.bbox
    far = read_state([("here", "36.7,49.8,8")], KYIV).listed.bbox
    assert near
    assert far
    assert near[2] - near[0] == pytest.approx(0.00004)
    assert far[2] - far[0] == pytest.approx(4 * 360 / 2**8 / 4096)


def test_from_around_a_box_the_whole_box_is_seen() -> None:
    box = (36.0, 49.4, 37.6, 50.6)
    west, south, east, north = around(box).box
    assert west <= 36.0 + 1e-9
    assert east >= 37.6 - 1e-9
    assert south <= 49.41
    assert north >= 50.59


def test_a_step_moves_the_picture_by_half_of_it() -> None:
    here = Position(12, 49.8, 36.7)
    east = here.moved(east=0.5)
    assert east.lon == pytest.approx((here.box[0] + here.box[2]) / 2 + (here.box[2] - here.box[0]) / 2)
    assert here.moved(zoom=1).zoom == 13
    assert here.moved(zoom=99).zoom == 19
