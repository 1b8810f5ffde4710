"""The live map as a reader uses it, with a mouse, a finger, a keyboard, or without scripts and WebGL."""

from __future__ import annotations

import math
import re
from typing import Any

import mapbox_vector_tile
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Watch

pytestmark = pytest.mark.browser

expect.set_options(timeout=20_000)  # the machine may be busy with other tests

CHUHUIV = "at=12/49.8353/36.6880"


def open_map(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.locator("html.has-map")).to_be_attached(timeout=20_000)
    expect(page.locator("[name=bbox]")).not_to_have_value("")
    settle(page)


def settle(page: Page) -> None:
    """Wait until the map is drawn and the list is again of what it shows."""
    expect(page.locator("#map")).not_to_have_attribute("aria-busy", "true")
    expect(page.locator("#found")).not_to_have_attribute("aria-busy", "true")


def total(page: Page) -> int:
    """Return the number that stands beside the word "list"."""
    text = page.get_by_role("tab", name="Список").locator("[data-total]").inner_text()
    return int(re.sub(r"\D", "", text))


def counted(page: Page, label: str) -> int:
    row = page.locator("label.choice", has_text=label)
    return int(re.sub(r"\D", "", row.locator(".figure").inner_text()))


def test_it_opens_on_the_map_with_the_units_of_2017_first(page: Page, site: str) -> None:
    open_map(page, site)
    expect(page.get_by_role("radio", name="Райони 2017 року")).to_be_checked()
    expect(page.get_by_role("note")).to_be_visible()
    assert total(page) > 1000
    page.locator(".segments").get_by_text("Громади").click()
    expect(page.get_by_role("radio", name=re.compile("^Чугуївська"))).to_be_visible()
    expect(page).to_have_url(re.compile("units=hromadas"))


def test_the_list_says_as_much_as_the_tiles_show(page: Page, site: str) -> None:
    open_map(page, f"{site}/?at=14/49.8353/36.6880")
    listed = total(page)
    assert 0 < listed < 2000
    page.get_by_role("tab", name="Список").click()
    expect(page.get_by_text(re.compile(r"под(ій|ії|ія) на карті"))).to_be_visible()
    box = page.locator("[name=bbox]").input_value()
    answer: Any = page.request.get(f"{site}/api/incidents?bbox={box}&limit=1000").json()
    assert answer["numberReturned"] == listed
    while page.get_by_role("link", name=re.compile("Показати ще")).count():
        before = page.locator(".item").count()
        page.get_by_role("link", name=re.compile("Показати ще")).click()
        expect(page.locator(".item").nth(before)).to_be_attached()
    assert page.locator(".item").count() == listed


def test_a_category_narrows_map_list_and_address_alike(page: Page, site: str) -> None:
    open_map(page, site)
    thefts = counted(page, "Шахрайство")
    with page.expect_response(re.compile(r"/tiles/incidents/.*category=fraud")):
        page.get_by_role("checkbox", name="Шахрайство").check()
    expect(page.locator("[data-total]")).to_have_text(re.compile(rf"^{thefts}$"))
    expect(page).to_have_url(re.compile("category=fraud"))
    page.reload()
    expect(page.get_by_role("checkbox", name="Шахрайство")).to_be_checked()
    page.get_by_role("button", name="Скинути фільтри").click()
    expect(page).not_to_have_url(re.compile("category"))


def test_the_slider_moves_by_months_from_the_keyboard(page: Page, site: str) -> None:
    open_map(page, site)
    everything = total(page)
    thumb = page.get_by_role("slider", name="З місяця")
    thumb.focus()
    with page.expect_response(re.compile(r"/list\?.*from=2025-02")):
        for _ in range(3):
            page.keyboard.press("ArrowRight")
    expect(thumb).to_have_attribute("aria-valuetext", "лютий 2025 р.")
    expect(page).to_have_url(re.compile("from=2025-02"))
    settle(page)
    assert 0 < total(page) < everything


def test_from_the_list_to_the_place_and_back(page: Page, site: str) -> None:
    open_map(page, f"{site}/?{CHUHUIV}")
    page.get_by_role("tab", name="Список").click()
    page.locator(".item").first.press("Enter")
    expect(page.get_by_role("heading", name=re.compile("^Тут "))).to_be_visible()
    expect(page).to_have_url(re.compile(r"here=36\.\d+%2C49\.\d+"))
    there = page.url
    page.get_by_role("link", name=re.compile("Назад до всієї карти")).click()
    expect(page.get_by_role("heading", name=re.compile("^Тут "))).to_have_count(0)
    open_map(page, there)
    expect(page.get_by_role("heading", name=re.compile("^Тут "))).to_be_visible()


def test_a_record_on_the_map_opens_in_the_list(page: Page, site: str) -> None:
    lon, lat = alone(page, site)
    open_map(page, f"{site}/?at=10/{lat}/{lon}")
    page.mouse.click(400 + (1280 - 400) / 2, page.locator("#map").bounding_box()["height"] / 2 + 32)  # type: ignore[index]
    expect(page.get_by_role("heading", name="Тут 1 подія")).to_be_visible()
    assert page.locator(".item").count() == 1


