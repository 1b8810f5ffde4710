"""Names in a text that are nobody's here: of streets, schools, monuments, saints, feasts, shops and settlements."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from layers.privacy.forms import GENITIVE, GENITIVE_SURNAME, NOMINATIVE, SURE_SURNAME, is_patronymic, key, known
from layers.privacy.words import WORD, Word, adjective, common, lexicons, quotations, word_list

CUE_REACH = 4  # words before a name in which a verb about somebody counts
AND = frozenset(["і", "й", "та", "и", "або"])
HOUSE = re.compile(r"[\s,]*(?:буд\w*\.?|б\.|будинок|дім|№)?\s*№?\d")


def taken(text: str, words: list[Word], *, street_names: frozenset[str]) -> frozenset[int]:
    """Return the indices of words that name something other than a person."""
    found: set[int] = set()
    for index in range(len(words)):
        found.update(_after_a_kind(words, index))
        found.update(_bare_street(text, words, index, found))
        found.update(_listed_street(words, index, street_names))
    found.update(_quoted(text, words))
    found.update(_phrases(words))
    return frozenset(found)


# --- After a word that says what it is ------------------------------------------------------------------------------


def _after_a_kind(words: list[Word], index: int) -> Iterator[int]:
    """Yield the words of a name after «вулиця», «школа імені», «магазин»."""
    lists, head = lexicons(), words[index].key.split("-")[0]
    if SURE_SURNAME.fullmatch(head):
        return
    street = words[index].key in lists["streets"] or (head in lists["streets"] and "-" in words[index].key)
    naming = words[index].key in lists["namings"] or head in lists["namings"]
    if naming and index and words[index - 1].key in {"від", "од"} and head in {"імені", "імя"}:
        return  # «від імені Людмили»
    if street or naming:
        yield from _sign(words, index + 1, street=street)
    elif words[index].key in lists["shops"]:
        yield from _shop(words, index + 1)


def _sign(words: list[Word], first: int, *, street: bool) -> Iterator[int]:
    """Yield the words from `first` on that can stand on a sign: of one name, and of those joined by «та» or a comma."""
    index, length = first, 0
    while index < len(words):
        word = words[index]
        joins = index > first and word.key in AND and length
        if joins or (length and "," in word.gap and not word.gap.strip(" ,")):
            index, length = index + (1 if joins else 0), 0
            if index >= len(words) or not _on_a_sign(words, index, street=False) or not _named(words[index]):
                return
            continue
        if word.gap.strip(' .«"') or (
            length and "." in word.gap and not words[index - 1].initial and len(words[index - 1].typed) > 4
        ):
            return
        if not _on_a_sign(words, index, street=street) or length > 4:
            return
        yield index
        length += 1
        if surname_ends_it(words, index):
            street = False
        index += 1


def surname_ends_it(words: list[Word], index: int) -> bool:
    """Tell whether a sign's name is complete with this word, so that one after it is somebody's."""
    return words[index].key in known().namesakes or bool(SURE_SURNAME.fullmatch(words[index].key))


def _named(word: Word) -> bool:
    return word.upper or word.key in known().namesakes


def _on_a_sign(words: list[Word], index: int, *, street: bool) -> bool:
    word, lists = words[index], lexicons()
    if word.key in lists["small"]:
        return False
    if word.initial or word.key in lists["namings"]:
        return True
    if is_patronymic(word.key):
        return word.upper and bool(known().given.get(words[index - 1].key, 0) & GENITIVE)
    cases = known().given.get(word.key, 0)
    if cases:
        return cases != NOMINATIVE and (word.upper or bool(cases & GENITIVE))
    if SURE_SURNAME.fullmatch(word.key):
        alone = not (index + 1 < len(words) and known().given.get(words[index + 1].key, 0) & NOMINATIVE)
        return bool(GENITIVE_SURNAME.fullmatch(word.key)) or (street and alone) or not word.key.endswith("нко")
    if word.upper:
        return not word.first
    return word.key in known().namesakes or (word.key in known().surnames and not common(word.key))


def _shop(words: list[Word], index: int) -> Iterator[int]:
    """Yield a shop's name after its kind: one name in the nominative; «магазин Олени Петренко» is its owner's."""
    if index >= len(words) or words[index].gap.strip(" ") or words[index].key in lexicons()["small"]:
        return
    cases = known().given.get(words[index].key, 0)
    following = words[index + 1] if index + 1 < len(words) else None
    owner = following is not None and following.beside and (following.capital or SURE_SURNAME.fullmatch(following.key))
    if (cases & NOMINATIVE or (not cases and words[index].upper)) and not owner:
        yield index


# --- Streets without the word ---------------------------------------------------------------------------------------


def _bare_street(text: str, words: list[Word], index: int, found: set[int]) -> Iterator[int]:
    """Yield the words of «на Гагаріна», «від Миру до Шевченка», «Лесі Українки, 12»."""
    last = _genitive_name(words, index)
    if last is None or about_somebody(words, index):
        return
    before = words[index - 1] if index else None
    known_street = words[last].key in known().namesakes
    preposition = before.key if before and words[index].beside else ""
    numbered = HOUSE.match(text, words[last].end) is not None
    near_street = before is not None and before.key in AND and index - 2 in found
    if (
        (numbered and preposition not in {"у", "в"})
        or preposition == "по"
        or near_street
        or (known_street and (preposition in lexicons()["street_prepositions"] or before is None or words[index].first))
    ):
        yield from range(index, last + 1)
    elif (
        last == index
        and preposition == "на"
        and words[index].key in lexicons()["feasts"]
        and not _named_after(words, index)
    ):
        yield index


def _named_after(words: list[Word], index: int) -> bool:
    after = words[index + 1] if index + 1 < len(words) else None
    return after is not None and after.beside and after.capital


def _genitive_name(words: list[Word], index: int) -> int | None:
    """Return the last word of a name in the genitive that begins here: a surname, or a given name and a surname."""
    given = known().given
    word = words[index]
    if word.key in known().namesakes or (
        SURE_SURNAME.fullmatch(word.key) and word.key.endswith(("нка", "чука", "щука"))
    ):
        after = words[index + 1] if index + 1 < len(words) else None
        named = after is not None and after.beside and (after.key in given or is_patronymic(after.key) or after.initial)
        return None if named else index
    if given.get(word.key, 0) & GENITIVE and index + 1 < len(words) and words[index + 1].beside:
        following = words[index + 1]
        if is_patronymic(following.key):
            return None
        if following.key in known().namesakes or (
            SURE_SURNAME.fullmatch(following.key) and following.key.endswith("ка")
        ):
            return index + 1
    return index if given.get(word.key, 0) & GENITIVE and word.key in lexicons()["feasts"] else None


def about_somebody(words: list[Word], index: int) -> bool:
    """Tell whether a title, or a verb about somebody, stands before a name: «скаржуся на Петренка»."""
    lists = lexicons()
    if index and words[index - 1].key in lists["titles"]:
        return True
    for back in range(index - 1, max(-1, index - 1 - CUE_REACH), -1):
        if words[back].key in lists["cues"]:
            return True
        if words[back].first or words[back + 1].gap.strip(" "):
            return False
    return False


# --- What the gazetteer knows ---------------------------------------------------------------------------------------


@lru_cache(maxsize=8)
def _street_keys(street_names: frozenset[str]) -> frozenset[tuple[str, ...]]:
    lists = lexicons()
    named = (tuple(key(word) for word in WORD.findall(name)) for name in street_names)
    return frozenset(tuple(word for word in words if word not in lists["streets"]) for words in named) - {()}


def _listed_street(words: list[Word], index: int, street_names: frozenset[str]) -> Iterator[int]:
    streets = _street_keys(street_names)
    for length in range(4, 0, -1) if streets else ():
        tried = words[index : index + length]
        if tuple(word.key for word in tried) not in streets or len(tried) < length:
            continue
        follows = words[index + length] if index + length < len(words) else None
        patronymic = follows is not None and follows.beside and is_patronymic(follows.key)
        if not about_somebody(words, index) and not patronymic:
            yield from range(index, index + length)
        return


@lru_cache(maxsize=8)
def place_words(places: frozenset[str]) -> frozenset[str]:
    """Return the words of settlements' names in the cases they are used in."""
    made: set[str] = set()
    for name in places:
        for word in WORD.findall(name):
            made.update(_cases(key(word)))
    return frozenset(made)


