"""The desk as its people use it: moderating with the keyboard alone, blurring, moving the pin, on every screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from pydantic import SecretStr
from sqlalchemy import text

from geo_api.app import create_app
from geo_api.settings import read_settings
from layers.database.engine import Database
from layers.people.credentials import Keys
from layers.privacy.actions import ensure_snap_points
from layers.problems import intake
from layers.problems.intake import Contact, Report
from layers.viewer import PUBLIC, robot
from tests import town
from tests.browser.conftest import Watch, serving

pytestmark = pytest.mark.browser
expect.set_options(timeout=20_000)  # pages are drawn in threads of a machine that does much else

SECRET = "a secret of thirty-two characters at least"
LONG = "Мешканці нашого будинку неодноразово казали, що у дворі немає жодного ліхтаря. " * 12
Ask = Callable[..., Any]


def photo() -> bytes:
    image = Image.linear_gradient("L").resize((640, 480)).convert("RGB")
    content = BytesIO()
    image.save(content, "JPEG")
    return content.getvalue()


@pytest.fixture(scope="module")
def app(database: Database, database_url: str, tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """Return the application of the made-up town with a dozen reports, some with photos and contacts."""
    home = tmp_path_factory.mktemp("home")
    area = town.profile(home)
    now = datetime.now(UTC)
    with database.begin(robot("test")) as session:
        town.build(session)
        ensure_snap_points(session, area, now=now)
    reports = [
        Report("lighting", "Не світить ліхтар, дзвоніть 050 123 45 67", 36.005, 50.015, photos=(photo(),),
               contact=Contact(name="Вигадана Особа", phone="0501234567", email="a@example.org", call_back=True)),
        Report("lighting", "Ліхтар не світить біля школи", 36.0052, 50.0151),
        Report("road", "Яма на переході", 36.07, 50.07),
        Report("animals", "Зграя собак", place_words="біля ринку, навпроти аптеки"),
        Report("other", LONG, 36.011, 50.011),
        Report("shelter", "Укриття зачинене", 36.012, 50.012, photos=(photo(), photo())),
    ]  # fmt: skip
    for number, report in enumerate(reports):
        with database.begin(PUBLIC) as session:
            at = now - timedelta(hours=number)
            intake.submit(session, PUBLIC, Keys(SECRET), area, intake.prepare(report), key=f"key {number}", now=at)
    settings = read_settings().model_copy(
        update={"database_url": database_url, "demo": True, "home": home, "area": area.profile,
                "secret": SecretStr(SECRET)}
    )  # fmt: skip
    return create_app(settings)


@pytest.fixture(scope="module")
def site(app: FastAPI) -> Iterator[str]:
    with serving(lambda _: app) as address:
        yield address


@pytest.fixture
def ask(database: Database) -> Ask:
    """Return a function that asks the database for one value, as a robot."""

    def value(sql: str, **values: Any) -> Any:
        with database.begin(robot("test")) as session:
            return session.scalar(text(sql), values)

    return value


def come_in(page: Page, site: str, role: str = "Координатор") -> None:
    page.goto(f"{site}/sign-in")
    page.get_by_role("button", name=role).press("Enter")
    page.wait_for_url(f"{site}/")


def open_desk(page: Page, address: str) -> None:
    page.goto(address)
    awake(page)


def awake(page: Page) -> None:
    """Wait until the page's keys work."""
    page.locator("html.scripted").wait_for(state="attached")


def number_of(ask: Ask, words: str) -> int:
    return int(ask("SELECT p.number FROM problems p JOIN problem_words w ON w.problem_id = p.id "
                   "WHERE w.original LIKE :words", words=f"{words}%"))  # fmt: skip


# --- keyboard alone ---------------------------------------------------------------------------------------------------


