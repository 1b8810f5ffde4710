"""Ukrainian as people write it; English beside it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from maps.language import sort_key, speak


def test_dates_and_months_are_written_out() -> None:
    uk, en = speak("uk"), speak("en")
    assert uk.date(date(2026, 11, 23)) == "23 листопада 2026 р."
    assert uk.month(date(2026, 11, 1)) == "листопад 2026 р."
    assert uk.month(date(2026, 11, 1), short=True) == "лист. 2026"
    assert uk.time(datetime(2026, 11, 23, 14, 5, tzinfo=UTC)) == "23 листопада 2026 р., 14:05"
    assert en.date(date(2026, 11, 23)) == "23 November 2026"
    assert en.month(date(2026, 11, 1)) == "November 2026"


def test_numbers_have_a_decimal_comma_and_narrow_spaces_in_ukrainian() -> None:
    assert speak("uk").number(1234567.5, 1) == "1\u202f234\u202f567,5"
    assert speak("en").number(1234567.5, 1) == "1,234,567.5"


@pytest.mark.parametrize(
    ("n", "said"),
    [(0, "подій"), (1, "подія"), (2, "події"), (5, "подій"), (11, "подій"), (21, "подія"), (104, "події")],
)
def test_ukrainian_has_three_plurals(n: int, said: str) -> None:
    assert speak("uk").ngettext("{n} incident on the map", "{n} incidents on the map", n) == f"{n} {said} на карті"


def test_english_is_the_message_itself() -> None:
    assert speak("en").ngettext("{n} incident on the map", "{n} incidents on the map", 1) == "1 incident on the map"
    assert speak("en").gettext("Skip to content") == "Skip to content"


def test_an_unknown_language_is_answered_in_ukrainian() -> None:
    assert speak("fr").code == "uk"


def test_names_stand_in_the_order_of_the_ukrainian_alphabet() -> None:
    names = ["Їжакове", "Ясне", "Ґанок", "Іванівка", "Гай", "Кам'янка", "Ємці", "Камінь", "Єрмаки", "Мʼята"]
    ordered = ["Гай", "Ґанок", "Ємці", "Єрмаки", "Іванівка", "Їжакове", "Камінь", "Кам'янка", "Мʼята", "Ясне"]
    assert sorted(names, key=sort_key) == ordered
    assert speak("uk").sorted(names) == ordered
