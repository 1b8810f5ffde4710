"""What the worker does by itself: send mail, close what nobody answered for, forget what nobody should keep."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID

from geo_api.alerting import write_due
from geo_api.jobs import Nightly
from geo_api.mail import send_due
from geo_api.settings import Settings, profile_path
from layers import idempotency, limits, mailbox, queue
from layers.alerts import actions as alerts
from layers.area import Area, load_profile
from layers.database.engine import Database
from layers.files import actions as files
from layers.letters import actions as letters
from layers.people import actions
from layers.problems import actions as problems
from layers.problems import retention
from layers.viewer import robot

log = logging.getLogger(__name__)
SWEEPER = robot("sweeper")


def by_the_clock(settings: Settings) -> Mapping[str, tuple[str, Nightly]]:
    """Return what is done when, by cron lines in UTC."""
    area = load_profile(profile_path(settings).resolve())
    return {
        "send_mail": ("* * * * *", lambda database: send(database, settings, area, datetime.now(UTC))),
        "close_silent": ("10 * * * *", lambda database: close_silent(database, area, datetime.now(UTC))),
        "forget": ("20 1 * * *", lambda database: forget(database, datetime.now(UTC))),
    }


def forget(database: Database, now: datetime) -> None:
    """Let every slice that keeps something of people drop what is over, in one transaction."""
    with database.begin(SWEEPER) as session:
        actions.forget(session, now)
        retention.forget(session, now)
        letters.forget(session, now)
        alerts.forget(session, now)
        limits.forget(session, now)
        idempotency.forget(session, now)
        mailbox.forget(session, now)
        files.expire(session, [UUID(result["file"]) for result in queue.forget(session, now) if "file" in result])


def close_silent(database: Database, area: Area, now: datetime) -> None:
    """Close the reports whose reporter was asked two weeks ago whether it is done, and said nothing."""
    with database.begin(robot("clock")) as session:
        problems.close_silent(session, area, now)


def send(database: Database, settings: Settings, area: Area, now: datetime) -> None:
    """Write the alerts that are due and send what waits, in this order: what is published is told within a minute."""
    try:
        write_due(database, settings, area, now)
    except Exception:  # invitations and answers go all the same
        log.exception("alerts were not written")
    # What was put into the outbox just now is due by the database's clock.
    send_due(database, settings, datetime.now(UTC))
