"""Open reports around one at the desk: at their exact places, ranked by how likely they are the same problem."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from layers.categories.tables import Category
from layers.problems import duplicates
from layers.problems.duplicates import Asked, Candidate

SHOWN = 8
SAME, MAYBE = 0.5, 0.2  # from these scores on it is called likely the same, and perhaps the same
WITHOUT_PLACE = 300  # reports without a point that are looked at: the newest

# With a point: what lies around it, found by the index. Reports without a point may lie anywhere.
_COLUMNS = """
SELECT p.id, p.number, p.status, p.category, c.family, p.reported_at, p.supporters, p.version, w.key,
       coalesce(nullif(p.body, ''), w.original, '') AS words, a.words AS place
"""
AROUND = text(f"""
WITH asked AS (
    SELECT ST_SetSRID(ST_MakePoint(CAST(:lon AS double precision), CAST(:lat AS double precision)), 4326) AS point
), box AS (
    SELECT ST_Expand(ST_Transform(point, 3857), :radius / cos(radians(ST_Y(point)))) AS box, point FROM asked
)
{_COLUMNS}, ST_X(e.geom) AS lon, ST_Y(e.geom) AS lat,
       ST_Distance(e.geom::geography, box.point::geography) AS distance_m
FROM box, problems_exact(box.box) e JOIN problems p ON p.id = e.id JOIN categories c ON c.code = p.category
JOIN problem_statuses s ON s.code = p.status JOIN problem_words w ON w.problem_id = p.id
JOIN problem_places a ON a.problem_id = p.id
WHERE p.id IS DISTINCT FROM CAST(:id AS uuid) AND s.is_open AND c.family = :family
  AND ST_DWithin(e.geom::geography, box.point::geography, :radius)
""")
ANYWHERE = text(f"""
{_COLUMNS}, ST_X(a.geom) AS lon, ST_Y(a.geom) AS lat, CAST(NULL AS double precision) AS distance_m
FROM problems p JOIN categories c ON c.code = p.category JOIN problem_statuses s ON s.code = p.status
JOIN problem_words w ON w.problem_id = p.id LEFT JOIN problem_places a ON a.problem_id = p.id
WHERE p.id IS DISTINCT FROM CAST(:id AS uuid) AND s.is_open AND c.family = :family
  AND (a.geom IS NULL OR NOT :only_without)
ORDER BY p.reported_at DESC LIMIT :most
""")


@dataclass(frozen=True)
class Neighbour:
    """An open report of the same family, how far away (None: without a point), and how likely it is the same."""

    id: UUID
    number: int
    status: str
    category: str
    reported_at: datetime
    supporters: int
    version: int
    words: str
    place: str | None
    lon: float | None
    lat: float | None
    distance_m: float | None
    score: float

    @property
    def likely(self) -> str:
        return "same" if self.score >= SAME else "maybe" if self.score >= MAYBE else "near"


def neighbours(
    session: Session,
    problem: UUID | None,
    category: Category,
    key: str,
    point: tuple[float, float] | None,
    *,
    now: datetime,
) -> list[Neighbour]:
    """Return the open reports that may be the same, the likeliest first; as the desk, who may read what was typed.

    With a point: those within 1000 m (or the category's own wider radius), and of those without a point the ones that
    sound the same. Without a point only those that sound the same.
    """
    radius = duplicates.radius(staff=True, override_m=category.radius_m)
    values = {"id": problem, "family": category.family, "most": WITHOUT_PLACE, "only_without": point is not None}
    rows: list[Any] = list(session.execute(ANYWHERE, values))
    if point:
        rows += session.execute(AROUND, {**values, "lon": point[0], "lat": point[1], "radius": radius})
    by_id = {str(row.id): row for row in rows}
    candidates = [_candidate(row, now) for row in by_id.values()]
    asked = Asked(category.code, category.family, key)
    ranked = duplicates.rank(asked, candidates, radius_m=radius, most=len(candidates), at_least=0, of_best=0)
    worth = [each for each in ranked if each.candidate.distance_m is not None or each.score >= MAYBE]
    return [_neighbour(by_id[each.candidate.id], each.score) for each in worth[:SHOWN]]


def _candidate(row: Any, now: datetime) -> Candidate:
    age = max(0.0, (now - row.reported_at).total_seconds() / 86400)
    return Candidate(str(row.id), row.category, row.family, row.distance_m, row.key, age, row.supporters)


def _neighbour(row: Any, score: float) -> Neighbour:
    kept = ("id", "number", "status", "category", "reported_at", "supporters", "version", "words", "place")
    where = {"lon": row.lon, "lat": row.lat, "distance_m": row.distance_m}
    return Neighbour(**{name: getattr(row, name) for name in kept}, **where, score=score)
