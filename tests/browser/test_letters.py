"""Letters in a browser: a clerk writes one by keyboard, and axe finds nothing on any of the pages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from geo_api.app import create_app
from layers.area import Area
from layers.database.engine import Database
from tests import letters, town
from tests.browser.conftest import Watch
from tests.database import viewer
from tests.geo_api.conftest import Asked, make_settings
from tests.serving import serving

pytestmark = pytest.mark.browser
NOW = datetime.now(UTC)
COORDINATOR = viewer("coordinator")


@pytest.fixture(scope="module")
def area(tmp_path_factory: pytest.TempPathFactory) -> Area:
    return town.profile(tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="module")
def site(database: Database, database_url: str, area: Area, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of the application over a town with reports and letters, where the coordinator has signed in."""
    reports = letters.build(database, area, reports=3, now=NOW)
    letters.journal(database, area, COORDINATOR, reports, letters=12, now=NOW)
    asked = Asked(create_app(make_settings(database_url, tmp_path_factory.mktemp("home"), area=area.profile)))
    asked.viewer = COORDINATOR
    with serving(lambda _: asked) as address:
        yield address


def test_a_clerk_writes_a_letter_about_two_reports_by_keyboard_and_marks_it_sent(page: Page, site: str) -> None:
    page.goto(f"{site}/desk/letters")
    page.get_by_role("link", name="Новий лист").press("Enter")
    for choice in page.get_by_role("checkbox").all()[:2]:
        choice.press("Space")
    page.get_by_role("button", name="Написати листа").press("Enter")
    expect(page.get_by_role("heading", name="У листі 2 повідомлення")).to_be_visible()
    page.get_by_role("button", name="Внести в журнал і дати номер").press("Enter")
    expect(page.get_by_role("heading", name="Вих. № 13")).to_be_visible()
    page.get_by_role("button", name="Позначити надісланим сьогодні").press("Enter")
    expect(page.get_by_text("Відповіді ще немає", exact=True)).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("wide", [320, 1280])
def test_axe_finds_nothing_and_no_page_is_wider_than_its_screen(
    browser: Browser, watch: Watch, site: str, theme: str, wide: int
) -> None:
    context = watch.context(browser, viewport={"width": wide, "height": 800}, color_scheme=theme)
    page = context.new_page()
    page.goto(f"{site}/desk/letters")
    letter = page.locator("tbody th a").first.get_attribute("href")
    paths = ("", "/new", "/crime", "/templates")
    for path in (*(f"/desk/letters{part}" for part in paths), f"{letter}", "/institutions"):
        page.goto(f"{site}{path}")
        found = Axe().run(page)
        assert found.violations_count == 0, f"{path}: {found.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth") <= wide, path
    context.close()
