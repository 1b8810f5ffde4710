"""Camera plans as people meet them: the coordinator, a named deputy, a deputy who is not, and a stranger."""

from __future__ import annotations

import io
import json
import math
import re
import subprocess
import zipfile
from collections.abc import Callable
from types import SimpleNamespace
from uuid import UUID

import pytest
from fastapi import FastAPI
from httpx import Response
from sqlalchemy import text

from geo_api.planning import KIND, Planner
from layers import queue
from layers.area import Area
from layers.cameras import actions
from layers.database.engine import Database
from tests import cameras
from tests.cameras import COORDINATOR, ROBOT, STREET, WEST
from tests.geo_api.pages.conftest import MakeApp, Visitor
from tests.reports import photo

Join = Callable[..., Visitor]
CSV = "lat,lon,bearing,height_m,model,hfov\n"


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Area:
    return cameras.area_of(tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="module")
def app(make_app: MakeApp, here: Area, database: Database) -> FastAPI:
    with database.begin(ROBOT) as session:
        cameras.lay(session)
    return make_app(area=here.profile)


@pytest.fixture(scope="module")
def made(app: FastAPI, database: Database, here: Area) -> int:
    return cameras.plan(database, here, title="Вулиця й школа")


@pytest.fixture
def coordinator(member: Join, database: Database) -> Visitor:
    return _who(member, database, "coordinator")


@pytest.fixture
def deputy(member: Join, database: Database) -> Visitor:
    """Return a deputy whom the coordinator has named."""
    visitor = _who(member, database, "deputy")
    with database.begin(ROBOT) as session:
        account = session.scalar(text("SELECT id FROM accounts WHERE role = 'deputy' ORDER BY made_at DESC LIMIT 1"))
    assert isinstance(account, UUID)
    with database.begin(COORDINATOR) as session:
        actions.name_deputy(session, COORDINATOR, account, named=True)
    return visitor


def _who(member: Join, database: Database, role: str) -> Visitor:
    with database.begin(ROBOT) as session:
        n = session.scalar(text("SELECT count(*) FROM accounts"))
    return member(f"{role}{n}@example.org", role)


def work(database: Database, here: Area, job: str) -> None:
    """Do a job as the worker does."""
    with database.begin(ROBOT) as session:
        queue.start(session, UUID(job))
        found = queue.get(session, UUID(job))
    assert found.kind == KIND
    planner = Planner(SimpleNamespace(area=here.profile))  # type: ignore[arg-type]
    result = planner(database, found, lambda *_told: None)  # type: ignore[arg-type]
    with database.begin(ROBOT) as session:
        queue.end(session, UUID(job), "done", result=result)


def test_a_stranger_sees_figures_by_unit_and_no_plan(visit: Callable[..., Visitor], made: int) -> None:
    stranger = visit()
    assert "Ще жодного плану не оприлюднено" in stranger.see("/plans").text
    assert stranger.see(f"/plans/{made}").headers["location"] == "/plans"
    assert stranger.see(f"/plans/{made}/drawing").status_code in (303, 401, 403)
    assert stranger.see(f"/plans/{made}/units.html").status_code == 404


def test_a_deputy_who_is_not_named_sees_what_everybody_sees(member: Join, database: Database, made: int) -> None:
    unnamed = _who(member, database, "deputy")
    assert "Вулиця й школа" not in unnamed.see("/plans").text
    for path in (f"/plans/{made}", f"/plans/{made}/drawing", "/plans/network", f"/plans/compare?a={made}&b={made}"):
        assert unnamed.see(path).status_code == 403


def test_the_plans_page_says_what_it_sees_what_it_costs_and_how_sure_it_is(deputy: Visitor, made: int) -> None:
    answer = deputy.see(f"/plans/{made}")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    for said in ("Вулиця й школа", "Видно вдень", "камера 1 додає", "Пораховано двічі", "Олена Приклад", "Сліпі плями",
                 "приватної землі"):  # fmt: skip
        assert said in answer.text, said
    assert re.search("Кращого плану не буває|гірш[еи] за найкращий можливий", answer.text)


