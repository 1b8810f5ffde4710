"""The text of a handout: whole in itself, small, and safe with any text."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import numpy as np
import pytest
import shapely

from maps.handout import handout
from maps.handout.ground import FINE, grown, names, pack
from maps.language import speak
from tests.maps.rows import CAPTION, hromadas, incidents, problems, roads

UK, EN = speak("uk"), speak("en")
BOX = (36.6, 49.8, 36.8, 49.9)
EVIL = "</script><script>alert(1)</script>"


def _thousand() -> list[tuple[float, float]]:
    generator = np.random.default_rng(1)
    return [tuple(place) for place in generator.uniform((36.6, 49.8), (36.8, 49.9), (1000, 2)).tolist()]


def test_a_thousand_points_fit_into_three_and_a_half_megabytes() -> None:
    page = handout([hromadas(), incidents(*_thousand())], CAPTION, BOX, UK)
    assert len(page.encode()) < 3_500_000
    assert "1\u202f000 подій" in page


def test_nothing_is_asked_of_any_network() -> None:
    page = handout([hromadas(), incidents((36.65, 49.85))], CAPTION, BOX, UK)
    outside = re.sub(r"<script>.*?</script>", "", page, flags=re.S)
    assert not re.findall(r'(?:src|href)="(?!#|data:)', outside)
    assert not re.findall(r"url\((?!#|data:)", outside)
    assert "@import" not in outside
    assert "default-src 'none'" in page
    assert "cdn" not in page
    assert "jquery" not in page.lower()
    assert "bootstrap" not in page


def test_no_data_can_end_a_script_or_open_a_tag() -> None:
    units = hromadas()
    units.values[0][1] = EVIL
    clean = handout([hromadas(), incidents((36.65, 49.85))], CAPTION, BOX, UK)
    page = handout(
        [units, incidents((36.65, 49.85), category=EVIL)],
        replace(CAPTION, title=EVIL, period=EVIL, filters=EVIL, link=EVIL),
        BOX,
        UK,
    )
    assert page.count("<script") == clean.count("<script")
    assert page.count("</script>") == clean.count("</script>")


@pytest.mark.parametrize(("language", "words"), [(UK, "Умовні позначення"), (EN, "Legend")])
def test_it_speaks_the_language_asked(language, words) -> None:
    page = handout([hromadas(), incidents((36.65, 49.85))], CAPTION, BOX, language)
    assert words in page
    assert f'<html lang="{language.code}">' in page
    assert language.date(CAPTION.day) in page


def test_it_says_its_source_and_that_it_is_fictional_and_approximate() -> None:
    page = handout([hromadas(approximate=True), incidents((36.65, 49.85))], replace(CAPTION, demo=True), BOX, UK)
    assert "Тестове джерело (CC0)" in page
    assert "Демонстраційні дані: нічого з цього не було насправді." in page
    assert "Наближені межі" in page


def test_a_handout_without_incidents_is_a_map_of_its_units() -> None:
    page = handout([hromadas()], CAPTION, BOX, UK)
    assert "markerClusterGroup({" not in page.split("</script>")[-2]
    assert "Їжакська" in page


def test_a_handout_of_reports_speaks_of_reports_and_has_their_signs() -> None:
    page = handout([hromadas(), problems((36.65, 49.85), (36.66, 49.85))], CAPTION, BOX, UK)
    assert "2 повідомлення на карті" in page
    assert '<use href="#problems-lighting"/>' in page
    assert "подія" not in page


def test_a_packed_line_is_its_first_corner_and_steps_in_hundred_thousandths_of_a_degree() -> None:
    packed = pack([roads(("primary", "", [(36.7, 49.85), (36.71, 49.85), (36.71, 49.86)]))], grown(BOX))
    line = packed[0]["lines"][0]
    assert line == [4_985_000, 3_670_000, 0, 1000, 1000, 0]


def test_shapes_are_cut_to_the_box_grown_by_some_of_its_size() -> None:
    across = roads(("primary", "", [(30.0, 49.85), (40.0, 49.85)]))
    line = pack([across], grown(BOX))[0]["lines"][0]
    assert line[1] == round((36.6 - 0.03) * FINE)
    assert line[1] + sum(line[3::2]) == round((36.8 + 0.03) * FINE)


def test_a_unit_that_is_cut_at_the_box_has_no_limit_there() -> None:
    wide = hromadas()
    wide.shapes[0] = shapely.box(36.7, 49.85, 40, 52)  # only its south-western corner lies in the box
    drawn = pack([wide.only(np.array([True] + [False] * (len(wide) - 1)))], BOX)[0]
    assert drawn["areas"]
    assert not drawn["edged"]
    [line] = drawn["lines"]
    corners = np.cumsum(np.array(line).reshape(-1, 2), axis=0) / FINE
    assert {tuple(corner) for corner in corners.tolist()} == {(49.9, 36.7), (49.85, 36.7), (49.85, 36.8)}


def test_houses_give_way_before_main_roads_when_there_is_too_much_to_pack(monkeypatch) -> None:
    monkeypatch.setattr("maps.handout.ground.CORNERS", 3)
    drawn = pack(
        [
            roads(
                ("primary", "", [(36.7, 49.85), (36.71, 49.85)]), ("residential", "", [(36.7, 49.86), (36.71, 49.86)])
            ),
        ],
        BOX,
    )
    assert [one["width"] for one in drawn] == [6]


def test_a_street_is_named_once_along_its_longest_run_never_upside_down() -> None:
    street = roads(
        ("residential", "Довга", [(36.71, 49.85), (36.70, 49.85)]),
        ("residential", "Довга", [(36.7, 49.85), (36.7, 49.851)]),
    )
    said = [one for one in names([street], BOX, UK) if one[4] == "street"]
    assert len(said) == 1
    assert said[0][:3] == ["Довга", 49.85, 36.705]
    assert said[0][5] == 0


def test_a_record_without_a_place_is_left_out_of_the_points() -> None:
    found = incidents((36.65, 49.85), (36.66, 49.85))
    found.shapes[1] = None
    page = handout([found], CAPTION, BOX, UK)
    records = json.loads(re.findall(r"var data = (\[\[.*?\]\]);", page)[0])
    assert [record[:2] for record in records] == [[49.85, 36.65]]


def test_an_area_smaller_than_a_step_is_not_packed() -> None:
    tiny = hromadas()
    tiny.shapes[:] = [shapely.box(36.7, 49.85, 36.700001, 49.850001), shapely.box(36.7, 49.85, 36.75, 49.88)]
    assert len(pack([tiny], BOX)[0]["areas"]) == 1
