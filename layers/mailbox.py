"""Letters to be sent: put here in the caller's transaction, taken out by the worker, emptied once they are gone."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.orm import Session

# How long to wait after the first, second ... refusal; after the last one the letter is given up.
PATIENCE = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=20),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(hours=12),
    timedelta(hours=24),
)

# No RETURNING: whoever writes a letter may not read the outbox.
PUT = text("""
INSERT INTO outbox (id, recipient, subject, body, html, headers)
VALUES (:id, :recipient, :subject, :body, :html, cast(:headers AS jsonb))
""")
# Of several workers each takes another letter, and holds it until it knows what became of it.
TAKE = text("""
SELECT id, recipient, subject, body, html, headers, tries FROM outbox
WHERE state = 'waiting' AND next_try_at <= :now
ORDER BY next_try_at LIMIT 1 FOR UPDATE SKIP LOCKED
""")
EMPTY = """recipient = NULL, subject = NULL, body = NULL, html = NULL, headers = '{}'"""
SENT = text(f"UPDATE outbox SET state = 'sent', ended_at = :now, last_error = NULL, {EMPTY} WHERE id = :id")  # noqa: S608 (a constant)
GIVE_UP = text(
    f"UPDATE outbox SET state = 'failed', ended_at = :now, tries = tries + 1, last_error = :error, {EMPTY} WHERE id = :id"  # noqa: S608, E501 (a constant)
)
TRY_LATER = text("""
UPDATE outbox SET tries = tries + 1, last_error = :error, next_try_at = :later WHERE id = :id
""")
TAKE_BACK = text("""
DELETE FROM outbox WHERE id IN (
    SELECT id FROM outbox WHERE id = ANY(:ids) AND state = 'waiting' FOR UPDATE SKIP LOCKED)
""")
FORGET = text("DELETE FROM outbox WHERE state <> 'waiting' AND ended_at < :before")


@dataclass(frozen=True)
class Letter:
    """One letter on its way."""

    id: UUID
    recipient: str
    subject: str
    body: str
    html: str | None
    tries: int
    headers: Mapping[str, str] = field(default_factory=dict)


def put(
    session: Session,
    *,
    to: str,
    subject: str,
    body: str,
    html: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> UUID:
    """Put a letter into the outbox: it is sent after the commit, or never if there is none.

    `headers` come beside the usual ones, such as List-Unsubscribe.
    """
    letter_id = uuid4()
    values: dict[str, object] = {"id": letter_id, "recipient": to, "subject": subject, "body": body, "html": html}
    values["headers"] = json.dumps(dict(headers or {}))
    session.execute(PUT, values)
    return letter_id


def take_back(session: Session, letters: Sequence[UUID]) -> None:
    """Drop letters that still wait, as a robot; one that is just being sent goes."""
    session.execute(TAKE_BACK, {"ids": list(letters)})


def take(session: Session, now: datetime) -> Letter | None:
    """Return a letter whose time has come, held for this transaction; as a robot."""
    row = session.execute(TAKE, {"now": now}).mappings().one_or_none()
    return None if row is None else Letter(**row)


def sent(session: Session, letter: Letter, now: datetime) -> None:
    """Note that a letter is gone, and leave of it only when."""
    session.execute(SENT, {"id": letter.id, "now": now})


def refused(session: Session, letter: Letter, now: datetime, *, error: str, for_good: bool = False) -> None:
    """Note a failure by its code; the letter is tried later, or given up and emptied when patience is at its end."""
    if for_good or letter.tries >= len(PATIENCE):
        session.execute(GIVE_UP, {"id": letter.id, "now": now, "error": error})
    else:
        session.execute(TRY_LATER, {"id": letter.id, "error": error, "later": now + PATIENCE[letter.tries]})


def forget(session: Session, now: datetime) -> None:
    """Drop the tombstones of letters after a month; as a robot."""
    session.execute(FORGET, {"before": now - timedelta(days=30)})