def test_the_drawing_holds_views_by_level_and_is_kept_by_nobody(deputy: Visitor, made: int) -> None:
    answer = deputy.see(f"/plans/{made}/drawing")
    drawn = answer.json()
    assert "no-store" in answer.headers["cache-control"]
    assert drawn["levels"][0]["title"] == "Помітити людину"
    assert [camera["label"] for camera in drawn["cameras"]] == ["с1", "1", "2", "3"]
    assert len(drawn["views"]) == 4


def test_a_plan_is_ordered_made_and_found_at_its_address(coordinator: Visitor, database: Database, here: Area) -> None:
    page = coordinator.see("/plans/new")
    fields = {"title": "Дві камери", "limit": "count", "amount": "2", "level": "en62676:perceive", "models": "vari-8mp",
              "mounts": "lamp", "key": "k-one", "weight-crossing": "3,5"}  # fmt: skip
    assert page.status_code == 200
    ordered = coordinator.send("/plans/new", page="/plans/new", **fields)
    again = coordinator.send("/plans/new", page="/plans/new", **fields)
    job = ordered.headers["location"].rpartition("/")[2]
    assert again.headers["location"] == ordered.headers["location"]
    waiting = coordinator.see(f"/plans/making/{job}")
    assert "Чекає своєї черги" in waiting.text or "progress" in waiting.text
    work(database, here, job)
    found = coordinator.see(coordinator.see(f"/plans/making/{job}").headers["location"])
    assert "Дві камери" in found.text
    assert "Сприйняти" in found.text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"title": " "}, "назва"),
        ({"limit": "budget", "amount": "500"}, "не стане й на одну камеру"),
        ({"amount": "багато"}, "Тут потрібне число"),
        ({"weight-stop": "-3"}, "Вага"),
        ({"spacing_m": "1"}, "від 5 до 1000"),
        ({"level": "dori:everything"}, "у цьому стандарті немає"),
    ],
)  # fmt: skip
def test_what_can_not_be_planned_is_said_and_what_was_typed_stays(
    coordinator: Visitor, database: Database, changed: dict[str, str], said: str
) -> None:
    fields = {"title": "Моя назва", "limit": "count", "amount": "2", "level": "dori:observe", "key": "k-bad", **changed}
    answer = coordinator.send("/plans/new", page="/plans/new", **fields)
    assert answer.status_code == 422
    assert said.casefold() in answer.text.casefold()
    assert changed.get("amount", "2") in answer.text
    with database.begin(ROBOT) as session:
        assert not session.scalar(text("SELECT count(*) FROM jobs WHERE arguments->>'title' = 'Моя назва'"))


def test_a_plan_that_nobody_waits_for_any_more_is_cancelled(coordinator: Visitor) -> None:
    fields = {"title": "Не треба", "limit": "count", "amount": "2", "level": "dori:observe", "key": "k-cancel"}
    way = coordinator.send("/plans/new", page="/plans/new", **fields).headers["location"]
    coordinator.send(f"{way}/cancel", page=way)
    assert "Скасовано" in coordinator.see(way).text


def test_only_the_coordinator_makes_plans(deputy: Visitor) -> None:
    assert deputy.see("/plans/new").status_code == 403
    assert deputy.send("/plans/new", page="/plans", title="x").status_code == 403


def test_bad_rows_of_a_vendors_file_are_named_and_nothing_is_saved(coordinator: Visitor, database: Database) -> None:
    rows = (f"{STREET},{WEST + 0.003},400,5,,", f"{STREET},{WEST + 0.003},90,-3,,", "40,20,90,5,,",
            f"{STREET},{WEST + 0.003},90,5,,0", f"{STREET},{WEST + 0.003},90,5,zenit,")  # fmt: skip
    content = (CSV + "\n".join(rows)).encode()
    answer = upload(coordinator, content, title="Від постачальника", level="dori:observe", key="k-rows")
    assert answer.status_code == 422
    for said in ("5 з 5 рядків", "359", "2 до 60", "поза територією", "zenit"):
        assert said in answer.text, said
    with database.begin(ROBOT) as session:
        assert not session.scalar(text("SELECT count(*) FROM camera_plans WHERE kind = 'vendor'"))


