"""What was submitted once is done once: a retry with the same key gets the first answer and changes nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from layers.errors import BadInput, KeyReused
from layers.text import N_

KEPT = timedelta(days=7)
LONGEST_KEY = 200

# Of two at once, the second waits here until the first has committed (and finds its answer) or failed (and does it).
CLAIM = text("""
INSERT INTO idempotency (scope, key, body_sha256) VALUES (:scope, :key, :digest) ON CONFLICT (scope, key) DO NOTHING
""")
FIND = text("SELECT body_sha256, answer FROM idempotency WHERE scope = :scope AND key = :key")
ANSWER = text("UPDATE idempotency SET answer = cast(:answer AS jsonb) WHERE scope = :scope AND key = :key")
FORGET = text("DELETE FROM idempotency WHERE at < :before")


@dataclass(frozen=True)
class Answer:
    """What came of a submission, and whether it is the answer to an earlier one."""

    content: Mapping[str, Any]
    repeated: bool


def once(
    session: Session, *, scope: str, key: str, body: Mapping[str, Any], act: Callable[[], Mapping[str, Any]]
) -> Answer:
    """Do `act` in the caller's transaction unless this key was already answered in this scope.

    The answer is kept as JSON: ids and codes only, never a secret. A scope is one viewer's one verb. Raises KeyReused
    when the key came before with another body.
    """
    if not 0 < len(key) <= LONGEST_KEY:
        raise BadInput(N_("An idempotency key has 1 to {most} characters."), most=LONGEST_KEY)
    digest = hashlib.sha256(json.dumps(body, sort_keys=True, default=str).encode()).hexdigest()
    place = {"scope": scope, "key": key}
    claimed = session.execute(CLAIM, {**place, "digest": digest})
    if not claimed.rowcount:  # type: ignore[attr-defined]
        return _earlier(session, place, digest)
    content = act()
    session.execute(ANSWER, {**place, "answer": json.dumps(content)})
    return Answer(content, repeated=False)


def _earlier(session: Session, place: dict[str, str], digest: str) -> Answer:
    earlier = session.execute(FIND, place).one()
    if earlier.body_sha256 != digest:
        raise KeyReused(N_("This was already sent with other content. Open the form anew and send it again."))
    return Answer(earlier.answer, repeated=True)


def forget(session: Session, now: datetime) -> None:
    """Drop answers that nobody will ask for again; as a robot."""
    session.execute(FORGET, {"before": now - KEPT})
