"""What is forgotten when, and what stays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from layers.area import Area
from layers.errors import NotFound
from layers.people.credentials import Keys
from layers.problems import receipts, store
from layers.problems.intake import Contact
from layers.problems.retention import forget
from tests.layers.problems.conftest import NOW, Bring, Move

KEPT = {"problem_contacts": 1, "problem_people": 1, "problem_receipts": 1}


def counts(session: Session) -> dict[str, int]:
    return {table: session.scalar(text(f"SELECT count(*) FROM {table}")) or 0 for table in KEPT}


def test_contacts_go_365_days_after_closing_and_not_a_day_before(
    bring: Bring, move: Move, placed: Session, keys: Keys
) -> None:
    receipt = bring(contact=Contact(phone="0501234567"))
    move(receipt.problem, "refused", reason="unclear")
    assert forget(placed, NOW + timedelta(days=364)).contacts == 0
    assert counts(placed) == KEPT
    assert forget(placed, NOW + timedelta(days=365)).contacts == 1
    assert counts(placed) == dict.fromkeys(KEPT, 0)
    with pytest.raises(NotFound):
        receipts.open_receipt(placed, keys, receipt.token)


def test_an_open_report_keeps_its_contact_however_old_it_is(bring: Bring, placed: Session) -> None:
    bring(contact=Contact(phone="0501234567"))
    assert forget(placed, NOW + timedelta(days=4000)).contacts == 0
    assert counts(placed) == KEPT


def test_after_five_years_words_place_and_photos_go_and_the_tombstone_still_counts(
    bring: Bring, confirm: Callable[..., UUID], move: Move, placed: Session, area: Area, photo: bytes
) -> None:
    problem = confirm(bring("Слова", photos=(photo,)))
    move(problem, "checking", reason="mistake")
    move(problem, "refused", reason="unclear")
    assert forget(placed, NOW + timedelta(days=5 * 365)).words == 0
    assert forget(placed, NOW + timedelta(days=5 * 365 + 2)).words == 1
    found = store.one(placed, problem)
    assert found is not None
    assert (found.category, found.body, found.snap_id, found.hromada) == ("lighting", "", None, "H1")
    assert store.place_of(placed, problem) is None
    assert placed.scalar(text("SELECT count(*) FROM file_bytes")) == 0
    assert store.words_of(placed, problem).original is None  # type: ignore[union-attr]


def test_what_was_forgotten_is_reported(bring: Bring, move: Move, placed: Session) -> None:
    move(bring(contact=Contact(phone="0501234567")).problem, "refused", reason="unclear")
    forget(placed, NOW + timedelta(days=400))
    codes = placed.scalar(text("SELECT codes FROM history WHERE event = 'forgotten'"))
    assert codes == {"contacts": 1, "words": 0}