@cache
def _town_words() -> frozenset[str]:
    return place_words(frozenset(word_list("towns").split()))


# Endings of settlements' names in their other cases, by the last letters of the nominative.
CASES = (
    ("ий", "ого ому им ім"), ("ка", "ки ці ку кою"), ("га", "ги зі гу гою"), ("ха", "хи сі ху хою"),
    ("ая", "ої ій ую ою"), ("а", "и і у ою ої ій"), ("я", "і ї ю ею єю"), ("е", "ого ому им ім а у ом ем еві"),
    ("о", "а у ом ові і"), ("и", "ів ам ами ах"), ("і", "ів ей ям ями ях"), ("ї", "їв ям ями ях"), ("ь", "я ю ем еві і"),
    ("й", "я ю єм ї"), ("ець", "ця цю цем ці"), ("їв", "єва єву євом єві"), ("ів", "ова ову овом ові ева еву евом еві"),
    ("", "а у ом ові і"),
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


# --- Quotations and phrases -----------------------------------------------------------------------------------------


def _quoted(text: str, words: list[Word]) -> Iterator[int]:
    """Yield the words of a quoted name, unless a title says that it is a person's."""
    for start, end in quotations(text):
        inside = [index for index, word in enumerate(words) if start <= word.start < end]
        if not inside:
            continue
        before = words[inside[0] - 1].key if inside[0] else ""
        full = any(is_patronymic(words[index].key) for index in inside) or len(inside) > 1
        if (
            before not in lexicons()["titles"] and (not full or before in lexicons()["shops"] or _kind(before))
        ) or words[inside[0]].key in lexicons()["street_prepositions"]:
            yield from inside


def _kind(word: str) -> bool:
    return word in lexicons()["namings"] or word in lexicons()["streets"]


PHRASES = (
    (frozenset({"слава", "слави", "славу"}), frozenset(["україні", "героям", "зсу", "богу", "нації", "ісусу"])),
    (frozenset({"івана", "івану"}), frozenset({"купала", "купалу"})),
    (frozenset({"дід", "діда"}), frozenset({"мороз", "мороза"})),
    (frozenset({"божа", "божої"}), frozenset({"мати", "матері"})),
)


def _phrases(words: list[Word]) -> Iterator[int]:
    for index in range(len(words) - 1):
        if any(words[index].key in first and words[index + 1].key in second for first, second in PHRASES):
            yield from (index, index + 1)
