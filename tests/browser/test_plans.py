"""A camera plan as a deputy uses it: the map and its toggles, a camera turned and saved as a variant, a phone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import text

from geo_api.app import create_app
from geo_api.settings import read_settings
from layers.cameras import actions
from layers.database.engine import Database
from tests import cameras
from tests.browser.conftest import Watch, serving

pytestmark = pytest.mark.browser
expect.set_options(timeout=20_000)  # pages are drawn in threads of a machine that does much else
LONG = "План для вулиці з довгою назвою, яку вигадали для перевірки, від школи до річки й далі"


@pytest.fixture(scope="module")
def made(database: Database, tmp_path_factory: pytest.TempPathFactory) -> tuple[int, int, Path]:
    """Make two plans of the made-up street; return their numbers and the area's profile."""
    home = tmp_path_factory.mktemp("home")
    area = cameras.area_of(home)
    with database.begin(cameras.ROBOT) as session:
        cameras.lay(session)
    one, other = (cameras.plan(database, area, title=title) for title in ("Перший", LONG))
    return one, other, home


@pytest.fixture(scope="module")
def site(database: Database, database_url: str, made: tuple[int, int, Path]) -> Iterator[str]:
    home = made[2]
    given = {"database_url": database_url, "demo": True, "home": home, "area": cameras.area_of(home).profile}
    with serving(lambda _: create_app(read_settings().model_copy(update=given))) as address:
        yield address


def come_in(page: Page, site: str, database: Database) -> None:
    """Come in as the demonstration's deputy, whom the coordinator has named."""
    page.goto(f"{site}/sign-in")
    page.get_by_role("button", name="Депутат").press("Enter")
    page.wait_for_url(f"{site}/")
    with database.begin(cameras.ROBOT) as session:
        account = session.scalar(text("SELECT id FROM accounts WHERE role = 'deputy'"))
        actions.name_deputy(session, cameras.ROBOT, account, named=True)


def drawn(page: Page, address: str) -> None:
    page.goto(address)
    page.locator("#plan-stage[data-ready]").wait_for(state="attached", timeout=60_000)


def test_the_map_shows_each_camera_and_says_what_the_toggles_change(
    page: Page, site: str, database: Database, made: tuple[int, int, Path]
) -> None:
    come_in(page, site, database)
    drawn(page, f"{site}/plans/{made[0]}")
    expect(page.get_by_role("region", name="Карта плану").get_by_role("button", name="Камера ")).to_have_count(4)
    page.get_by_role("radio", name="уночі").check()
    told = page.locator("#map-news")
    expect(told).to_contain_text("уночі: видно")
    before = told.text_content()
    page.locator("#toggles input[name=level]").last.check()
    expect(told).not_to_have_text(before or "")
    page.get_by_role("button", name="Камера 2", exact=True).press("Enter")
    expect(page.locator(".card.chosen .no")).to_have_text("2")


def test_a_camera_is_turned_seen_undone_turned_again_and_saved_as_a_variant(
    page: Page, site: str, database: Database, made: tuple[int, int, Path]
) -> None:
    come_in(page, site, database)
    drawn(page, f"{site}/plans/{made[0]}")
    page.get_by_role("button", name="Пересунути чи повернути").first.click()
    figures = page.locator("#trial-figures")
    expect(figures).to_contain_text("Видно вдень", timeout=180_000)  # the first try compiles
    as_planned = figures.text_content()
    slider, undo = page.get_by_label("Куди дивиться"), page.get_by_role("button", name="Скасувати останню зміну")
    expect(undo).to_be_disabled()
    slider.evaluate("it => { it.value = (Number(it.value) + 180) % 360; it.dispatchEvent(new Event('input')) }")
    expect(figures).not_to_have_text(as_planned or "")
    undo.click()
    expect(figures).to_have_text(as_planned or "")
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(undo).to_be_enabled()
    page.get_by_label("Як назвати варіант").fill("Повернули праворуч")
    page.get_by_role("button", name="Зберегти як варіант").click()
    page.wait_for_url("**/plans/making/*")
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_two_plans_stand_on_one_map_and_either_can_be_hidden(
    page: Page, site: str, database: Database, made: tuple[int, int, Path]
) -> None:
    come_in(page, site, database)
    drawn(page, f"{site}/plans/compare?a={made[0]}&b={made[1]}")
    marks = page.locator("#plan-stage .marker:not([hidden])")
    expect(marks).to_have_count(7)
    page.locator("#which input[value=a]").check()
    expect(marks).to_have_count(4)


def test_without_webgl_the_page_says_that_the_table_tells_the_same(
    browser_without_webgl: Browser, site: str, watch: Watch, database: Database, made: tuple[int, int, Path]
) -> None:
    context = watch.context(browser_without_webgl, viewport={"width": 1280, "height": 800})
    page = context.new_page()
    come_in(page, site, database)
    page.goto(f"{site}/plans/{made[0]}")
    expect(page.locator("#plan-stage")).to_contain_text("таблиц")
    page.get_by_text("Камери таблицею").click()
    expect(page.get_by_role("columnheader", name="Широта, довгота")).to_be_visible()
    watch.forgive("WebGL")
    context.close()


@pytest.mark.parametrize("path", ["/plans", "/plans/{one}", "/plans/compare?a={one}&b={other}", "/plans/network"])
def test_the_pages_fit_a_phone_and_are_accessible(
    phone: Page, site: str, database: Database, made: tuple[int, int, Path], path: str
) -> None:
    come_in(phone, site, database)
    phone.goto(site + path.format(one=made[0], other=made[1]))
    phone.wait_for_load_state("networkidle")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    found = Axe().run(phone, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa"]})
    assert found.violations_count == 0, found.generate_report()
