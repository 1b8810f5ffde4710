"""Every query of the slice. What is matched and told comes from public tables alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from layers.alerts.rules import STREET_M

# --- subscriptions ----------------------------------------------------------------------------------------------------

# The same form sent twice is one subscription.
ADD = text("""
INSERT INTO alerts (id, email, language, units, polygon, street, street_uk, street_en, line, categories, statuses,
                    changes, pace, confirm_hash, stop_hash, made_at)
VALUES (:id, :email, :language, :units, ST_GeomFromEWKT(:polygon), :street, :street_uk, :street_en,
        (SELECT s.geom FROM streets s WHERE s.id = :street), :categories, :statuses, :changes, :pace, :confirm_hash,
        :stop_hash, :made_at)
ON CONFLICT DO NOTHING RETURNING id
""")
OF_ADDRESS = text("SELECT count(*) FROM alerts WHERE email = :email")
SUBSCRIPTION = """
SELECT id, email, language, units, polygon IS NOT NULL AS is_drawn, street_uk, street_en, categories, statuses, changes,
       pace, made_at, confirmed_at
FROM alerts
"""
BY_CONFIRMATION = text(SUBSCRIPTION + "WHERE confirm_hash = :hash AND (confirmed_at IS NOT NULL OR made_at > :since)")
BY_STOP = text(SUBSCRIPTION + "WHERE stop_hash = :hash")
CONFIRM = text("UPDATE alerts SET confirmed_at = coalesce(confirmed_at, :now) WHERE id = :id")
LETTERS = text("SELECT letter FROM alert_letters WHERE alert = :alert")
REMOVE = text("DELETE FROM alerts WHERE id = :id")
PUBLIC_STATUSES = text("SELECT code, title_uk, title_en FROM problem_statuses WHERE public ORDER BY position")

# --- news -------------------------------------------------------------------------------------------------------------

ALONE = text("SELECT pg_try_advisory_xact_lock(hashtext('alerts'))")
FINE = "c.location_precision IN ('street', 'place')"
# A report is shown at a point for the catchment it lies in, so one matches a drawn place or a street that its catchment
# meets. A catchment that is a whole settlement or hromada would match everything in it: of that the point counts.
IN_POLYGON = f"""
    a.polygon && coalesce(n.catchment, c.geom)
    AND (ST_Intersects(a.polygon, c.geom) OR {FINE} AND ST_Intersects(a.polygon, n.catchment))"""
ON_STREET = f"""
    a.line && ST_Expand(coalesce(n.catchment, c.geom), 0.001)
    AND (ST_DWithin(a.line::geography, c.geom::geography, {STREET_M})
         OR {FINE} AND ST_Length(ST_Intersection(a.line, n.catchment)::geography) >= {STREET_M})"""
MATCHES = f"""
    a.confirmed_at IS NOT NULL
    AND (a.categories = '{{}}' OR c.category = ANY (a.categories))
    AND (a.statuses = '{{}}' OR c.status = ANY (a.statuses))
    AND (a.changes = 'both' OR (a.changes = 'new') = c.is_new)
    AND (a.units = '{{}}' AND a.polygon IS NULL AND a.line IS NULL
         OR a.units && c.units OR coalesce({IN_POLYGON}, false) OR coalesce({ON_STREET}, false))"""
# One statement sees one moment: what it notes as told is what it hands to subscribers. A public line of history more is
# news; one less, by erasing, is not.
GATHER = text(f"""
WITH public AS (
    SELECT p.*, (SELECT count(*) FROM problem_steps_public s WHERE s.problem = p.id) AS steps FROM problems_public p
), changed AS MATERIALIZED (
    SELECT p.*, t.problem IS NULL AS is_new,
           t.problem IS NULL OR p.status <> t.status OR p.reopened > t.reopened OR p.steps > t.steps AS is_news
    FROM public p LEFT JOIN alert_told t ON t.problem = p.id
    WHERE (p.status, p.reopened, p.steps) IS DISTINCT FROM (t.status, t.reopened, t.steps)
), noted AS (
    INSERT INTO alert_told (problem, status, reopened, steps)
    SELECT id, status, reopened, steps FROM changed
    ON CONFLICT (problem) DO UPDATE SET status = excluded.status, reopened = excluded.reopened, steps = excluded.steps
)
INSERT INTO alert_pending AS p (alert, problem, is_new, at)
SELECT a.id, c.id, c.is_new, :now
FROM changed c LEFT JOIN snap_points n ON n.id = c.snap_id JOIN alerts a ON {MATCHES}
WHERE c.is_news
ON CONFLICT (alert, problem) DO UPDATE SET is_new = p.is_new OR excluded.is_new
""")

# --- telling ----------------------------------------------------------------------------------------------------------

SLOT = "CASE a.pace WHEN 'instant' THEN :instant WHEN 'daily' THEN :daily ELSE :weekly END"
# Of several workers each takes another subscriber.
DUE = text(f"""
SELECT a.id, a.email, a.language, a.units, a.polygon IS NOT NULL AS is_drawn, a.street_uk, a.street_en, a.categories,
       a.statuses, a.changes, a.pace, a.made_at, a.confirmed_at