def test_a_vendors_circles_are_scored_as_our_plans_are(
    coordinator: Visitor, database: Database, here: Area, made: int
) -> None:
    rows = [f"{STREET + 0.00005},{WEST + 0.001 + n * 0.002},90,5,fixed-4mp," for n in range(3)] + ["40,20,90,5,,"]
    answer = upload(coordinator, (CSV + "\n".join(rows)).encode(), title="Кола", level="dori:observe", partial="yes",
                    key="k-vendor")  # fmt: skip
    job = answer.headers["location"].rpartition("/")[2]
    work(database, here, job)
    way = coordinator.see(f"/plans/making/{job}").headers["location"]
    page = coordinator.see(way).text
    assert "1 з 4 рядків файлу постачальника не взято" in page
    compared = coordinator.see(f"/plans/compare?a={way.rpartition('/')[2]}&b={made}").text
    for said in ("Вартість", "краще", "Приватна земля в полі зору", "Пішохідні переходи", "в. п."):
        assert said in compared, said


def upload(visitor: Visitor, content: bytes, **fields: str) -> object:
    found = re.search(r'name="csrf" value="([0-9a-f.]+)"', visitor.see("/plans/vendor").text)
    assert found
    return visitor.client.post(
        "/plans/vendor", data={"csrf": found.group(1), **fields}, files={"file": ("план.csv", content, "text/csv")},
        headers={"accept": "text/html"}, follow_redirects=False,
    )  # fmt: skip


def test_a_camera_is_tried_elsewhere_and_nothing_is_kept(deputy: Visitor, database: Database, made: int) -> None:
    token = re.search(r'name="csrf" value="([0-9a-f.]+)"', deputy.see(f"/plans/{made}").text)
    assert token

    def tried(**given: object) -> object:
        return deputy.client.post(
            f"/plans/{made}/try", content=json.dumps(given),
            headers={"x-csrf-token": token.group(1), "content-type": "application/json"},
        )  # fmt: skip

    answer = tried(at=1, bearing=200)
    assert answer.status_code == 200
    assert 0 <= answer.json()["share"] <= 1
    assert tried(at=1, lon=20.0, lat=40.0).status_code == 400
    assert tried(at=99, bearing=2).status_code == 400
    assert tried(at=0, bearing=2).status_code == 400
    with database.begin(ROBOT) as session:
        assert session.scalar(text("SELECT count(*) FROM camera_plans WHERE kind = 'variant'")) == 0


def test_a_deputy_saves_what_was_tried_as_a_variant(deputy: Visitor, database: Database, here: Area, made: int) -> None:
    moves = json.dumps([{"at": 2, "bearing": 33.0}])
    way = deputy.send(f"/plans/{made}/variant", page=f"/plans/{made}", moves=moves, title="Повернути", key="k-variant")
    job = way.headers["location"].rpartition("/")[2]
    work(database, here, job)
    page = deputy.see(deputy.see(f"/plans/making/{job}").headers["location"]).text
    assert "варіант плану" in page
    assert "дивиться на 33°" in page


def test_a_deputy_takes_a_position_and_remarks_on_a_camera(deputy: Visitor, database: Database, made: int) -> None:
    page = f"/plans/{made}"
    refused = deputy.send(f"{page}/position", page=page, stance="against", signed="О. Коваль")
    assert "чому ви проти" in refused.text
    deputy.send(f"{page}/position", page=page, stance="against", reason="Дорого <b>", signed="О. Коваль")
    with database.begin(ROBOT) as session:
        site = session.scalar(text("SELECT site_id FROM camera_plan_sites WHERE NOT locked AND position = 2 LIMIT 1"))
    deputy.send(f"{page}/comments", page=page, site=str(site), body="Тут дерево", signed="О. Коваль")
    shown = deputy.see(page).text
    assert "Дорого &lt;b&gt;" in shown
    assert "Тут дерево" in shown


