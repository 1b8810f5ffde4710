"""Which settlements, streets and named places a text speaks of, in whatever case and spelling. Pure: text and names in.

A name is found by the lemmas of its words, all of them near each other: “на Музейній” is Музейна вулиця. A word like
“новій” is a street only where something says so: a word for a street beside it, a capital letter, a house's number, the
right preposition, and an ending of the street's own gender.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from layers.lemmas import kind, lemmas
from layers.places.kinds import STREET_WORDS, without_kind
from layers.text import fold

What = Literal["settlement", "street", "place"]

SETTLEMENT_WORDS = frozenset(
    ("м", "місто", "міста", "місті", "с", "село", "села", "селі", "смт", "селище", "селища", "селищі", "город")
)
AT_STREET = frozenset(("на", "по", "вздовж", "уздовж", "біля", "коло", "з", "із", "від", "до", "між", "ріг", "возле"))
IN_SETTLEMENT = frozenset(("в", "у", "з", "із", "зі", "до", "під", "біля", "коло", "від", "через", "за"))
LEAST = 1.5  # evidence below this is none
STEM = 5  # letters by which a word that no dictionary knows is told
ENDING = 3  # letters at a word's end that its cases change
NEAR = 2  # words that may stand between those of one name
_TOKEN = re.compile(r"\d+(?:-?[а-яіїєґa-z]\b)?|[^\W\d_]+(?:[ʼ'’-][^\W\d_]+)*", re.IGNORECASE)
_SENTENCE = re.compile(r"[.!?\n:]\s*$|^\s*$")
# Endings of adjectives by the gender of a name: a street is mostly feminine, a settlement neuter.
_GENDERS = (
    (("а", "я"), ("а", "я", "ої", "ьої", "ій", "у", "ю", "ою", "ьою", "ей", "ой", "ая", "ую", "яя")),
    (("е", "є"), ("е", "є", "ого", "ього", "ому", "ьому", "им", "ім", "ое", "ом")),
    (("ий", "ій"), ("ий", "ій", "ого", "ього", "ому", "ьому", "им", "ім", "ой", "ом", "ый")),
    (("і", "ї"), ("і", "ї", "их", "іх", "им", "ім", "ими", "іми", "ые")),
)


@dataclass(frozen=True)
class Mention:
    """A name that a text speaks of: where in the text, and how sure that is (LEAST and more)."""

    what: What
    name: str
    start: int
    end: int
    evidence: float
    house: str = ""  # the number after a street's name


@dataclass(frozen=True)
class _Token:
    word: str
    lemma: str
    start: int
    end: int
    capital: bool
    begins: bool  # a sentence, where a capital letter says nothing
    stops: bool  # before a comma, a full stop or the end


def mentions(text: str, names: Iterable[tuple[What, str]]) -> list[Mention]:
    """Return the names that a text speaks of, the surest first; of those on the same words only the best."""
    tokens = _tokens(text)
    named, where = list(names), _index(tokens)
    found = [
        mention
        for what, name in named
        for words in _spoken(what, name)
        if words and all(_where(where, word, lemma) for word, lemma in words)
        for mention in _at(what, name, words, tokens, where)
    ]
    found += _landmarks(named, tokens)
    return _apart(sorted(found, key=lambda each: (-each.evidence, each.start, each.name)))


def _tokens(text: str) -> list[_Token]:
    return [
        _Token(
            word=fold(match[0]),
            lemma=_lemma(fold(match[0])),
            start=match.start(),
            end=match.end(),
            capital=match[0][:1].isupper(),
            begins=bool(_SENTENCE.search(text[: match.start()])),
            stops=not text[match.end() :].strip() or text[match.end()] in ".,;:!?\n",
        )
        for match in _TOKEN.finditer(text)
    ]


def _index(tokens: Sequence[_Token]) -> dict[str, list[int]]:
    """Return where each lemma stands, and where a word with a capital that begins like this (“Барві…”)."""
    where: dict[str, list[int]] = {}
    for place, token in enumerate(tokens):
        where.setdefault(token.lemma, []).append(place)
        if token.capital:
            where.setdefault(f"{token.word[:STEM]}…", []).append(place)
    return where


def _where(where: dict[str, list[int]], word: str, lemma: str) -> list[int]:
    """Return where a word of a name stands: by its lemma, or a long one that no dictionary knows by its beginning."""
    return where.get(lemma) or (where.get(f"{word[:STEM]}…", []) if len(word) > STEM else [])


@lru_cache(maxsize=20_000)
def _lemma(word: str) -> str:
    """Return a word's lemma; a word that says nothing stands for itself, so that names of such words are found too."""
    return next(iter(lemmas(word)), word)


