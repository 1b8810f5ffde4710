"""What the worker does by itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from procrastinate.periodic import PeriodicTask
from sqlalchemy import text

from geo_api.jobs import make_app
from geo_api.nightly import by_the_clock, forget
from geo_api.settings import Settings
from layers import idempotency, limits, mailbox
from layers.database.engine import Database
from layers.viewer import robot

ROBOT = robot("test")


def test_nothing_that_is_over_is_kept(database: Database) -> None:
    now = datetime.now(UTC)
    with database.begin(ROBOT) as session:
        limits.limit(session, "sign-in:address:hash", per=timedelta(hours=1), most=3, now=now)
        idempotency.once(session, scope="s", key="k", body={}, act=dict)
        mailbox.put(session, to="a@example.org", subject="s", body="b")
        letter = mailbox.take(session, now + timedelta(seconds=5))
        assert letter is not None
        mailbox.sent(session, letter, now)
    tables = ("rate_limits", "idempotency", "outbox")
    for later, left in ((timedelta(0), [1, 1, 1]), (timedelta(hours=2), [0, 1, 1]), (timedelta(days=40), [0, 0, 0])):
        forget(database, now + later)
        with database.begin(ROBOT) as session:
            counts = [session.scalar(text(f"SELECT count(*) FROM {table}")) for table in tables]
        assert counts == left, later


def test_the_worker_takes_the_clock_up(database_url: str) -> None:
    app = make_app(database_url, {}, by_the_clock(Settings()))
    planned: dict[tuple[str, str], PeriodicTask[..., object, ...]] = dict(app.periodic_registry.periodic_tasks)  # type: ignore[arg-type]
    crons = {name: task.cron for (name, _), task in planned.items()}
    assert crons["bezpeka.send_mail"] == "* * * * *"
    assert crons["bezpeka.forget"] == "20 1 * * *"
