"""What words a text is made of, whatever their case, spelling and language: `дорозі`, `дорогу`, `дороге` are `дорога`.

Ukrainian and English words are looked up in simplemma's dictionaries, read as streams: 9 MB and half a second at the
first word, where dictionaries in memory take 60 MB. Russian and spoken words are in the short list of `lemmas.ini`; the
Russian dictionary (2.5 s, 20 MB) wouldn't know what they are in Ukrainian. What nobody knows loses its ending.

The lemmas of a report are what a person typed: keep them where the text is kept, and erase them with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from configparser import ConfigParser
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from layers.once import read_once
from layers.text import APOSTROPHE, fold

if TYPE_CHECKING:
    from simplemma.strategies import DictionaryLookupStrategy

Kind = Literal["about", "where", "number", "weak", ""]

_WORDS = Path(__file__).with_name("lemmas.ini")

# Not words: clock times, links and addresses, and long numbers, which are phones, cards or codes of persons.
_NO_WORD = re.compile(r"\b[0-2]?\d[:.][0-5]\d\b|https?://\S+|\S+@\S+|\+?\d(?:[\s().-]*\d){6,}")
_ORDINAL = re.compile(r"(\d+)-(?:й|ї|я|му|го|м|ій|ому|ого|ою|у|те|ше)\b")
# A number with its letter (“12-а”, “12 а”) or a word, whose hyphens and outer apostrophes are no part of it.
_TOKEN = re.compile(rf"\d+(?:-?[а-яіїєґa-z](?![а-яіїєґa-z]))?|[^\W\d_]+(?:{APOSTROPHE}[^\W\d_]+)*")
_CYRILLIC = re.compile("[а-яіїєґ]")
_LOOK_ALIKE = str.maketrans("aceiopxy", "асеіорху")  # Latin letters that slip into Cyrillic words

# How the nominative or infinitive of a word that no dictionary knows is told from its ending, the surest first.
_LAST = (
    "ами|ями|ать|ает|ают|ить|ат|ят|ая|яя|ое|ее|ые|ие|ый|ой|ій|ого|его|ому|ему|ом|ем|єм|ам|ям|ах|ях|ів|їв|ов|ев|ей|их|ых"
    "|им|ым|ую|юю|ою|ею|ал|ил|ся|а|я|о|е|є|и|і|ї|у|ю|ы|ь|й"
)
_ENDINGS = (
    (re.compile(r"(..+[сцз]ьк)(?:ий|ого|ому|им|ім|а|ої|ій|у|ою|е|і|их|ими|ая|ой|ую|ое|ом)"), "ий"),
    (re.compile(r"(..+[сцз])к(?:ий|ой|ого|ому|ом|ая|ую|ое|ие|их|им|ими)"), "ький"),
    (re.compile(r"(..+[ії]в)(?:ка|ки|ці|ку|кою|ко|ке|кой)"), "ка"),
    (re.compile(r"(..+енк)(?:о|а|у|ові|ом|і|и|ів|ам|ами|ах)"), "о"),
    (re.compile(r"(..+[ую])(?:ють|єть)ся"), "ватися"),
    (re.compile(r"(..+[ую])(?:ють|є|єш|ємо|єте)"), "вати"),
    (re.compile(r"(..+[аяі])(?:ють|єть)ся|(..+[аяуиії])(?:вся|лася|лося|лися)"), "тися"),
    (re.compile(r"(..+[аяі])(?:ють|є|єш|ємо|єте)|(..+[аяуи])(?:в|ла|ло|ли)|(..+[ії])(?:ла|ло|ли)"), "ти"),
    (re.compile(r"(..+(?:[аяе]н|[уия]т))(?:ий|а|е|і|у|ою|им|ім)|(...+)(?:ого|ому|ими|их|ої)"), "ий"),
    (re.compile(rf"(...+?)(?:{_LAST})"), ""),
)

# A misspelt word is compared without its ending, and without what is confused in writing or is Russian.
_STEM = re.compile(rf"(?<=...)(?:{_LAST})$")
_CONFUSED = str.maketrans("ыіїйеєэёоґ", "ииииииииаг") | dict.fromkeys(map(ord, f"ьъ{APOSTROPHE}"))
_DOUBLED = re.compile(r"(.)\1")
_SHORT, _LONG = 4, 7  # letters of a stem that is recognised, and that is recognised with one of them wrong
_PREFIX_AT_LEAST = 3


def lemmas(text: str) -> tuple[str, ...]:
    """Return the lemmas of a text, each once, in its order: folded, without stop words, synonyms made one."""
    stop = _vocabulary().stop
    found = _join([_lemma(token) for token in _tokens(text)])
    return tuple(dict.fromkeys(lemma for lemma in found if lemma not in stop))


def key(text: str) -> str:
    """Return the lemmas of a text in one line, for storage and the trigram index."""
    return " ".join(lemmas(text))


@lru_cache(maxsize=20_000)
def kind(lemma: str) -> Kind:
    """Return what a lemma tells of a report: what it is about, where it is, a house's number, little, or else."""
    return "number" if lemma[:1].isdigit() else _vocabulary().kinds.get(lemma, "")


