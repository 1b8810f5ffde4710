"""Every query of the slice; what is published follows by the triggers of publish.sql."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from layers.geometry import WGS84
from layers.problems.tables import (
    Problem,
    ProblemContact,
    ProblemMessage,
    ProblemPerson,
    ProblemPhoto,
    ProblemWords,
)

POINT = f"ST_SetSRID(ST_MakePoint(CAST(:lon AS double precision), CAST(:lat AS double precision)), {WGS84})"
POINT_OR_NULL = f"CASE WHEN CAST(:lon AS double precision) IS NULL THEN NULL ELSE {POINT} END"

UNITS_AT = text(f"SELECT units_at({POINT})")
HAS_LIMITS = text("SELECT EXISTS (SELECT FROM unit_cells)")
SYSTEMS = text("SELECT code, system, parent_code FROM units WHERE code = ANY(:codes)")
NEXT_NUMBER = text("SELECT nextval('problem_numbers')")
PLACE = text(
    "INSERT INTO problem_places (problem_id, geom, words, accuracy_m) "
    f"VALUES (:problem_id, {POINT_OR_NULL}, :words, :accuracy_m)"
)
MOVE_PLACE = text(f"UPDATE problem_places SET geom = {POINT}, accuracy_m = NULL WHERE problem_id = :problem_id")
PLACE_OF = text("""
SELECT ST_X(geom) AS lon, ST_Y(geom) AS lat, words, accuracy_m FROM problem_places WHERE problem_id = :problem_id
""")
RECEIPT = text("""
INSERT INTO problem_receipts (hash, problem_id, person, spoken, made_at)
VALUES (:hash, :problem_id, :person, :spoken, :made_at)
ON CONFLICT DO NOTHING
""")
SAY = text("""
INSERT INTO problem_people (problem_id, person, says, at) VALUES (:problem_id, :person, :says, :at)
ON CONFLICT DO NOTHING
""")
COUNT_SUPPORTERS = text("""
UPDATE problems SET supporters = greatest(1, (
    SELECT count(DISTINCT person) FROM problem_people
    WHERE problem_id IN (SELECT id FROM problems m WHERE m.id = :id OR m.merged_into = :id)
      AND says IN ('reported', 'supports', 'still_there')))
WHERE id = :id
""")
STILL_THERE = text("""
SELECT count(DISTINCT person) FROM problem_people WHERE problem_id = :id AND says = 'still_there' AND at > :since
""")
EMPTY = (
    text("DELETE FROM problem_places WHERE problem_id = :id"),
    text("DELETE FROM problem_contacts WHERE problem_id = :id"),
    text("DELETE FROM problem_people WHERE problem_id = :id"),
    text("UPDATE problem_words SET original = NULL, key = '', concerns = '{}' WHERE problem_id = :id"),
    text("""UPDATE problem_messages SET body = NULL, approved = NULL, signed = '', erased_at = now()
            WHERE problem_id = :id AND erased_at IS NULL"""),
    text("""UPDATE typed SET body = NULL, erased_at = now(), erased_why = 'removed'
            WHERE erased_at IS NULL
              AND id IN (SELECT typed_id FROM history WHERE subject = 'problem' AND subject_id = :subject)"""),
)
FORGET_CONTACTS = (
    text("""
        UPDATE problems SET contact_erased_at = :now
        WHERE contact_erased_at IS NULL AND closed_at IS NOT NULL AND closed_at <= :before
        RETURNING id
    """),
    text("DELETE FROM problem_contacts WHERE problem_id = ANY(:ids)"),
    text("DELETE FROM problem_people WHERE problem_id = ANY(:ids)"),
    text("DELETE FROM problem_receipts WHERE problem_id = ANY(:ids)"),
)
OLDER_THAN = text("""
SELECT id FROM problems WHERE anonymised_at IS NULL AND closed_at IS NOT NULL AND reported_at <= :before ORDER BY id
""")
ANONYMISE = text("""
UPDATE problems SET body = '', published = false, anonymised_at = :now, public_geom = NULL, snap_id = NULL
WHERE id = :id
""")
# Who waits for a call, oldest first; then whoever was called since.
CALLBACKS = text("""
SELECT k.id, k.problem_id, p.number, p.category, p.status, k.name, k.phone, k.on_behalf_of, k.made_at, k.called_back_at,
       left(coalesce(nullif(p.body, ''), w.original, ''), 400) AS words, e.words AS place
