"""A map as SVG: whole in itself, safe with any text, true to scale, and legible."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from xml.etree import ElementTree

import numpy as np
import pytest
import shapely

from layers.text import bare
from maps.language import speak
from maps.picture import Format, Pen, draw
from maps.picture.ground import on_sheet
from maps.picture.labels import Lettering, Taken, across
from maps.picture.marks import heaps
from maps.picture.sheet import path, window
from maps.rows import Rows
from tests.maps.rows import CAPTION, hromadas, incidents, problems, roads

UK, EN = speak("uk"), speak("en")
BOX = (36.6, 49.8, 36.8, 49.9)
SVG = "{http://www.w3.org/2000/svg}"


def _tree(rows: list[Rows], **options: object) -> ElementTree.Element:
    return ElementTree.fromstring(draw(rows, CAPTION, BOX, UK, **options))  # type: ignore[arg-type]


def _texts(tree: ElementTree.Element) -> list[str]:
    return ["".join(text.itertext()) for text in tree.iter(f"{SVG}text")]


def test_a_picture_refers_to_nothing_outside_itself() -> None:
    svg = draw([hromadas(approximate=True), incidents((36.65, 49.85))], CAPTION, BOX, UK, pen=Pen(paper=True))
    assert set(re.findall(r'href="(.)', svg)) == {"#"}
    assert set(re.findall(r"url\((.)", svg)) == {"#"}
    assert "<style" not in svg
    assert "<image" not in svg
    defined = set(re.findall(r'id="([^"]+)"', svg))
    assert set(re.findall(r"#([\w-]+)[\")]", re.sub(r'"#[0-9a-f]{3,6}"', "", svg))) <= defined


def test_names_and_titles_with_markup_stay_text() -> None:
    units = hromadas()
    units.values[0][1] = '<script>alert("1")</script>&'
    svg = draw([units], replace(CAPTION, title="<b>&</b>"), BOX, UK)
    assert "<script" not in svg
    assert '<script>alert("1")</script>&' in "".join(_texts(ElementTree.fromstring(svg)))


def test_the_page_says_title_date_count_source_and_notes() -> None:
    caption = replace(CAPTION, demo=True)
    said = " ".join(_texts(ElementTree.fromstring(draw([hromadas(), incidents((36.65, 49.85))], caption, BOX, EN))))
    for part in ("Чугуїв: події", "23 November 2026", "1 incident", "Test source (CC0)", "Demo data"):
        assert part in said


def test_it_can_be_read_aloud() -> None:
    tree = _tree([hromadas()])
    assert tree.attrib["role"] == "img"
    assert tree.attrib["lang"] == "uk"
    assert tree.findtext(f"{SVG}title") == "Чугуїв: події"
    assert "23 листопада 2026 р." in (tree.findtext(f"{SVG}desc") or "")


@pytest.mark.parametrize(("approximate", "dashed"), [(True, True), (False, False)])
def test_approximate_units_are_dashed_and_hatched_and_exact_ones_are_not(approximate: bool, dashed: bool) -> None:
    svg = draw([hromadas(approximate=approximate)], CAPTION, BOX, UK, form=Format(600, 400, legend=""))
    assert ("stroke-dasharray" in svg) is dashed
    assert ('id="hatch"' in svg) is dashed


def test_every_unit_is_named_in_the_language_asked() -> None:
    assert "Yizhakska" in _texts(ElementTree.fromstring(draw([hromadas()], CAPTION, BOX, EN)))
    assert "Ґанківська" in _texts(_tree([hromadas()]))


def test_a_window_is_true_to_scale() -> None:
    sheet = window((36.6, 49.84, 36.8, 49.86), 10, 20, 400, 300)
    west, east = sheet.place(np.array([[36.6, 49.85], [36.8, 49.85]]))
    assert east[0] - west[0] == pytest.approx(400)  # the box is wider than the sheet: it fills the width
    metres = 0.2 * 111_320 * np.cos(np.radians(49.85))
    assert sheet.ground == pytest.approx(metres / 400, rel=0.005)


def test_paths_are_relative_tenths_of_a_point_closed_where_they_are_areas() -> None:
    assert path(np.array([shapely.box(1, 1, 2, 2)])) == "M20 10l0 10-10 0 0-10z"
    assert path(np.array([shapely.LineString([(0, 0), (1.04, -1)])])) == "M0 0l10-10"


def test_an_area_too_small_to_be_seen_is_left_out() -> None:
    assert path(np.array([shapely.box(0, 0, 0.1, 0.1)])) == ""


def test_heaps_hold_every_incident_once_and_do_not_overlap() -> None:
    generator = np.random.default_rng(7)
    places = [tuple(place) for place in generator.normal((36.7, 49.85), (0.02, 0.01), (500, 2)).tolist()]
    sheet = window(BOX, 0, 0, 600, 400)
    found = heaps(on_sheet(incidents(*places), sheet), sheet)
    assert sum(heap.count for heap in found) == 500
    assert 5 < len(found) < 200
    for one, other in combinations(found, 2):
        assert np.hypot(one.x - other.x, one.y - other.y) > (one.radius + other.radius) * 0.9


def test_a_heap_at_the_edge_is_moved_inside_so_that_its_figure_can_be_read() -> None:
    sheet = window(BOX, 0, 0, 600, 400)
    heap = heaps(on_sheet(incidents(*[(36.6001, 49.85)] * 50), sheet), sheet)[0]
    assert heap.count == 50
    assert heap.x - heap.radius >= 0


def test_incidents_outside_the_window_are_neither_drawn_nor_counted() -> None:
    said = _texts(_tree([incidents((36.65, 49.85), (10.0, 10.0))], form=Format(400, 200)))
    assert any("1 " in text and "2 " not in text for text in said if "·" in text)


def test_a_map_of_reports_is_drawn_and_counted_as_one_of_incidents() -> None:
    tree = _tree([hromadas(), problems((36.61, 49.81), (36.79, 49.89))])
    assert any("2 повідомлення на карті" in text for text in _texts(tree))
    signs = [use.get("href") for use in tree.iter("{http://www.w3.org/2000/svg}use")]
    assert signs.count("#problems-lighting") == 3  # two on the map, one in the legend


def _rectangles(taken: Taken) -> Iterator[tuple[float, float, float, float]]:
    yield from {rect for rects in taken.cells.values() for rect in rects}


def test_no_street_name_is_written_where_it_does_not_fit_or_bends() -> None:
    straight = ("residential", "вулиця Довга Пряма", [(36.69, 49.85), (36.71, 49.85)])
    short = ("residential", "вулиця Коротка", [(36.70, 49.851), (36.7001, 49.851)])
    bent = ("residential", "вулиця Крива", [(36.69 + 0.001 * (i % 2), 49.849 + 0.0001 * i) for i in range(20)])
    tree = ElementTree.fromstring(draw([roads(straight, short, bent)], CAPTION, (36.69, 49.845, 36.71, 49.855), UK))
    written = [said for said in _texts(tree) if said.startswith("вулиця")]
    assert written == ["вулиця Довга Пряма"]


def test_a_street_drawn_from_right_to_left_is_still_read_from_left_to_right() -> None:
    backwards = ("residential", "вулиця Довга Пряма", [(36.71, 49.85), (36.69, 49.85)])
    tree = ElementTree.fromstring(draw([roads(backwards)], CAPTION, (36.69, 49.845, 36.71, 49.855), UK))
    line = next(p.attrib["d"] for p in tree.iter(f"{SVG}path") if p.attrib.get("id") == "l0")
    numbers = [float(n) for n in re.findall(r"-?[\d.]+", line)]
    assert numbers[0] < numbers[-2]


def test_what_is_taken_is_not_free() -> None:
    taken = Taken(window(BOX, 0, 0, 400, 300))
    taken.take([(100, 100, 150, 110)])
    assert not taken.free([(149, 109, 160, 120)])
    assert taken.free([(151, 100, 160, 110)])
    assert not taken.free([(-5, 100, 20, 110)])  # outside the window
    assert list(_rectangles(taken)) == [(100, 100, 150, 110)]


def test_a_dense_town_is_drawn_small_and_whole(shared_data: object) -> None:
    """Twenty thousand real incidents become a picture of some tens of kilobytes."""
    import csv
    from pathlib import Path

    source = Path(str(shared_data), "city_of_london", "incidents", "city_of_london_2018_2020.csv")
    if not source.is_file():
        pytest.skip(f"no real data at {source}")
    with source.open(encoding="utf-8") as file:
        places = [(float(r["Longitude"]), float(r["Latitude"])) for r in csv.DictReader(file) if r["Longitude"]]
    svg = draw([incidents(*places)], CAPTION, (-0.113, 51.507, -0.073, 51.523), EN)
    assert len(svg) < 120_000
    said = re.search(r"(\d\d),(\d{3}) incidents", svg)
    assert said
    assert 19_500 < int(said[1] + said[2]) <= len(places)


def test_the_months_of_incidents_are_named_from_the_first_to_the_last() -> None:
    from maps.rows import span

    found = incidents((36.65, 49.85), (36.65, 49.85))
    assert span(found, EN) == "November 2026"
    found.values[0][3] = "2025-02"
    assert span(found, EN) == "February 2025 – November 2026"


def test_a_units_name_rather_crosses_its_limit_than_covers_a_heap() -> None:
    taken = Taken(window(BOX, 0, 0, 400, 300))
    taken.take([(100, 100, 200, 200)])  # a heap as large as the unit itself
    unit = shapely.box(95, 95, 215, 215)
    of = Lettering(10, "#000", "#fff")
    across("Чугуївський", unit, of, taken)
    [name] = {rect for cell in taken.cells.values() for rect in cell} - {(100, 100, 200, 200)}
    assert name[0] >= 200 or name[1] >= 200 or name[2] <= 100 or name[3] <= 100


def test_the_note_in_brackets_is_left_out_on_the_map() -> None:
    assert bare("Чугуївський район (до 2020 р.)") == "Чугуївський район"
    assert bare("(без назви)") == "(без назви)"