@lru_cache(maxsize=20_000)
def skeleton(word: str) -> str:
    """Return a word's stem with letters that are confused made one, doubled ones single."""
    return _DOUBLED.sub(r"\1", _STEM.sub("", word).translate(_CONFUSED))


def _tokens(text: str) -> Iterator[str]:
    for match in _TOKEN.finditer(_ORDINAL.sub(r"\1", _NO_WORD.sub(" ", fold(text)))):
        token = match[0].replace("-", "")
        if len(token) > 1 or token.isdigit():
            yield token.translate(_LOOK_ALIKE) if _CYRILLIC.search(token) else token


def _join(found: list[str]) -> Iterator[str]:
    """Make one lemma of words in a row that are one thing (“червоне світло” is a traffic light)."""
    phrases = _phrases()
    position = 0
    while position < len(found):
        length = next((n for n in (3, 2) if tuple(found[position : position + n]) in phrases), 1)
        words = tuple(found[position : position + length])
        yield phrases.get(words, words[0])
        position += length


@lru_cache(maxsize=20_000)
def _lemma(word: str) -> str:
    vocabulary = _vocabulary()
    known = vocabulary.names.get(word) or vocabulary.one.get(word)
    if known or word[0].isdigit() or word in vocabulary.stop:
        return known or word
    found = _look_up(word)
    lemma = found or vocabulary.by_prefix(word) or _without_ending(word)
    shipped = vocabulary.one.get(lemma) or vocabulary.one.get(lemma.removesuffix("ся"))
    return shipped or (None if found else _respelt(word)) or lemma


def _look_up(word: str) -> str | None:
    language = "uk" if _CYRILLIC.search(word) else "en"
    found = _dictionary().get_lemma(word, language)
    return fold(found) if found else None


@read_once
def _dictionary() -> DictionaryLookupStrategy:
    # Loaded at the first word, not at import: most processes never need it.
    from simplemma.strategies import DictionaryLookupStrategy, StreamDictionaryFactory

    dictionary = DictionaryLookupStrategy(StreamDictionaryFactory())
    for word, language in (("дорога", "uk"), ("road", "en")):
        dictionary.get_lemma(word, language)  # the first word of a language is when its file is read
    return dictionary


def _respelt(word: str) -> str | None:
    """Return the shipped word that this one is but for confused letters or, if it is long, one letter."""
    spellings, letters = _spellings(), skeleton(word)
    near = (letters, *_one_letter_less(letters))
    return next((spellings[each] for each in near if each in spellings), None)


def _one_letter_less(letters: str) -> Iterator[str]:
    if len(letters) >= _LONG:
        yield from (letters[:n] + letters[n + 1 :] for n in range(1, len(letters)))


def _without_ending(word: str) -> str:
    """Return a word that no dictionary knows as the nominative or infinitive its ending tells of, or as its stem."""
    for pattern, ending in _ENDINGS:
        if match := pattern.fullmatch(word):
            return match[match.lastindex or 0] + ending
    return word