FROM problem_contacts k JOIN problems p ON p.id = k.problem_id
LEFT JOIN problem_words w ON w.problem_id = p.id LEFT JOIN problem_places e ON e.problem_id = p.id
WHERE k.call_back AND k.phone IS NOT NULL AND (k.called_back_at IS NULL OR k.called_back_at >= :since)
ORDER BY k.called_back_at IS NOT NULL, k.called_back_at DESC, k.made_at, k.id
""")
WAITING_CALLS = text("""
SELECT count(*) FROM problem_contacts k JOIN problems p ON p.id = k.problem_id
WHERE k.call_back AND k.phone IS NOT NULL AND k.called_back_at IS NULL
""")
CALLED = text("""
UPDATE problem_contacts SET called_back_at = :at
WHERE id = :id AND call_back AND (called_back_at IS NULL) = (CAST(:at AS timestamptz) IS NOT NULL)
  AND EXISTS (SELECT FROM problems p WHERE p.id = problem_id)
RETURNING problem_id
""")
ANSWERED = text("UPDATE problems SET answered_at = :now, version = version + 1 WHERE id = :id AND answered_at IS NULL")
OF_RECEIPT = text("SELECT problem_id, person FROM problem_of_receipt(:hash)")
OF_SPOKEN = text("SELECT problem_id, person FROM problem_of_spoken(:hash)")


def units_at(session: Session, lon: float, lat: float) -> list[str]:
    """Return the codes of the units that hold a point."""
    return list(session.scalar(UNITS_AT, {"lon": lon, "lat": lat}) or [])


def has_limits(session: Session) -> bool:
    """Say whether any unit has limits; without them the area is its box."""
    return bool(session.scalar(HAS_LIMITS))


def systems(session: Session, codes: Iterable[str]) -> dict[str, str]:
    """Return the code of each system among these units."""
    return {row.system: row.code for row in session.execute(SYSTEMS, {"codes": list(codes)})}


def next_number(session: Session) -> int:
    return int(session.scalar(NEXT_NUMBER) or 0)


# --- writing a report down: plain inserts, because whoever reports may read nothing of it -----------------------------


def add(session: Session, values: Mapping[str, Any]) -> None:
    session.execute(insert(Problem.__table__).values(**values))  # type: ignore[arg-type]


def add_place(
    session: Session, problem: UUID, *, lon: float | None, lat: float | None, words: str | None, accuracy: float | None
) -> None:
    session.execute(PLACE, {"problem_id": problem, "lon": lon, "lat": lat, "words": words, "accuracy_m": accuracy})


def add_words(session: Session, problem: UUID, original: str | None, key: str, concerns: Sequence[str]) -> None:
    values = {"problem_id": problem, "original": original, "key": key, "concerns": list(concerns)}
    session.execute(insert(ProblemWords.__table__).values(**values))  # type: ignore[arg-type]


def add_contact(session: Session, values: Mapping[str, Any]) -> None:
    session.execute(insert(ProblemContact.__table__).values(**values))  # type: ignore[arg-type]


def add_photo(session: Session, values: Mapping[str, Any]) -> None:
    session.execute(insert(ProblemPhoto.__table__).values(**values))  # type: ignore[arg-type]


def add_receipt(session: Session, values: Mapping[str, Any]) -> None:
    session.execute(RECEIPT, values)


def add_message(session: Session, values: Mapping[str, Any]) -> None:
    session.execute(insert(ProblemMessage.__table__).values(**values))  # type: ignore[arg-type]


def say(session: Session, problem: UUID, person: bytes, says: str, at: datetime) -> bool:
    """Note what a person says of a report; return whether they had not said it before."""
    said = session.execute(SAY, {"problem_id": problem, "person": person, "says": says, "at": at})
    return bool(said.rowcount)  # type: ignore[attr-defined]


# --- reading and changing ---------------------------------------------------------------------------------------------


def one(session: Session, problem: UUID, *, lock: bool = False) -> Problem | None:
    """Return a report that the viewer may see; `lock` holds it until the end of the transaction."""
    wanted = select(Problem).where(Problem.id == problem).execution_options(populate_existing=True)
    return session.scalars(wanted.with_for_update() if lock else wanted).one_or_none()


def audience_of(session: Session, problem: UUID) -> str:
    """Return whom a report is for: public, police, statistics."""
    return session.scalar(select(Problem.audience).where(Problem.id == problem)) or ""


def by_public_id(session: Session, public_id: UUID) -> Problem | None:
    return session.scalars(select(Problem).where(Problem.public_id == public_id)).one_or_none()


def place_of(session: Session, problem: UUID) -> Any:
    """Return the exact place: lon, lat (None without a point), words, accuracy_m; None if the viewer may not see it."""
    return session.execute(PLACE_OF, {"problem_id": problem}).one_or_none()


def move_place(session: Session, problem: UUID, lon: float, lat: float) -> None:
    session.execute(MOVE_PLACE, {"problem_id": problem, "lon": lon, "lat": lat})


def words_of(session: Session, problem: UUID) -> ProblemWords | None:
    return session.get(ProblemWords, problem, populate_existing=True)


def contacts_of(session: Session, problem: UUID) -> Sequence[ProblemContact]:
    wanted = select(ProblemContact).where(ProblemContact.problem_id == problem)
    return session.scalars(wanted.order_by(ProblemContact.made_at)).all()


def photos_of(session: Session, problem: UUID) -> Sequence[ProblemPhoto]:
    wanted = select(ProblemPhoto).where(ProblemPhoto.problem_id == problem)
    return session.scalars(wanted.order_by(ProblemPhoto.shows.desc(), ProblemPhoto.position, ProblemPhoto.id)).all()


def messages_of(session: Session, problem: UUID) -> Sequence[ProblemMessage]:
    wanted = select(ProblemMessage).where(ProblemMessage.problem_id == problem)
    return session.scalars(wanted.order_by(ProblemMessage.nth)).all()


def people_of(session: Session, problem: UUID) -> Sequence[ProblemPerson]:
    return session.scalars(select(ProblemPerson).where(ProblemPerson.problem_id == problem)).all()


def merged_into(session: Session, problem: UUID) -> Sequence[Problem]:
    return session.scalars(select(Problem).where(Problem.merged_into == problem).order_by(Problem.number)).all()


def count_supporters(session: Session, problem: UUID) -> None:
    session.execute(COUNT_SUPPORTERS, {"id": problem})


def still_there_since(session: Session, problem: UUID, since: datetime) -> int:
    return int(session.scalar(STILL_THERE, {"id": problem, "since": since}) or 0)


def of_receipt(session: Session, digest: bytes) -> tuple[UUID, bytes] | None:
    """Return the report and person of a receipt's hash."""
    row = session.execute(OF_RECEIPT, {"hash": digest}).one_or_none()
    return (row.problem_id, bytes(row.person)) if row else None