def test_every_copy_bears_its_number_and_its_reader(deputy: Visitor, made: int) -> None:
    found = {}
    for form in ("pdf-a4", "pdf-a3", "docx", "handout", "csv", "geojson", "kml", "gpkg", "osm"):
        answer = deputy.send(f"/plans/{made}/copy", page=f"/plans/{made}", form=form)
        assert answer.status_code == 200, form
        assert "no-store" in answer.headers["cache-control"]
        found[form] = answer.content
    assert found["pdf-a4"].startswith(b"%PDF")
    paper = subprocess.run(["pdftotext", "-", "-"], input=found["pdf-a4"], capture_output=True, check=True).stdout
    assert "Олена Приклад" in paper.decode()
    with zipfile.ZipFile(io.BytesIO(found["docx"])) as pack:
        words = re.sub(r"<[^>]+>", "", pack.read("word/document.xml").decode())
    for said in ("ПРОЄКТ", "ПОЯСНЮВАЛЬНА ЗАПИСКА", "КОШТОРИС", "Олена Приклад", "грн"):
        assert said in words
    assert "Олена Приклад" in found["handout"].decode()
    listed = deputy.see(f"/plans/{made}").text
    assert "Зроблено" in listed
    assert "pdf-a3" in listed


def test_a_published_plan_gives_everybody_units_and_no_place(
    coordinator: Visitor, visit: Callable[..., Visitor], made: int
) -> None:
    coordinator.send(f"/plans/{made}/publish", page=f"/plans/{made}")
    page = visit().see("/plans").text
    assert "Вулиця й школа" in page
    taken = visit().see(f"/plans/{made}/units.html")
    assert taken.status_code == 200
    assert "4 камери" in taken.text


def test_the_coordinator_writes_down_a_decision_and_the_network(
    coordinator: Visitor, database: Database, made: int
) -> None:
    page = f"/plans/{made}"
    coordinator.send(
        f"{page}/decision", page=page, form="military", decision="77", day="2026-01-15", outcome="returned"
    )
    assert "розпорядження начальника військової адміністрації № 77" in coordinator.see(page).text
    with database.begin(ROBOT) as session:
        site, version = session.execute(text("SELECT id, version FROM camera_sites WHERE ref = 'bank'")).one()
    told = {"version": version, "owner_kind": "business", "owner": "Банк", "storage_days": "тридцять"}
    wrong = coordinator.send(f"/plans/network/{site}", page="/plans/network", **told)
    assert wrong.status_code == 422
    assert "Тут потрібне число" in wrong.text
    coordinator.send(f"/plans/network/{site}", page="/plans/network", **{**told, "storage_days": "30", "joined": "yes"})
    shown = coordinator.see("/plans/network").text
    assert "30 днів" in shown
    assert "у мережі" in shown


def test_a_zone_is_drawn_and_taken_away(coordinator: Visitor, database: Database) -> None:
    corners = f"{STREET}, {WEST}\n{STREET}, {WEST + 0.001}\n{STREET + 0.001}, {WEST}"
    coordinator.send("/plans/zones", page="/plans/new", title="Двір", corners=corners)
    assert "Двір" in coordinator.see("/plans/new").text
    assert (
        "Зона" in coordinator.send("/plans/zones", page="/plans/new", title="Далеко", corners="1, 2\n3, 4\n5, 6").text
    )
    with database.begin(ROBOT) as session:
        zone = session.scalar(text("SELECT id FROM camera_zones"))
    coordinator.send(f"/plans/zones/{zone}/drop", page="/plans/new")
    assert "Двір" not in coordinator.see("/plans/new").text