# --- The shipped words ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Vocabulary:
    stop: frozenset[str]
    names: Mapping[str, str]  # a case of a name -> its nominative
    one: Mapping[str, str]  # a word -> the word that stands for it
    prefixes: Mapping[str, str]  # the beginning of a word -> the word that stands for it
    kinds: Mapping[str, Kind]
    phrases: Mapping[str, str]  # as written; `_phrases` has their lemmas

    def by_prefix(self, word: str) -> str | None:
        lengths = range(len(word), _PREFIX_AT_LEAST - 1, -1)
        return next((self.prefixes[word[:n]] for n in lengths if word[:n] in self.prefixes), None)


@read_once
def _vocabulary() -> _Vocabulary:
    ini = ConfigParser(interpolation=None, delimiters=("=",))
    ini.read_string(_WORDS.read_text("utf-8"))
    one: dict[str, str] = {}
    prefixes: dict[str, str] = {}
    kinds: dict[str, Kind] = {}
    sections: tuple[tuple[str, Kind], ...] = (("same", ""), ("where", "where"), ("about", "about"))
    for section, told in sections:
        for head, others in ini[section].items():
            kinds[head] = told
            for word in (head, *others.split()):
                (prefixes if word.endswith("*") else one)[word.rstrip("*")] = head
    weak = (one.get(word, word) for word in ini["words"]["weak"].split())
    kinds |= dict.fromkeys((word for word in weak if not kinds.get(word)), "weak")
    phrases = {phrase: head for head, others in ini["phrases"].items() for phrase in others.split(", ")}
    names = {case: name for name in ini["words"]["names"].split() for case in _cases(name)}
    return _Vocabulary(frozenset(ini["words"]["stop"].split()), names, one, prefixes, kinds, phrases)


@read_once
def _spellings() -> Mapping[str, str]:
    """Return skeletons of the shipped words, with and without one letter, that lead to one word only."""
    found: dict[str, set[str]] = {}
    for word, head in _vocabulary().one.items():
        letters = skeleton(word)
        if len(letters) >= _SHORT:
            for each in (letters, *_one_letter_less(letters)):
                found.setdefault(each, set()).add(head)
    return {each: min(heads) for each, heads in found.items() if len(heads) == 1}


@read_once
def _phrases() -> Mapping[tuple[str, ...], str]:
    return {tuple(map(_lemma, phrase.split())): whole for phrase, whole in _vocabulary().phrases.items()}


_CASES: tuple[tuple[str, str, str], ...] = (  # how a name ends, what of it goes, and the endings of its cases
    ("ка", "ка", "ка ки ці ку кою ко"),
    ("ьське", "е", "е ого ому им ім"),
    ("ове", "е", "е о ого ому им ім а у ом і"),
    ("не", "е", "е ого ому им ім"),
    ("же", "е", "е ого ому им ім"),
    ("ва", "а", "а ої ій у ою"),
    ("на", "а", "а ої ій у ою"),
    ("ино", "о", "о а у ом і"),
    ("ок", "ок", "ок ка ку ком кові"),
    ("їв", "їв", "їв єва єву євом єві"),
    ("ї", "ї", "ї їв ям ями ях"),
    ("и", "и", "и ів ам ами ах"),
    ("га", "га", "га ги зі гу гою"),
    ("дя", "я", "я ю ям і"),
    ("ля", "я", "я і ю ею"),
    ("ча", "а", "а і у ею"),
    ("ія", "я", "я ї ю єю"),
    ("", "", " а у ом і ові"),
)


def _cases(name: str) -> Iterator[str]:
    """Yield the cases of a settlement's name as people write them; the first line of `_CASES` that fits decides."""
    _, cut, endings = next(line for line in _CASES if name.endswith(line[0]))
    stem = name.removesuffix(cut)
    yield from (stem + ending for ending in endings.split(" "))
    if cut == "и":
        yield stem  # Печеніги, Печеніг
