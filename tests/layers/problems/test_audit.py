"""The audit finds what it is for, and nothing where all is as promised; most broken promises the database refuses."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from layers.problems.audit import audit
from tests.layers.problems.conftest import IN_CITY, IN_VILLAGE, Bring

Confirm = Callable[..., UUID]
REFUSED = (
    "UPDATE problems_public SET geom = ST_SetSRID(ST_MakePoint(36.02, 50.02), 4326)",
    "UPDATE problems_public SET body = 'слова, яких ніхто не бачив'",
    "UPDATE problems_public SET photos = ARRAY[gen_random_uuid()]",
)
# What a defect of ours could still write: the report itself at a wrong place, or by its day.
FOUND = {
    "not_a_snap_point": "UPDATE problems SET public_geom = ST_SetSRID(ST_MakePoint(36.02, 50.02), 4326)",
    "exact": "UPDATE problems p SET public_geom = e.geom FROM problem_places e WHERE e.problem_id = p.id",
    "not_a_month": "UPDATE problems SET month = '2026-11-23'",
}


def test_what_was_published_by_the_rules_passes(bring: Bring, confirm: Confirm, placed: Session) -> None:
    for at in (IN_CITY, IN_VILLAGE):
        confirm(bring(at=at))
    assert audit(placed) == (2, [])


@pytest.mark.parametrize("what", FOUND)
def test_each_broken_promise_is_found(bring: Bring, confirm: Confirm, placed: Session, what: str) -> None:
    confirm(bring())
    placed.execute(text(FOUND[what]))
    checked, findings = audit(placed)
    assert checked == 1
    assert what in {finding.what for finding in findings}


@pytest.mark.parametrize("statement", REFUSED)
def test_the_database_refuses_what_the_report_itself_does_not_say(
    bring: Bring, confirm: Confirm, placed: Session, statement: str
) -> None:
    confirm(bring())
    with pytest.raises(DBAPIError, match="may not be published"), placed.begin_nested():
        placed.execute(text(statement))