FROM alerts a
WHERE a.confirmed_at IS NOT NULL AND EXISTS (
    SELECT FROM alert_pending p JOIN problems_public q ON q.id = p.problem
    WHERE p.alert = a.id AND p.at <= cast({SLOT} AS timestamptz))
ORDER BY a.id LIMIT 1 FOR UPDATE OF a SKIP LOCKED
""")
# What is public no more stays here: when it comes back, it is told.
TAKE = text("""
DELETE FROM alert_pending p
USING problems_public q JOIN categories c ON c.code = q.category JOIN problem_statuses s ON s.code = q.status
    LEFT JOIN snap_points n ON n.id = q.snap_id
    LEFT JOIN LATERAL (
        SELECT u.name_uk, u.name_en FROM units u
        WHERE u.code = ANY (q.units) AND u.system IN ('settlements', 'hromadas')
        ORDER BY u.system DESC LIMIT 1) u ON true
WHERE p.problem = q.id AND p.alert = :alert AND p.at <= :slot
RETURNING q.id, p.is_new, coalesce(c.problem_uk, c.title_uk) AS category_uk,
          coalesce(c.problem_en, c.title_en) AS category_en, s.title_uk AS status_uk, s.title_en AS status_en,
          n.title_uk AS place_uk, n.title_en AS place_en, u.name_uk AS unit_uk, u.name_en AS unit_en,
          q.month, q.updated_month
""")
NOTE = text("UPDATE alerts SET last_sent_at = :now, stop_hash = :stop_hash WHERE id = :id")
NOTE_LETTER = text("""
INSERT INTO alert_letters (letter, alert, problems, are_new) VALUES (:letter, :alert, :problems, :are_new)
""")
# A letter that waits for the mail server and tells of what was withdrawn since: back to what is to be told.
RECALL = text("""
WITH stale AS (
    SELECT l.letter, l.alert, l.problems, l.are_new, o.made_at
    FROM alert_letters l JOIN outbox o ON o.id = l.letter AND o.state = 'waiting'
    WHERE EXISTS (SELECT FROM unnest(l.problems) AS told(problem)
                  WHERE NOT EXISTS (SELECT FROM problems_public q WHERE q.id = told.problem))
    FOR UPDATE OF o SKIP LOCKED
), back AS (
    -- A week earlier than it was made: due again at once, at whatever pace.
    INSERT INTO alert_pending AS p (alert, problem, is_new, at)
    SELECT s.alert, told.problem, bool_or(told.is_new), min(s.made_at) - interval '7 days'
    FROM stale s, unnest(s.problems, s.are_new) AS told(problem, is_new)
    GROUP BY s.alert, told.problem
    ON CONFLICT (alert, problem) DO UPDATE SET is_new = p.is_new OR excluded.is_new, at = excluded.at
)
DELETE FROM outbox WHERE id IN (SELECT letter FROM stale)
""")

# --- forgetting -------------------------------------------------------------------------------------------------------

FORGET_UNCONFIRMED = text("DELETE FROM alerts WHERE confirmed_at IS NULL AND made_at <= :before")
# An address that doesn't exist any more; a mail server that was away is another thing.
FORGET_REFUSED = text("""
DELETE FROM alerts WHERE id IN (
    SELECT l.alert FROM alert_letters l JOIN outbox o ON o.id = l.letter
    WHERE o.state = 'failed' AND o.last_error LIKE '5%')
