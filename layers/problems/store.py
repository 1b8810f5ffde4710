"""Every query of the slice; what is published follows by the triggers of publish.sql."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from math import cos, radians
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from layers.geometry import WGS84
from layers.layer import Title
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
# What a place is called to whoever stands there: the public place or street, if it is shown as one, and the settlement.
NAMES_AT = text(f"""
SELECT name_uk, name_en FROM (
    (SELECT 1 AS part, title_uk AS name_uk, title_en AS name_en FROM snap_points
     WHERE id = :snap_id AND kind IN ('street', 'place'))
    UNION ALL
    (SELECT 2, name_uk, name_en FROM units
     WHERE code = ANY (units_at({POINT})) AND system IN ('settlements', 'hromadas') ORDER BY system DESC LIMIT 1)
) named ORDER BY part
""")
BOX = "ST_XMin({0}) AS west, ST_YMin({0}) AS south, ST_XMax({0}) AS east, ST_YMax({0}) AS north"
UNIT_NAMED = text(f"""
SELECT name_uk, name_en, {BOX.format("coalesce(geom, point)")} FROM units WHERE code = :code AND system <> 'area'
""")
STREET_NAMED = text(f"""
SELECT s.name_uk, s.name_en, {BOX.format("s.geom")}, u.name_uk AS settlement_uk, u.name_en AS settlement_en
FROM streets s LEFT JOIN LATERAL (
    SELECT name_uk, name_en FROM units WHERE system = 'settlements' AND code = ANY (units_at(s.point)) LIMIT 1
) u ON true WHERE s.id = :id
""")
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
    text(
        "UPDATE problem_words SET original = NULL, key = '', approved_key = '', concerns = '{}' WHERE problem_id = :id"
    ),
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
# A public place may be the exact one only where that is a public place itself.
PUBLISHED = text("""
SELECT s.id, s.snap_id,
       coalesce(n.geom = s.geom, false) AS at_snap_point,
       coalesce(e.geom = s.geom AND n.kind <> 'place', false) AS is_exact,
       extract(day FROM s.month) = 1 AND extract(day FROM s.updated_month) = 1
           AND NOT EXISTS (SELECT FROM problem_steps_public t WHERE t.problem = s.id AND extract(day FROM t.month) <> 1)
           AS is_a_month,
       coalesce(p.published AND p.audience = 'public' AND p.body = s.body, false) AS approved,
       coalesce(p.units && (SELECT closed_units()), true) AS closed
FROM problems_public s LEFT JOIN problems p ON p.public_id = s.id LEFT JOIN problem_places e ON e.problem_id = p.id
LEFT JOIN snap_points n ON n.id = s.snap_id
ORDER BY s.id
""")
STATISTICS = text("SELECT * FROM problem_statistics(:since, :until, :now, :least, :cap)")
# What residents are shown is told from what everybody knows: the catchment in which a public report lies. A place that
# stands for a whole settlement has no distance; it is near what lies in it.
FINE = "p.location_precision IN ('street', 'place')"
OPEN_PUBLIC = """
SELECT p.id, p.category, c.family, c.problem_uk, c.problem_en, s.title_uk AS status_uk, s.title_en AS status_en,
       p.month, p.body, p.photos, p.supporters, n.title_uk AS place_uk, n.title_en AS place_en,
       {distance} AS distance_m
FROM problems_public p JOIN categories c ON c.code = p.category
JOIN problem_statuses s ON s.code = p.status AND s.is_open
JOIN snap_points n ON n.id = p.snap_id
WHERE c.family = :family AND c.problem_uk IS NOT NULL AND {where}
ORDER BY distance_m NULLS LAST, p.month DESC, p.id LIMIT :most
"""
OPEN_PUBLIC_NEAR = text(
    OPEN_PUBLIC.format(
        distance=f"CASE WHEN {FINE} THEN ST_Distance(n.catchment::geography, {POINT}::geography) END",
        where=f"n.catchment && ST_Expand({POINT}, :reach) AND "
        f"CASE WHEN {FINE} THEN ST_DWithin(n.catchment::geography, {POINT}::geography, :radius_m) "
        f"ELSE ST_Covers(n.catchment, {POINT}) END",
    )
)
OPEN_PUBLIC_IN = text(OPEN_PUBLIC.format(distance="cast(NULL AS double precision)", where=":unit = ANY (p.units)"))
REPORTED = text("""
SELECT EXISTS (SELECT FROM problem_people WHERE problem_id = :problem AND person = :person AND says = 'reported')
""")
SPOKEN = text(
    "SELECT spoken IS NOT NULL FROM problem_receipts WHERE problem_id = :problem AND person = :person LIMIT 1"
)
ADD_RECEIPT_ONCE = text("""
INSERT INTO problem_receipts (hash, problem_id, person, made_at) VALUES (:hash, :problem_id, :person, :made_at)
ON CONFLICT DO NOTHING
""")
# One report as everybody reads it.
PUBLIC_ONE = text("""
SELECT p.id, p.symbol, p.status, p.month, p.updated_month, p.location_precision, p.units, p.supporters, p.body,
       p.photos, p.demo, p.snap_id, ST_X(p.geom) AS lon, ST_Y(p.geom) AS lat,
       coalesce(c.problem_uk, c.title_uk) AS category_uk, coalesce(c.problem_en, c.title_en) AS category_en,
       i.name_uk AS institution_uk, i.name_en AS institution_en
