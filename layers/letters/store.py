"""Every query of the slice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from layers.letters import rules
from layers.letters.tables import Letter, LetterAppeal, LetterProblem, LetterTemplate

# Whoever takes the next number waits until the one before has committed or failed.
NEXT_NUMBER = text("""
INSERT INTO letter_numbers AS n (series, year, last) VALUES (:series, :year, 1)
ON CONFLICT (series, year) DO UPDATE SET last = n.last + 1
RETURNING last
""")
# As the desk has it: where its reporter said it is, the public place, the exact point.
REPORTS = text("""
SELECT p.id, p.public_id, p.number, p.category, c.problem_uk AS category_uk, c.problem_en AS category_en,
       c.answer_days, p.status, p.audience, p.month, (p.reported_at AT TIME ZONE :timezone)::date AS day, p.body,
       p.units, e.words AS said_place, ST_X(e.geom) AS lon, ST_Y(e.geom) AS lat, n.kind AS place_kind,
       n.title_uk AS place_uk, n.title_en AS place_en, u.name_uk AS unit_uk, u.name_en AS unit_en,
       p.institution_id
FROM problems p JOIN categories c ON c.code = p.category LEFT JOIN problem_places e ON e.problem_id = p.id
LEFT JOIN snap_points n ON n.id = p.snap_id
LEFT JOIN units u ON u.system = CASE WHEN p.settlement IS NULL THEN 'hromadas' ELSE 'settlements' END
                 AND u.code = coalesce(p.settlement, p.hromada)
WHERE p.id = ANY (:ids) ORDER BY array_position(:ids, p.id)
""")
# As everybody has it: what a deputy may write about.
PUBLIC_REPORTS = text("""
SELECT p.id AS public_id, p.category, c.problem_uk AS category_uk, c.problem_en AS category_en, p.month, p.body,
       n.kind AS place_kind, n.title_uk AS place_uk, n.title_en AS place_en, u.name_uk AS unit_uk, u.name_en AS unit_en,
       p.institution AS institution_id
FROM problems_public p JOIN categories c ON c.code = p.category LEFT JOIN snap_points n ON n.id = p.snap_id
LEFT JOIN units u ON u.system = 'hromadas' AND u.code = p.hromada
WHERE p.id = ANY (:ids) ORDER BY array_position(:ids, p.id)
""")
# What waits for a letter, the nearest to be overdue first; and how many letters were sent about it already.
WAITING = text("""
SELECT p.id, p.number, c.problem_uk AS category_uk, c.problem_en AS category_en, c.symbol, p.status,
       s.title_uk AS status_uk, s.title_en AS status_en, left(p.body, 180) AS words, p.due_at,
       coalesce(e.words, n.title_uk) AS place_uk, coalesce(e.words, n.title_en) AS place_en,
       (SELECT count(*) FROM letter_problems i JOIN letters l ON l.id = i.letter_id
        WHERE i.public_id = p.public_id AND l.cancelled_on IS NULL) AS letters
FROM problems p JOIN categories c ON c.code = p.category JOIN problem_statuses s ON s.code = p.status
LEFT JOIN problem_places e ON e.problem_id = p.id LEFT JOIN snap_points n ON n.id = p.snap_id
WHERE p.status = ANY (:statuses) AND p.anonymised_at IS NULL
ORDER BY p.status NOT IN ('confirmed', 'reopened'), p.due_at NULLS LAST, p.id LIMIT :most
""")
OF_LETTER = text("""
SELECT i.public_id, i.position, i.category, c.problem_uk AS category_uk, c.problem_en AS category_en, c.symbol, i.month,
       i.day, i.place, i.words, p.id, p.number, p.status, p.version, s.title_uk AS status_uk, s.title_en AS status_en
FROM letter_problems i LEFT JOIN categories c ON c.code = i.category LEFT JOIN problems p ON p.public_id = i.public_id
LEFT JOIN problem_statuses s ON s.code = p.status
WHERE i.letter_id = :letter ORDER BY i.position
""")
ABOUT = text("""
SELECT l.id, l.number, l.year, l.kind, l.state, l.subject, l.made_on, l.sent_on, l.registered_on, l.due_on,
       l.answered_on, l.cancelled_on, l.incoming_number, t.name_uk AS institution_uk, t.name_en AS institution_en
FROM letter_problems i JOIN letters l ON l.id = i.letter_id JOIN institutions t ON t.id = l.institution_id
JOIN problems p ON p.public_id = i.public_id
WHERE p.id = :problem ORDER BY l.made_on DESC, l.number DESC
""")
ACCOUNT_NAME = text("SELECT name FROM accounts WHERE id = :account")
FIGURES = text("SELECT * FROM institution_figures(:today, :least)")
# Of an answered or cancelled letter, a year later; of one that nobody ever answered, after five.
FORGET = text("""
UPDATE letter_appeals a SET name = NULL, residence = NULL, contact = NULL, substance = NULL, erased_at = :now
FROM letters l
WHERE l.id = a.letter_id AND a.erased_at IS NULL
  AND (coalesce(l.answered_on, l.cancelled_on) <= :closed_before OR l.made_on <= :made_before)
