"""A handout opened from disk in Debian's Chromium: nothing is asked of a network, and data stays text."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from maps.handout import handout
from maps.language import speak
from tests.maps.rows import CAPTION, hromadas, incidents, roads

pytestmark = pytest.mark.browser

BOX = (36.6, 49.8, 36.8, 49.9)
EVIL = '<script>window.bad = 1</script><img src=x onerror="window.bad = 1">'
ROAD = roads(("primary", "вулиця Харківська", [(36.6, 49.85), (36.8, 49.85)]))


def _open(browser: Browser, folder: Path, text: str, *, width: int = 1280, height: int = 800) -> tuple[Page, list[str]]:
    path = folder / "map.html"
    path.write_text(text, "utf-8")
    page = browser.new_page(viewport={"width": width, "height": height})
    wrong: list[str] = []
    page.on(
        "request",
        lambda r: None if r.url == path.as_uri() or r.url.startswith(("data:", "blob:")) else wrong.append(r.url),
    )
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.goto(path.as_uri())
    return page, wrong


def _zoom_in(page: Page, times: int) -> None:
    for _ in range(times):
        page.get_by_role("button", name="Наблизити").click()
        page.wait_for_timeout(400)


def test_it_opens_from_disk_and_asks_nothing_of_anybody(browser: Browser, tmp_path: Path) -> None:
    places = [(36.61 + 0.001 * n, 49.81 + 0.0005 * n) for n in range(150)]
    page, wrong = _open(browser, tmp_path, handout([hromadas(), ROAD, incidents(*places)], CAPTION, BOX, speak("uk")))
    expect(page.get_by_role("heading", name="Чугуїв: події")).to_be_visible()
    expect(page.locator(".heap").first).to_be_visible()
    page.wait_for_timeout(600)  # the heaps of the first zoom fade
    heaped = sum(int(text) for text in page.locator(".heap").all_inner_texts())
    assert heaped + page.locator(".leaflet-marker-icon.sign").count() == 150
    _zoom_in(page, 2)
    page.mouse.wheel(0, -400)
    page.wait_for_timeout(600)
    assert wrong == []


def test_what_is_written_in_a_record_stays_text_in_its_card(browser: Browser, tmp_path: Path) -> None:
    units = hromadas()
    units.values[0][1] = EVIL
    caption = replace(CAPTION, title=EVIL)
    page, wrong = _open(
        browser, tmp_path, handout([units, incidents((36.7, 49.85), category=EVIL)], caption, BOX, speak("uk"))
    )
    page.get_by_role("button", name="Крадіжка").click()
    expect(page.locator(".leaflet-popup-content")).to_contain_text(EVIL)
    expect(page.get_by_role("heading", level=1)).to_have_text(EVIL)
    assert page.evaluate("() => window.bad") is None
    assert wrong == []


def test_a_legend_hides_and_shows_a_kind(browser: Browser, tmp_path: Path) -> None:
    page, _ = _open(browser, tmp_path, handout([incidents((36.7, 49.85), (36.61, 49.81))], CAPTION, BOX, speak("uk")))
    box = page.get_by_role("checkbox", name="Крадіжка")
    expect(page.locator(".leaflet-marker-icon")).to_have_count(2)
    box.uncheck()
    expect(page.locator(".leaflet-marker-icon")).to_have_count(0)
    box.check()
    expect(page.locator(".leaflet-marker-icon")).to_have_count(2)


def test_many_records_at_one_place_are_counted_in_one_card(browser: Browser, tmp_path: Path) -> None:
    page, _ = _open(browser, tmp_path, handout([incidents(*[(36.7, 49.85)] * 60)], CAPTION, BOX, speak("uk")))
    expect(page.locator(".heap")).to_have_count(1)  # the one of the first zoom has faded
    page.locator(".heap").click()
    card = page.locator(".leaflet-popup-content")
    expect(card).to_contain_text("Крадіжка")
    expect(card.locator("li b")).to_have_text("60")


def test_on_a_phone_the_legend_is_folded_and_the_map_is_seen(browser: Browser, tmp_path: Path) -> None:
    page, wrong = _open(
        browser,
        tmp_path,
        handout([hromadas(), incidents((36.7, 49.85))], CAPTION, BOX, speak("uk")),
        width=390,
        height=844,
    )
    expect(page.get_by_role("checkbox", name="Крадіжка")).to_be_hidden()
    panel, mark = page.locator(".panel").bounding_box(), page.locator(".leaflet-marker-icon").bounding_box()
    assert panel
    assert mark
    assert mark["y"] > panel["y"] + panel["height"]
    page.get_by_text("Умовні позначення").click()
    expect(page.get_by_role("checkbox", name="Крадіжка")).to_be_visible()
    assert wrong == []


def test_names_of_units_and_streets_are_written_without_overlap(browser: Browser, tmp_path: Path) -> None:
    page, _ = _open(browser, tmp_path, handout([hromadas(), ROAD], CAPTION, BOX, speak("uk")))
    expect(page.locator(".name.unit")).to_have_count(2)
    _zoom_in(page, 3)
    boxes = [name.bounding_box() for name in page.locator(".name").all()]
    for i, one in enumerate(boxes):
        for other in boxes[i + 1 :]:
            assert one
            assert other
            apart = one["x"] + one["width"] <= other["x"] or other["x"] + other["width"] <= one["x"]
            assert apart or one["y"] + one["height"] <= other["y"] or other["y"] + other["height"] <= one["y"]
