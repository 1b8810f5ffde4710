"""The public line of reports with everything that stands beside it in public: names, place, answers, steps.

Reads the public tables only, so it can be asked as anybody; `of_receipt` alone goes behind them, as the reporter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from layers.area import Box
from layers.geometry import WGS84
from layers.layer import Title
from layers.published.rules import MOST

FIND = f"""
SELECT p.id, p.category, c.problem_uk, c.problem_en, c.answer_days, p.status, s.title_uk AS status_uk,
       s.title_en AS status_en, s.is_open, p.month, p.updated_month, p.body, p.photos, p.supporters,
       p.location_precision, p.units, p.demo, h.name_uk AS hromada_uk, h.name_en AS hromada_en, n.title_uk AS place_uk,
       n.title_en AS place_en, i.name_uk AS institution_uk, i.name_en AS institution_en, a.body AS answer,
       a.signed, ST_X(p.geom) AS lon, ST_Y(p.geom) AS lat
FROM problems_public p
JOIN categories c ON c.code = p.category
JOIN problem_statuses s ON s.code = p.status
LEFT JOIN snap_points n ON n.id = p.snap_id
LEFT JOIN units h ON h.system = 'hromadas' AND h.code = p.hromada
LEFT JOIN institutions i ON i.id = p.institution
LEFT JOIN LATERAL (
    SELECT t.body, t.signed FROM problem_steps_public t WHERE t.problem = p.id AND t.body <> ''
    ORDER BY t.position DESC LIMIT 1
) a ON true
WHERE (CAST(:ids AS uuid[]) IS NULL OR p.id = ANY(CAST(:ids AS uuid[])))
  AND (CAST(:category AS text[]) IS NULL OR p.category = ANY(CAST(:category AS text[])))
  AND (CAST(:status AS text[]) IS NULL OR p.status = ANY(CAST(:status AS text[])))
  AND (CAST(:is_open AS boolean) IS NULL OR s.is_open = CAST(:is_open AS boolean))
  AND (CAST(:unit AS text[]) IS NULL OR p.units && CAST(:unit AS text[]))
  AND (CAST(:since AS date) IS NULL OR p.month >= CAST(:since AS date))
  AND (CAST(:until AS date) IS NULL OR p.month <= CAST(:until AS date))
  AND (CAST(:updated_since AS date) IS NULL OR p.updated_month >= CAST(:updated_since AS date))
  AND (CAST(:updated_until AS date) IS NULL OR p.updated_month <= CAST(:updated_until AS date))
  AND (CAST(:west AS float8) IS NULL
       OR p.geom && ST_MakeEnvelope(CAST(:west AS float8), CAST(:south AS float8),
                                    CAST(:east AS float8), CAST(:north AS float8), {WGS84}))
"""
NEWEST = text(f"{FIND} ORDER BY p.month DESC, p.id LIMIT :limit OFFSET :offset")
LATEST = text(f"{FIND} ORDER BY p.updated_month DESC, p.id LIMIT :limit OFFSET :offset")
STEPS = text("""
SELECT t.problem, t.month, t.status, s.title_uk, s.title_en, t.body, t.signed
FROM problem_steps_public t LEFT JOIN problem_statuses s ON s.code = t.status
WHERE t.problem = ANY(CAST(:ids AS uuid[])) ORDER BY t.problem, t.position
""")
MONTHS = text("SELECT month, count(*) AS n FROM problems_public GROUP BY month ORDER BY month DESC")
# A report that was merged is followed to the one it was merged into.
OF_RECEIPT = text("""
SELECT p.status, s.title_uk, s.title_en, (
    SELECT q.id FROM problems_public q JOIN problems o ON o.public_id = q.id
    WHERE o.id = coalesce(p.merged_into, p.id)) AS public_id
FROM problems p JOIN problem_statuses s ON s.code = p.status WHERE p.id = :id
""")

UNIT = text("""
SELECT CASE system WHEN 'hromadas' THEN concat_ws(' ', name_uk, kind) ELSE name_uk END AS name_uk,
       CASE system WHEN 'hromadas' THEN concat_ws(' ', coalesce(name_en, name_uk), 'hromada') ELSE name_en END
           AS name_en
FROM units WHERE code = :code ORDER BY system LIMIT 1
""")
STREET = text("""
SELECT concat_ws(', ', nullif(s.name_uk, ''), u.name_uk) AS name_uk,
       concat_ws(', ', coalesce(nullif(s.name_en, ''), s.name_uk), coalesce(u.name_en, u.name_uk)) AS name_en
