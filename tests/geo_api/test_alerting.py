"""Digests leave as letters, once each, over a real SMTP conversation, whatever happens to the worker."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from geo_api import alerting
from geo_api.alerting import ALERTS, write_due
from geo_api.mail import send_due
from geo_api.nightly import send
from geo_api.settings import Settings
from layers.alerts import actions
from layers.alerts.actions import Wish
from layers.area import Area
from layers.database.engine import Database, Session
from layers.people.credentials import Keys
from layers.privacy.actions import ensure_snap_points
from layers.problems import actions as problems
from layers.problems import intake
from layers.problems.actions import Step
from layers.problems.intake import Report
from layers.viewer import PUBLIC, robot
from tests import town
from tests.database import viewer
from tests.geo_api.test_mail import Postmaster, Server
from tests.layers.problems.conftest import IN_CITY

ROBOT = robot("test")
COORDINATOR = viewer("coordinator")
SECRET = "a secret of thirty-two characters at least"
BASE = "https://map.example.org"
NOW = datetime.now(UTC)
SECRETS = ("0501234567", "36.005", "50.015", "Слова мешканця", "№")


@pytest.fixture(scope="module")
def area(tmp_path_factory: pytest.TempPathFactory) -> Area:
    return town.profile(tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="module", autouse=True)
def built(database: Database, area: Area) -> None:
    with database.begin(ROBOT) as session:
        town.build(session)
        ensure_snap_points(session, area, now=NOW)


@pytest.fixture
def postmaster() -> Postmaster:
    return Postmaster()


@pytest.fixture
def settings(postmaster: Postmaster, database: Database, tmp_path: Path) -> Iterator[Settings]:
    with database.begin(ROBOT) as session:
        for table in ("alerts", "outbox", "alert_told", "rate_limits", "idempotency", "problems"):
            session.execute(text(f"DELETE FROM {table}"))
    controller = Server(postmaster, hostname="127.0.0.1", port=0)
    controller.start()
    yield Settings(
        smtp_host="127.0.0.1",
        smtp_port=controller.port,
        smtp_security="none",
        smtp_from="map@example.org",
        public_url=BASE,
        home=tmp_path,
        secret=SecretStr(SECRET),
    )
    controller.stop()


def subscribe(database: Database, area: Area, who: str = "neighbour", **wanted: str) -> None:
    with database.begin(ALERTS) as session:
        wish = Wish(f"{who}@example.org", **{"pace": "instant", **wanted})  # type: ignore[arg-type]
        made = actions.subscribe(session, Keys(SECRET), area, wish, key=who, now=NOW)
        assert made
        actions.confirm(session, made[1], now=NOW)


def publish(database: Database, area: Area, key: str = "1") -> str:
    """Report as a resident would, confirm as the coordinator; return the public id."""
    report = Report("lighting", f"Слова мешканця {key}, телефон 0501234567", *IN_CITY, device=key)
    with database.begin(PUBLIC) as session:
        receipt = intake.submit(session, PUBLIC, Keys(SECRET), area, intake.prepare(report), key=key, now=NOW)
    with database.begin(COORDINATOR) as session:
        found = problems.get(session, receipt.problem)
        problems.edit(
            session, COORDINATOR, area, found.id, words="Не світить", category="lighting", version=found.version
        )
        version = problems.get(session, found.id).version
        problems.move(session, COORDINATOR, area, found.id, "confirmed", Step(), version=version, now=NOW)
        return str(problems.get(session, found.id).public_id)


def test_a_digest_arrives_with_public_facts_and_the_headers_of_one_click(
    database: Database, area: Area, settings: Settings, postmaster: Postmaster
) -> None:
    subscribe(database, area)
    subscribe(database, area, "colleague", language="en")
    public = publish(database, area)
    send(database, settings, area, NOW)
    uk, en = sorted(postmaster.received, key=lambda one: one["To"], reverse=True)
    assert uk["Subject"] == "Нове повідомлення: Освітлення, C1"
    assert en["Subject"] == "New report: Street lighting, C1"
    assert uk["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    stop = uk["List-Unsubscribe"].strip("<>")
    assert stop.startswith(f"{BASE}/alerts/stop/")
    plain, html = (part.get_content() for part in uk.iter_parts())
    for content in (plain, html):
        assert f"{BASE}/problems/{public}" in content
        assert "Підтверджено" in content
        assert stop in content
        assert [secret for secret in SECRETS if secret in content] == []
    with database.begin(ALERTS) as session:
        assert actions.to_stop(session, stop.rpartition("/")[2])


def test_each_is_told_once_however_often_the_worker_looks(
    database: Database, area: Area, settings: Settings, postmaster: Postmaster
) -> None:
    subscribe(database, area)
    publish(database, area)
    for minute in range(3):
        send(database, settings, area, NOW + timedelta(minutes=minute))
    publish(database, area, "2")
    send(database, settings, area, NOW + timedelta(minutes=4))
    assert len(postmaster.received) == 2


def test_a_daily_letter_comes_at_eight_and_tells_of_all(
    database: Database, area: Area, settings: Settings, postmaster: Postmaster
) -> None:
    subscribe(database, area, pace="daily")
    for key in "123":
        publish(database, area, key)
    evening = datetime(2026, 11, 25, 18, 0, tzinfo=UTC)
    for hours, letters in ((0, 0), (11.9, 0), (12, 1), (13, 1), (36, 1)):
        write_due(database, settings, area, evening + timedelta(hours=hours))
        send_due(database, settings, datetime.now(UTC) + timedelta(seconds=1))
        assert len(postmaster.received) == letters, hours
    assert postmaster.received[0]["Subject"] == "Містечко: 3 повідомлення, нові чи змінені"


def killed_between(url: str, settings: Settings, area: Area, where: str) -> None:
    """A worker that dies by SIGKILL after it took, or after it wrote, and before it commits."""
    database = Database(url)
    if where == "taken":
        alerting._put = lambda *_: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[assignment]
    else:
        put = alerting._put

        def put_and_die(session: Session, *given: object) -> None:
            put(session, *given)  # type: ignore[arg-type]
            os.kill(os.getpid(), signal.SIGKILL)

        alerting._put = put_and_die  # type: ignore[assignment]
    write_due(database, settings, area, NOW)


@pytest.mark.parametrize("where", ["taken", "written"])
def test_a_worker_that_is_killed_tells_once_all_the_same(
    database: Database, database_url: str, area: Area, settings: Settings, postmaster: Postmaster, where: str
) -> None:
    for who in ("one", "two"):
        subscribe(database, area, who)
    publish(database, area)
    worker = multiprocessing.get_context("fork").Process(
        target=killed_between, args=(database_url, settings, area, where)
    )
    worker.start()
    worker.join(60)
    assert worker.exitcode == -signal.SIGKILL
    assert postmaster.received == []
    for minute in (1, 2):
        send(database, settings, area, NOW + timedelta(minutes=minute))
    assert sorted(letter["To"] for letter in postmaster.received) == ["one@example.org", "two@example.org"]


def test_two_workers_at_once_tell_each_subscriber_once(
    database: Database, area: Area, settings: Settings, postmaster: Postmaster
) -> None:
    from concurrent.futures import ThreadPoolExecutor

    for n in range(6):
        subscribe(database, area, f"neighbour{n}")
    publish(database, area)
    with ThreadPoolExecutor(3) as pool:
        written = list(pool.map(lambda _: write_due(database, settings, area, NOW), range(3)))
    write_due(database, settings, area, NOW)
    send_due(database, settings, datetime.now(UTC) + timedelta(seconds=1))
    assert sorted(letter["To"] for letter in postmaster.received) == [f"neighbour{n}@example.org" for n in range(6)]
    assert sum(written) <= 6


def test_without_a_public_address_nothing_is_told_and_nothing_is_lost(
    database: Database, area: Area, settings: Settings, postmaster: Postmaster
) -> None:
    subscribe(database, area)
    publish(database, area)
    assert write_due(database, settings.model_copy(update={"public_url": None}), area, NOW) == 0
    assert write_due(database, settings, area, NOW) == 1
