"""Same or new: which open reports nearby may be about the problem that somebody is reporting now.

    score = 1 / (1 + e^-z)
    z = -5.8 + 5.4 near + 5.7 words + 1 same thing - 2.7 other thing + 0.8 same landmark - 1.5 other landmark (1 - near)
        - 1.6 other number - 2.5 other category + 1.4 without words - 0.5 age + 0.1 ln(1 + supporters)

    near    e^(-distance / 90 m); 0.5 where either report has no point
    words   half the overlap of lemmas, M / (M + U + 2), and half the trigram similarity of their keys (as pg_trgm's)
            M: summed rarity of the lemmas both have, a misspelt one counted by its likeness; U: of those only one has,
            on the side that has less of them, so that a short report isn't punished for what a long one adds
            rarity of a lemma: ln((20 + n) / (20 p + k)), when k of the n reports compared have it; p is what is
            expected of words of its kind before any report is seen
    age     1 - 2^(-days / 90)

“Thing”, “landmark” and what is weak are kinds of words in layers/lemmas.ini; “number” is of a house or an entrance.
Where the weights come from and how well they do: docs/decisions/0011-same-or-new.md.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from layers.lemmas import Kind, key, kind, skeleton

RADIUS_M = 250.0
STAFF_RADIUS_M = 1000.0
SHOWN = 3
LEAST = 0.15  # below this score nothing is shown
OF_BEST = 0.4  # nor what has less than this share of the best score

_SCALE_M = 90.0
_NEAR_UNKNOWN = 0.5
_HALF_LIFE_DAYS = 90.0
_BACKGROUND = 20  # reports that stand for those not seen
_EXPECTED: Mapping[Kind, float] = {"weak": 0.3, "about": 0.08, "where": 0.08, "number": 0.08, "": 0.03}
_RARITY_AT_LEAST = 0.05  # of a word that every report has
_DAMPING = 2.0
_LIKE = 0.5  # from this likeness on, a word is the other one misspelt
_LIKE_LETTERS = 4  # shorter words are never taken for misspelt ones

_Matches = Mapping[str, tuple[str, float]]  # a word of mine -> the word of theirs that it is, and how alike they are


@dataclass(frozen=True)
class Asked:
    """The report that is being written; `key` is of `layers.lemmas.key`."""

    category: str
    family: str
    key: str


@dataclass(frozen=True)
class Candidate:
    """An open report; no distance when either has no point, and then both are of one settlement."""

    id: str
    category: str
    family: str
    distance_m: float | None
    key: str
    age_days: float
    supporters: int = 0


@dataclass(frozen=True)
class Ranked:
    """A candidate, how likely it is the same problem (0 to 1), and how alike the words alone are (0 to 1)."""

    candidate: Candidate
    score: float
    words: float


def radius(*, staff: bool, override_m: float | None = None) -> float:
    """Return how far to look, in metres; a category's own radius never narrows the staff's."""
    if staff:
        return max(STAFF_RADIUS_M, override_m or 0.0)
    return RADIUS_M if override_m is None else override_m


def rank(
    asked: Asked,
    candidates: Sequence[Candidate],
    *,
    radius_m: float = RADIUS_M,
    most: int = SHOWN,
    at_least: float = LEAST,
    of_best: float = OF_BEST,
) -> list[Ranked]:
    """Return the candidates to show, the likeliest first: of the same family of categories, within the radius.

    A desk that wants all of them passes `most=len(candidates), at_least=0, of_best=0`.
    """
    near = [each for each in candidates if each.family == asked.family and _within(each, radius_m)]
    compare = _comparison(asked.key, [each.key for each in near])
    ranked = sorted((_ranked(asked, each, compare(each.key)) for each in near), key=_order)
    bar = max(at_least, of_best * ranked[0].score) if ranked else 0.0
    return [each for each in ranked[:most] if each.score >= bar]


def similar_words(text_a: str, text_b: str) -> float:
    """Return how alike the words of two texts are: 0 when they share nothing, nearly 1 when they are the same."""
    a, b = key(text_a), key(text_b)
    return (_comparison(a, [b], counted=False)(b).alike + _comparison(b, [a], counted=False)(a).alike) / 2


def trigram_similarity(a: str, b: str) -> float:
    """Return what pg_trgm's similarity() returns for two keys: trigrams both have, of all they have."""
    return _share(_key_trigrams(a), _key_trigrams(b))  # not cached: a cache would outlive a text that is erased


def _within(candidate: Candidate, radius_m: float) -> bool:
    return candidate.distance_m is None or candidate.distance_m <= radius_m


def _order(ranked: Ranked) -> tuple[float, float, str]:
    distance = ranked.candidate.distance_m
    return -ranked.score, math.inf if distance is None else distance, ranked.candidate.id


# --- The score --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Words:
    """How the words of two reports compare."""

    alike: float
    same_thing: bool
    other_thing: bool
    same_landmark: bool
    other_landmark: bool
    other_number: bool  # each has numbers (of houses, entrances) that the other lacks
    missing: bool  # either has no words


