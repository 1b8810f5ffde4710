"""Names in a text that are nobody's here: of streets, schools, monuments, saints, feasts and shops."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from layers.privacy.forms import GENITIVE, GENITIVE_SURNAME, NOMINATIVE, SURE_SURNAME, is_patronymic, key, known
from layers.privacy.reading import listed
from layers.privacy.words import WORD, Word, common, lexicons, quotations

CUE_REACH = 4  # words before a name in which a verb about somebody counts
LONGEST_SIGN = 5  # words of a name on a street's sign
AND = listed("і й та и або")
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
    index, length, complete = first, 0, False
    while index < len(words) and length < LONGEST_SIGN:
        if length and _another(words, index):
            index += words[index].key in AND
            length, complete, street = 0, False, False
        elif words[index].gap.strip(' .«"') or (complete and not words[index].initial) or _ended(words, index, length):
            return
        if not _on_a_sign(words, index, street=street):
            return
        yield index
        complete = complete or _completes(words[index].key)
        index, length = index + 1, length + 1


def _completes(word: str) -> bool:
    return (word in known().namesakes and word not in known().given) or bool(SURE_SURNAME.fullmatch(word))


def _another(words: list[Word], index: int) -> bool:
    """Tell whether «та» or a comma adds another name to a sign's: «вулиць Гоголя та Чехова»."""
    added = index + (words[index].key in AND)
    joined = added > index or words[index].gap.strip(" ") == ","
    return joined and added < len(words) and _named(words[added]) and _on_a_sign(words, added, street=False)


def _ended(words: list[Word], index: int, length: int) -> bool:
    """Tell whether a full stop ends a sign's name here; the dots of initials and short words don't."""
    before = words[index - 1]
    return length > 0 and "." in words[index].gap and not before.initial and len(before.typed) > 4


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
    (frozenset({"слава", "слави", "славу"}), listed("україні героям зсу богу нації ісусу")),
    (frozenset({"івана", "івану"}), frozenset({"купала", "купалу"})),
    (frozenset({"дід", "діда"}), frozenset({"мороз", "мороза"})),
    (frozenset({"божа", "божої"}), frozenset({"мати", "матері"})),
)


def _phrases(words: list[Word]) -> Iterator[int]:
    for index in range(len(words) - 1):
        if any(words[index].key in first and words[index + 1].key in second for first, second in PHRASES):
            yield from (index, index + 1)
