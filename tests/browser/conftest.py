"""A running map for the browser: the demonstration on a real PostGIS, on a free port of loopback."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from geo_api.app import create_app
from geo_api.settings import read_settings
from ingestion.demo import load_demo_incidents
from layers.area import Area
from layers.database.engine import Database
from layers.units.actions import ensure_units
from layers.viewer import robot
from tests.serving import serving

FLAGS = [
    "--no-sandbox",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
CHROMIUM = Path("/usr/bin/chromium")
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


# Of this package, not of the whole run: while Playwright is started, its event loop runs in the tests' own thread.
@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    if not CHROMIUM.exists():
        pytest.skip("no chromium on this machine")
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="package")
def browser(playwright: Playwright) -> Iterator[Browser]:
    started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    yield started
    started.close()


@pytest.fixture(scope="package")
def browser_without_webgl(playwright: Playwright) -> Iterator[Browser]:
    flags = ["--no-sandbox", "--disable-gpu", "--disable-3d-apis"]
    started = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
    yield started
    started.close()


@pytest.fixture(scope="module")
def site(database: Database, database_url: str, area: Area, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of a running map with the demonstration's 2,000 incidents."""
    with database.begin(robot("test")) as session:
        ensure_units(session, area)
        load_demo_incidents(session, area, now=NOW, seed=1)
    settings = read_settings().model_copy(
        update={"database_url": database_url, "demo": True, "home": tmp_path_factory.mktemp("home")}
    )
    with serving(lambda _: create_app(settings)) as address:
        yield address


class Watch:
    """What went wrong in a test: errors on the console, refusals of the content policy, outside hosts asked."""

    def __init__(self, site: str) -> None:
        self.site = site
        self.wrong: list[str] = []

    def context(self, browser: Browser, **options: object) -> BrowserContext:
        context = browser.new_context(locale="uk-UA", reduced_motion="reduce", **options)  # type: ignore[arg-type]
        context.route(lambda url: not url.startswith((self.site, "data:", "blob:")), self._refuse)
        context.on("console", lambda message: self._note(message.type, message.text))
        context.on("weberror", lambda error: self.wrong.append(str(error.error)))
        return context

    def forgive(self, part: str) -> None:
        """Take back what a test provoked: the messages that contain `part`."""
        self.wrong = [text for text in self.wrong if part not in text]

    def _refuse(self, route: object) -> None:
        self.wrong.append(f"asked of an outside host: {route.request.url}")  # type: ignore[attr-defined]
        route.abort()  # type: ignore[attr-defined]

    def _note(self, kind: str, text: str) -> None:
        if kind == "error" or "Content Security Policy" in text:
            self.wrong.append(text)


@pytest.fixture
def watch(site: str) -> Iterator[Watch]:
    watching = Watch(site)
    yield watching
    assert watching.wrong == []


@pytest.fixture
def page(browser: Browser, watch: Watch) -> Iterator[Page]:
    """Give an empty page on a desk's screen; the test fails when anything goes wrong in it."""
    context = watch.context(browser, viewport={"width": 1280, "height": 800})
    yield context.new_page()
    context.close()


@pytest.fixture
def phone(browser: Browser, watch: Watch) -> Iterator[Page]:
    context = watch.context(browser, viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    yield context.new_page()
    context.close()