@lru_cache(maxsize=20_000)
def _spoken(what: What, name: str) -> tuple[tuple[tuple[str, str], ...], ...]:
    """Return the ways a name is said, each as words and their lemmas.

    Садочок «Барвінок» is “Барвінок” too, and Парк Дубки is “Дубки”.
    """
    whole = _words(what, name)
    ways = [whole]
    if what == "place":
        quoted = re.search(r"[«“\"](.+?)[»”\"]", name)
        bare = tuple(word for word in whole if kind(word[1]) != "where")
        ways += [_words(what, quoted[1])] if quoted else []
        ways += [bare] if bare and not bare[0][0][0].isdigit() else []
    return tuple(dict.fromkeys(ways))


def _words(what: What, name: str) -> tuple[tuple[str, str], ...]:
    words = [fold(match[0]) for match in _TOKEN.finditer(name)]
    if what == "street":
        words = list(without_kind(words)[1])
    return tuple((word, _lemma(word)) for word in words)


def _landmarks(names: Sequence[tuple[What, str]], tokens: Sequence[_Token]) -> Iterable[Mention]:
    """Yield places that are the only one of their kind: “коло ринку” is the market where there is one."""
    by_kind: dict[str, list[str]] = {}
    for what, name in names:
        if what == "place":
            for _, lemma in _words(what, name)[:2]:
                by_kind.setdefault(lemma, []).append(name)
    for before, token in pairwise(tokens):
        only = by_kind.get(token.lemma, ())
        if len(only) == 1 and kind(token.lemma) == "where" and before.word in AT_STREET:
            yield Mention("place", only[0], token.start, token.end, LEAST)


def _at(
    what: What,
    name: str,
    words: Sequence[tuple[str, str]],
    tokens: Sequence[_Token],
    where: dict[str, list[int]],
) -> Iterable[Mention]:
    """Yield each place where all words of a name stand near each other, with the evidence for it."""
    standing = [_where(where, word, lemma) for word, lemma in words]
    for first in standing[0]:
        places = [min(each, key=lambda place: abs(place - first)) for each in standing]
        if max(places) - min(places) > len(words) - 1 + NEAR or len(set(places)) < len(places):
            continue
        said = [tokens[place].word for place in places]
        if not all(_agrees(what, one, word) for one, (word, _) in zip(said, words, strict=True)):
            continue
        start, end = min(places), max(places)
        house = _house(tokens, end) if what == "street" else ""
        evidence = _evidence(what, tokens, start, end, house=bool(house))
        if what == "street":
            evidence += _kind_said(tokens, start, end, _kind(name))
        if evidence >= LEAST:
            yield Mention(what, name, tokens[start].start, tokens[end].end, evidence, house)


def _agrees(what: What, said: str, named: str) -> bool:
    """Tell whether a word as it is said can be a case of the word as it is named, by its stem and gender.

    Lemmas alone make synonyms one: “біля школи” is not Шкільна вулиця, though it may well be Ліцей № 1.
    """
    if said == named or what == "place":
        return True
    if not said.startswith(named[: max(len(named) - ENDING, 1)]):
        return False
    endings = next((said_endings for ends, said_endings in _GENDERS if named.endswith(ends)), None)
    return endings is None or not _lemma(named).endswith(("ий", "ій")) or said.endswith(endings)


def _evidence(what: What, tokens: Sequence[_Token], start: int, end: int, *, house: bool) -> float:
    before = tokens[start - 1].word if start else ""
    first = tokens[start]
    evidence = 1.0 * (end - start)
    if first.capital:
        evidence += 1.0 if first.begins else 2.0
    led = before in (AT_STREET if what == "street" else IN_SETTLEMENT) or (first.begins and tokens[end].stops)
    # A word that reports are full of (“на новій”) is hardly a name, one that nobody else says in them may well be.
    evidence += led * (1.0 if kind(first.lemma) else 1.5)
    if what == "street":
        evidence += 1.5 * house
    elif what == "settlement":
        evidence += 3.0 * (before in SETTLEMENT_WORDS)
    elif end > start:
        evidence += 1.0
    return evidence


def _kind_said(tokens: Sequence[_Token], start: int, end: int, kind_named: str) -> float:
    """Return what a word for a street before or after the name says: the same kind as the name's, or another one."""
    beside = [tokens[place].lemma for place in (start - 1, end + 1) if 0 <= place < len(tokens)]
    said = [STREET_WORDS[lemma] for lemma in beside if lemma in STREET_WORDS]
    return 0.0 if not said else 3.0 if kind_named in said else -3.0


@lru_cache(maxsize=20_000)
def _kind(name: str) -> str:
    return without_kind([fold(match[0]) for match in _TOKEN.finditer(name)])[0] or "street"


def _house(tokens: Sequence[_Token], end: int) -> str:
    following = [token.word for token in tokens[end + 1 : end + 3]]
    if following[:1] and following[0] in ("буд", "будинок", "дім", "хата"):
        following = following[1:]
    return following[0] if following and following[0][0].isdigit() and len(following[0]) <= 5 else ""


def _apart(found: Sequence[Mention]) -> list[Mention]:
    """Return mentions whose words no surer one has taken."""
    kept: list[Mention] = []
    for mention in found:
        if not any(mention.start < other.end and other.start < mention.end for other in kept):
            kept.append(mention)
    return kept
