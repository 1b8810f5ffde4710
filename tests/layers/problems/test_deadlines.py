"""Days that count, by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from layers.problems.deadlines import due_at, holidays, is_working, on_a_working_day, working_days_after

KYIV = ZoneInfo("Europe/Kyiv")


@pytest.mark.parametrize(
    ("start", "days", "martial_law", "after"),
    [
        (date(2026, 11, 23), 3, True, date(2026, 11, 26)),  # Monday to Thursday
        (date(2026, 11, 26), 3, True, date(2026, 12, 1)),  # over a weekend
        (date(2026, 11, 28), 1, True, date(2026, 11, 30)),  # from a Saturday
        (date(2026, 12, 24), 1, True, date(2026, 12, 25)),  # Christmas is worked while martial law lasts
        (date(2026, 12, 24), 1, False, date(2026, 12, 28)),  # and is not otherwise (26th and 27th: a weekend)
        (date(2027, 4, 30), 1, False, date(2027, 5, 5)),  # Saturday 1 May and Easter Sunday move to Monday and Tuesday
    ],
)
def test_working_days_are_counted_from_the_day_after(start: date, days: int, martial_law: bool, after: date) -> None:
    assert working_days_after(start, days, martial_law=martial_law) == after


def test_easter_and_trinity_move_with_the_orthodox_computus() -> None:
    assert {date(2026, 4, 12), date(2026, 5, 31)} <= holidays(2026)
    assert {date(2027, 5, 2), date(2027, 6, 20)} <= holidays(2027)


def test_a_weekend_is_never_a_working_day() -> None:
    assert not is_working(date(2026, 11, 28), martial_law=True)


def test_something_is_overdue_from_the_end_of_its_day_in_the_areas_own_time() -> None:
    late_evening = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)  # already the 24th in Kyiv
    assert due_at(late_evening, 3, martial_law=True, timezone=KYIV) == datetime(2026, 11, 28, tzinfo=KYIV)


def test_a_calendar_deadline_on_a_day_off_moves_to_the_next_working_day() -> None:
    assert on_a_working_day(date(2026, 11, 29), martial_law=True) == date(2026, 11, 30)
