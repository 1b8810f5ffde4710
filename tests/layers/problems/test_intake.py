"""The one door in: what is written down, what is refused, and that a resident can't read any of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from layers.errors import BadFields, KeyReused
from layers.people.credentials import Keys
from layers.problems import intake, receipts, store
from layers.problems.intake import Contact, NotTaken, Report
from layers.viewer import PUBLIC, Viewer
from tests.layers.problems.conftest import IN_CITY, IN_VILLAGE, NOW, OUTSIDE, Bring

TABLES = (
    "problems", "problem_places", "problem_contacts", "problem_words", "problem_photos", "problem_receipts",
    "problem_people", "problem_messages",
)  # fmt: skip


def test_a_report_is_received_with_its_units_month_and_deadline(bring: Bring, placed: Session) -> None:
    receipt = bring(contact=Contact(phone="(050) 123-45-67", name="Олена"))
    found = store.one(placed, receipt.problem)
    assert found is not None
    assert (found.status, found.category, found.audience, found.published) == ("received", "lighting", "public", False)
    assert (found.hromada, found.settlement, found.month) == ("H1", "C1", date(2026, 11, 1))
    assert found.due_at is not None
    assert found.due_at > NOW
    assert [contact.phone for contact in store.contacts_of(placed, found.id)] == ["+380501234567"]


def test_nothing_of_a_report_is_public_before_a_coordinator_confirmed_it(bring: Bring, placed: Session) -> None:
    bring()
    assert placed.scalar(text("SELECT count(*) FROM problems_public")) == 0


def test_a_resident_reads_no_row_of_any_report_their_own_included(
    bring: Bring, see_as: Callable[[Viewer], Session]
) -> None:
    bring(contact=Contact(email="a@example.org"))
    session = see_as(PUBLIC)
    assert {table: session.scalar(text(f"SELECT count(*) FROM {table}")) for table in TABLES} == dict.fromkeys(
        TABLES, 0
    )


def test_a_resident_can_not_write_a_report_that_is_confirmed_already(
    bring: Bring, see_as: Callable[[Viewer], Session]
) -> None:
    bring()
    session = see_as(PUBLIC)
    confirmed = text(
        "INSERT INTO problems (id, public_id, audience, source, category, status, reported_at, month, status_at, "
        "status_month, published) VALUES (gen_random_uuid(), gen_random_uuid(), 'public', 'web', 'other', 'confirmed', "
        "now(), '2026-11-01', now(), '2026-11-01', true)"
    )
    with pytest.raises(DBAPIError):
        session.execute(confirmed)


def test_the_same_key_again_gives_the_same_receipt_and_writes_nothing(bring: Bring, placed: Session) -> None:
    first, again = bring(key="k1"), bring(key="k1")
    assert (again.problem, again.number, again.token, again.repeated) == (
        first.problem, first.number, first.token, True,
    )  # fmt: skip
    assert placed.scalar(text("SELECT count(*) FROM problems")) == 1


def test_the_same_key_with_another_report_is_refused(bring: Bring) -> None:
    bring(key="k1")
    with pytest.raises(KeyReused):
        bring("Інше", key="k1")


def test_a_receipt_opens_its_report_however_it_is_typed_and_nothing_else_does(
    bring: Bring, placed: Session, keys: Keys
) -> None:
    receipt = bring()
    assert len(receipt.token) == 16
    typed = receipts.written(receipt.token).lower().replace("0", "o")
    assert receipts.open_receipt(placed, keys, typed).problem == receipt.problem
    for wrong in ("", "0000-0000-0000-0000", receipt.token[:-1]):
        with pytest.raises(Exception, match="receipt"):
            receipts.open_receipt(placed, keys, wrong)


def test_number_and_four_digits_of_the_phone_open_it_too_and_guessing_is_stopped(
    bring: Bring, placed: Session, keys: Keys
) -> None:
    receipt = bring(contact=Contact(phone="0501234567"))
    number = f"№ {receipt.number}"
    assert receipts.open_spoken(placed, keys, number, "45 67", now=NOW).problem == receipt.problem
    with pytest.raises(Exception, match="too often"):
        for guess in range(20):
            with pytest.raises(Exception, match=r"number and phone|too often") as refused:
                receipts.open_spoken(placed, keys, number, f"{guess:04}", now=NOW)
            if "too often" in str(refused.value):
                raise refused.value


def test_the_database_keeps_hashes_and_no_receipt(bring: Bring, placed: Session) -> None:
    receipt = bring(contact=Contact(phone="0501234567"))
    for table in (*TABLES, "idempotency", "history"):
        rows = placed.execute(text(f"SELECT t::text AS row FROM {table} t")).scalars().all()
        assert not any(receipt.token in row or receipt.token.encode().hex() in row for row in rows)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"category": "no_such"}, "category"),
        ({"category": "shoplifting"}, "category"),
        ({"at": OUTSIDE}, "place"),
        ({"at": None}, "place"),
        ({"at": None, "place_words": "  "}, "place"),
        ({"kind": "thanks"}, "kind"),
        ({"kind": "praise"}, "kind"),
        ({"words": "а" * 2001}, "words"),
        ({"words": "", "category": "other"}, "words"),
        ({"place_words": "б" * 301}, "place_words"),
        ({"contact": Contact(phone="12")}, "phone"),
        ({"contact": Contact(email="not an address")}, "email"),
        ({"contact": Contact(call_back=True)}, "phone"),
        ({"photos": (b"not a photo",)}, "photos"),
        ({"photos": (b"x",) * 4}, "photos"),
    ],
)
def test_what_can_not_be_is_refused_field_by_field(
    bring: Bring, placed: Session, given: dict[str, Any], field: str
) -> None:
    with pytest.raises(BadFields) as refused:
        bring(**given)
    assert field in refused.value.fields
    assert placed.scalar(text("SELECT count(*) FROM problems")) == 0


def test_words_alone_are_a_place(bring: Bring, placed: Session) -> None:
    receipt = bring(at=None, place_words="біля ринку, навпроти аптеки")
    place = store.place_of(placed, receipt.problem)
    assert (place.lon, place.words) == (None, "біля ринку, навпроти аптеки")


@pytest.mark.parametrize(
    ("words", "concern"),
    [
        ("За школою стоїть військова колона, чотири танки", "military"),
        ("на перехресті блокпост", "military"),
        ("знайшли міну біля дороги", "ordnance"),
    ],
)
def test_positions_and_ordnance_are_not_taken_and_nothing_of_them_is_stored(
    bring: Bring, placed: Session, words: str, concern: str
) -> None:
    with pytest.raises(NotTaken) as refused:
        bring(words, "other")
    assert refused.value.concern == concern
    for table in (*TABLES, "idempotency", "history WHERE subject = 'problem'"):
        assert placed.scalar(text(f"SELECT count(*) FROM {table}")) == 0


def test_drug_dealing_is_for_the_police_and_work_of_the_police_for_statistics(bring: Bring, placed: Session) -> None:
    police, thanks = (
        bring("Продають у підʼїзді", "drugs"),
        bring("Дякую за швидкий приїзд", "police_work", kind="thanks"),
    )
    assert [store.one(placed, each.problem).audience for each in (police, thanks)] == ["police", "statistics"]  # type: ignore[union-attr]
    assert store.one(placed, thanks.problem).kind == "thanks"  # type: ignore[union-attr]


def test_what_was_written_offline_keeps_its_own_time_but_never_a_future_one(bring: Bring, placed: Session) -> None:
    earlier = bring("вчора", reported_at=NOW - timedelta(days=1))
    later = bring("завтра", reported_at=NOW + timedelta(days=1))
    assert store.one(placed, earlier.problem).reported_at == NOW - timedelta(days=1)  # type: ignore[union-attr]
    assert store.one(placed, later.problem).reported_at == NOW  # type: ignore[union-attr]


def test_a_village_is_shown_by_its_hromada_and_a_city_by_itself_where_no_building_is_known(
    bring: Bring, placed: Session
) -> None:
    city, village = bring(at=IN_CITY), bring(at=IN_VILLAGE)
    assert store.one(placed, city.problem).public_precision == "settlement"  # type: ignore[union-attr]
    assert store.one(placed, village.problem).public_precision == "hromada"  # type: ignore[union-attr]
    assert store.one(placed, village.problem).public_units == ["H1", "U17"]  # type: ignore[union-attr]


def test_preparing_needs_no_database() -> None:
    prepared = intake.prepare(Report("lighting", "Темно на дорозі", 36.0, 50.0))
    assert "дорога" in prepared.key
