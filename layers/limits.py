"""How often is too often, counted in the database, so that all processes count together."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from layers.errors import TooMany
from layers.text import N_

# One statement: two processes that count at once both count.
COUNT = text("""
INSERT INTO rate_limits AS l (key, count, ends_at) VALUES (:key, 1, :ends_at)
ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN l.ends_at <= :now THEN 1 ELSE l.count + 1 END,
    ends_at = CASE WHEN l.ends_at <= :now THEN excluded.ends_at ELSE l.ends_at END
RETURNING count AS counted, ends_at
""")
CLEAR = text("DELETE FROM rate_limits WHERE key = :key")
FORGET = text("DELETE FROM rate_limits WHERE ends_at <= :now")


def limit(session: Session, key: str, *, per: timedelta, most: int, now: datetime) -> None:
    """Count one attempt under a key; raises TooMany from the (most + 1)th within `per` of the first.

    Count in a transaction of its own where a failure afterwards must count too. The key names what is counted and a
    keyed hash of whom, never an address in clear: "sign-in:address:3f…".
    """
    row = session.execute(COUNT, {"key": key, "now": now, "ends_at": now + per}).one()
    if row.counted > most:
        wait = max(1, math.ceil((row.ends_at - now).total_seconds()))
        raise TooMany(
            N_("That was tried too often. Wait {minutes} min, then try again."),
            retry_after=wait,
            minutes=math.ceil(wait / 60),
        )


def clear(session: Session, key: str) -> None:
    """Begin to count anew: the attempt succeeded."""
    session.execute(CLEAR, {"key": key})


def forget(session: Session, now: datetime) -> None:
    """Drop what no longer counts, and with it the hashed addresses."""
    session.execute(FORGET, {"now": now})