FROM streets s LEFT JOIN LATERAL (
    SELECT name_uk, name_en FROM units WHERE system = 'settlements' AND ST_Intersects(geom, s.point) LIMIT 1
) u ON true
WHERE s.id = :id
""")


@dataclass(frozen=True)
class Wanted:
    """What is asked for; None narrows nothing. Months are first days, `bbox` is in EPSG:4326."""

    ids: tuple[UUID, ...] | None = None
    category: tuple[str, ...] | None = None
    status: tuple[str, ...] | None = None
    is_open: bool | None = None
    unit: tuple[str, ...] | None = None
    since: date | None = None
    until: date | None = None
    updated_since: date | None = None
    updated_until: date | None = None
    bbox: Box | None = None
    limit: int = MOST
    offset: int = 0

    @property
    def values(self) -> dict[str, Any]:
        west, south, east, north = self.bbox or (None, None, None, None)
        lists = {
            name: None if (value := getattr(self, name)) is None else list(value)
            for name in ("ids", "category", "status", "unit")
        }
        given = {name: value for name, value in vars(self).items() if name not in (*lists, "bbox")}
        return {**given, **lists, "west": west, "south": south, "east": east, "north": north}


@dataclass(frozen=True)
class Published:
    """One published report: months, the snap point and what it is called, approved words and photos."""

    id: UUID
    category: str
    category_title: Title
    answer_days: int
    status: str
    status_title: Title
    is_open: bool
    month: date
    updated_month: date
    body: str
    photos: tuple[UUID, ...]
    supporters: int
    location_precision: str
    units: tuple[str, ...]
    place: Title
    institution: Title | None
    answer: str  # the last one that everybody may read, signed
    lon: float
    lat: float
    demo: bool


@dataclass(frozen=True)
class Step:
    """One public line of a report's history."""

    month: date
    status: str | None
    status_title: Title | None
    body: str
    signed: str


@dataclass(frozen=True)
class Followed:
    """What became of a report, for whoever holds its receipt; `public_id` is None until it is published."""

    status: str
    status_title: Title
    public_id: UUID | None


def newest(session: Session, wanted: Wanted) -> list[Published]:
    """Return reports by the month they were made in, newest first."""
    return [_published(row) for row in session.execute(NEWEST, wanted.values).mappings()]


def latest(session: Session, wanted: Wanted) -> list[Published]:
    """Return reports by the month of their last change, newest first."""
    return [_published(row) for row in session.execute(LATEST, wanted.values).mappings()]


def steps(session: Session, ids: Iterable[UUID]) -> dict[UUID, list[Step]]:
    """Return the public steps of reports, oldest first."""
    found: dict[UUID, list[Step]] = {}
    for row in session.execute(STEPS, {"ids": list(ids)}):
        title = Title(row.title_uk, row.title_en) if row.title_uk else None
        found.setdefault(row.problem, []).append(Step(row.month, row.status, title, row.body, row.signed))
    return found


def months(session: Session) -> Sequence[tuple[date, int]]:
    """Return the months in which published reports were made, newest first, and how many those are."""
    return [(row.month, row.n) for row in session.execute(MONTHS)]


def of_receipt(session: Session, problem: UUID) -> Followed | None:
    """Return what became of a report; as the robot `reporter`."""
    row = session.execute(OF_RECEIPT, {"id": problem}).one_or_none()
    return Followed(row.status, Title(row.title_uk, row.title_en), row.public_id) if row else None


def called(session: Session, *, unit: str = "", street: str = "") -> Title | None:
    """Return what a street (by its id) or a unit (by its code) is called; None where there is none."""
    found = session.execute(STREET, {"id": street}) if street else session.execute(UNIT, {"code": unit})
    row = found.one_or_none()
    return Title(row.name_uk, row.name_en or row.name_uk) if row else None


def _published(row: Mapping[Any, Any]) -> Published:
    return Published(
        id=row["id"],
        category=row["category"],
        category_title=Title(row["problem_uk"] or row["category"], row["problem_en"] or row["category"]),
        answer_days=row["answer_days"],
        status=row["status"],
        status_title=Title(row["status_uk"], row["status_en"]),
        is_open=row["is_open"],
        month=row["month"],
        updated_month=row["updated_month"],
        body=row["body"],
        photos=tuple(row["photos"]),
        supporters=row["supporters"],
        location_precision=row["location_precision"],
        units=tuple(row["units"]),
        place=Title(*(_place(row[f"place_{lang}"], row[f"hromada_{lang}"]) for lang in ("uk", "en"))),
        institution=Title(row["institution_uk"], row["institution_en"]) if row["institution_uk"] else None,
        answer=" — ".join(part for part in (row["answer"], row["signed"]) if part) if row["answer"] else "",
        lon=row["lon"],
        lat=row["lat"],
        demo=row["demo"],
    )


def _place(point: str | None, hromada: str | None) -> str:
    """Return what a snap point is called, from the particular to the general."""
    return ", ".join(dict.fromkeys(part for part in (point, hromada) if part))