FROM problems_public p JOIN categories c ON c.code = p.category LEFT JOIN institutions i ON i.id = p.institution
WHERE p.id = :id
""")
PUBLIC_STEPS = text("""
SELECT month, status, body, signed FROM problem_steps_public WHERE problem = :id ORDER BY position
""")
SHOWN_AFTER = text("SELECT id FROM files WHERE id = ANY(:ids) AND audience = 'public' AND name = 'after.jpg'")
NAMED_UNITS = text("""
SELECT system, name_uk, name_en FROM units WHERE code = ANY(:codes) AND system IN ('settlements', 'hromadas')
ORDER BY system DESC, code
""")
FORGET_CONTACTS_OF = text("DELETE FROM problem_contacts WHERE problem_id = :problem AND person = :person")
APPROVE_KEY = text("UPDATE problem_words SET approved_key = :key WHERE problem_id = :id")
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


def names_at(session: Session, lon: float, lat: float, snap_id: int) -> Sequence[Any]:
    """Return what a place is called, the nearest name first."""
    return session.execute(NAMES_AT, {"lon": lon, "lat": lat, "snap_id": snap_id}).all()


def unit_named(session: Session, code: str) -> Any:
    """Return name and box of a unit, or None."""
    return session.execute(UNIT_NAMED, {"code": code}).one_or_none()


def street_named(session: Session, street_id: str) -> Any:
    """Return name, settlement and box of a street, or None."""
    return session.execute(STREET_NAMED, {"id": street_id}).one_or_none()


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


def add_receipt_once(session: Session, values: Mapping[str, Any]) -> None:
    """Keep the receipt of somebody who joins a report, who may have joined it before."""
    session.execute(ADD_RECEIPT_ONCE, values)


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


def by_number(session: Session, number: int) -> Problem | None:
    return session.scalars(select(Problem).where(Problem.number == number)).one_or_none()


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


def public_one(session: Session, public_id: UUID) -> Any:
    """Return the public row of a report with what its codes are called, or None."""
    return session.execute(PUBLIC_ONE, {"id": public_id}).one_or_none()


def public_steps(session: Session, public_id: UUID) -> Sequence[Any]:
    return session.execute(PUBLIC_STEPS, {"id": public_id}).all()


def shown_after(session: Session, photos: Sequence[UUID]) -> set[UUID]:
    """Return those of some public photos that show the place after the work."""
    return set(session.scalars(SHOWN_AFTER, {"ids": list(photos)})) if photos else set()


def named_units(session: Session, codes: Sequence[str]) -> list[Title]:
    """Return the names of the settlements and hromadas among some units, the former first."""
    rows = session.execute(NAMED_UNITS, {"codes": list(codes)})
    return [
        Title(f"{row.name_uk} громада", f"{row.name_en} hromada")
        if row.system == "hromadas" and "громада" not in row.name_uk
        else Title(row.name_uk, row.name_en)
        for row in rows
    ]


def forget_contacts_of(session: Session, problem: UUID, person: bytes) -> int:
    """Erase a person's contacts of a report; return how many."""
    gone = session.execute(FORGET_CONTACTS_OF, {"problem": problem, "person": person})
    return int(gone.rowcount)  # type: ignore[attr-defined]


def has_reported(session: Session, problem: UUID, person: bytes) -> bool:
    """Say whether it is this person's own report, rather than one that they joined."""
    return bool(session.scalar(REPORTED, {"problem": problem, "person": person}))


def is_spoken(session: Session, problem: UUID, person: bytes) -> bool:
    """Say whether a person's receipt has its short form, for the phone."""
    return bool(session.scalar(SPOKEN, {"problem": problem, "person": person}))


# --- the same or new --------------------------------------------------------------------------------------------------


def open_public_near(
    session: Session, family: str, lon: float, lat: float, *, radius_m: float, most: int
) -> Sequence[Any]:
    """Return the open public reports of a family whose catchment comes within the radius, the nearest first."""
    reach = radius_m / 111_320 / max(0.01, cos(radians(lat)))
    values = {"family": family, "lon": lon, "lat": lat, "radius_m": radius_m, "reach": reach, "most": most}
    return session.execute(OPEN_PUBLIC_NEAR, values).all()


def open_public_in(session: Session, family: str, unit: str, *, most: int) -> Sequence[Any]:
    """Return the open public reports of a family within a unit, the newest first."""
    return session.execute(OPEN_PUBLIC_IN, {"family": family, "unit": unit, "most": most}).all()


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


def approve_key(session: Session, problem: UUID, key: str) -> None:
    """Keep the lemmas of approved words, by which those find them who don't see what was typed."""
    session.execute(APPROVE_KEY, {"id": problem, "key": key})


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


def statistics(
    session: Session, since: date | None, until: date | None, now: datetime, *, least: int, cap: int
) -> Sequence[Mapping[str, Any]]:
    """Return the sums of statistics.sql."""
    values = {"since": since, "until": until, "now": now, "least": least, "cap": cap}
    return [dict(row) for row in session.execute(STATISTICS, values).mappings()]


def demo_reports(session: Session, statuses: Iterable[str]) -> Sequence[Any]:
    """Return status, institution and id of the demonstration's reports in these statuses that were passed on."""
    found = select(Problem.status, Problem.institution_id, Problem.id).where(
        Problem.demo, Problem.status.in_(list(statuses)), Problem.institution_id.is_not(None)
    )
    return session.execute(found.order_by(Problem.status, Problem.institution_id, Problem.number)).all()


def published(session: Session) -> Sequence[Any]:
    """Return of every published report what `audit` asks: see PUBLISHED."""
    return session.execute(PUBLISHED).all()


def silent_since(session: Session, before: datetime) -> Sequence[UUID]:
    """Return the reports whose reporter was asked whether it is done, long enough ago."""
    wanted = select(Problem.id).where(Problem.status == "done", Problem.asked_at <= before)
    return session.scalars(wanted.order_by(Problem.asked_at)).all()


def first_of_month(moment: datetime) -> date:
    return moment.date().replace(day=1)