""")
FORGET_LETTERS = text("""
DELETE FROM alert_letters l USING outbox o WHERE o.id = l.letter AND o.state <> 'waiting'
""")
FORGET_PENDING = text("""
DELETE FROM alert_pending p
WHERE p.at <= :before AND NOT EXISTS (SELECT FROM problems_public q WHERE q.id = p.problem)
""")
MARK_GONE = text("""
UPDATE alert_told t
SET gone_at = CASE WHEN EXISTS (SELECT FROM problems_public q WHERE q.id = t.problem) THEN NULL ELSE :now END
WHERE (t.gone_at IS NULL) <> EXISTS (SELECT FROM problems_public q WHERE q.id = t.problem)
""")
FORGET_TOLD = text("DELETE FROM alert_told WHERE gone_at <= :before")


def add(session: Session, values: Mapping[str, Any]) -> bool:
    """Insert a subscription; false when the same form has come before."""
    return session.execute(ADD, values).one_or_none() is not None


def count_of_address(session: Session, email: str) -> int:
    return int(session.scalar(OF_ADDRESS, {"email": email}) or 0)


def by_confirmation(session: Session, digest: bytes, since: datetime) -> Any:
    """Return the subscription of a confirming link's hash, if it was made after `since` or is confirmed, or None."""
    return session.execute(BY_CONFIRMATION, {"hash": digest, "since": since}).one_or_none()


def by_stop(session: Session, digest: bytes) -> Any:
    return session.execute(BY_STOP, {"hash": digest}).one_or_none()


def confirm(session: Session, alert: UUID, now: datetime) -> None:
    session.execute(CONFIRM, {"id": alert, "now": now})


def letters_of(session: Session, alert: UUID) -> Sequence[UUID]:
    return session.scalars(LETTERS, {"alert": alert}).all()


def remove(session: Session, alert: UUID) -> None:
    """Erase a subscription with its address and all that was to be told."""
    session.execute(REMOVE, {"id": alert})


def public_statuses(session: Session) -> Sequence[Any]:
    """Return the statuses in which a report is public, in their order."""
    return session.execute(PUBLIC_STATUSES).all()


def is_alone(session: Session) -> bool:
    """Say whether no other worker gathers now, and hold that until the end of the transaction."""
    return bool(session.scalar(ALONE))


def gather(session: Session, now: datetime) -> None:
    """Find what is news since the last time, and whom it is for."""
    session.execute(GATHER, {"now": now})


def recall(session: Session) -> None:
    """Take back waiting letters about what was withdrawn meanwhile; the rest of them is told anew."""
    session.execute(RECALL)


def due(session: Session, slots: Mapping[str, datetime]) -> Any:
    """Return a subscription with something due by its pace's slot, held for this transaction, or None."""
    return session.execute(DUE, slots).one_or_none()


def take(session: Session, alert: UUID, slot: datetime) -> Sequence[Any]:
    """Take what is to be told to a subscriber out of the list, with its public facts as they are now."""
    return session.execute(TAKE, {"alert": alert, "slot": slot}).all()


def note(session: Session, alert: UUID, *, stop_hash: bytes, now: datetime) -> None:
    session.execute(NOTE, {"id": alert, "stop_hash": stop_hash, "now": now})


def note_letter(session: Session, letter: UUID, alert: UUID, told: Mapping[UUID, bool]) -> None:
    """Note which reports a letter tells of, and which of them as new."""
    values = {"letter": letter, "alert": alert, "problems": list(told), "are_new": list(told.values())}
    session.execute(NOTE_LETTER, values)


def forget(session: Session, now: datetime, *, unconfirmed: datetime, withdrawn: datetime, told: datetime) -> None:
    """Drop what was not confirmed, whose address refuses letters, and what is of no use any more."""
    session.execute(FORGET_UNCONFIRMED, {"before": unconfirmed})
    session.execute(FORGET_REFUSED)
    session.execute(FORGET_LETTERS)
    session.execute(FORGET_PENDING, {"before": withdrawn})
    session.execute(MARK_GONE, {"now": now})
    session.execute(FORGET_TOLD, {"before": told})