""")

# --- The journal ------------------------------------------------------------------------------------------------------

SORTS = {
    "number": "l.year {d}, l.number {d}",
    "date": "l.made_on {d}, l.number {d}",
    "institution": 't.name_uk COLLATE "uk-UA-x-icu" {d}, l.made_on DESC, l.number DESC',
    "subject": 'l.subject COLLATE "uk-UA-x-icu" {d}, l.number DESC',
    "registered": "l.registered_on {d} NULLS LAST, l.number DESC",
    "due": "coalesce(l.due_on, a.forward_by) {d} NULLS LAST, l.number DESC",
    "state": "array_position(ARRAY['prepared','sent','registered','answered','cancelled'], l.state) {d}, l.number DESC",
}
OVERDUE = "l.registered_on IS NOT NULL AND l.due_on < :today AND l.state = 'registered'"
NO_ANSWER = "l.state = 'sent'"
JOURNAL = """
SELECT l.id, l.series, l.year, l.number, l.kind, l.made_on, l.sent_on, l.subject, l.incoming_number, l.registered_on,
       l.executor, l.due_on, l.answered_on, l.cancelled_on, l.outcome, l.state, l.version, a.forward_by,
       t.name_uk AS institution_uk, t.name_en AS institution_en,
       (SELECT count(*) FROM letter_problems i WHERE i.letter_id = l.id) AS problems
FROM letters l JOIN institutions t ON t.id = l.institution_id LEFT JOIN letter_appeals a ON a.letter_id = l.id
WHERE {where} ORDER BY {order}, l.id {limit}
"""
COUNT = "SELECT count(*) AS n, count(*) FILTER (WHERE {overdue}) AS overdue FROM letters l JOIN institutions t ON t.id = l.institution_id WHERE {where}"  # noqa: E501


@dataclass(frozen=True)
class Sought:
    """What narrows the journal, and its order. `state` may also be one of the marks overdue and no_answer."""

    state: str = ""
    kind: str = ""
    institution: UUID | None = None
    month: date | None = None
    words: str = ""
    sort: str = "date"
    descending: bool = True

    def where(self) -> tuple[str, dict[str, Any]]:
        conditions: list[str] = ["true"]
        values: dict[str, Any] = {}
        if self.state in ("overdue", "no_answer"):
            conditions.append(OVERDUE if self.state == "overdue" else NO_ANSWER)
        elif self.state:
            conditions.append("l.state = :state")
        for name, value in (("kind", self.kind), ("institution_id", self.institution)):
            if value:
                conditions.append(f"l.{name} = :{name}")
                values[name] = value
        if self.month:
            conditions.append("date_trunc('month', l.made_on) = :month")
        if self.words.strip():
            conditions.append(
                "(l.number || '/' || l.year ILIKE :starts OR l.subject ILIKE :words OR l.executor ILIKE :words "
                "OR l.incoming_number ILIKE :words OR t.name_uk ILIKE :words OR t.name_en ILIKE :words)"
            )
        looked = "".join(f"\\{letter}" if letter in "%_\\" else letter for letter in self.words.strip())
        values |= {"state": self.state, "month": self.month, "words": f"%{looked}%"}
        return " AND ".join(conditions), values | {"starts": f"{looked.lstrip('№ ')}%"}

    def order(self) -> str:
        return SORTS.get(self.sort, SORTS["date"]).format(d="DESC" if self.descending else "ASC")


@dataclass(frozen=True)
class Line:
    """One line of the journal."""

    id: UUID
    series: UUID | None
    year: int
    number: int
    kind: str
    made_on: date
    sent_on: date | None
    subject: str
    incoming_number: str
    registered_on: date | None
    executor: str
    due_on: date | None
    answered_on: date | None
    cancelled_on: date | None
    outcome: str
    state: str
    version: int
    forward_by: date | None
    institution_uk: str
    institution_en: str
    problems: int

    @property
    def out(self) -> str:
        return f"{self.number}/{self.year}"


def journal(
    session: Session, sought: Sought, *, today: date, limit: int | None = None, offset: int = 0
) -> Sequence[Line]:
    """Return the lines that the viewer may see, narrowed and ordered."""
    where, values = sought.where()
    page = "" if limit is None else "LIMIT :limit OFFSET :offset"
    asked = text(JOURNAL.format(where=where, order=sought.order(), limit=page))
    rows = session.execute(asked, {**values, "today": today, "limit": limit, "offset": offset}).mappings()
    return [Line(**row) for row in rows]


def count(session: Session, sought: Sought, *, today: date) -> tuple[int, int]:
    """Return how many letters there are under what narrows them, and how many of them are overdue."""
    where, values = sought.where()
    row = session.execute(text(COUNT.format(where=where, overdue=OVERDUE)), {**values, "today": today}).one()
    return row.n, row.overdue


# --- One letter -------------------------------------------------------------------------------------------------------


def next_number(session: Session, series: UUID | None, year: int) -> int:
    return int(session.execute(NEXT_NUMBER, {"series": str(series or ""), "year": year}).scalar_one())


def add(session: Session, values: Mapping[str, Any], items: Iterable[Mapping[str, Any]]) -> None:
    session.execute(insert(Letter.__table__).values(**values))  # type: ignore[arg-type]
    if rows := [{"letter_id": values["id"], **item} for item in items]:
        session.execute(insert(LetterProblem.__table__), rows)  # type: ignore[arg-type]


def add_appeal(session: Session, values: Mapping[str, Any]) -> None:
    session.execute(insert(LetterAppeal.__table__).values(**values))  # type: ignore[arg-type]


def one(session: Session, letter: UUID, *, lock: bool = False) -> Letter | None:
    wanted = select(Letter).where(Letter.id == letter).execution_options(populate_existing=True)
    return session.scalars(wanted.with_for_update() if lock else wanted).one_or_none()


def appeal_of(session: Session, letter: UUID) -> LetterAppeal | None:
    return session.get(LetterAppeal, letter, populate_existing=True)


def items_of(session: Session, letter: UUID) -> Sequence[Any]:
    """Return what a letter is about; `id`, `number`, `status` are None where the viewer may not see the report."""
    return session.execute(OF_LETTER, {"letter": letter}).all()


def about(session: Session, problem: UUID) -> Sequence[Any]:
    """Return the letters about a report, the newest first."""
    return session.execute(ABOUT, {"problem": problem}).all()


def reports(session: Session, ids: Sequence[UUID], timezone: str) -> Sequence[Any]:
    return session.execute(REPORTS, {"ids": list(ids), "timezone": timezone}).all()


def public_reports(session: Session, ids: Sequence[UUID]) -> Sequence[Any]:
    return session.execute(PUBLIC_REPORTS, {"ids": list(ids)}).all()


def waiting(session: Session, *, most: int) -> Sequence[Any]:
    """Return the reports that a letter may be about, those that nobody was written to about first."""
    return session.execute(WAITING, {"statuses": sorted(rules.ABOUT - {"done"}), "most": most}).all()


def account_name(session: Session, account: UUID | None) -> str:
    """Return what the viewer's own account is called."""
    return session.scalar(ACCOUNT_NAME, {"account": account}) or ""