def test_a_report_is_moderated_from_the_list_to_passed_on_with_the_keyboard_alone(
    page: Page, site: str, ask: Ask
) -> None:
    number = number_of(ask, "Не світить ліхтар")
    come_in(page, site)
    keys = page.keyboard
    open_desk(page, f"{site}/desk?tab=new&category=lighting")
    for key in "jjkj":
        keys.press(key)
    expect(page.locator(f"#line-{number}")).to_be_focused()
    keys.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"№ {number} · Освітлення")
    awake(page)

    keys.press("h")
    expect(page.get_by_role("status").first).to_contain_text("Особисті дані в тексті для всіх замасковано.")
    awake(page)
    expect(page.get_by_label("Для всіх", exact=True)).not_to_have_value("050 123 45 67")

    keys.press("g")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Фото")
    page.get_by_role("checkbox", name="військових", exact=True).focus()
    for _ in range(5):
        keys.press("Space")
        keys.press("Tab")
    keys.press("Tab")  # past number plates, which are there
    for share in ("10", "20", "30", "25"):
        keys.type(share)
        keys.press("Tab")
    expect(page.locator(".blot")).to_have_count(1)
    page.get_by_role("button", name="Схвалити").focus()
    keys.press("Enter")
    expect(page.get_by_text("Фото покажемо разом із повідомленням.")).to_be_visible()
    awake(page)

    keys.press("e")
    keys.press("Control+End")
    keys.type(" Темно.")
    keys.press("Escape")
    keys.press("c")
    expect(page.get_by_role("heading", level=1)).to_have_text("Що побачать усі")
    expect(page.get_by_role("button", name="Опублікувати")).to_be_focused()
    keys.press("Enter")
    expect(page.get_by_text(f"№ {number}: підтверджено.")).to_be_visible()
    awake(page)

    keys.press("f")
    expect(page.get_by_label("Кому", exact=True)).to_be_focused()
    page.locator("#move-forwarded").get_by_role("button").focus()
    keys.press("Enter")
    expect(page.get_by_text(f"№ {number}: передано.")).to_be_visible()
    status = "SELECT status FROM problems WHERE number = :n"
    assert ask(status, n=number) == "forwarded"
    body = ask("SELECT body FROM problems WHERE number = :n", n=number)
    assert body.endswith("Темно.")
    assert "050" not in body


def test_letters_are_keys_in_the_ukrainian_layout_too_and_never_in_a_field(page: Page, site: str, ask: Ask) -> None:
    come_in(page, site)
    open_desk(page, f"{site}/desk/{number_of(ask, 'Яма на переході')}")
    page.evaluate("document.dispatchEvent(new KeyboardEvent('keydown', {code: 'KeyX', key: 'ч', bubbles: true}))")
    refuse = page.locator("#move-refused")
    expect(refuse).to_have_attribute("open", "")
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    expect(page.get_by_label("Нотатка")).to_be_focused()
    page.keyboard.type("xcam?")
    expect(page.get_by_label("Нотатка")).to_have_value("xcam?")
    assert page.locator("#keys").is_hidden()


def test_single_letters_can_be_switched_off_and_stay_off(page: Page, site: str, ask: Ask) -> None:
    come_in(page, site)
    open_desk(page, f"{site}/desk/{number_of(ask, 'Яма на переході')}")
    page.keyboard.press("?")
    box = page.get_by_role("checkbox", name="Літери працюють як клавіші")
    box.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Escape")
    page.keyboard.press("x")
    expect(page.locator("#move-refused")).not_to_have_attribute("open", "")
    page.reload()
    awake(page)
    page.keyboard.press("x")
    expect(page.locator("#move-refused")).not_to_have_attribute("open", "")
    open_desk(page, f"{site}/desk")
    page.get_by_role("button", name="Клавіші").press("Enter")
    box.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Escape")


# --- pointing ---------------------------------------------------------------------------------------------------------


