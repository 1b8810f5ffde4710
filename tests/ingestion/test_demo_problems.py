"""The demonstration's reports and letters: enough of everything that each page has something to show."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from ingestion.demo_letters import load_demo_letters
from ingestion.demo_problems import FATES, load_demo_problems
from layers.area import Area
from layers.database.engine import Database
from layers.letters import rules as letters
from layers.people.credentials import Keys
from layers.privacy.actions import ensure_snap_points
from layers.problems import answers, rules, store
from layers.units.actions import ensure_units
from layers.viewer import robot

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
KEYS = Keys("a secret of thirty-two characters at least")


@pytest.fixture(scope="module")
def staged(database: Database, area: Area) -> Iterator[Session]:
    with database.begin(robot("test")) as session:
        ensure_units(session, area)
        ensure_snap_points(session, area, now=NOW)
        load_demo_problems(session, area, KEYS, now=NOW, seed=1)
        load_demo_letters(session, area, now=NOW, seed=1)
        yield session


def test_every_page_of_the_desk_has_something_to_show(staged: Session, area: Area) -> None:
    statuses = dict(staged.execute(text("SELECT status, count(*) FROM problems GROUP BY status")).all())  # type: ignore[arg-type]
    assert set(statuses) == set(rules.BY_CODE) == set(FATES)
    assert store.waiting_calls(staged) > 2
    assert answers.measured(staged, area, now=NOW).share > 0.7


def test_letters_are_in_every_state_in_the_order_of_their_numbers_and_some_are_overdue(staged: Session) -> None:
    found = staged.execute(text("SELECT * FROM letters ORDER BY year, number")).all()
    assert {letters.state_of(letter) for letter in found} == set(letters.STATES) - {"cancelled"}
    assert [letter.made_on for letter in found] == sorted(letter.made_on for letter in found)
    assert max(letter.made_on for letter in found) <= NOW.date()
    assert {letters.mark(letter, NOW.date()) for letter in found} >= {"overdue", "no_answer"}