def of_spoken(session: Session, digest: bytes) -> tuple[UUID, bytes] | None:
    row = session.execute(OF_SPOKEN, {"hash": digest}).one_or_none()
    return (row.problem_id, bytes(row.person)) if row else None


# --- calls ------------------------------------------------------------------------------------------------------------


def callbacks(session: Session, since: datetime) -> Sequence[Any]:
    """Return who waits for a call, oldest first, and then who was called since, the latest first."""
    return session.execute(CALLBACKS, {"since": since}).all()


def waiting_calls(session: Session) -> int:
    """Return how many people wait for a call."""
    return int(session.scalar(WAITING_CALLS) or 0)


def set_called(session: Session, contact: UUID, at: datetime | None) -> UUID | None:
    """Note when somebody was called, or (None) that they were not; return their report, None if it is so already."""
    found: UUID | None = session.scalar(CALLED, {"id": contact, "at": at})
    return found


# --- what is forgotten ------------------------------------------------------------------------------------------------


def empty(session: Session, problem: UUID) -> None:
    """Delete place, contacts, receipts and people of a report, and what was typed; the history's own words too."""
    for statement in EMPTY:
        session.execute(statement, {"id": problem, "subject": str(problem)})


def answered(session: Session, problem: UUID, now: datetime) -> None:
    session.execute(ANSWERED, {"id": problem, "now": now})


def forget_contacts(session: Session, before: datetime, now: datetime) -> int:
    """Delete contacts, receipts and people of reports that were closed before; return how many reports those were."""
    find, *clear = FORGET_CONTACTS
    ids = list(session.scalars(find, {"before": before, "now": now}))
    for statement in clear:
        session.execute(statement, {"ids": ids})
    return len(ids)


def older_than(session: Session, before: datetime) -> Sequence[UUID]:
    """Return the closed reports that were made before and still have their words."""
    return list(session.scalars(OLDER_THAN, {"before": before}))


def anonymise(session: Session, problem: UUID, now: datetime) -> None:
    """Leave of a report its category, units, month and how it ended: statistics, and no place or word."""
    session.execute(ANONYMISE, {"id": problem, "now": now})


def silent_since(session: Session, before: datetime) -> Sequence[UUID]:
    """Return the reports whose reporter was asked whether it is done, long enough ago."""
    wanted = select(Problem.id).where(Problem.status == "done", Problem.asked_at <= before)
    return session.scalars(wanted.order_by(Problem.asked_at)).all()


def first_of_month(moment: datetime) -> date:
    return moment.date().replace(day=1)
