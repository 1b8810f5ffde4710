"""A clerk takes calls by keyboard, pastes messages, calls back; a coordinator keeps settings; no barrier anywhere."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from uuid import uuid4

import pyotp
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pydantic import SecretStr
from sqlalchemy import text

from geo_api.app import create_app
from geo_api.settings import read_settings
from layers.area import Area
from layers.database.engine import Database
from layers.people import actions
from layers.people.credentials import Keys
from layers.people.rules import Particulars
from layers.privacy.actions import ensure_snap_points
from layers.problems import hotline, intake, store
from layers.problems.intake import Contact, Report
from layers.viewer import Role, Viewer, robot
from tests import town
from tests.browser.conftest import Watch
from tests.serving import serving

ROBOT = robot("test")
SECRET = "a secret of thirty-two characters at least"
KEYS = Keys(SECRET)
CLERK = Viewer(Role.OPERATOR, account=uuid4())
STREET = """
INSERT INTO streets (id, name_uk, name_en, kind, key_uk, key_en, point, geom)
SELECT 's1', 'вулиця Музейна', 'Muzeina Street', 'street', search_key('Музейна'), search_key('Muzeina'),
       ST_ClosestPoint(line, ST_Centroid(line)), ST_Multi(line)
FROM (SELECT ST_GeomFromText('LINESTRING(36.001 50.01, 36.019 50.01)', 4326) AS line) drawn
"""
HOTLINE = ("/desk/new", "/desk/callbacks", "/desk/paste")
SETTINGS = tuple(
    f"/desk/settings{path}"
    for path in (
        "", "/categories", "/categories/new", "/categories/lighting", "/helplines", "/helplines/police",
        "/institutions", "/institutions/new", "/routes", "/routes?category=road&unit=", "/organisation",
    )
)  # fmt: skip

pytestmark = pytest.mark.browser

expect.set_options(timeout=20_000)  # the machine may be busy with other tests


@pytest.fixture(scope="module")
def area(tmp_path_factory: pytest.TempPathFactory) -> Area:
    return town.profile(tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="module")
def site(database: Database, database_url: str, area: Area, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of the town's desk."""
    with database.begin(ROBOT) as session:
        town.build(session)
        session.execute(text(STREET))
        ensure_snap_points(session, area, now=datetime.now(UTC))
    given = {"area": area.profile, "secret": SecretStr(SECRET)}
    settings = read_settings().model_copy(
        update={"database_url": database_url, "home": tmp_path_factory.mktemp("home"), **given}
    )
    with serving(lambda _: create_app(settings)) as address:
        yield address


@pytest.fixture(autouse=True)
def emptied(database: Database) -> Iterator[None]:
    yield
    with database.begin(ROBOT) as session:
        for table in ("problems", "idempotency"):
            session.execute(text(f"DELETE FROM {table}"))


@pytest.fixture
def come_in(database: Database, site: str) -> Callable[[BrowserContext, str], None]:
    """Return a function by which somebody comes in with a one-time link, as people do."""

    def enter(context: BrowserContext, role: str) -> None:
        email = f"{uuid4()}@example.org"
        given = Particulars(email, "Олена Приклад", role)
        with database.begin(ROBOT) as session:
            invited = actions.add(session, ROBOT, KEYS, given, idempotency_key=email, now=datetime.now(UTC))
        page = context.new_page()
        page.goto(f"{site}/welcome/{invited.token}")
        page.locator("[name=password]").fill("три слова поспіль")
        page.locator("[name=code]").fill(pyotp.TOTP(KEYS.first_totp_secret(invited.token)).now())
        page.locator("[name=code]").press("Enter")
        page.wait_for_url(re.compile(f"^{site}/(?!welcome)|{invited.token}$"))
        expect(page.locator(".tool.account")).to_be_visible()
        page.close()

    return enter


@pytest.fixture
def clerk(page: Page, come_in: Callable[[BrowserContext, str], None]) -> Page:
    """Give the page of an operator at a desk's screen."""
    come_in(page.context, "operator")
    return page


@pytest.fixture
def reported(database: Database, area: Area, site: str) -> int:
    """Return the number of a report that is open already."""
    contact = Contact(name="Петро Зразковий", phone="067 000 00 02", call_back=True)
    report = Report("lighting", "Не горить ліхтар на Музейній", 36.0102, 50.0102, contact=contact, source="phone")
    with database.begin(CLERK) as session:
        receipt = hotline.take(
            session, CLERK, KEYS, area, intake.prepare(report), key=str(uuid4()), now=datetime.now(UTC)
        )
    return receipt.number


