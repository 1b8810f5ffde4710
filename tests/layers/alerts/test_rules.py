"""When letters are due, by the clock on the area's wall."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from layers.alerts.rules import slot

KYIV = ZoneInfo("Europe/Kyiv")


@pytest.mark.parametrize(
    ("pace", "now", "due"),
    [
        ("instant", "2026-11-25T07:59", "2026-11-25T07:59"),
        ("daily", "2026-11-25T07:59", "2026-11-24T08:00"),
        ("daily", "2026-11-25T08:00", "2026-11-25T08:00"),
        ("daily", "2026-11-25T23:00", "2026-11-25T08:00"),
        ("daily", "2026-10-25T07:00", "2026-10-24T08:00"),  # the night the clocks went back
        ("daily", "2026-03-29T08:00", "2026-03-29T08:00"),  # and forward
        ("weekly", "2026-11-25T12:00", "2026-11-23T08:00"),  # a Wednesday
        ("weekly", "2026-11-23T07:59", "2026-11-16T08:00"),
        ("weekly", "2026-11-23T08:00", "2026-11-23T08:00"),
        ("weekly", "2026-03-30T07:00", "2026-03-23T08:00"),
    ],
)
def test_matches_are_due_up_to_the_last_eight_in_the_morning(pace: str, now: str, due: str) -> None:
    asked, expected = (datetime.fromisoformat(moment).replace(tzinfo=KYIV) for moment in (now, due))
    assert slot(pace, asked, KYIV) == expected
