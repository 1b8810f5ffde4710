"""A resident subscribes: on a phone, by keyboard, without scripts; nothing stands in anybody's way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import text

from geo_api.app import create_app
from geo_api.settings import read_settings
from layers.area import Area
from layers.database.engine import Database
from layers.privacy.actions import ensure_snap_points
from layers.viewer import robot
from tests import town
from tests.browser.conftest import Watch
from tests.serving import serving

ROBOT = robot("test")
STREET = """
INSERT INTO streets (id, name_uk, name_en, kind, key_uk, key_en, point, geom)
SELECT 's1', 'вулиця Музейна', 'Muzeina Street', 'street', 'музеина', 'muzeina', ST_PointOnSurface(line), ST_Multi(line)
FROM (SELECT ST_GeomFromText('LINESTRING(36.001 50.01, 36.019 50.01)', 4326) AS line) drawn
"""

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def area(tmp_path_factory: pytest.TempPathFactory) -> Area:
    return town.profile(tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="module")
def site(database: Database, database_url: str, area: Area, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of the town's map, whose letters wait in the outbox."""
    with database.begin(ROBOT) as session:
        town.build(session)
        session.execute(text(STREET))
        ensure_snap_points(session, area, now=datetime.now(UTC))
    given = {"database_url": database_url, "home": tmp_path_factory.mktemp("home"), "area": area.profile}
    given |= {"smtp_host": "127.0.0.1"}
    settings = read_settings().model_copy(update=given)
    with serving(lambda address: create_app(settings.model_copy(update={"public_url": address}))) as address:
        yield address


def wanted(database: Database, email: str) -> dict[str, object]:
    """Return what came of a form: units, street, and the drawn place's corners."""
    with database.begin(ROBOT) as session:
        row = session.execute(
            text("SELECT units, categories, street, ST_AsText(polygon, 3) AS drawn FROM alerts WHERE email = :email"),
            {"email": email},
        ).one()
    return dict(row._mapping)


def open_map(page: Page) -> None:
    page.get_by_role("button", name="Обвести на карті").press("Enter")
    expect(page.locator("html.has-draw-map")).to_be_attached(timeout=30_000)


def finish(page: Page, email: str) -> None:
    page.get_by_label("Електронна пошта").fill(email)
    page.get_by_role("button", name="Отримувати листи").click()
    expect(page.get_by_role("heading", name="Перевірте пошту")).to_be_visible()


def test_a_place_is_drawn_by_touching_its_corners(phone: Page, site: str, database: Database) -> None:
    phone.goto(f"{site}/alerts")
    open_map(phone)
    stage = phone.get_by_role("region", name="Карта")
    for x, y in ((100, 100), (200, 100), (200, 200), (120, 220)):
        stage.click(position={"x": x, "y": y})
        phone.wait_for_timeout(400)  # two quick touches zoom in
    expect(phone.get_by_text("Кутів: 4.")).to_be_visible()
    phone.get_by_role("button", name="Прибрати останній кут").click()
    expect(phone.get_by_text("Кутів: 3.")).to_be_visible()
    finish(phone, "drawn@example.org")
    drawn = str(wanted(database, "drawn@example.org")["drawn"])
    assert drawn.startswith("POLYGON((36.")
    assert drawn.count(",") == 3


def test_by_keyboard_a_place_is_what_the_map_shows(page: Page, site: str, database: Database) -> None:
    page.goto(f"{site}/alerts")
    open_map(page)
    page.get_by_role("button", name="Взяти те, що видно").press("Enter")
    expect(page.get_by_text("Кутів: 4.")).to_be_visible()
    finish(page, "keys@example.org")
    assert wanted(database, "keys@example.org")["drawn"] == "POLYGON((36 50,36.2 50,36.2 50.1,36 50.1,36 50))"


def test_a_street_is_found_and_can_be_taken_away_again(page: Page, site: str, database: Database) -> None:
    page.goto(f"{site}/alerts")
    search = page.get_by_role("combobox", name="Вулиця")
    for _ in range(2):
        search.press_sequentially("музейн")
        page.get_by_role("option").first.wait_for()
        search.press("Enter")
        expect(page.get_by_text("вулиця Музейна, C1, H1")).to_be_visible()
        page.get_by_role("button", name="Прибрати", exact=True).click()
        expect(page.get_by_text("вулиця Музейна, C1, H1")).to_be_hidden()
    search.press_sequentially("музейн")
    page.get_by_role("option").first.wait_for()
    search.press("Enter")
    finish(page, "street@example.org")
    assert wanted(database, "street@example.org")["street"] == "s1"


def test_without_scripts_hromadas_and_categories_work(
    browser: Browser, site: str, watch: Watch, database: Database
) -> None:
    context = watch.context(browser, java_script_enabled=False)
    plain = context.new_page()
    plain.goto(f"{site}/alerts")
    plain.get_by_label("H1").check()
    plain.get_by_label("Освітлення").check()
    expect(plain.get_by_role("button", name="Обвести на карті")).to_be_hidden()
    finish(plain, "plain@example.org")
    context.close()
    found = wanted(database, "plain@example.org")
    assert (found["units"], found["categories"]) == (["H1"], ["lighting"])


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_has_a_barrier_at_320_pixels(browser: Browser, site: str, watch: Watch, theme: str) -> None:
    context = watch.context(browser, viewport={"width": 320, "height": 640})
    context.add_cookies([{"name": "theme", "value": theme, "url": site}])
    page = context.new_page()
    for path in ("/alerts", "/alerts/sent", "/alerts/stop/x"):
        page.goto(site + path)
        if path == "/alerts":
            open_map(page)
            page.get_by_text("Лише в певних статусах").click()
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
    context.close()