def save(page: Page) -> None:
    """Press what saves, as soon as the page listens to its keys."""
    expect(page.locator("html[data-ready]")).to_be_attached()
    page.keyboard.press("Control+Enter")


def type_slowly(page: Page, words: str) -> None:
    page.keyboard.type(words, delay=5)


# --- a call, by keyboard alone ----------------------------------------------------------------------------------------


def test_a_clerk_takes_a_call_by_keyboard_alone(clerk: Page, site: str, database: Database) -> None:
    clerk.goto(f"{site}/desk/new")
    expect(clerk.get_by_label("Що сталося, словами людини")).to_be_focused()
    type_slowly(clerk, "Яма на дорозі, колесо пробив")
    expect(clerk.get_by_role("radio", name="Дорога і перехід")).to_be_checked()  # by the words
    clerk.keyboard.press("F2")
    type_slowly(clerk, "12")
    expect(clerk.get_by_role("radio", name="Безпритульні тварини")).to_be_checked()
    clerk.keyboard.press("Control+a")
    type_slowly(clerk, "дорога")
    expect(clerk.get_by_role("radio", name="Дорога і перехід")).to_be_checked()
    clerk.keyboard.press("F4")
    type_slowly(clerk, "музей")
    expect(clerk.get_by_role("option", name="вулиця Музейна")).to_be_visible()
    clerk.keyboard.press("ArrowDown")
    clerk.keyboard.press("Enter")
    expect(clerk.get_by_label("Де це")).to_have_value("вулиця Музейна, C1")
    expect(clerk.get_by_text("На карті: вулиця Музейна")).to_be_visible()
    clerk.keyboard.press("F8")
    type_slowly(clerk, "Олена Приклад")
    clerk.keyboard.press("Tab")
    type_slowly(clerk, "050 000 00 01")
    clerk.keyboard.press("Tab")
    clerk.keyboard.press("Space")  # call back
    save(clerk)
    expect(clerk.get_by_role("heading", name="Зачитайте")).to_be_visible()
    with database.begin(ROBOT) as session:
        [(number, category, source, words)] = session.execute(
            text("SELECT number, category, source, original FROM problems JOIN problem_words ON problem_id = id")
        ).all()
        assert (category, source, words) == ("road", "phone", "Яма на дорозі, колесо пробив")
        assert store.waiting_calls(session) == 1
    expect(clerk.get_by_text(f"№ {number}", exact=True)).to_be_visible()
    expect(clerk.get_by_text("останні чотири цифри вашого телефону: 0001")).to_be_visible()
    expect(clerk.get_by_role("link", name="Наступний дзвінок")).to_be_focused()
    clerk.keyboard.press("Enter")
    expect(clerk.get_by_label("Що сталося, словами людини")).to_have_value("")


def test_a_point_is_set_on_the_map_with_the_keyboard(clerk: Page, site: str) -> None:
    clerk.goto(f"{site}/desk/new")
    canvas = clerk.locator(".maplibregl-canvas")
    expect(canvas).to_be_visible(timeout=20_000)
    expect(clerk.locator("#map")).not_to_have_attribute("aria-busy", "true", timeout=20_000)
    canvas.focus()
    clerk.keyboard.press("Enter")
    expect(clerk.get_by_text("На карті: точка, яку ви вибрали")).to_be_visible()
    expect(clerk.get_by_role("img", name="Місце повідомлення")).to_be_visible()
    assert abs(float(clerk.locator("[name=lon]").input_value()) - 36.1) < 0.01
    clerk.get_by_role("button", name="Прибрати точку").press("Enter")
    expect(clerk.locator("[name=lon]")).to_have_value("")


def test_a_report_that_is_open_already_appears_and_takes_the_caller_in(
    clerk: Page, site: str, reported: int, database: Database
) -> None:
    clerk.goto(f"{site}/desk/new")
    type_slowly(clerk, "Не горить ліхтар, темно")
    clerk.keyboard.press("F4")
    type_slowly(clerk, "музейн")
    expect(clerk.get_by_role("option", name="вулиця Музейна")).to_be_visible()
    clerk.keyboard.press("ArrowDown")
    clerk.keyboard.press("Enter")
    similar = clerk.get_by_role("region", name="Уже повідомляли?")
    expect(similar.get_by_text("дуже схоже")).to_be_visible()
    expect(similar.get_by_text("Не горить ліхтар на Музейній")).to_be_visible()
    clerk.keyboard.press("F8")
    type_slowly(clerk, "Олена Приклад")
    clerk.keyboard.press("Tab")
    type_slowly(clerk, "050 000 00 01")
    clerk.keyboard.press("F9")
    clerk.keyboard.press("Enter")
    expect(clerk.get_by_text("Людину додано до вже відкритого повідомлення.")).to_be_visible()
    expect(clerk.get_by_text(f"№ {reported}", exact=True)).to_be_visible()
    with database.begin(ROBOT) as session:
        assert session.scalar(text("SELECT supporters FROM problems")) == 2


