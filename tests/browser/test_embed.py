"""The map in somebody else's page: it draws there, leads back, and no other page of ours can be put into a frame."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote, unquote, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, FrameLocator, Page, expect

from tests.browser.conftest import Watch

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def neighbour() -> Iterator[str]:
    """Give the address of somebody else's site, whose every page shows the address after `?` in a frame."""

    class Neighbour(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            framed = escape(unquote(urlsplit(self.path).query))
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(f'<title>x</title><iframe src="{framed}" width="100%" height="95%"></iframe>'.encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Neighbour)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


def framed(page: Page, neighbour: str, address: str) -> FrameLocator:
    page.route(f"{neighbour}**", lambda route: route.continue_())
    page.goto(f"{neighbour}?{quote(address)}")
    return page.frame_locator("iframe")


@pytest.mark.parametrize(("width", "height"), [(320, 240), (1200, 760)])
def test_the_map_draws_in_a_frame_of_any_size_and_its_link_opens_the_whole_map_there(
    page: Page, site: str, neighbour: str, width: int, height: int
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    frame = framed(page, neighbour, f"{site}/embed?lang=uk&category=theft")
    expect(frame.locator("html.has-map")).to_be_attached(timeout=15_000)
    expect(frame.locator("#map:not([aria-busy])")).to_be_visible(timeout=15_000)
    expect(frame.locator("canvas")).to_be_visible()
    back = frame.get_by_role("link", name="Уся карта")
    expect(back).to_be_visible()
    frame.get_by_role("button", name="Наблизити").click()
    expect(back).to_have_attribute("href", re.compile("[?&]at="))
    address = back.get_attribute("href") or ""
    assert address.startswith(f"{site}/?layer=problems")
    assert "category=theft" in address


@pytest.fixture
def stranger(browser: Browser) -> Iterator[Page]:
    """Give a page of somebody else's, in which refusals are expected."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


def test_no_other_page_can_be_put_into_a_frame(stranger: Page, site: str, neighbour: str) -> None:
    refused: list[str] = []
    stranger.on("console", lambda message: refused.append(message.text))
    for path in ("/data", "/", "/sign-in"):
        refused.clear()
        framed(stranger, neighbour, f"{site}{path}")
        assert any("frame" in text.lower() for text in refused), path


def test_without_webgl_there_is_a_picture(browser_without_webgl: Browser, site: str) -> None:
    context = browser_without_webgl.new_context(viewport={"width": 640, "height": 480})
    opened = context.new_page()
    opened.goto(f"{site}/embed?lang=uk")
    picture = opened.get_by_role("img", name="Карта повідомлень мешканців")
    expect(picture).to_be_visible(timeout=15_000)
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 100
    context.close()


@pytest.mark.parametrize("path", ["/data", "/embed"])
@pytest.mark.parametrize("look", ["light", "dark"])
def test_both_pages_can_be_used_by_everybody(browser: Browser, watch: Watch, site: str, path: str, look: str) -> None:
    context = watch.context(browser, viewport={"width": 320, "height": 700}, color_scheme=look)
    opened = context.new_page()
    opened.goto(f"{site}{path}?lang=uk")
    if path == "/embed":
        opened.wait_for_selector("html.has-map")
    assert opened.evaluate("document.documentElement.scrollWidth <= innerWidth")
    found = Axe().run(opened, {"exclude": [[".demo"]]})  # the house's banner, outside of all landmarks
    assert [violation["id"] for violation in found.response["violations"]] == []
    context.close()


def test_the_snippet_is_copied_by_one_press(page: Page, site: str) -> None:
    page.goto(f"{site}/data?lang=uk")
    page.get_by_role("button", name="Скопіювати").click()
    expect(page.get_by_role("status")).to_have_text("Код скопійовано")
    assert page.get_by_label("Код, щоб скопіювати").input_value().startswith("<iframe src=")