def alone(page: Page, site: str) -> tuple[float, float]:
    """Return a place that a tile of zoom 10 shows as a single record."""
    tiles = [(x, y) for x in (615, 616) for y in (346, 347, 348, 349)]
    for x, y in tiles:
        drawn = mapbox_vector_tile.decode(page.request.get(f"{site}/tiles/incidents/10/{x}/{y}.mvt").body() or b"")
        for feature in drawn.get("incidents", {"features": []})["features"]:
            if feature["properties"]["count"] == 1:
                east, north = feature["geometry"]["coordinates"]
                lon = (x + east / 4096) / 2**10 * 360 - 180
                lat = math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * (y + 1 - north / 4096) / 2**10))))
                return lon, lat
    raise AssertionError("no record stands alone")


def test_a_unit_is_chosen_and_looked_at(page: Page, site: str) -> None:
    open_map(page, site)
    there = counted(page, "Печенізький")
    page.get_by_role("radio", name=re.compile("Печенізький")).check()
    expect(page.locator("[data-total]")).to_have_text(re.compile(rf"^{there}$"))
    expect(page).to_have_url(re.compile("unit=6324600000"))


def test_search_is_a_combobox_for_the_keyboard(page: Page, site: str) -> None:
    open_map(page, site)
    box = page.get_by_role("combobox", name="Знайти населений пункт або вулицю")
    box.fill("Чугу")
    first = page.get_by_role("option").first
    expect(first).to_contain_text("Чугуїв")
    box.press("ArrowDown")
    expect(first).to_have_attribute("aria-selected", "true")
    box.press("Enter")
    expect(page).to_have_url(re.compile(r"at=1[2-6]\.\d+%2F49\.8"))


def test_english_and_the_dark_theme_are_kept(page: Page, site: str) -> None:
    open_map(page, f"{site}/?{CHUHUIV}")
    page.get_by_role("button", name="Світлий або темний вигляд").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("tab", name="Filters")).to_be_visible()
    expect(page).to_have_url(re.compile("at=12"))
    page.goto(site)
    expect(page.get_by_role("tab", name="Filters")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_the_sheet_of_a_phone_has_three_heights(phone: Page, site: str) -> None:
    open_map(phone, site)
    handle = phone.get_by_role("button", name="Підняти або опустити панель")
    panel = phone.locator("#panel")
    for height in ("half", "full", "peek"):
        handle.click()
        expect(panel).to_have_attribute("data-height", height)
    handle.focus()
    handle.press("ArrowUp")
    expect(panel).to_have_attribute("data-height", "half")
    assert phone.evaluate("() => document.documentElement.scrollWidth") <= 390


def test_without_webgl_the_list_and_a_picture_serve(browser_without_webgl: Browser, watch: Watch, site: str) -> None:
    context = watch.context(browser_without_webgl, viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(site)
    expect(page.locator("html.no-map")).to_be_attached(timeout=20_000)
    expect(page.get_by_role("img", name=re.compile("Карта, Чугуївщина"))).to_be_visible()
    page.get_by_role("link", name="Наблизити").click()
    expect(page).to_have_url(re.compile("at="))
    expect(page.locator("html.no-map")).to_be_attached(timeout=20_000)  # its scripts have begun
    page.get_by_role("tab", name="Список").click()
    expect(page.locator(".item").first).to_be_visible()
    watch.forgive("WebGL")
    context.close()


def test_without_scripts_it_is_a_form_a_list_and_a_picture(browser: Browser, watch: Watch, site: str) -> None:
    context = watch.context(browser, viewport={"width": 1280, "height": 800}, java_script_enabled=False)
    page = context.new_page()
    page.goto(site)
    page.get_by_role("checkbox", name="Шахрайство").check()
    page.get_by_role("button", name="Показати", exact=True).click()
    expect(page).to_have_url(re.compile("category=fraud"))
    titles = page.locator(".item strong").all_inner_texts()
    assert set(titles) == {"Шахрайство"}
    page.get_by_role("link", name=re.compile("Показати ще")).click()
    assert page.locator(".item").count() > 0
    context.close()


def test_the_print_view_stands_alone(page: Page, site: str) -> None:
    page.goto(f"{site}/print?{CHUHUIV}")
    picture = page.get_by_role("img", name=re.compile("цифри нижче"))
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 500
    expect(page.get_by_role("row", name=re.compile("Шахрайство"))).to_be_visible()
    assert page.locator(".code a").inner_text().startswith(site)
    paper = page.request.get(site + (page.get_by_role("link", name="PDF A4").get_attribute("href") or ""))
    assert paper.body().startswith(b"%PDF-")


def test_the_print_view_fits_a_phone_and_names_the_system_of_units_that_the_map_shows(phone: Page, site: str) -> None:
    phone.goto(f"{site}/print")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    of_2017, hromadas = (phone.request.get(f"{site}/sheet.svg{query}").text() for query in ("", "?units=hromadas"))
    assert "Печенізький район" in of_2017
    assert "Слобожанська" not in of_2017
    assert "Слобожанська" in hromadas
    assert "Печенізький район" not in hromadas
