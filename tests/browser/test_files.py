"""Taking the map away in a real browser: the page follows the work and hands over what was made."""

from __future__ import annotations

from uuid import UUID

import pytest
from playwright.sync_api import Browser, expect

from geo_api.jobs import run
from geo_api.orders import KIND, Workshop
from geo_api.settings import read_settings
from layers.database.engine import Database

pytestmark = pytest.mark.browser


def test_a_resident_saves_what_the_map_shows(
    site: str, browser: Browser, database: Database, database_url: str
) -> None:
    context = browser.new_context(locale="uk-UA", accept_downloads=True)
    page = context.new_page()
    page.goto(f"{site}/?category=theft")
    page.get_by_role("link", name="Зберегти у файл").click()
    page.get_by_role("button", name="Зробити карту").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.get_by_role("button", name="Скасувати")).to_be_visible()

    job = UUID(page.url.rpartition("/")[2])
    run(database, {KIND: Workshop(read_settings().model_copy(update={"database_url": database_url}))}, job)

    ready = page.get_by_role("link", name="Завантажити файл")  # the page itself notices
    expect(ready).to_be_visible(timeout=10_000)
    with page.expect_download() as given:
        ready.click()
    assert given.value.suggested_filename.endswith(".html")
    assert "Крадіжка" in given.value.path().read_text("utf-8")
    context.close()