def test_what_must_not_be_written_down_is_said_while_it_is_typed(clerk: Page, site: str) -> None:
    clerk.goto(f"{site}/desk/new")
    type_slowly(clerk, "за школою стоїть танк")
    stop = clerk.get_by_role("alert")
    expect(stop.get_by_text("Цього не записуємо")).to_be_visible()
    expect(stop.get_by_role("link", name="102")).to_be_visible()


# --- a draft ----------------------------------------------------------------------------------------------------------


def test_what_was_typed_survives_a_reload_and_another_page_in_the_tab(clerk: Page, site: str) -> None:
    clerk.goto(f"{site}/desk/new")
    clerk.on("dialog", lambda dialog: dialog.accept())
    type_slowly(clerk, "Зграя собак біля ринку")
    clerk.get_by_label("Телефон").fill("050 000 00 01")
    clerk.get_by_role("radio", name="Безпритульні тварини").check(force=True)
    key = clerk.locator("[name=key]").input_value()
    clerk.reload()
    expect(clerk.get_by_text("Те, що ви набрали, знову тут.")).to_be_visible()
    clerk.goto(f"{site}/desk/callbacks")
    clerk.goto(f"{site}/desk/new")
    expect(clerk.get_by_label("Що сталося, словами людини")).to_have_value("Зграя собак біля ринку")
    expect(clerk.get_by_label("Телефон")).to_have_value("050 000 00 01")
    expect(clerk.get_by_role("radio", name="Безпритульні тварини")).to_be_checked()
    assert clerk.locator("[name=key]").input_value() == key  # so that a call saved before the reload is not saved twice
    clerk.get_by_role("button", name="Почати заново").click()
    expect(clerk.get_by_label("Що сталося, словами людини")).to_have_value("")


def test_nothing_is_lost_when_the_network_is_gone(clerk: Page, site: str, watch: Watch) -> None:
    clerk.goto(f"{site}/desk/new")
    type_slowly(clerk, "Яма на дорозі")
    clerk.get_by_label("Де це").fill("біля ринку")
    clerk.wait_for_load_state("networkidle")
    clerk.context.set_offline(True)
    save(clerk)
    expect(clerk.get_by_text("Немає звʼязку.")).to_be_visible()
    expect(clerk.get_by_label("Що сталося, словами людини")).to_have_value("Яма на дорозі")
    clerk.context.set_offline(False)
    save(clerk)
    expect(clerk.get_by_role("heading", name="Зачитайте")).to_be_visible()
    watch.forgive("ERR_INTERNET_DISCONNECTED")


def test_a_mistake_keeps_the_call_and_stands_beside_its_field(clerk: Page, site: str, watch: Watch) -> None:
    clerk.goto(f"{site}/desk/new")
    type_slowly(clerk, "Яма на дорозі")
    expect(clerk.get_by_role("radio", name="Дорога і перехід")).to_be_checked()
    clerk.get_by_label("Де це").fill("біля ринку")
    clerk.get_by_label("Телефон").fill("дев'ять")
    save(clerk)
    expect(clerk.get_by_text("Це не номер телефону")).to_be_visible()
    expect(clerk.get_by_label("Телефон")).to_have_attribute("aria-invalid", "true")
    expect(clerk.get_by_label("Що сталося, словами людини")).to_have_value("Яма на дорозі")
    clerk.get_by_label("Телефон").fill("050 000 00 01")
    save(clerk)
    expect(clerk.get_by_role("heading", name="Зачитайте")).to_be_visible()
    watch.forgive("422")


# --- messages, calls back, settings -----------------------------------------------------------------------------------