def test_without_buildings_the_page_says_that_the_view_is_optimistic(
    coordinator: Visitor, database: Database, here: Area
) -> None:
    with database.begin(ROBOT) as session:  # a village of which no building is known
        for ident, kind, lon in (("v1", "crossing", 36.07), ("v2", "lamp", 36.0702)):
            cameras.place(session, ident, kind, lon, 50.07)
    number = cameras.plan(database, here, title="На пустирі", unit="V1")
    page = coordinator.see(f"/plans/{number}").text
    assert "оцінка оптимістична" in page


def test_a_councils_list_of_what_stands_is_taken_whole_or_not_at_all(coordinator: Visitor) -> None:
    good = f"{STREET},{WEST + 0.004},90,5,,"
    for rows, status in ((f"{good}\n40,20,90,5,,", 422), (good, 303)):
        token = re.search(r'name="csrf" value="([0-9a-f.]+)"', coordinator.see("/plans/network").text)
        assert token
        answer = coordinator.client.post(
            "/plans/network", data={"csrf": token.group(1), "owner_kind": "council"},
            files={"file": ("перелік.csv", (CSV + rows).encode(), "text/csv")}, headers={"accept": "text/html"},
            follow_redirects=False,
        )  # fmt: skip
        assert answer.status_code == status
    assert f"{STREET:.5f}, {WEST + 0.004:.5f}" in coordinator.see("/plans/network").text


def test_a_photo_of_a_place_stands_on_its_card_and_its_adder_takes_it_away(
    deputy: Visitor, member: Join, database: Database, here: Area
) -> None:
    number = cameras.plan(database, here, title="З фотографією")
    site, page = cameras.sites(database, number, here)[-1].id, f"/plans/{number}"
    assert _photograph(deputy, page, site, photo()).status_code == 303
    [address] = re.findall(rf'<img src="({page}/photos/[0-9a-f-]+)"', deputy.see(page).text)
    shown = deputy.see(address)
    assert (shown.headers["content-type"], shown.headers["cache-control"]) == ("image/jpeg", "private, no-store")
    assert _who(member, database, "deputy").see(address).status_code == 403
    deputy.send(f"{address}/drop", page=page)
    assert address not in deputy.see(page).text


def test_what_is_no_photo_is_refused_in_a_sentence(deputy: Visitor, database: Database, here: Area, made: int) -> None:
    site = cameras.sites(database, made, here)[-1].id
    answer = _photograph(deputy, f"/plans/{made}", site, b"GIF89a, or so it says")
    assert answer.status_code == 400
    assert "JPEG" in answer.text


def _photograph(visitor: Visitor, page: str, site: UUID, content: bytes) -> Response:
    token = re.search(r'name="csrf" value="([0-9a-f.]+)"', visitor.see(page).text)
    assert token
    return visitor.client.post(
        f"{page}/sites/{site}/photos", data={"csrf": token.group(1)}, files={"file": ("місце.jpg", content)},
        headers={"accept": "text/html"}, follow_redirects=False,
    )  # fmt: skip


def test_a_place_that_was_refused_is_not_proposed_again_until_it_is_allowed(
    coordinator: Visitor, database: Database, here: Area
) -> None:
    number = cameras.plan(database, here, title="Не тут")
    refused, page = cameras.sites(database, number, here)[-1], f"/plans/{number}"

    def proposed() -> list[float]:
        new = cameras.sites(database, cameras.plan(database, here, title="Знову"), here)
        return [math.hypot(row.x - refused.x, row.y - refused.y) for row in new if not row.locked]

    coordinator.send(f"{page}/sites/{refused.id}/refusal", page=page, refused="1")
    assert "Дозволити це місце знову" in coordinator.see(page).text
    assert min(proposed()) > 10
    coordinator.send(f"{page}/sites/{refused.id}/refusal", page=page)
    assert min(proposed()) < 10
