"""Lemmas: what residents type, folded to the words that are searched and compared."""

from __future__ import annotations

import subprocess
import sys
from configparser import ConfigParser
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers import lemmas as module
from layers.lemmas import key, kind, lemmas

CASES = {
    "дорозі": "дорога",
    "дорогу": "дорога",
    "дорогами": "дорога",
    "ямах": "яма",
    "пʼятниці": "пʼятниця",
    "зруйнованому": "зламати",
    "перегоріла": "перегоріти",
    "dogs": "собака",
}
NAMES = {
    "Чугуєві": "чугуїв",
    "Чугуєвом": "чугуїв",
    "Башкирівці": "башкирівка",
    "Печенігах": "печеніги",
    "Печеніг": "печеніги",
    "Новопокровці": "новопокровка",
    "Кочетку": "кочеток",
    "Кочетка": "кочеток",
    "Малинівку": "малинівка",
    "Есхарі": "есхар",
    "Введенці": "введенка",
    "Скрипаях": "скрипаї",
    "Скрипаїв": "скрипаї",
    "Тетлезі": "тетлега",
    "Зарожному": "зарожне",
}
STREETS = {
    "Харківській": "харківський",
    "Старопечеської": "старопечеський",
    "Заводской": "заводський",
    "Нижньозарічанську": "нижньозарічанський",
    "Перемозької": "перемозький",
    "Лисенка": "лисенко",
}
SPOKEN = {
    "фонарі": "ліхтар",
    "освещения": "ліхтар",
    "лихтарі": "ліхтар",
    "мусор": "сміття",
    "подъезда": "підʼїзд",
    "сабаки": "собака",
    "собакой": "собака",
    "аптєки": "аптека",
    "украли": "красти",
    "переходе": "перехід",
}
SYNONYMS = [
    ("ліхтарі", "освітлення", "лампа", "світло"),
    ("яма", "вибоїна", "провалля"),
    ("сміття", "звалище", "смітник"),
    ("собаку", "пса", "псів"),
    ("алкоголь", "горілку", "наливайка", "самогоном"),
    ("школі", "ліцею"),
    ("ринку", "базарі"),
]


@pytest.mark.parametrize(("written", "lemma"), (CASES | NAMES | STREETS | SPOKEN).items())
def test_a_word_in_any_case_or_spelling_is_one_lemma(written: str, lemma: str) -> None:
    assert lemmas(written) == (lemma,)


@pytest.mark.parametrize("group", SYNONYMS, ids=lambda group: group[0])
def test_words_for_one_thing_are_one_lemma(group: tuple[str, ...]) -> None:
    assert len(set(map(lemmas, group))) == 1


@pytest.mark.parametrize("apostrophe", "'’ʼ`")
def test_the_apostrophe_may_be_any(apostrophe: str) -> None:
    assert lemmas(f"під{apostrophe}їзд") == ("підʼїзд",)


def test_lemmas_stand_once_in_the_order_of_the_text() -> None:
    assert lemmas("Яма на дорозі, велика яма. Дорога!") == ("яма", "дорога", "великий")
    assert key("Яма на дорозі, велика яма. Дорога!") == "яма дорога великий"


def test_joining_words_and_greetings_are_left_out() -> None:
    assert lemmas("Добрий день! Прошу, будь ласка, щоб там не було ями біля нас") == ("яма",)
    assert lemmas("it is near the school") == ("школа",)
    assert lemmas("!!! ... і") == ()
    assert lemmas("") == ()


def test_numbers_of_houses_entrances_and_schools_are_kept_in_one_spelling() -> None:
    assert lemmas("вул. Миру, 12-А, 5-й поверх") == lemmas("вулиця миру 12а, п'ятий поверх")
    assert lemmas("друга школа") == ("2", "школа")
    assert lemmas("школа №2") == ("школа", "2")


def test_two_words_may_be_one_thing() -> None:
    assert lemmas("їде на червоне світло") == ("їздити", "світлофор")
    assert lemmas("червона лампа") != lemmas("лампа")
    assert "пожежа" not in lemmas("пожежної частини")


def test_latin_look_alikes_in_a_cyrillic_word_are_taken_for_what_they_look_like() -> None:
    assert lemmas("дopoга") == ("дорога",)  # "o" and "p" are Latin
    assert lemmas("pothole") == ("яма",)


@pytest.mark.parametrize(
    "private",
    ["067 123-45-67", "+38(067)1234567", "4111 1111 1111 1111", "nobody@example.org", "https://example.org/u/nobody"],
)
def test_phones_cards_and_addresses_never_become_words(private: str) -> None:
    assert lemmas(f"яма, пишіть {private} завтра") == lemmas("яма, пишіть завтра")


def test_a_clock_time_is_not_the_number_of_a_house() -> None:
    assert lemmas("після 23:00") == ()


def test_a_lemma_says_what_it_tells_of_a_report() -> None:
    assert [kind(each) for each in ("яма", "аптека", "12а", "вулиця", "соняшниковий")] == [
        "about", "where", "number", "weak", ""
    ]  # fmt: skip


@settings(deadline=None)  # the first one loads the dictionary
@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=60))
def test_any_text_has_lemmas(text: str) -> None:
    found = lemmas(text)
    assert len(set(found)) == len(found)
    assert all(each and " " not in each for each in found)
    assert key(text).split() == list(found)


def shipped() -> ConfigParser:
    ini = ConfigParser(interpolation=None, delimiters=("=",))
    ini.read_string(Path(module.__file__).with_name("lemmas.ini").read_text("utf-8"))
    return ini


def test_each_shipped_word_stands_for_one_thing_only() -> None:
    heads: dict[str, str] = {}
    for section in ("about", "where", "same"):
        for head, words in shipped()[section].items():
            for word in (head, *words.split()):
                assert heads.setdefault(word, head) == head, f"{word}: {heads[word]} and {head}"


def test_no_shipped_word_is_left_out_as_a_joining_word() -> None:
    ini = shipped()
    stop = set(ini["words"]["stop"].split())
    words = chain.from_iterable(
        (head, *ini[section][head].split()) for section in ("about", "where", "same") for head in ini[section]
    )
    assert stop.isdisjoint(words)


def test_the_dictionaries_are_loaded_at_the_first_word_and_stay_small() -> None:
    script = """
import sys
from pathlib import Path
import layers.lemmas as module
assert "simplemma" not in sys.modules
def resident():
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024
before = resident()
assert module.lemmas("Біля школи хмари, the clouds") == ("школа", "хмара", "cloud")
print(resident() - before)
"""
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert float(run.stdout) < 30  # MB; 65 with the Ukrainian dictionary alone in memory