def figures(session: Session, today: date, *, least: int) -> Sequence[Mapping[str, Any]]:
    return [dict(row) for row in session.execute(FIGURES, {"today": today, "least": least}).mappings()]


def forget(session: Session, *, closed_before: date, made_before: date, now: datetime) -> int:
    """Erase whose appeals letters were, of those closed or made before; return how many."""
    values = {"closed_before": closed_before, "made_before": made_before, "now": now}
    return int(session.execute(FORGET, values).rowcount)  # type: ignore[attr-defined]


# --- Templates --------------------------------------------------------------------------------------------------------


def templates(session: Session) -> Sequence[LetterTemplate]:
    order = (LetterTemplate.kind, LetterTemplate.language, LetterTemplate.institution_kind)
    return session.scalars(select(LetterTemplate).order_by(*order)).all()


def template(session: Session, template_id: UUID) -> LetterTemplate | None:
    return session.get(LetterTemplate, template_id)


def template_for(session: Session, kind: str, institution_kind: str, language: str) -> LetterTemplate | None:
    """Return the coordinator's own template that fits best: of this kind of institution, or else of any."""
    wanted = select(LetterTemplate).where(LetterTemplate.kind == kind, LetterTemplate.language == language)
    found = {row.institution_kind: row for row in session.scalars(wanted)}
    return found.get(institution_kind) or found.get(None)


def keep_template(session: Session, values: Mapping[str, Any]) -> None:
    row = upsert(LetterTemplate).values(**values)
    session.execute(
        row.on_conflict_do_update(
            constraint="uq_letter_templates_for",
            set_={name: row.excluded[name] for name in ("name", "content", "made_at")},
        )
    )


def drop_template(session: Session, template_id: UUID) -> bool:
    gone = session.execute(delete(LetterTemplate).where(LetterTemplate.id == template_id))
    return bool(gone.rowcount)  # type: ignore[attr-defined]