def test_a_pasted_message_becomes_a_report_within_fifteen_seconds(clerk: Page, site: str, database: Database) -> None:
    clerk.goto(f"{site}/desk/paste")
    began = time.monotonic()
    clerk.get_by_label("Повідомлення", exact=True).fill(
        "[23.11.2026 18:42] Олена Приклад: На Музейній не горить ліхтар, передзвоніть 050 000 00 01"
    )
    save(clerk)
    expect(clerk.get_by_role("radio", name="Освітлення")).to_be_checked()
    expect(clerk.get_by_label(re.compile("^Де це"))).to_have_value("вулиця Музейна, C1")
    expect(clerk.get_by_label(re.compile("^Телефон"))).to_have_value("+380500000001")
    expect(clerk.get_by_text("здогад").first).to_be_visible()
    save(clerk)
    expect(clerk.get_by_role("heading", name="Надішліть це")).to_be_visible()
    assert time.monotonic() - began < 15
    with database.begin(ROBOT) as session:
        assert session.scalar(text("SELECT source FROM problems")) == "message"
        assert session.scalar(text("SELECT ST_X(geom) FROM problem_places")) == pytest.approx(36.01, abs=0.001)


def test_a_clerk_calls_back_with_a_note_and_undoes_it(clerk: Page, site: str, reported: int) -> None:
    clerk.goto(f"{site}/desk/callbacks")
    expect(clerk.get_by_role("link", name="067 000 0002")).to_have_attribute("href", "tel:+380670000002")
    clerk.get_by_label("Нотатка для своїх").fill("Подякував")
    clerk.get_by_role("button", name=f"Зателефоновано № {reported}").press("Enter")
    expect(clerk.get_by_text("Ніхто не чекає дзвінка")).to_be_visible()
    clerk.get_by_role("button", name=f"Скасувати № {reported}").first.press("Enter")
    expect(clerk.get_by_text("1 людина чекає")).to_be_visible()


def test_a_coordinator_adds_a_category_and_says_who_gets_it(
    page: Page, site: str, come_in: Callable[[BrowserContext, str], None]
) -> None:
    come_in(page.context, "coordinator")
    page.goto(f"{site}/desk/settings/categories/new")
    page.get_by_label("Назва українською").fill("Шум від підприємства")
    page.get_by_label("Назва англійською").fill("Noise of a plant")
    page.get_by_text("Порушення порядку", exact=True).click()
    expect(page.locator(".preview")).to_contain_text("Шум від підприємства")
    expect(page.locator(".preview .symbol-problems-disorder")).to_be_attached()
    page.get_by_role("button", name="Додати категорію").click()
    page.get_by_role("link", name=re.compile("Кому що передаємо →")).click()
    page.get_by_label("Передаємо", exact=True).select_option(label="Військова адміністрація")
    page.get_by_role("button", name="Зберегти").click()
    row = page.get_by_role("row", name=re.compile("Шум від підприємства"))
    expect(row.get_by_role("link", name="Військова адміністрація").first).to_be_visible()


# --- no barrier -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_no_page_of_the_hotline_or_the_settings_has_a_barrier(
    browser: Browser, site: str, watch: Watch, come_in: Callable[[BrowserContext, str], None], reported: int,
    theme: str, width: int,
) -> None:  # fmt: skip
    context = watch.context(browser, viewport={"width": width, "height": 800})
    context.add_cookies([{"name": "theme", "value": theme, "url": site}])
    come_in(context, "coordinator")
    page = context.new_page()
    wrong = []
    for path in (*HOTLINE, *SETTINGS):
        page.goto(site + path)
        page.wait_for_load_state("networkidle")
        wrong += barriers(page, path)
    page.goto(f"{site}/desk/new")
    page.get_by_label("Що сталося, словами людини").fill("Не горить ліхтар на Музейній")
    expect(page.locator(".same")).to_be_visible()
    wrong += barriers(page, "similar reports")
    page.get_by_label("Телефон").fill("нуль")
    save(page)
    expect(page.locator("#problem")).to_be_visible()
    wrong += barriers(page, "mistakes")
    page.get_by_label("Телефон").fill("050 000 00 01")
    page.get_by_label("Де це").fill("біля ринку")
    save(page)
    expect(page.get_by_role("heading", name="Зачитайте")).to_be_visible()
    wrong += barriers(page, "what to read out")
    page.goto(f"{site}/desk/paste")
    page.get_by_label("Повідомлення", exact=True).fill("Олена Приклад:\nНа Музейній темно")
    save(page)
    expect(page.get_by_text("Що написали")).to_be_visible()
    wrong += barriers(page, "a draft")
    context.close()
    watch.forgive("422")
    assert wrong == []


def barriers(page: Page, where: str) -> list[str]:
    """Return what axe-core finds wrong with a page, and whether it is wider than the screen."""
    page.wait_for_load_state("load")  # a page without its colours yet is nothing to judge
    found = Axe().run(page).response["violations"]
    told = [f"{where}: {one['id']} at {[node['target'] for node in one['nodes']][:3]}" for one in found]
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return [*told, *([f"{where}: wider than the screen"] if wide else [])]