def test_a_rectangle_drawn_on_the_photo_becomes_numbers_and_is_blurred(page: Page, site: str, ask: Ask) -> None:
    come_in(page, site)
    page.goto(f"{site}/desk/{number_of(ask, 'Укриття зачинене')}")
    page.get_by_role("link", name="Фото 1").click()
    page.wait_for_url("**/photos/*")
    page.wait_for_load_state()  # its script listens, and the picture has its size
    image = page.get_by_alt_text("Фото, як надійшло")
    box = image.bounding_box()
    assert box is not None
    start, end = (0.25, 0.5), (0.75, 0.75)
    page.mouse.move(box["x"] + box["width"] * start[0], box["y"] + box["height"] * start[1])
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * end[0], box["y"] + box["height"] * end[1], steps=3)
    page.mouse.up()
    sides = [float(page.locator(f"[name={side}]").first.input_value()) for side in ("left", "top", "width", "height")]
    assert sides == pytest.approx([25, 50, 50, 25], abs=0.5)
    page.get_by_role("button", name="Схвалити").click()
    page.wait_for_url(f"{site}/desk/*/photos/*done=approved*")  # the second photo waits
    assert ask("SELECT (codes ->> 'boxes')::int FROM history WHERE event = 'photo_approved' ORDER BY id DESC") == 1


def test_the_pin_is_moved_by_arrow_keys_and_what_the_public_sees_follows(page: Page, site: str, ask: Ask) -> None:
    number = number_of(ask, "Яма на переході")
    come_in(page, site)
    open_desk(page, f"{site}/desk/{number}")
    expect(page.locator("#shown")).to_contain_text("центр громади")
    page.locator("#map.live").wait_for()
    page.keyboard.press("p")
    pin = page.get_by_role("button", name="Точне місце. Позначку рухають стрілки.")
    pin.focus()
    for _ in range(3):
        page.keyboard.press("ArrowUp")
    expect(page.get_by_label("Широта")).to_have_value("50.070270")
    page.get_by_label("Широта").fill("50.0151")
    page.get_by_label("Довгота").fill("36.0051")
    page.keyboard.press("Tab")
    expect(page.locator("#shown")).to_contain_text("населений пункт")
    page.get_by_role("button", name="Зберегти місце").press("Enter")
    expect(page.get_by_text("Позначку пересунуто.")).to_be_visible()
    assert ask("SELECT settlement FROM problems WHERE number = :n", n=number) == town.CITY


def test_without_scripts_the_desk_moderates_all_the_same(browser: Browser, watch: Watch, site: str, ask: Ask) -> None:
    context = watch.context(browser, viewport={"width": 1280, "height": 800}, java_script_enabled=False)
    page = context.new_page()
    come_in(page, site)
    page.goto(f"{site}/desk?tab=new&category=animals")
    number = number_of(ask, "Зграя собак")
    page.locator(f"#line-{number}").click()
    page.get_by_label("Широта").fill("50.0151")
    page.get_by_label("Довгота").fill("36.0051")
    page.get_by_role("button", name="Зберегти місце").click()
    page.get_by_role("button", name="Переглянути й опублікувати").last.click()
    page.get_by_role("button", name="Опублікувати").click()
    expect(page.get_by_text(f"№ {number}: підтверджено.")).to_be_visible()
    assert ask("SELECT published FROM problems WHERE number = :n", n=number) is True
    context.close()


# --- every screen -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_of_the_desk_has_a_barrier_or_is_wider_than_its_screen(
    browser: Browser, watch: Watch, site: str, ask: Ask, theme: str, width: int
) -> None:
    context = watch.context(browser, viewport={"width": width, "height": 800}, color_scheme=theme)
    page = context.new_page()
    come_in(page, site)
    photo_id = ask("SELECT id FROM problem_photos WHERE state = 'waiting' LIMIT 1")
    owner = ask(
        "SELECT p.number FROM problems p JOIN problem_photos f ON f.problem_id = p.id WHERE f.id = :id", id=photo_id
    )
    long, typed = number_of(ask, "Мешканці"), number_of(ask, "Ліхтар не світить")
    found = {}
    for path in (
        "/desk", "/desk?tab=calls&q=жираф", f"/desk/{typed}#move-refused", f"/desk/{long}",
        f"/desk/{typed}/preview", f"/desk/{owner}/photos/{photo_id}",
    ):  # fmt: skip
        page.goto(site + path)
        page.wait_for_load_state("networkidle")
        violations = Axe().run(page).response["violations"]
        found[path] = [(one["id"], one["nodes"][0]["target"]) for one in violations]
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    assert {path: wrong for path, wrong in found.items() if wrong} == {}
    context.close()
