"""Files to take away: ordered on a page, made by the worker with the asker's rights, fetched by whoever asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from sqlalchemy import text
from starlette.testclient import TestClient

from geo_api.jobs import run
from geo_api.nightly import forget
from geo_api.orders import KIND, Workshop
from ingestion.demo import load_demo_incidents
from layers import queue
from layers.area import Area
from layers.database.engine import Database
from layers.queue import Job
from layers.units.actions import ensure_units
from layers.viewer import robot
from tests.geo_api.pages.conftest import Visit, Visitor

HANDOUT = {"what": "handout", "words": "category=theft&lang=en"}


@pytest.fixture(scope="module", autouse=True)
def demonstration(database: Database, area: Area) -> None:
    with database.begin(robot("test")) as session:
        ensure_units(session, area)
        load_demo_incidents(session, area, now=datetime(2026, 11, 20, 12, tzinfo=UTC), seed=1)


@pytest.fixture(autouse=True)
def anew(database: Database) -> Iterator[None]:
    yield
    with database.begin(robot("test")) as session:
        session.execute(text("DELETE FROM jobs"))
        session.execute(text("DELETE FROM files"))
        session.execute(text("DELETE FROM rate_limits"))


def order(visitor: Visitor, **fields: str) -> str:
    """Send the form of the page and return where it leads."""
    answer = visitor.send("/jobs", page="/files", **{"key": str(uuid4()), **HANDOUT, **fields})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def work(app: FastAPI, database: Database, address: str) -> Job:
    """Do what the worker would do, and return the job as it ended."""
    job = UUID(address.rpartition("/")[2])
    run(database, {KIND: Workshop(app.state.settings)}, job)
    with database.begin(robot("test")) as session:
        return queue.get(session, job)


def test_a_resident_orders_a_handout_and_fetches_it(visit: Visit, app: FastAPI, database: Database) -> None:
    resident = visit()
    address = order(resident)
    waiting = resident.see(address)
    assert "<progress" in waiting.text
    assert "Скасувати" in waiting.text
    assert work(app, database, address).state == "done"
    ready = resident.see(address)
    assert f'href="{address}/file"' in ready.text
    fetched = resident.see(f"{address}/file")
    assert fetched.headers["content-disposition"].startswith('attachment; filename="chuhuiv-')
    assert fetched.headers["cache-control"] == "private, no-store"
    assert re.search(r"· Крадіжка · \d+ под\w+ на карті", fetched.text)


def test_programs_are_told_the_same_as_json(visit: Visit, app: FastAPI, database: Database) -> None:
    resident = visit()
    address = order(resident, what="csv", words="from=2026-06&to=2026-06")
    before = resident.client.get(address).json()
    assert (before["state"], before["ended"], before["file"]) == ("waiting", False, None)
    work(app, database, address)
    after = resident.client.get(address).json()
    assert (after["state"], after["file"]) == ("done", f"{address}/file")
    table = resident.client.get(after["file"]).text
    assert len(table.splitlines()) == after["count"] + 1 > 10


@pytest.mark.parametrize("what", ["pdf-a4", "pdf-a3", "geojson", "gpkg", "kml"])
def test_every_kind_of_file_can_be_had(visit: Visit, app: FastAPI, database: Database, what: str) -> None:
    resident = visit()
    address = order(resident, what=what, words="at=11/49.84/36.69")
    assert work(app, database, address).state == "done"
    begins = {"pdf-a4": b"%PDF", "pdf-a3": b"%PDF", "geojson": b"{", "gpkg": b"SQLite", "kml": b"<?xml"}
    assert resident.see(f"{address}/file").content.startswith(begins[what])


def test_progress_is_told_step_by_step(visit: Visit, app: FastAPI, database: Database) -> None:
    address = order(visit())
    ended = work(app, database, address)
    assert (ended.done, ended.total) == (2, 3)
    assert ended.stage == "Writing the file"


def test_staff_get_what_their_role_sees_and_only_they(
    member: Callable[..., Visitor], visit: Visit, app: FastAPI, database: Database
) -> None:
    coordinator = member("coordinator@example.test", "coordinator")
    address = order(coordinator, what="geojson", words="category=theft")
    work(app, database, address)
    assert "happened_at" in coordinator.see(f"{address}/file").text
    assert "GeoJSON" in coordinator.see("/files").text
    deputy = member("deputy@example.test", "deputy")
    for other in (visit(), deputy):
        assert other.see(address).status_code == 404
        assert other.see(f"{address}/file").status_code == 404
        assert other.send(f"{address}/cancel", page="/files").status_code == 404


def test_a_resident_finds_nobody_elses_order(visit: Visit) -> None:
    order(visit())
    assert visit().see(f"/jobs/{uuid4()}").status_code == 404
    assert "/jobs/" not in re.sub(r'action="/jobs"', "", visit().see("/files").text)


def test_what_is_cancelled_is_never_made(visit: Visit, app: FastAPI, database: Database) -> None:
    resident = visit()
    address = order(resident)
    assert resident.send(f"{address}/cancel", page=address).headers["location"] == address
    assert work(app, database, address).state == "cancelled"
    assert "Скасовано" in resident.see(address).text
    assert resident.see(f"{address}/file").status_code == 409


def test_the_same_form_sent_twice_orders_once(visit: Visit, database: Database) -> None:
    resident = visit()
    assert order(resident, key="one") == order(resident, key="one")
    with database.begin(robot("test")) as session:
        assert len(queue.latest(session)) == 1


def test_filters_that_cannot_be_read_are_told_at_once(visit: Visit) -> None:
    resident = visit()
    for wrong in ({"words": "from=soon"}, {"what": "shp"}):
        answer = resident.send("/jobs", page="/files", **{"key": str(uuid4()), **HANDOUT, **wrong})
        assert answer.status_code == 400


def test_a_failure_says_what_may_be_said(visit: Visit, app: FastAPI, database: Database) -> None:
    resident = visit()
    address = order(resident, words="unit=UA00")
    assert work(app, database, address).state == "failed"
    assert "Одиниці «UA00» немає" in resident.see(address).text


def test_one_address_can_not_fill_the_queue(visit: Visit) -> None:
    greedy = visit(client="127.0.0.9")
    answers = [
        greedy.send("/jobs", page="/files", key=str(uuid4()), **HANDOUT).status_code  # type: ignore[arg-type]
        for _ in range(21)
    ]
    assert answers == [303] * 20 + [429]


def test_nobody_at_work_is_said(visit: Visit) -> None:
    resident = visit()
    assert "не працює" in resident.see(order(resident)).text


def test_files_are_forgotten_after_a_day(visit: Visit, app: FastAPI, database: Database) -> None:
    address = order(visit())
    work(app, database, address)
    forget(database, datetime.now(UTC))
    with database.begin(robot("test")) as session:
        assert session.scalar(text("SELECT count(*) FROM files")) == 1
    forget(database, datetime.now(UTC) + timedelta(days=1, minutes=1))
    with database.begin(robot("test")) as session:
        assert session.scalar(text("SELECT count(*) FROM files")) == 0
        assert session.scalar(text("SELECT count(*) FROM jobs")) == 0


def test_the_map_leads_to_its_files(client: TestClient) -> None:
    assert 'data-follows="/files"' in client.get("/", headers={"accept": "text/html"}).text
