"""What a report may not say, or must be looked at for: positions, ordnance, shelling, somebody in danger.

Nothing is stored of a text that is refused: article 114-2 of the Criminal Code of Ukraine punishes spreading where
forces and arms are or move; order 73 of the Commander-in-Chief of 3 March 2022 (annexes) lists what may not be shown,
the effects of shelling among it; unexploded ordnance is the rescuers' (101) to know, not a map's. Posts of recruiters
and patrols are treated alike. Who is in danger is told whom to call, by codes of helplines whose texts stand elsewhere;
for domestic violence by the law 2229-VIII.

The words and rules are in forbidden.toml, so that people who know the words can mend them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import resources
from typing import Any, Literal

from layers.once import read_once
from layers.privacy.digits import SAID
from layers.privacy.forms import key
from layers.privacy.reading import Reading, read
from layers.privacy.words import Lexicon, Word, verb, words_of

Topic = Literal["military", "ordnance", "shelling", "emergency", "domestic_violence"]
Strength = Literal["refuse", "flag"]

HELPLINES: dict[Topic, tuple[str, ...]] = {
    "military": ("102",),
    "ordnance": ("101", "102"),
    "shelling": ("101", "103"),
    "emergency": ("112", "102", "101", "103"),
    "domestic_violence": ("102", "1547", "116123", "116111"),
}
# Of these written with dots or spaces («т.ц.к.») the letters are one word.
SPELLED = frozenset(["тцк", "ппо", "пво", "зсу", "всу", "бтр", "бмп", "реб", "рэб", "рсзо", "зрк", "нгу", "тро", "вч"])
SENTENCE_END = re.compile(r"[.!?…\n;]")
NEAR = 6  # words round a rule's words in which an `unless` counts


@dataclass(frozen=True, order=True)
class Concern:
    """A piece of a text that is a concern: [start, end) in characters, what of, and how strong."""

    start: int
    end: int
    kind: Topic
    strength: Strength


def concerns(text: str) -> list[Concern]:
    """Return what is of concern in a text, in its order; a kind that is refused is not flagged as well."""
    reading = read(text)
    found: list[Concern] = []
    for sentence in _sentences(reading.text):
        found += _of_sentence(reading, sentence)
    refused = {concern.kind for concern in found if concern.strength == "refuse"}
    kept = {concern for concern in found if concern.strength == "refuse" or concern.kind not in refused}
    return _outermost(sorted(kept))


def helped(text: str) -> dict[Topic, tuple[str, ...]]:
    """Return the codes of the helplines to show for a text, by what is of concern in it."""
    return {concern.kind: HELPLINES[concern.kind] for concern in concerns(text)}


# --- Sentences ------------------------------------------------------------------------------------------------------


def _sentences(text: str) -> Iterator[list[Word]]:
    """Yield the words of each sentence, without those that the innocent phrases and names of streets take out."""
    sentence: list[Word] = []
    for word in _spelled_together(words_of(text)):
        if sentence and SENTENCE_END.search(word.gap) and word.first:
            yield _suspect(sentence)
            sentence = []
        sentence.append(word)
    yield _suspect(sentence)


def _spelled_together(words: list[Word]) -> Iterator[Word]:
    """Yield the words with the letters of an abbreviation in one; its last dot ends no sentence."""
    index = 0
    while index < len(words):
        for length in (4, 3, 2):
            letters = words[index : index + length]
            spelled = "".join(word.key for word in letters)
            if spelled in SPELLED and all(len(word.key) == 1 for word in letters):
                first = letters[0]
                yield Word(first.start, letters[-1].end, spelled, spelled, first.first, False, True, first.gap, False)
                index += length
                if index < len(words) and words[index].gap.startswith(".") and not words[index].upper:
                    words[index] = replace(words[index], first=False, gap=words[index].gap[1:])
                break
        else:
            yield words[index]
            index += 1


TAKEN_OUT = "·"
# «за 5 мін» are minutes.
COUNTS = frozenset(key(word) for word in SAID) | {"пару", "кілька", "скільки", "пять"}
MINUTES = frozenset({"мін", "мин"})
SMALL_SIZE = frozenset({"міні", "мини"})  # «міні-маркет»
AFTER_NUMBER = re.compile(r"\d\s*$")


class Verbs(Lexicon):
    """Every verb."""

    def _look_up(self, word: str) -> bool:
        return verb(word)


class Stems(Lexicon):
    """A list of words, in which a compound is found by its parts: «міни-пелюстки»."""

    def _look_up(self, word: str) -> bool:
        parts = [word, *(word.split("-") if "-" in word else ())]
        return any(super(Stems, self)._look_up(part) for part in parts if part not in SMALL_SIZE)


def _suspect(words: list[Word]) -> list[Word]:
    taken: set[int] = set()
    for index, word in enumerate(words):
        for phrase in _phrases_from(word.key):
            if len(words) >= index + len(phrase) and all(
                words[index + place].key in part for place, part in enumerate(phrase)
            ):
                taken.update(range(index, index + len(phrase)))
        if word.key in MINUTES and (AFTER_NUMBER.search(word.gap) or (index and words[index - 1].key in COUNTS)):
            taken.add(index)
        if word.key in _rulebook().words["street"]:
            taken.update(_street_name(words, index + 1))
    return [replace(word, key=TAKEN_OUT) if index in taken else word for index, word in enumerate(words)]


def _street_name(words: list[Word], index: int) -> Iterator[int]:
    """Yield the words of a street's name: with capitals, or of military origin."""
    for place in range(index, min(index + 3, len(words))):
        if words[place].gap.strip(' .«"') or not (
            words[place].capital or words[place].key in _rulebook().words["streetish"]
        ):
            return
        yield place


