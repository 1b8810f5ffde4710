"""Letters leave the outbox over a real SMTP conversation."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import text

from geo_api.mail import send_due
from geo_api.settings import Settings
from layers import mailbox
from layers.database.engine import Database
from layers.viewer import PUBLIC, robot

ROBOT = robot("test")


class Postmaster:
    """A mail server's conscience: what it says to a recipient, and what it was given."""

    def __init__(self) -> None:
        self.says = "250 OK"
        self.received: list[EmailMessage] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if self.says.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.says

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        parsed = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        self.received.append(parsed)
        return "250 OK"


class Server(Controller):
    """A mail server at whatever port is free."""

    def _trigger_server(self) -> None:
        assert self.server
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture
def postmaster() -> Postmaster:
    return Postmaster()


@pytest.fixture
def settings(postmaster: Postmaster, database: Database) -> Iterator[Settings]:
    with database.begin(ROBOT) as session:
        session.execute(text("DELETE FROM outbox"))
    controller = Server(postmaster, hostname="127.0.0.1", port=0)
    controller.start()
    yield Settings(smtp_host="127.0.0.1", smtp_port=controller.port, smtp_security="none", smtp_from="map@example.org")
    controller.stop()


def put(database: Database, to: str = "olena@example.org", subject: str = "Ваш обліковий запис") -> datetime:
    with database.begin(PUBLIC) as session:
        mailbox.put(session, to=to, subject=subject, body="Посилання: https://map.example.org/welcome/x\n")
    return datetime.now(UTC) + timedelta(seconds=1)


def left(database: Database) -> list[tuple[str, str | None, str | None]]:
    with database.begin(ROBOT) as session:
        rows = session.execute(text("SELECT state, body, last_error FROM outbox ORDER BY made_at"))
        return [(row[0], row[1], row[2]) for row in rows]


def test_a_letter_arrives_whole_and_leaves_a_tombstone(
    database: Database, settings: Settings, postmaster: Postmaster
) -> None:
    soon = put(database)
    assert send_due(database, settings, soon) == 1
    [letter] = postmaster.received
    assert letter["To"] == "olena@example.org"
    assert letter["From"] == "map@example.org"
    assert letter["Subject"] == "Ваш обліковий запис"
    assert letter.get_content().startswith("Посилання: https://map.example.org/welcome/x")
    assert left(database) == [("sent", None, None)]
    assert send_due(database, settings, soon) == 0


def test_a_server_that_is_busy_is_asked_again_later(
    database: Database, settings: Settings, postmaster: Postmaster
) -> None:
    soon = put(database)
    postmaster.says = "451 try later"
    assert send_due(database, settings, soon) == 0
    assert [(state, error) for state, _, error in left(database)] == [("waiting", "451")]
    postmaster.says = "250 OK"
    assert send_due(database, settings, soon + timedelta(seconds=30)) == 0
    assert send_due(database, settings, soon + timedelta(minutes=1)) == 1
    assert len(postmaster.received) == 1


def test_an_address_that_does_not_exist_is_given_up_at_once(
    database: Database, settings: Settings, postmaster: Postmaster
) -> None:
    soon = put(database)
    postmaster.says = "550 no such mailbox"
    send_due(database, settings, soon)
    assert left(database) == [("failed", None, "550")]


def test_one_bad_letter_does_not_stop_the_others(
    database: Database, settings: Settings, postmaster: Postmaster
) -> None:
    put(database, subject="two\nlines: and a forged header")
    soon = put(database)
    assert send_due(database, settings, soon) == 1
    assert [state for state, _, _ in left(database)] == ["failed", "sent"]


def test_a_server_that_is_away_keeps_the_letter(database: Database, settings: Settings) -> None:
    soon = put(database)
    away = settings.model_copy(update={"smtp_port": 1})
    assert send_due(database, away, soon) == 0
    [(state, body, error)] = left(database)
    assert state == "waiting"
    assert body
    assert error == "ConnectionRefusedError"


def test_starttls_that_the_server_does_not_speak_sends_nothing_in_the_open(
    database: Database, settings: Settings, postmaster: Postmaster
) -> None:
    soon = put(database)
    strict = settings.model_copy(update={"smtp_security": "starttls"})
    assert send_due(database, strict, soon) == 0
    assert postmaster.received == []
    assert [state for state, _, _ in left(database)] == ["waiting"]


def test_without_a_mail_server_letters_wait(database: Database, settings: Settings) -> None:
    soon = put(database)
    assert send_due(database, settings.model_copy(update={"smtp_host": None}), soon) == 0
    assert [state for state, _, _ in left(database)] == ["waiting"]
