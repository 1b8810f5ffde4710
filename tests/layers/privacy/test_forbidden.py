"""Positions and ordnance are refused, danger and doubt are flagged, and ordinary reports pass.

forbidden.csv: sentences that must be refused, that must be flagged, and innocent ones, half of them hard (streets of
military names, monuments, minerals, minutes, exercise equipment, fires put out).
"""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from layers.privacy.forbidden import HELPLINES, concerns, helped
from tests.layers.privacy.labelled import rows

REFUSED = 0.95  # of what must be refused
FLAGGED = 0.95  # of what a moderator must see
INNOCENT_REFUSED = 0.02
INNOCENT_FLAGGED = 0.10


def labelled(expected: str) -> list[tuple[str, str]]:
    return [(row["sentence"], row["kind"]) for row in rows("forbidden.csv") if row["expected"] == expected]


def strengths(text: str) -> set[tuple[str, str]]:
    return {(concern.kind, concern.strength) for concern in concerns(text)}


def is_refused(text: str) -> bool:
    return any(strength == "refuse" for _, strength in strengths(text))


def test_what_may_not_be_stored_is_refused() -> None:
    sentences = labelled("refuse")
    missed = [text for text, _ in sentences if not is_refused(text)]
    assert len(sentences) >= 100
    assert 1 - len(missed) / len(sentences) >= REFUSED, missed


def test_what_is_refused_is_refused_for_its_reason() -> None:
    sentences = labelled("refuse")
    wrong = [text for text, kind in sentences if is_refused(text) and (kind, "refuse") not in strengths(text)]
    assert len(wrong) / len(sentences) <= 1 - REFUSED, wrong


def test_danger_and_shelling_are_flagged() -> None:
    sentences = labelled("flag")
    missed = [(text, kind) for text, kind in sentences if kind not in {concern.kind for concern in concerns(text)}]
    assert len(sentences) >= 80
    assert 1 - len(missed) / len(sentences) >= FLAGGED, missed


def test_ordinary_reports_pass() -> None:
    sentences = [text for text, _ in labelled("innocent")]
    refused = [text for text in sentences if is_refused(text)]
    flagged = [text for text in sentences if concerns(text)]
    assert len(sentences) >= 200
    assert len(refused) / len(sentences) <= INNOCENT_REFUSED, refused
    assert len(flagged) / len(sentences) <= INNOCENT_FLAGGED, flagged


@pytest.mark.parametrize(
    ("text", "concern"),
    [
        ("За ставком стоять танки", ("military", "refuse")),
        ("стоять ТЦК біля ринку", ("military", "refuse")),
        ("т. ц. к. ловить людей на площі", ("military", "refuse")),
        ("Пости патрульних на виїзді", ("military", "refuse")),
        ("на городі снаряд", ("ordnance", "refuse")),
        ("снаряд на спортмайданчику зламаний", ("ordnance", "flag")),
        ("Після обстрілу дах протікає", ("shelling", "flag")),
        ("Горить хата!", ("emergency", "flag")),
        ("Чоловік бʼє дружину", ("domestic_violence", "flag")),
        ("Military checkpoint near the mill", ("military", "refuse")),
        ("в лесу лежит мина", ("ordnance", "refuse")),
    ],
)
def test_each_kind_in_three_languages(text: str, concern: tuple[str, str]) -> None:
    assert concern in strengths(text)


@pytest.mark.parametrize(
    "text",
    [
        "Військова вулиця без світла",
        "вулиця Захисників України",
        "Військова адміністрація мовчить",
        "автомобіль стоїть на мінеральних водах",
        "замінили лампу",
        "за 5 мін до зупинки",
        "",
    ],
)
def test_words_that_only_look_alike_are_no_concern(text: str) -> None:
    assert concerns(text) == []


def test_the_place_of_the_words_is_told() -> None:
    text = "Добрий день. Біля школи но\u0301вий блок-по\u0301ст, дякую."
    (concern,) = concerns(text)
    assert text[concern.start : concern.end] == "блок-по\u0301ст"


def test_words_of_two_sentences_make_no_concern_together() -> None:
    assert concerns("Дякую поліції. Стоять баки без кришок.") == []


def test_a_kind_that_is_refused_is_not_flagged_as_well() -> None:
    assert strengths("Солдати у школі. Ще раз: солдати живуть у школі.") == {("military", "refuse")}


def test_whoever_is_in_danger_is_told_whom_to_call() -> None:
    assert helped("На городі міна") == {"ordnance": ("101", "102")}
    assert helped("Чоловік бʼє дружину")["domestic_violence"] == ("102", "1547", "116123", "116111")
    assert helped("Не горить ліхтар") == {}
    assert all(HELPLINES.values())


@pytest.mark.parametrize("piece", ["а", "військові ", "міна ", "т. ", "вул. ", "стоять біля ", "1"])
def test_a_text_made_to_be_slow_is_not(piece: str) -> None:
    concerns("на городі міна")  # the dictionary is loaded
    assert timed(concerns, (piece * 5000)[:5000]) < 2


def timed(work: Callable[[str], object], text: str) -> float:
    began = time.process_time()
    work(text)
    return time.process_time() - began


def test_a_thousand_characters_take_at_most_20_milliseconds() -> None:
    text = " ".join(row["sentence"] for row in rows("forbidden.csv"))
    texts = [text[start : start + 1000] for start in range(0, 10_000, 1000)]
    taken = []
    for piece in texts:
        concerns(piece)  # its words are looked up in the dictionary once
        taken.append(min(timed(concerns, piece) for _ in range(3)))
    assert sorted(taken)[len(taken) // 2] <= 0.020
