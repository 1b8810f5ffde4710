"""Names of people in a text, as residents write them.

A given name, a patronymic or a surname that can be nothing else is a core; initials, neighbours with capitals and
neighbours with a surname's ending join it. What names a street, a school, a saint or a shop is taken out first
(surroundings.py). Where capitals mean nothing (a sentence's first word, a text in small letters or shouted) a word
must be known as a name, and must not be another word of the language, unless its neighbour says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from layers.once import read_once
from layers.privacy import surroundings
from layers.privacy.forms import ADJECTIVE, LIKELY_SURNAME, LONE_SURNAME, known
from layers.privacy.likeness import given, patronymic, slip, surely, surname, unheard_of
from layers.privacy.reading import Found, listed
from layers.privacy.settlements import settlements
from layers.privacy.words import Word, adjective, common, lemma, lexicons, verb, words_of
from layers.text import transliterate

LONGEST = 5  # words of one name
AT_A_PLACE = listed("у в во на через повз по під над між біля до з із зі від")
LATIN = re.compile("[A-Za-z]+(?:-[A-Za-z]+)?")
LATIN_SURNAME = re.compile("[A-Z][a-z]+(?:enko|chuk|shchuk|iuk|yuk|uk|skyi|sky|ska|ko|ov|ova|yan|ian|dze|shvili)")


def find(text: str, *, street_names: frozenset[str], places: frozenset[str]) -> Iterator[Found]:
    """Yield the names of people in a cleaned text."""
    words = words_of(text)
    taken = surroundings.taken(text, words, street_names=street_names)
    people = People(words, taken | settlements(words, places))
    yield from people.found()


class People:
    """The words of a text, and which of them are names of people."""

    def __init__(self, words: list[Word], taken: frozenset[int]) -> None:
        self.words, self.taken = words, taken
        self.named = [False] * len(words)
        for index in range(len(words)):
            self.named[index] = index not in taken and self._core(index)
        self._join_neighbours()
        self._join_initials()

    def found(self) -> Iterator[Found]:
        """Yield one span for the words of each name."""
        index = 0
        while index < len(self.words):
            last = index
            while self.named[index] and last + 1 < len(self.words) and self._continues(last + 1):
                last += 1
            if self.named[index]:
                name = self.words[index : last + 1]
                yield name[0].start, name[-1].end + name[-1].initial, "name", _confidence(name)
            index = last + 1

    def _continues(self, index: int) -> bool:
        return self.named[index] and not self.words[index].gap.strip(" .")

    def _near(self, index: int) -> Iterator[int]:
        """Yield the words right before and after, with nothing but spaces between, that aren't taken."""
        if index and self.words[index].beside and index - 1 not in self.taken:
            yield index - 1
        if index + 1 < len(self.words) and self.words[index + 1].beside and index + 1 not in self.taken:
            yield index + 1

    def _before(self, index: int) -> Word | None:
        return self.words[index - 1] if index else None

    # What is a name by itself, or by what stands right beside it

    def _core(self, index: int) -> bool:
        word = self.words[index]
        if word.acronym or (word.key in lexicons()["nobody"] and not surely(word.key)):
            return False
        if LATIN.fullmatch(word.typed):
            return self._latin(index)
        if patronymic(word.key) == 2 or (patronymic(word.key) == 1 and word.upper):
            return True
        return self._given(index) or self._surname(index) or self._told(index)

    def _given(self, index: int) -> bool:
        word = self.words[index]
        if word.key in lexicons()["small"]:
            return False
        if given(word.key) == 2:
            return word.upper or len(word.key) > 2
        if given(word.key) == 1:
            return word.capital or self._beside_a_name(index)
        return slip(word.key) and (word.capital or self._beside_a_name(index))

    def _beside_a_name(self, index: int) -> bool:
        return any(
            surname(other.key) == 3
            or (surname(other.key) == 2 and not common(other.key))
            or (surname(other.key) > 0 and other.capital)
            or patronymic(other.key)
            for other in (self.words[near] for near in self._near(index))
        )

    def _surname(self, index: int) -> bool:
        word = self.words[index]
        strength = surname(word.key)
        if strength == 3:
            return True
        likely = strength == 2 or LONE_SURNAME.fullmatch(word.key) or ADJECTIVE.fullmatch(word.key)
        if not word.capital:
            return word.first and word.upper and bool(likely) and not common(word.key) and self._verb_after(index)
        if self._named_thing(index) or not self._no_adjective(index):
            return False
        if common(word.key):
            return strength == 2 or self._acts(index)
        return (bool(likely) and (strength == 2 or not self._where(index))) or self._acts(index)

    def _verb_after(self, index: int) -> bool:
        after = self.words[index + 1] if index + 1 < len(self.words) else None
        return after is not None and after.beside and verb(after.key)

    def _acts(self, index: int) -> bool:
        """Tell whether a capitalised word does what people do: a verb after it, a verb about people before it."""
        word, before = self.words[index], self._before(index)
        if any(word.key in lexicons()[no] for no in ("titles", "shops", "namings", "streets", "settlements", "small")):
            return False
        if common(word.key) and lemma(word.key) != word.key:
            return False
        if before is None or not word.beside or len(word.key) < 3:
            return False
        if before.key in AT_A_PLACE:
            return not common(word.key) and surroundings.about_somebody(self.words, index)
        return self._verb_after(index) or before.key in lexicons()["cues"] or before.key in lexicons()["belongings"]

    def _named_thing(self, index: int) -> bool:
        """Tell whether a capitalised adjective stands before, as in «Верхня Долина»."""
        before = self._before(index)
        return before is not None and before.upper and adjective(before.key) and self.words[index].beside

    def _where(self, index: int) -> bool:
        """Tell whether a preposition of place or a dash from another place stands before, and nothing about people."""
        before, word = self._before(index), self.words[index]
        dashed = before is not None and before.upper and set(word.gap.strip()) <= set("-–—") and not word.beside
        at = before is not None and before.key in AT_A_PLACE and word.beside
        return dashed or (at and not surroundings.about_somebody(self.words, index))

    def _no_adjective(self, index: int) -> bool:
        """Tell whether it is no adjective with its noun: «Каменський приїхав», not «Вербівський ліцей»."""
        after = self.words[index + 1] if index + 1 < len(self.words) else None
        if not ADJECTIVE.fullmatch(self.words[index].key) or after is None or not after.beside:
            return True
        return after.key in lexicons()["small"] or verb(after.key)

    def _told(self, index: int) -> bool:
        """Tell whether a title, kinship or «на прізвище» before a word says that it is a name."""
        before, word, lists = self._before(index), self.words[index], lexicons()
        if before is None or before.key not in lists["titles"] or word.gap.strip(' .:,-–—«"') or "\n" in word.gap:
            return False
        if any(word.key in lists[no] for no in ("cars", "titles", "small")) or not self._no_adjective(index):
            return False
        if given(word.key) or (surname(word.key) == 2 and (word.upper or not common(word.key))):
            return True
        if not word.capital:
            return surname(word.key) == 1 and not ADJECTIVE.fullmatch(word.key)
        return not common(word.key) or lemma(word.key) == word.key

    def _latin(self, index: int) -> bool:
        """Tell whether a word in Latin letters is a given name or a surname of here with another capital beside."""
        word = self.words[index]
        beside = [self.words[near] for near in self._near(index)]
        if word.typed in _latin_names():
            return any(other.upper and not other.acronym for other in beside)
        return bool(LATIN_SURNAME.fullmatch(word.typed)) and any(other.typed in _latin_names() for other in beside)

    # What joins a name

    def _join_neighbours(self) -> None:
        for _ in range(LONGEST - 1):
            joined = [
                index
                for index in range(len(self.words))
                if not self.named[index]
                and index not in self.taken
                and any(self.named[near] and self._joins(index, near) for near in self._near(index))
            ]
            if not joined:
                return
            for index in joined:
                self.named[index] = True

    def _joins(self, index: int, core: int) -> bool:
        word, name, lists = self.words[index], self.words[core], lexicons()
        if word.acronym or word.initial or any(word.key in lists[no] for no in ("small", "titles", "nobody")):
            return bool(patronymic(word.key))
        if given(word.key) == 2 or surname(word.key) == 3 or patronymic(word.key):
            return True
        if given(word.key) == 1:
            return word.upper or bool(patronymic(name.key))
        if slip(word.key) and (word.upper or not name.upper):
            return True
        if not (given(name.key) or patronymic(name.key) or slip(name.key) or LATIN.fullmatch(name.typed)):
            return word.capital and surname(name.key) > 0 and lemma(word.key) is None and core > index
        if word.capital:
            return True
        if word.upper:  # a sentence's first word
            noun = LIKELY_SURNAME.fullmatch(word.key) and lemma(word.key) == word.key and not _owned(word.key)
            return surname(word.key) > 0 or lemma(word.key) is None or bool(noun and self.words[core].upper)
        return not name.upper and (surname(word.key) > 0 or unheard_of(word.key))

    def _join_initials(self) -> None:
        """Let initials join a surname, and make a name of a capitalised word that has initials beside it."""
        for index, word in enumerate(self.words):
            if len(word.typed) > 1 or index in self.taken or not (word.dotted or self._second_initial(index)):
                continue
            for near in (index + 1, index - 1, index + 2, index - 2):
                if 0 <= near < len(self.words) and near not in self.taken and self._initialled(index, near):
                    for place in range(min(index, near), max(index, near) + 1):
                        self.named[place] = True
                    break

    def _second_initial(self, index: int) -> bool:
        before = self._before(index)
        return before is not None and before.initial and self.words[index].upper

    def _initialled(self, index: int, near: int) -> bool:
        """Tell whether the word at `near` is the surname of the initial at `index`."""
        low, high = sorted((index, near))
        initial, word = self.words[index], self.words[near]
        if any(self.words[place].gap.strip(" .") for place in range(low + 1, high + 1)):
            return False
        if (high - low == 2 and len(self.words[low + 1].typed) > 1) or len(word.typed) < 3 or word.acronym:
            return False
        if any(word.key in lexicons()[no] for no in ("small", "nobody", "titles")):
            return False
        if not initial.upper:  # «іваненко і.п.»
            return surname(word.key) == 3 and word.typed.islower()
        return self.named[near] or word.capital or (word.upper and (surname(word.key) > 0 or not common(word.key)))


@read_once
def _latin_names() -> frozenset[str]:
    return frozenset(transliterate(name) for name in known().nominatives)


def _owned(word: str) -> bool:
    return word in lexicons()["belongings"] or word in lexicons()["titles"]


def _confidence(name: list[Word]) -> float:
    if len(name) > 1:
        return 0.9
    return 0.7 if surely(name[0].key) else 0.5
