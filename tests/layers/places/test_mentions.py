"""Which places a text speaks of: found in any case of Ukrainian, and not where they are only words."""

from __future__ import annotations

import pytest

from layers.places.mentions import What, mentions

NAMES: tuple[tuple[What, str], ...] = (
    ("street", "вулиця Музейна"),
    ("street", "провулок Музейний"),
    ("street", "Нова вулиця"),
    ("street", "Набережна вулиця"),
    ("street", "Шкільна вулиця"),
    ("street", "вулиця Героїв Праці"),
    ("settlement", "Вербове"),
    ("settlement", "Малі Броди"),
    ("place", "Школа № 1"),
    ("place", "Ліцей № 2"),
    ("place", "Центральний ринок"),
    ("place", "Садочок «Барвінок»"),
)


def names(text: str) -> list[str]:
    return [mention.name for mention in mentions(text, NAMES)]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("На Музейній темно", "вулиця Музейна"),
        ("по вул. музейній", "вулиця Музейна"),
        ("ріг Музейної й Нової", "вулиця Музейна"),
        ("у провулку Музейному", "провулок Музейний"),
        ("Музейний провулок, 5", "провулок Музейний"),
        ("біля героїв праці 7", "вулиця Героїв Праці"),
        ("на набережній темно", "Набережна вулиця"),
        ("с. вербове, немає світла", "Вербове"),
        ("Вербове. Немає світла", "Вербове"),
        ("у Малих Бродах собаки", "Малі Броди"),
        ("коло школи №1", "Школа № 1"),
        ("другий ліцей", "Ліцей № 2"),
        ("біля ринку", "Центральний ринок"),
        ("хвіртка Барвінка", "Садочок «Барвінок»"),
    ],
)
def test_a_name_is_found_in_any_case_and_spelling(text: str, name: str) -> None:
    assert name in names(text)


@pytest.mark.parametrize(
    "text",
    [
        "нова яма",
        "на новій дорозі яма",
        "шкільна форма дорога",
        "біля школи темно",
        "вербове листя палять",
        "музейний експонат",
    ],
)
def test_a_common_word_is_no_name(text: str) -> None:
    assert names(text) == []


def test_the_word_for_a_street_tells_which_of_two_is_meant() -> None:
    assert names("вулиця Музейна, 4") == ["вулиця Музейна"]
    assert names("провулок Музейний, 4") == ["провулок Музейний"]


def test_the_number_of_the_house_is_kept() -> None:
    assert mentions("на Музейній 12-а темно", NAMES)[0].house in ("12-а", "12")
    assert mentions("вул. Нова, буд. 3", NAMES)[0].house == "3"
    assert mentions("на Музейній темно", NAMES)[0].house == ""


def test_where_it_was_said_is_told() -> None:
    text = "Вчора в Малих Бродах"
    [mention] = mentions(text, NAMES)
    assert text[mention.start : mention.end] == "Малих Бродах"
