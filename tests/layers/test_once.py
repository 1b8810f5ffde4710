"""The kernel's small promises: limits, versions, idempotency, the outbox."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from layers import idempotency, limits, mailbox
from layers.database.engine import Database
from layers.errors import BadInput, KeyReused, TooMany
from layers.viewer import PUBLIC, Viewer, robot

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
ROBOT = robot("test")


def test_the_first_attempts_pass_and_the_next_says_how_long_to_wait(session: Session) -> None:
    for _ in range(3):
        limits.limit(session, "key", per=HOUR, most=3, now=NOW)
    with pytest.raises(TooMany) as refused:
        limits.limit(session, "key", per=HOUR, most=3, now=NOW + timedelta(minutes=20))
    assert refused.value.retry_after == 2400
    assert str(refused.value) == "That was tried too often. Wait 40 min, then try again."
    limits.limit(session, "another key", per=HOUR, most=3, now=NOW)
    limits.limit(session, "key", per=HOUR, most=3, now=NOW + HOUR)


def test_processes_count_together(database: Database) -> None:
    def attempt(_: int) -> bool:
        try:
            with database.begin(PUBLIC) as session:
                limits.limit(session, "together", per=HOUR, most=10, now=NOW)
        except TooMany:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(attempt, range(40))) == 10


def test_a_limit_is_cleared_and_forgotten(session: Session) -> None:
    limits.limit(session, "key", per=HOUR, most=1, now=NOW)
    limits.clear(session, "key")
    limits.limit(session, "key", per=HOUR, most=1, now=NOW)
    limits.forget(session, NOW + HOUR)
    assert session.scalar(text("SELECT count(*) FROM rate_limits")) == 0


def test_the_counters_are_not_written_ahead(session: Session) -> None:
    kept = session.scalar(text("SELECT relpersistence FROM pg_class WHERE relname = 'rate_limits'"))
    assert kept in ("u", b"u")


def test_a_repeated_key_gets_the_first_answer_and_acts_once(session: Session) -> None:
    done: list[int] = []

    def act() -> dict[str, int]:
        done.append(1)
        return {"n": len(done)}

    first = idempotency.once(session, scope="s", key="k", body={"a": 1, "b": 2}, act=act)
    again = idempotency.once(session, scope="s", key="k", body={"b": 2, "a": 1}, act=act)
    assert (first.content, first.repeated) == ({"n": 1}, False)
    assert (again.content, again.repeated) == ({"n": 1}, True)
    assert idempotency.once(session, scope="another", key="k", body={}, act=act).content == {"n": 2}
    with pytest.raises(KeyReused):
        idempotency.once(session, scope="s", key="k", body={"a": 2}, act=act)
    with pytest.raises(BadInput):
        idempotency.once(session, scope="s", key="", body={}, act=act)


def test_what_failed_may_be_sent_again_with_the_same_key(database: Database) -> None:
    def fail() -> dict[str, int]:
        raise BadInput("no")

    with pytest.raises(BadInput), database.begin(PUBLIC) as session:
        idempotency.once(session, scope="s", key="failed", body={}, act=fail)
    with database.begin(PUBLIC) as session:
        assert not idempotency.once(session, scope="s", key="failed", body={}, act=dict).repeated


def test_answers_are_forgotten_after_a_week(session: Session, see_as: Callable[[Viewer], Session]) -> None:
    idempotency.once(session, scope="s", key="k", body={}, act=dict)
    idempotency.forget(session, datetime.now(UTC) + timedelta(days=6))
    assert session.scalar(text("SELECT count(*) FROM idempotency WHERE scope = 's' AND key = 'k'")) == 1
    idempotency.forget(session, datetime.now(UTC) + timedelta(days=8))
    assert session.scalar(text("SELECT count(*) FROM idempotency WHERE scope = 's' AND key = 'k'")) == 0


def test_a_letter_of_a_transaction_that_fails_is_never_there(database: Database) -> None:
    with pytest.raises(BadInput), database.begin(PUBLIC) as session:
        _put_and_fail(session)
    with database.begin(ROBOT) as session:
        assert mailbox.take(session, datetime.now(UTC)) is None


def _put_and_fail(session: Session) -> None:
    mailbox.put(session, to="a@example.org", subject="s", body="b")
    raise BadInput("no")


def test_a_sent_letter_leaves_only_a_tombstone(session: Session, see_as: Callable[[Viewer], Session]) -> None:
    see_as(PUBLIC)
    mailbox.put(session, to="a@example.org", subject="Тема", body="Текст", html="<p>Текст</p>")
    see_as(ROBOT)
    soon = datetime.now(UTC) + timedelta(seconds=1)
    letter = mailbox.take(session, soon)
    assert letter is not None
    assert (letter.recipient, letter.subject, letter.body, letter.html) == (
        "a@example.org",
        "Тема",
        "Текст",
        "<p>Текст</p>",
    )
    mailbox.sent(session, letter, soon)
    row = session.execute(text("SELECT state, recipient, subject, body, html FROM outbox")).one()
    assert tuple(row) == ("sent", None, None, None, None)
    assert mailbox.take(session, soon) is None
    mailbox.forget(session, soon + timedelta(days=31))
    assert session.scalar(text("SELECT count(*) FROM outbox")) == 0


def test_a_refused_letter_is_tried_ever_later_and_then_given_up_and_emptied(session: Session) -> None:
    mailbox.put(session, to="a@example.org", subject="s", body="b")
    now = datetime.now(UTC) + timedelta(seconds=1)
    waits = []
    while (letter := mailbox.take(session, now)) is not None:
        mailbox.refused(session, letter, now, error="451")
        due = session.scalar(text("SELECT next_try_at FROM outbox WHERE state = 'waiting'"))
        if due is None:
            break
        assert mailbox.take(session, due - timedelta(seconds=1)) is None
        waits.append(due - now)
        now = due
    assert waits == list(mailbox.PATIENCE)
    row = session.execute(text("SELECT state, body, last_error, tries FROM outbox")).one()
    assert tuple(row) == ("failed", None, "451", 8)


def test_two_workers_take_different_letters(database: Database) -> None:
    with database.begin(PUBLIC) as session:
        for n in range(2):
            mailbox.put(session, to=f"two{n}@example.org", subject="s", body="b")
    soon = datetime.now(UTC) + timedelta(seconds=1)
    with database.begin(ROBOT) as one, database.begin(ROBOT) as other:
        first, second = mailbox.take(one, soon), mailbox.take(other, soon)
        assert first is not None
        assert second is not None
        assert first.id != second.id
