"""A pasted message as a draft: who wrote it, what they said, what it is about."""

from __future__ import annotations

import pytest

from layers.problems.drafting import guess_categories, guess_kind, read_message
from tests.layers.problems.messages import measure, messages, shipped_vocabulary

CONTACT = ("name", "phone", "email", "telegram")


def test_there_are_enough_labelled_messages_of_every_category() -> None:
    tuning, heldout = messages("tuning"), messages("heldout")
    assert len(tuning) + len(heldout) >= 100
    assert {each["category"] for each in tuning} == {each["category"] for each in heldout}
    assert len({each["category"] for each in heldout}) == 15


def test_the_category_of_a_message_never_tuned_on_is_mostly_the_first_guess() -> None:
    heldout = measure(messages("heldout"))
    assert heldout.first >= 0.84
    assert heldout.first_two >= 0.92


def test_streets_and_settlements_are_mostly_found_in_messages_never_tuned_on() -> None:
    heldout = measure(messages("heldout"))
    assert heldout.recall >= 0.8
    assert heldout.precision >= 0.85


@pytest.mark.parametrize("half", ["tuning", "heldout"])
def test_sender_phone_and_addresses_are_read_and_nothing_is_taken_for_them(half: str) -> None:
    wrong = []
    for each in messages(half):
        told = read_message(each["text"])
        read = dict(zip(CONTACT, (told.sender, told.phone, told.email, told.telegram), strict=True))
        wrong += [(each["text"], name, read[name]) for name in CONTACT if read[name] != each.get(name, "")]
        wrong += [(each["text"], "call_back")] if told.call_back != each.get("call_back", False) else []
    assert wrong == []


def test_what_a_program_writes_around_a_message_is_left_out() -> None:
    told = read_message("Олена Приклад\nНемає світла\nПодобається\nВідповісти\n2 год.\n18:42\n12")
    assert (told.sender, told.body) == ("Олена Приклад", "Немає світла")


@pytest.mark.parametrize(
    "pasted",
    [
        "[23.11.2026 18:42] Олена Приклад: Немає світла",
        "[18:42, 23.11.2026] Олена Приклад: Немає світла",
        "Олена Приклад, [23.11.2026 18:42]\nНемає світла",
        "23.11.2026, 18:42 - Олена Приклад: Немає світла",
        "Олена Приклад Вчора о 18:42\nНемає світла",
        "Переслано від Олена Приклад\nНемає світла",
        "Олена Приклад:\nНемає світла",
    ],
)
def test_each_program_writes_the_sender_its_own_way(pasted: str) -> None:
    told = read_message(pasted)
    assert (told.sender, told.body) == ("Олена Приклад", "Немає світла")


def test_of_several_senders_only_the_first_is_quoted_and_all_of_what_they_said() -> None:
    told = read_message(
        "[23.11.2026 18:42] Олена: Немає світла\n"
        "[23.11.2026 18:43] Олена: на Гончарній\n"
        "[23.11.2026 18:50] Сусід: А в мене є"
    )
    assert (told.sender, told.body) == ("Олена", "Немає світла\nна Гончарній")


def test_a_greeting_is_no_name() -> None:
    assert read_message("Добрий день\nНемає світла").sender == ""
    assert read_message("Терміново!\nНемає світла").sender == ""


def test_a_short_number_or_a_house_is_no_phone() -> None:
    assert read_message("Подзвонили 102 з будинку 12-а, код 4815").phone == ""
    assert read_message("мій номер (050) 000-00-07").phone == "+380500000007"


def test_words_that_tell_nothing_give_no_guess() -> None:
    assert guess_categories("ммм ну ось", shipped_vocabulary()) == []


def test_what_is_said_together_tells_more_than_its_words_apart() -> None:
    best = guess_categories("продають горілку дітям", shipped_vocabulary())[0]
    assert best.code == "alcohol_sales"


def test_thanks_are_told_from_complaints() -> None:
    assert guess_kind("Щиро дякую дільничному!") == "thanks"
    assert guess_kind("Спасибо патрулю") == "thanks"
    assert guess_kind("Не приїхали на виклик") == "complaint"