# --- Rules ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rule:
    """Lists of words that stand near one another, and lists that must not."""

    kind: Topic
    strength: Strength
    lists: tuple[Lexicon, ...]
    within: int
    unless: tuple[Lexicon, ...]
    also: tuple[Lexicon, ...]  # at least one of these in the sentence
    not_after: Lexicon | None  # what must not stand right before the first word
    ordered: bool  # the other words come after the first


@dataclass(frozen=True)
class Rulebook:
    """The file of rules, read."""

    words: dict[str, Lexicon]
    innocent: tuple[tuple[Lexicon, ...], ...]
    rules: tuple[Rule, ...]


@read_once
def _rulebook() -> Rulebook:
    file: dict[str, Any] = tomllib.loads((resources.files("layers.privacy") / "forbidden.toml").read_text("utf-8"))
    words: dict[str, Lexicon] = {name: Stems(listed.split()) for name, listed in file["words"].items()}
    words["VERB"] = Verbs(())
    innocent = tuple(tuple(Stems([part]) for part in phrase.split()) for phrase in file["innocent"])
    return Rulebook(words, innocent, tuple(_rule(words, rule) for rule in file["rules"]))


def _rule(words: dict[str, Lexicon], rule: dict[str, Any]) -> Rule:
    def listed(field: str) -> tuple[Lexicon, ...]:
        return tuple(words[name] for name in rule.get(field, ()))

    not_after = words[rule["not_after"]] if "not_after" in rule else None
    return Rule(
        rule["kind"],
        rule["strength"],
        listed("all"),
        rule.get("within", NEAR),
        listed("unless"),
        listed("also"),
        not_after,
        rule.get("ordered", False),
    )


@lru_cache(maxsize=20_000)
def _rules_from(word: str) -> tuple[Rule, ...]:
    """Return the rules that a word may begin."""
    return tuple(rule for rule in _rulebook().rules if word in rule.lists[0])


@lru_cache(maxsize=20_000)
def _phrases_from(word: str) -> tuple[tuple[Lexicon, ...], ...]:
    return tuple(phrase for phrase in _rulebook().innocent if word in phrase[0])


def _of_sentence(reading: Reading, words: Sequence[Word]) -> Iterator[Concern]:
    for index, word in enumerate(words):
        for rule in _rules_from(word.key):
            hit = _applies(rule, words, index)
            if hit:
                yield Concern(*reading.typed(words[hit[0]].start, words[hit[1]].end), rule.kind, rule.strength)


def _applies(rule: Rule, words: Sequence[Word], index: int) -> tuple[int, int] | None:
    """Return the first and last word of what a rule is about, None where it doesn't hold."""
    if rule.not_after is not None and index and words[index - 1].key in rule.not_after:
        return None
    low = high = index
    for others in rule.lists[1:]:
        near = _nearest(others, words, index, rule)
        if near is None:
            return None
        low, high = min(low, near), max(high, near)
    around = words[max(0, low - NEAR) : high + NEAR + 1]
    if any(word.key in no for no in rule.unless for word in around):
        return None
    if rule.also and not any(word.key in yes for yes in rule.also for word in words):
        return None
    return low, high


def _nearest(lexicon: Lexicon, words: Sequence[Word], index: int, rule: Rule) -> int | None:
    for distance in range(1, rule.within + 1):
        for place in (index + distance,) if rule.ordered else (index + distance, index - distance):
            if 0 <= place < len(words) and words[place].key in lexicon:
                return place
    return None


def _outermost(found: Sequence[Concern]) -> list[Concern]:
    """Leave out what lies inside another of its kind."""
    return [
        one
        for one in found
        if not any(
            other != one and other.kind == one.kind and other.start <= one.start and one.end <= other.end
            for other in found
        )
    ]
