"""Digits in a text, however they are grouped or disguised.

They are read in groups: plain ones, ones with look-alike letters («о67», «З8О»), and ones said in words («нуль
шістдесят сім»). Groups that stand together make a chain; neighbouring groups of a chain are tried as a number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

LETTERS_LIKE = {
    "0": "oOоОQØø",
    "1": "lIiіІ|їЇ",
    "2": "zZ",
    "3": "зЗэЭ",
    "4": "чЧ",
    "5": "sSЅѕ",
    "6": "бbGЬ",
    "8": "вВB",
    "9": "gq",
}
LOOKS_LIKE = {letter: digit for digit, letters in LETTERS_LIKE.items() for letter in letters}

WORDS_FOR = {
    "0": "нуль ноль нулик зеро",
    "1": "один одна одне адін",
    "2": "два дві две",
    "3": "три",
    "4": "чотири чотирі четыре четире",
    "5": "п'ять пять пʼять",
    "6": "шість шесть",
    "7": "сім семь сем",
    "8": "вісім восемь восем",
    "9": "дев'ять девять дев’ять дівять",
    "10": "десять",
    "11": "одинадцять одиннадцать",
    "12": "дванадцять двенадцать двінадцять",
    "13": "тринадцять тринадцать",
    "14": "чотирнадцять четырнадцать чотирнадцать",
    "15": "п'ятнадцять пятнадцять пятнадцать",
    "16": "шістнадцять шестнадцать шіснадцять",
    "17": "сімнадцять семнадцать",
    "18": "вісімнадцять восемнадцать",
    "19": "дев'ятнадцять девятнадцять девятнадцать",
    "20": "двадцять двадцать",
    "30": "тридцять тридцать",
    "40": "сорок",
    "50": "п'ятдесят пятдесят пятьдесят пісят піісят",
    "60": "шістдесят шестьдесят шісят шістьдесят шестьдесять",
    "70": "сімдесят семьдесят сімдесять семдесят",
    "80": "вісімдесят восемьдесят вісімдесять восемдесят",
    "90": "дев'яносто девяносто",
    "100": "сто",
    "200": "двісті двести",
    "300": "триста",
    "400": "чотириста четыреста",
    "500": "п'ятсот пятсот пятьсот",
    "600": "шістсот шестьсот",
    "700": "сімсот семьсот",
    "800": "вісімсот восемьсот",
    "900": "дев'ятсот девятсот девятьсот",
}
SAID = {word: digits for digits, words in WORDS_FOR.items() for word in words.split()}

LOOK = "0-9" + re.escape("".join(LOOKS_LIKE))
_APART = r"(?<![^\W_])", r"(?![^\W_])"  # no letter or digit beside
_SAID = "|".join(sorted((re.escape(word) for word in SAID), key=len, reverse=True)).replace("'", "['’ʼ`]?")
GROUP = re.compile(
    rf"(?P<mixed>{_APART[0]}(?=[{LOOK}]*[0-9])[{LOOK}]{{2,}}{_APART[1]})"
    rf"|(?P<plain>[0-9]+)"
    rf"|(?P<letters>{_APART[0]}[{LOOK}]{{1,3}}{_APART[1]})"
    rf"|(?P<said>{_APART[0]}(?:{_SAID})(?![^\W\d_]))",
    re.IGNORECASE,
)
BETWEEN = re.compile(r"[\s\-‐-―−.,;:()\[\]/\\_*·•~=+]{0,5}")
DATE_OR_TIME = re.compile(
    r"(?<![\d.])(?:(?:0?[1-9]|[12]\d|3[01])\.(?:0?[1-9]|1[0-2])\.(?:\d{4}|\d\d)|(?:19|20)\d\d-[01]\d-[0-3]\d"
    r"|[0-2]?\d:[0-5]\d)(?![.\-:]?\d)"
)


FEWEST = 5  # digits that a chain is looked at for


@dataclass(frozen=True)
class Group:
    """Digits that stand together, where they stand, and how many of them are digits and not letters."""

    start: int
    end: int
    digits: str
    real: int
    said: bool = False


def chains(text: str) -> Iterator[list[Group]]:
    """Yield the groups that nothing but separators keep apart; dates and times are no numbers of anybody."""
    dateless = DATE_OR_TIME.sub(lambda date: "#" * len(date.group()), text)
    chain: list[Group] = []
    for match in GROUP.finditer(dateless):
        if chain and not BETWEEN.fullmatch(dateless, chain[-1].end, match.start()):
            yield from _worth(dateless, chain)
            chain = []
        chain.append(_group(match))
    yield from _worth(dateless, chain)


def _group(match: re.Match[str]) -> Group:
    typed = match.group()
    if match["said"]:
        digits = SAID.get(typed.lower()) or SAID[re.sub("['’ʼ`]", "'", typed.lower())]
        return Group(*match.span(), digits, len(digits), said=True)
    digits = "".join(LOOKS_LIKE.get(letter, letter) for letter in typed)
    return Group(*match.span(), digits, sum(letter.isdigit() for letter in typed))


def _worth(text: str, chain: list[Group]) -> Iterator[list[Group]]:
    if sum(group.real for group in chain) >= FEWEST:
        yield _spoken(text, chain)


def _spoken(text: str, chain: list[Group]) -> list[Group]:
    """Join the words of one spoken number: «сто двадцять три» is 123, «сто три» is 103, «сто, три» is 1003."""
    joined: list[Group] = []
    for group in chain:
        before = joined[-1] if joined else None
        zeros = len(before.digits) - len(before.digits.rstrip("0")) if before and before.said else 0
        together = before is not None and not text[before.end : group.start].strip(" -")
        if (
            before
            and together
            and group.said
            and group.digits != "0"
            and len(group.digits) <= zeros < len(before.digits)
        ):
            digits = before.digits[: -len(group.digits)] + group.digits
            joined[-1] = Group(before.start, group.end, digits, len(digits), said=True)
        else:
            joined.append(group)
    return joined


@dataclass(frozen=True)
class Try:
    """Neighbouring groups of a chain, taken for one number."""

    text: str
    groups: Sequence[Group]

    @property
    def digits(self) -> str:
        return "".join(group.digits for group in self.groups)

    @property
    def start(self) -> int:
        return self.groups[0].start

    @property
    def end(self) -> int:
        return self.groups[-1].end

    @property
    def disguised(self) -> bool:
        return any(group.real < len(group.digits) for group in self.groups)

    @property
    def trimmed(self) -> bool:
        """Whether both ends are digits; a lone «з» or «о» beside a number is a preposition."""
        return self.groups[0].real > 0 and self.groups[-1].real > 0

    @property
    def tight(self) -> bool:
        """Whether only spaces, dashes and dots stand between, as within one number; a list has commas."""
        gaps = (self.text[a.end : b.start] for a, b in zip(self.groups, self.groups[1:], strict=False))
        return all(len(gap) <= 3 and not set(gap) - set(" -‐‑‒–—−.\n_/") for gap in gaps)

    @property
    def even(self) -> bool:
        """Whether the digits come in twos or more, or all one by one, as people group a number."""
        sizes = {len(group.digits) for group in self.groups}
        return sizes == {1} or 1 not in sizes

    def before(self, length: int = 45) -> str:
        return self.text[max(0, self.start - length) : self.start].lower()


def tries(text: str, chain: Sequence[Group], least: int, most: int) -> Iterator[list[Try]]:
    """Yield, for each group of the chain, the tries of so many digits that begin there, longest first."""
    for first in range(len(chain)):
        found, length = [], 0
        for last in range(first, len(chain)):
            length += len(chain[last].digits)
            if length > most:
                break
            if length >= least:
                found.append(Try(text, chain[first : last + 1]))
        yield found[::-1]
