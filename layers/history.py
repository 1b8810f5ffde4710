"""What was done, by whom, when: append-only, with an audience; typed text stands apart, where it can be erased."""

from __future__ import annotations

import json
from typing import Any, Literal
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.orm import Session

Audience = Literal["public", "staff", "police", "desk", "admin"]

WRITE = text("""
INSERT INTO history (audience, subject, subject_id, event, codes, typed_id)
VALUES (:audience, :subject, :subject_id, :event, cast(:codes AS jsonb), :typed_id)
""")

READ = text("""
SELECT h.id, h.at, h.actor, h.actor_name, h.actor_role, h.event, h.codes, t.body, t.erased_at
FROM history h LEFT JOIN typed t ON t.id = h.typed_id
WHERE h.subject = :subject AND h.subject_id = :subject_id
ORDER BY h.id
""")

# The id is drawn first: RETURNING would need the right to read what only keepers may read.
WRITE_TYPED = text("INSERT INTO typed (id, body) VALUES (:id, :body)")

ERASE = text("""
UPDATE typed SET body = NULL, erased_at = now(), erased_why = :why
WHERE id = :id AND erased_at IS NULL
""")


def record(
    session: Session,
    *,
    audience: Audience,
    subject: str,
    subject_id: str,
    event: str,
    codes: dict[str, Any] | None = None,
    words: str | None = None,
) -> None:
    """Append one line in the caller's transaction; `codes` holds ids and codes, never what a person typed.

    What a person typed goes into `words`: a row of its own that `erase` can empty.
    """
    typed_id: UUID | None = None
    if words is not None:
        typed_id = uuid4()
        session.execute(WRITE_TYPED, {"id": typed_id, "body": words})
    values = {"audience": audience, "subject": subject, "subject_id": subject_id, "event": event}
    session.execute(WRITE, {**values, "codes": json.dumps(codes or {}), "typed_id": typed_id})


def erase(session: Session, typed_id: UUID, *, why: str) -> bool:
    """Empty what a person typed, leaving a tombstone with a code of why; return whether there was anything left."""
    return bool(session.execute(ERASE, {"id": typed_id, "why": why}).rowcount)  # type: ignore[attr-defined]


def of(session: Session, subject: str, subject_id: str) -> list[dict[str, Any]]:
    """Return the lines of one subject, oldest first, as far as the viewer may read them."""
    rows = session.execute(READ, {"subject": subject, "subject_id": subject_id}).mappings()
    return [dict(row) for row in rows]
