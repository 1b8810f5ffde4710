"""What streets and settlements of the area are called: names that are no person's, whoever they honour."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

MARK = text("""
SELECT current_database() || coalesce(sum(version), 0) || count(*)
FROM tile_versions WHERE layer IN ('roads', 'places', 'settlements')
""")
STREETS = text("SELECT DISTINCT name FROM roads, unnest(ARRAY[name_uk, name_en]) AS name WHERE name <> ''")
SETTLEMENTS = text("""
SELECT DISTINCT name FROM units, unnest(ARRAY[name_uk, name_en]) AS name WHERE name <> '' AND system <> 'raion'
UNION
SELECT DISTINCT name FROM places, unnest(ARRAY[name_uk, name_en]) AS name WHERE name <> ''
""")


@dataclass(frozen=True)
class LocalNames:
    """Names as they are written on the map."""

    streets: frozenset[str]
    settlements: frozenset[str]


_kept: dict[str, LocalNames] = {}


def local_names(session: Session) -> LocalNames:
    """Return the names of this database; they are read once for as long as nothing is loaded anew."""
    mark: str = session.scalar(MARK) or ""
    if mark not in _kept:
        _kept.clear()
        _kept[mark] = LocalNames(*(frozenset(session.scalars(asked)) for asked in (STREETS, SETTLEMENTS)))
    return _kept[mark]