def _ranked(asked: Asked, candidate: Candidate, words: _Words) -> Ranked:
    near = _NEAR_UNKNOWN if candidate.distance_m is None else math.exp(-candidate.distance_m / _SCALE_M)
    z = (
        -5.8
        + 5.4 * near
        + 5.7 * words.alike
        + 1.0 * words.same_thing
        - 2.7 * words.other_thing
        + 0.8 * words.same_landmark
        - 1.5 * words.other_landmark * (1 - near)
        - 1.6 * words.other_number
        - 2.5 * (candidate.category != asked.category)
        + 1.4 * words.missing
        - 0.5 * (1 - 2 ** (-max(candidate.age_days, 0.0) / _HALF_LIFE_DAYS))
        + 0.1 * math.log1p(candidate.supporters)
    )
    return Ranked(candidate, 1 / (1 + math.exp(-z)), words.alike)


def _comparison(asked: str, others: Sequence[str], *, counted: bool = True) -> Callable[[str], _Words]:
    """Return the function that compares the asked key with one of the others, over which rarity is counted."""
    rarity = _rarity(others if counted else [])
    mine = asked.split()
    told = _by_kind(mine)
    like = _misspelt(mine, {word for other in others for word in other.split()})

    def compare(other: str) -> _Words:
        theirs = other.split()
        they_told = _by_kind(theirs)
        matches = _matches(mine, set(theirs), like)
        overlap = _overlap(mine, theirs, matches, rarity)
        return _Words(
            alike=(overlap + trigram_similarity(asked, other)) / 2,
            same_thing=not told["about"].isdisjoint(they_told["about"]),
            other_thing=_differ(told["about"], they_told["about"], matches),
            same_landmark=not told["where"].isdisjoint(they_told["where"]),
            other_landmark=_differ(told["where"], they_told["where"], matches),
            other_number=not (told["number"] <= they_told["number"] or told["number"] >= they_told["number"]),
            missing=not mine or not theirs,
        )

    return compare


def _by_kind(words: Iterable[str]) -> Mapping[Kind, set[str]]:
    found: dict[Kind, set[str]] = {each: set() for each in _EXPECTED}
    for word in words:
        found[kind(word)].add(word)
    return found


def _differ(mine: set[str], theirs: set[str], matches: _Matches) -> bool:
    """Return whether each names things, and none of them is both's."""
    return bool(mine and theirs) and mine.isdisjoint(matches)


def _rarity(keys: Sequence[str]) -> Callable[[str], float]:
    count = Counter(word for each in keys for word in set(each.split()))
    reports = _BACKGROUND + len(keys)

    @cache
    def rarity(word: str) -> float:
        return max(math.log(reports / (_BACKGROUND * _EXPECTED[kind(word)] + count[word])), _RARITY_AT_LEAST)

    return rarity


def _overlap(mine: Sequence[str], theirs: Sequence[str], matches: _Matches, rarity: Callable[[str], float]) -> float:
    likeness_of = dict(matches.values())
    both = sum(likeness * rarity(word) for word, (_, likeness) in matches.items())
    only_mine = sum((1 - matches[word][1] if word in matches else 1) * rarity(word) for word in mine)
    only_theirs = sum((1 - likeness_of.get(word, 0.0)) * rarity(word) for word in theirs)
    return both / (both + min(only_mine, only_theirs) + _DAMPING)


# --- Words that are nearly the same -----------------------------------------------------------------------------------


def _matches(mine: Sequence[str], theirs: set[str], like: Mapping[str, Mapping[str, float]]) -> _Matches:
    """Return for each word of mine the word of theirs that it is, and how alike they are."""
    matches: dict[str, tuple[str, float]] = {}
    for word in mine:
        if word in theirs:
            matches[word] = (word, 1.0)
            continue
        near = {other: likeness for other, likeness in like.get(word, {}).items() if other in theirs}
        if near:
            matches[word] = max(near.items(), key=lambda pair: (pair[1], pair[0]))
    return matches


def _misspelt(mine: Sequence[str], vocabulary: set[str]) -> dict[str, dict[str, float]]:
    """Return for each word those of a vocabulary that may be the same one misspelt after its first letter."""
    by_initial: dict[str, list[str]] = {}
    for word in filter(_may_be_misspelt, vocabulary):
        by_initial.setdefault(skeleton(word)[:1], []).append(word)
    found: dict[str, dict[str, float]] = {}
    for word in filter(_may_be_misspelt, mine):
        letters = skeleton(word)
        shares = {
            other: _share(_trigrams(letters), _trigrams(skeleton(other))) for other in by_initial.get(letters[:1], [])
        }
        found[word] = {other: share for other, share in shares.items() if share >= _LIKE and other != word}
    return found


def _may_be_misspelt(word: str) -> bool:
    return len(word) >= _LIKE_LETTERS and kind(word) != "number"


@lru_cache(maxsize=50_000)
def _trigrams(word: str) -> frozenset[str]:
    padded = f"  {word} "
    return frozenset(padded[start : start + 3] for start in range(len(padded) - 2))


def _key_trigrams(key: str) -> frozenset[str]:
    return frozenset().union(*map(_trigrams, key.split()))


def _share(a: frozenset[str], b: frozenset[str]) -> float:
    both = len(a & b)
    return both / (len(a) + len(b) - both) if both else 0.0
