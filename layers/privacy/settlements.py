"""Settlements in a text: names after «село», the gazetteer's and the country's large towns, in all their cases."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from layers.once import read_once
from layers.privacy.forms import NOMINATIVE, is_patronymic, key, known
from layers.privacy.surroundings import AND, about_somebody
from layers.privacy.words import WORD, Word, adjective, lexicons, word_list


@lru_cache(maxsize=8)
def place_words(places: frozenset[str]) -> frozenset[str]:
    """Return the words of settlements' names in the cases they are used in."""
    made: set[str] = set()
    for name in places:
        for word in WORD.findall(name):
            made.update(_cases(key(word)))
    return frozenset(made)


@read_once
def _town_words() -> frozenset[str]:
    return place_words(frozenset(word_list("towns").split()))


# Endings of settlements' names in their other cases, by the last letters of the nominative.
CASES = (
    ("ий", "ого ому им ім"), ("ка", "ки ці ку кою"), ("га", "ги зі гу гою"), ("ха", "хи сі ху хою"),
    ("ая", "ої ій ую ою"), ("а", "и і у ою ої ій"), ("я", "і ї ю ею єю"), ("е", "ого ому им ім а у ом ем еві"),
    ("о", "а у ом ові і"), ("и", "ів ам ами ах"), ("і", "ів ей ям ями ях"), ("ї", "їв ям ями ях"),
    ("ь", "я ю ем еві і"), ("й", "я ю єм ї"), ("ець", "ця цю цем ці"), ("їв", "єва єву євом єві"),
    ("ів", "ова ову овом ові ева еву евом еві"), ("", "а у ом ові і"),
)  # fmt: skip


def _cases(name: str) -> Iterator[str]:
    yield name
    for last, endings in CASES:
        if name.endswith(last) and len(name) > len(last) + 1:
            yield from (name[: len(name) - len(last)] + ending for ending in endings.split())


def settlements(words: list[Word], places: frozenset[str]) -> frozenset[int]:
    """Return the indices of words that name a settlement."""
    return frozenset(_settlements(words, places))


def _settlements(words: list[Word], places: frozenset[str]) -> Iterator[int]:
    known_places = place_words(places)
    for index, word in enumerate(words):
        if _settlement_word(word):
            yield from _after_settlement(words, index + 1)
        elif (word.key in known_places and not _of_a_person(words, index)) or word.key in _town_words():
            yield index


def _after_settlement(words: list[Word], index: int) -> Iterator[int]:
    """Yield the words of a settlement's name after «село», those of a second one after «села» too."""
    for place in range(index, min(index + 3, len(words))):
        word = words[place]
        if word.key in AND and place > index:
            continue
        nominative = known().given.get(word.key, 0) & NOMINATIVE
        if (
            not word.upper
            or word.gap.strip(' .«",')
            or nominative
            or (place > index and words[place - 1].key not in AND and not adjective(words[place - 1].key))
        ):
            return
        yield place


def _of_a_person(words: list[Word], index: int) -> bool:
    beside = [words[near] for near in (index - 1, index + 1) if 0 <= near < len(words)]
    named = any(word.key in known().given or word.initial or is_patronymic(word.key) for word in beside)
    return named or about_somebody(words, index)


def _settlement_word(word: Word) -> bool:
    return word.key in lexicons()["settlements"] and (len(word.typed) > 1 or word.typed.islower())
