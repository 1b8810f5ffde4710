"""States, control dates and «Строк минув», by hand."""

from __future__ import annotations

from datetime import date

import pytest

from layers.letters.rules import Dates, due_on, first_term, forward_by, kinds_of, mark, state_of
from tests.database import viewer

SENT = date(2026, 11, 2)  # a Monday
TODAY = date(2026, 12, 31)


@pytest.mark.parametrize(
    ("kind", "term", "registered", "martial_law", "due"),
    [
        ("letter", "", date(2026, 11, 2), True, date(2026, 11, 16)),  # ten working days
        ("letter", "", date(2026, 12, 18), True, date(2027, 1, 1)),  # holidays are worked while martial law lasts
        ("letter", "", date(2026, 12, 18), False, date(2027, 1, 5)),  # 25 December and 1 January are not, otherwise
        ("appeal", "simple", date(2026, 11, 2), True, date(2026, 11, 17)),  # fifteen calendar days
        ("appeal", "simple", date(2026, 11, 6), True, date(2026, 11, 23)),  # the 21st is a Saturday
        ("appeal", "month", date(2026, 11, 2), True, date(2026, 12, 2)),  # the same day of the next month
        ("appeal", "month", date(2027, 1, 31), True, date(2027, 3, 1)),  # 28 February 2027 is a Sunday
        ("appeal", "month", date(2028, 1, 31), True, date(2028, 2, 29)),  # no 31 February: its last day
        ("appeal", "extended", date(2026, 11, 2), True, date(2026, 12, 17)),  # forty-five days
        ("deputy", "ten", date(2026, 11, 2), True, date(2026, 11, 12)),
        ("deputy", "ten", date(2026, 11, 4), True, date(2026, 11, 16)),  # the 14th is a Saturday
        ("deputy", "month", date(2026, 11, 2), True, date(2026, 12, 2)),
    ],
)
def test_the_control_date_runs_from_the_registration(
    kind: str, term: str, registered: date, martial_law: bool, due: date
) -> None:
    assert due_on(kind, registered, term=term, answer_days=10, martial_law=martial_law) == due


@pytest.mark.parametrize("kind", ["letter", "appeal", "deputy"])
def test_without_a_registration_date_there_is_no_control_date(kind: str) -> None:
    assert due_on(kind, None, term=first_term(kind), answer_days=1, martial_law=True) is None


def test_a_choice_nobody_made_is_a_month_for_an_appeal_and_ten_days_for_a_deputy() -> None:
    assert (first_term("letter"), first_term("appeal"), first_term("deputy")) == ("", "month", "ten")


def test_an_appeal_goes_on_within_five_calendar_days_moved_to_a_working_one() -> None:
    assert forward_by(date(2026, 11, 23), martial_law=True) == date(2026, 11, 30)  # the 28th is a Saturday
    assert forward_by(date(2026, 11, 25), martial_law=True) == date(2026, 11, 30)
    assert forward_by(date(2026, 11, 26), martial_law=True) == date(2026, 12, 1)


@pytest.mark.parametrize(
    ("letter", "said"),
    [
        (Dates(), ""),
        (Dates(sent_on=SENT), "no_answer"),  # eight weeks, and still nobody can say that the time is over
        (Dates(sent_on=SENT, registered_on=SENT, due_on=TODAY), ""),  # the last day is still in time
        (Dates(sent_on=SENT, registered_on=SENT, due_on=date(2026, 12, 30)), "overdue"),
        (Dates(sent_on=SENT, due_on=date(2026, 11, 5)), "no_answer"),  # a date without a registration means nothing
        (Dates(sent_on=SENT, registered_on=SENT, due_on=date(2026, 11, 5), answered_on=date(2026, 11, 5)), ""),
        (Dates(sent_on=SENT, registered_on=SENT, due_on=date(2026, 11, 5), answered_on=date(2026, 11, 6)), "late"),
        (Dates(sent_on=SENT, answered_on=TODAY), ""),  # answered without an incoming number
        (Dates(cancelled_on=SENT), ""),
    ],
)
def test_overdue_is_said_only_against_a_registration_date(letter: Dates, said: str) -> None:
    assert mark(letter, TODAY) == said


def test_an_appeal_that_was_not_forwarded_in_five_days_is_marked() -> None:
    assert mark(Dates("appeal"), TODAY, forward_by=TODAY) == ""
    assert mark(Dates("appeal"), TODAY, forward_by=date(2026, 12, 30)) == "not_forwarded"


def test_the_state_follows_from_the_dates() -> None:
    stages = [
        Dates(),
        Dates(sent_on=SENT),
        Dates(sent_on=SENT, registered_on=SENT),
        Dates(sent_on=SENT, registered_on=SENT, answered_on=SENT),
        Dates(sent_on=SENT, answered_on=SENT),
        Dates(cancelled_on=SENT),
    ]
    assert [state_of(one) for one in stages] == [
        "prepared", "sent", "registered", "answered", "answered", "cancelled",
    ]  # fmt: skip


def test_deputies_write_their_own_kind_and_police_none() -> None:
    assert kinds_of(viewer("deputy")) == ("deputy",)
    assert kinds_of(viewer("operator")) == ("letter", "appeal")
    assert kinds_of(viewer("police_lead")) == kinds_of(viewer("executor")) == ()
