"""Maps on paper: pages, words, figures and data that stays text."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from layers.errors import BadInput
from maps.language import speak
from maps.paper import picture_png, print_map, sheet_for
from maps.paper.figures import tables
from maps.picture import CARD, draw
from maps.rows import Rows
from tests.maps.rows import CAPTION, hromadas, incidents, problems

UK, EN = speak("uk"), speak("en")
BOX = (36.6, 49.8, 36.8, 49.9)
ROWS = [hromadas(), incidents((36.65, 49.85), (36.66, 49.86), symbol="theft")]


def _words(pdf: bytes, folder: Path) -> str:
    """Return what the pages say, as another program reads them."""
    if not shutil.which("pdftotext"):
        pytest.skip("no pdftotext on this machine (poppler-utils)")
    (folder / "map.pdf").write_bytes(pdf)
    done = subprocess.run(["pdftotext", "-layout", folder / "map.pdf", "-"], capture_output=True, check=True)
    return done.stdout.decode()


def _about(pdf: bytes, folder: Path) -> str:
    (folder / "map.pdf").write_bytes(pdf)
    return subprocess.run(["pdfinfo", folder / "map.pdf"], capture_output=True, check=True, text=True).stdout


def test_the_first_page_stands_alone_and_figures_follow(tmp_path: Path) -> None:
    caption = replace(CAPTION, demo=True, link="https://bezpeka.example/?unit=UA01")
    first, second, *_ = _words(print_map(ROWS, caption, BOX, UK), tmp_path).split("\f")
    for said in ("Чугуїв: події", "листопад 2026 р.", "2 події", "Демонстраційні дані", "Жива карта", "1/2", "CC0"):
        assert said in first
    assert "23 листопада 2026 р." in first
    assert "За видом" in second
    assert "2/2" in second


def test_every_letter_of_ukrainian_is_on_paper(tmp_path: Path) -> None:
    letters = "АБВГҐДЕЄЖЗИІЇЙКЛМНОПРСТУФХЦЧШЩЬЮЯ абвгґдеєжзиіїйклмнопрстуфхцчшщьюя ʼ «» — № ₴"
    pdf = print_map(ROWS, replace(CAPTION, title=letters), BOX, UK)
    said = " ".join(_words(pdf, tmp_path).split())
    for word in letters.split():
        assert word in said
    fonts = subprocess.run(["pdffonts", tmp_path / "map.pdf"], capture_output=True, check=True, text=True).stdout
    assert {line.split()[-5] for line in fonts.splitlines()[2:] if "SourceSans3" in line} == {"yes"}  # embedded
    assert "Libertinus" not in fonts


@pytest.mark.parametrize(
    "text", ['#panic("run")', "#{ sys.inputs }", "$ x^2 $", "*bold* `raw` <label> @ref", '"\\', '#image("/etc/passwd")']
)
def test_markup_of_typst_stays_text(text: str, tmp_path: Path) -> None:
    pdf = print_map(ROWS, replace(CAPTION, title=text), BOX, EN)
    assert text in " ".join(_words(pdf, tmp_path).split())


def test_a_wide_box_lies_and_a_tall_one_stands(tmp_path: Path) -> None:
    assert sheet_for((36.0, 49.8, 37.0, 49.9), "a4").lying
    assert not sheet_for((36.6, 49.0, 36.7, 50.0), "a4").lying
    assert "841.89 x 595.276 pts (A4)" in _about(print_map(ROWS, CAPTION, (36.0, 49.8, 37.0, 49.9), UK), tmp_path)
    assert "841.89 x 1190.55" in _about(print_map(ROWS, CAPTION, (36.6, 49.0, 36.7, 50.0), UK, paper="a3"), tmp_path)


def test_an_unknown_paper_is_answered_with_those_that_exist() -> None:
    with pytest.raises(BadInput, match="a4, a3"):
        print_map(ROWS, CAPTION, BOX, UK, paper="letter")


def test_a_map_without_incidents_is_one_page(tmp_path: Path) -> None:
    assert "Pages:           1" in _about(print_map([hromadas()], CAPTION, BOX, UK), tmp_path)


def test_a_long_title_and_many_notes_push_nothing_off_the_page(tmp_path: Path) -> None:
    caption = replace(CAPTION, title="Дуже довга назва території " * 6, demo=True)
    pdf = print_map([hromadas(approximate=True)], caption, BOX, UK)
    assert "Pages:           1" in _about(pdf, tmp_path)


def _units_of(points: Rows, *codes: list[str]) -> Rows:
    for row, carried in zip(points.values, codes, strict=True):
        row[4] = carried
    return points


def test_figures_by_unit_add_up_with_what_lies_in_none_said() -> None:
    points = _units_of(incidents((36.65, 49.85), (36.75, 49.85), (36.0, 49.0)), ["UA01"], ["UA01", "X"], ["X"])
    units = tables([hromadas(), points], EN)[-1]
    assert [(row["said"], row["count"]) for row in units["rows"]] == [("Yizhakska", 2), ("Gankivska", 0)]
    assert units["note"] == "1 incident lies in none of them"


def test_figures_of_reports_are_headed_as_such() -> None:
    points = _units_of(problems((36.65, 49.85)), ["X"])
    [kinds, units] = tables([hromadas(), points], EN)
    assert kinds["counted"] == "Reports"
    assert units["note"] == "1 report lies in none of them"


def test_figures_by_month_follow_the_calendar() -> None:
    points = incidents((36.65, 49.85), (36.65, 49.85), (36.65, 49.85))
    for row, month in zip(points.values, ("2026-02", "2025-12", "2026-02"), strict=True):
        row[3] = month
    months = next(part for part in tables([points], EN) if part["title"] == "By month")
    assert [row["count"] for row in months["rows"]] == [1, 2]


def test_the_count_on_paper_is_of_what_the_map_shows(tmp_path: Path) -> None:
    pdf = print_map([incidents((36.65, 49.85), (10.0, 10.0))], CAPTION, BOX, EN)
    assert "1 incident" in _words(pdf, tmp_path)


def test_a_share_card_is_a_png_of_the_size_that_networks_ask_for() -> None:
    from io import BytesIO

    from PIL import Image

    card = picture_png(draw(ROWS, CAPTION, BOX, UK, form=CARD))
    assert Image.open(BytesIO(card)).size == (1200, 630)
