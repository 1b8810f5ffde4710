"""The proof that what is published is what was promised: every public report looked at again, by other means.

As a robot. The homes of a catchment are recounted from the buildings by PostGIS, not taken from the list of points.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from layers.privacy import store as privacy
from layers.problems import store


@dataclass(frozen=True)
class Finding:
    """One published report (its public id) that is not as promised, and in what."""

    problem: str
    what: str  # few_homes, not_a_snap_point, exact, not_a_month, not_approved, closed


def audit(session: Session) -> tuple[int, list[Finding]]:
    """Return how many published reports were looked at, and what was found wrong."""
    rows = store.published(session)
    weak = {each.id for each in privacy.audit(session, {row.snap_id for row in rows if row.snap_id is not None})}
    findings = [
        Finding(str(row.id), what)
        for row in rows
        for what, wrong in (
            ("few_homes", row.snap_id in weak),
            ("not_a_snap_point", not row.at_snap_point),
            ("exact", row.is_exact),
            ("not_a_month", not row.is_a_month),
            ("not_approved", not row.approved),
            ("closed", row.closed),
        )
        if wrong
    ]
    return len(rows), findings
