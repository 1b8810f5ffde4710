"""The words of a text with what matters of them, and the word lists they are compared with."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from types import ModuleType

from layers.once import read_once
from layers.privacy.forms import key
from layers.privacy.reading import TO_CYRILLIC, listed

WORD = re.compile(r"[^\W\d_]+(?:['’ʼ`´‘ʹ′-][^\W\d_]+)*")
GLUED = re.compile(r"(?<=[а-яіїєґ])(?=[А-ЯІЇЄҐ][а-яіїєґ])")  # «бувАртем»
SENTENCE_END = re.compile(r"[.!?…]+[\s»\")]*$|\n|^[\s«\"(]*$|[•*]\s*$")
ABBREVIATED = listed("вул ул м с смт пров пр просп бул пл ім гр п ст св р тел буд кв обл ген о ред мкр т акад проф")
QUOTED = re.compile(r"«([^»]{1,60})»|\"([^\"]{1,60})\"|“([^”]{1,60})”|„([^“”]{1,60})[“”]")
SURNAME = re.compile("(?:енко|[^ну]чук|щук)$")  # the dictionary has some of them in small letters
VERB_END = re.compile("(?:ує|ає|яє|ить|уть|ють|ять|ать|ться|вся|лася|лись|лися|ував|ював|ала|ила|увала|али|или)$")
HAS_CYRILLIC = re.compile("[а-яіїєґё]", re.IGNORECASE)


@dataclass(frozen=True)
class Word:
    """A word: where it stands, how it was typed, its lookup key, and what its first letter tells.

    `capital` is a capital that means something: not one that a sentence's first word or a shouted text has anyway.
    """

    start: int
    end: int
    typed: str
    key: str
    first: bool
    capital: bool
    acronym: bool
    gap: str  # what stands between it and the word before
    dotted: bool

    @property
    def upper(self) -> bool:
        return self.typed[0].isupper()

    @property
    def beside(self) -> bool:
        """Whether only spaces, or the dot of an initial, part it from the word before."""
        return not self.gap.strip(" ")

    @property
    def initial(self) -> bool:
        return len(self.typed) == 1 and self.upper and self.dotted


def words_of(text: str) -> list[Word]:
    """Return the words of a cleaned text."""
    shouted = _shouted(text)
    found: list[Word] = []
    for start, end in _places(text):
        found.append(_word(text, start, end, found[-1] if found else None, shouted))
    return found


def _shouted(text: str) -> bool:
    """Tell whether nearly all longer words are in capitals, so that a capital says nothing."""
    longer = [word for word in WORD.findall(text) if len(word) > 3]
    return len(longer) > 1 and sum(word.isupper() for word in longer) > 0.6 * len(longer)


def _places(text: str) -> Iterator[tuple[int, int]]:
    for match in WORD.finditer(text):
        start = match.start()
        for seam in GLUED.finditer(match.group()):
            yield start, match.start() + seam.start()
            start = match.start() + seam.start()
        yield start, match.end()


def _word(text: str, start: int, end: int, before: Word | None, shouted: bool) -> Word:
    typed = text[start:end]
    gap = text[before.end : start] if before else text[:start]
    ended = SENTENCE_END.search(gap) is not None if before else True
    if before and gap.startswith(".") and (before.key in ABBREVIATED or before.initial) and "\n" not in gap:
        ended = False
    if before and not gap.strip():
        ended = "\n" in gap
    upper = typed[0].isupper()
    acronym = len(typed) > 1 and typed[:3].isupper() and not shouted  # «АТБ», «ЖЕКу»
    spelled = typed.translate(TO_CYRILLIC) if HAS_CYRILLIC.search(typed) else typed
    return Word(
        start,
        end,
        typed,
        key(spelled),
        ended,
        upper and not ended and not shouted and not acronym,
        acronym,
        gap,
        text[end : end + 1] == ".",
    )


def quotations(text: str) -> Iterator[tuple[int, int]]:
    """Yield the places of short quoted names, without the marks."""
    for match in QUOTED.finditer(text):
        inner = match.span(match.lastindex or 0)
        if len(text[slice(*inner)].split()) <= 3:
            yield inner


class Lexicon:
    """A list of words and beginnings of words (marked with *); a word is found by its dictionary form, too."""

    def __init__(self, listed: Iterable[str], *, forms: bool = True) -> None:
        entries = [entry for entry in listed if entry]
        self._whole = frozenset(key(entry) for entry in entries if not entry.endswith("*"))
        self._begun = frozenset(key(entry[:-1]) for entry in entries if entry.endswith("*"))
        self._lengths = sorted({len(entry) for entry in self._begun})
        self._forms = forms
        self._listed = lru_cache(maxsize=20_000)(self._look_up)

    def __contains__(self, word: str) -> bool:
        return self._listed(word)

    def _look_up(self, word: str) -> bool:
        return self._has(word) or (self._forms and self._has(key(lemma(word) or "")))

    def _has(self, word: str) -> bool:
        return word in self._whole or any(word[:length] in self._begun for length in self._lengths)


AS_WRITTEN = frozenset({"words", "small", "feasts", "street_prepositions", "nobody"})  # lists of forms


@read_once
def _lists() -> dict[str, str]:
    return tomllib.loads((resources.files("layers.privacy") / "names.toml").read_text("utf-8"))


def word_list(name: str) -> str:
    """Return a list of names.toml as it is written there."""
    return _lists()[name]


@read_once
def lexicons() -> dict[str, Lexicon]:
    """Return the lists of names.toml for looking words up."""
    return {name: Lexicon(listed.split(), forms=name not in AS_WRITTEN) for name, listed in _lists().items()}


@read_once
def _dictionary() -> ModuleType:
    """Return simplemma with its Ukrainian dictionary, which takes half a second and 70 MB: read at the first word."""
    import simplemma

    simplemma.is_known("дорога", lang="uk")
    return simplemma


@lru_cache(maxsize=50_000)
def lemma(word: str) -> str | None:
    """Return the dictionary form of a Ukrainian word, None when the dictionary of simplemma hasn't got it."""
    simplemma = _dictionary()
    if not simplemma.is_known(word, lang="uk"):
        return None
    return str(simplemma.lemmatize(word, lang="uk"))


def common(word: str) -> bool:
    """Tell whether a word in small letters is one of the language and not a proper name."""
    found = lemma(word)
    return found is not None and found[:1].islower() and not SURNAME.search(found)


def verb(word: str) -> bool:
    """Tell whether a word is a verb's form, by its ending where the dictionary hasn't got it."""
    found = lemma(word)
    return bool(VERB_END.search(word)) if found is None else found.endswith(("ти", "тися"))


def adjective(word: str) -> bool:
    """Tell whether a word is an adjective's form."""
    return (lemma(word) or "").endswith(("ий", "ій"))
