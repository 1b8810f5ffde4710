"""A pasted message as the draft of a report: what of it was said, by whom, and what it is about. Pure: text in.

Messages come from Viber, Telegram, WhatsApp, Facebook and Messenger as their programs copy them: with the sender's
name, the time, and buttons around it. Of several senders the first is the one who reports. A category is guessed by the
lemmas that its keeper wrote down for it: rare ones say more, and words that say it only together say most.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

import phonenumbers

from layers.lemmas import kind, lemmas
from layers.text import EMAIL, fold

OTHER = "other"
# What is not written together with its words by whoever keeps the category counts less.
_TITLE, _HINT, _WORDS = 1.5, 0.6, 1.0
_TOGETHER = 1.6  # words that say it only together, against one word
_TELLS = {"weak": 0.35, "where": 0.5}  # words that are in very many reports, and those that say where
_LEAST = 0.8  # with less than this it is “something else” first

# --- what was said, and by whom ---------------------------------------------------------------------------------------

_DAY = r"\d{1,2}[./]\d{1,2}[./]\d{2,4}|\d{1,2} [а-яіїє]+ \d{4}(?: р\.)?|сьогодні|вчора|today|yesterday"
_CLOCK = r"\d{1,2}:\d{2}(?::\d{2})?(?: ?[AaPp][Mm])?"
_WHEN = rf"(?:(?:{_DAY})(?:,| о| об| at)? ?)?{_CLOCK}|{_CLOCK},? (?:{_DAY})"
_NAME = r"[^\W\d_][^\n:,\[\]]{1,40}?"
# As each program writes who and when; what follows on the line is what was said.
_HEADS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\[(?:{_WHEN})\] ?(?P<name>{_NAME}): ?(?P<rest>.*)",  # Viber, WhatsApp
        rf"(?P<name>{_NAME}),? \[(?:{_WHEN})\]:? ?(?P<rest>.*)",  # Telegram
        rf"(?:{_WHEN}) - (?P<name>{_NAME}): ?(?P<rest>.*)",  # WhatsApp, exported
        rf"(?P<name>{_NAME}) (?:{_WHEN})",  # Messenger
        rf"(?:переслано від|forwarded from|переадресовано від) (?P<name>{_NAME})(?P<rest>)",
    )
)
_NOISE = re.compile(
    rf"(?:{_WHEN})|[·•.\s]+|\d+|\d+ ?(?:с|хв|год|дн|тиж|міс|р|min|h|d|w)\.?|\d+ коментар\w*|усі реакції:?"
    r"|подобається|вподобати|відповісти|поширити|поширено|редаговано|змінено|прочитано|доставлено|надіслано"
    r"|переглянути переклад|див\. переклад|показати ще|автор|активний учасник|like|reply|share|edited|top fan",
    re.IGNORECASE,
)
_BUTTONS = re.compile(r"\s*(?:подобається|like) ?[·•] ?(?:відповісти|reply).*$", re.IGNORECASE)
_SENDER = re.compile(r"(?P<name>[А-ЯІЇЄҐA-Z][\w’'ʼ-]+(?: [А-ЯІЇЄҐA-Z][\w’'ʼ-]+){0,2})(?P<colon>:?)(?P<rest> .*)?")
_NO_NAME = frozenset(
    ("добрий", "доброго", "вітаю", "вітання", "привіт", "шановні", "увага", "прошу", "просимо", "люди", "сусіди",
     "дорога", "вулиця", "хто", "коли", "чому", "де", "допоможіть", "терміново", "hello", "hi", "dear", "please")
)  # fmt: skip
_HANDLE = re.compile(r"(?<![\w.@])@([A-Za-z]\w{4,31})\b")
_ADDRESS = re.compile(rf"(?<!\S){EMAIL.pattern}")
_CALL = re.compile(r"передзвон|перезвон|зателефонуйте|подзвоніть|наберіть мене|call (?:me )?back", re.IGNORECASE)


@dataclass(frozen=True)
class Message:
    """What a message says without what its program wrote around it, and how its sender can be reached."""

    body: str
    sender: str = ""
    phone: str = ""
    email: str = ""
    telegram: str = ""
    call_back: bool = False


def read_message(pasted: str) -> Message:
    """Take a pasted message apart; of several senders only what the first one said is kept."""
    lines = [_BUTTONS.sub("", line).strip() for line in pasted.replace("\r", "").splitlines()]
    sender, body = "", list[str]()
    for line in filter(None, lines):
        if _NOISE.fullmatch(line):
            continue
        name, rest = _head(line, first=not sender and not body)
        if name and sender and fold(name) != fold(sender):
            break
        sender = sender or name
        if rest:
            body.append(rest)
    said = "\n".join(body)
    handle, address = _HANDLE.search(said), _ADDRESS.search(said)
    return Message(
        body=said,
        sender=" ".join(sender.split()),
        phone=_phone(said),
        email=address[0].rstrip(".") if address else "",
        telegram=handle[1] if handle else "",
        call_back=bool(_CALL.search(said)),
    )


def _head(line: str, *, first: bool) -> tuple[str, str]:
    """Return the sender whom a line names, and what else it says."""
    for pattern in _HEADS:
        if match := pattern.fullmatch(line):
            return match["name"], (match.groupdict().get("rest") or "").strip()
    match = _SENDER.fullmatch(line) if first else None
    if match and fold(match["name"]).split()[0] not in _NO_NAME and (match["colon"] or not match["rest"]):
        return match["name"], (match["rest"] or "").strip()
    return "", line


def _phone(text: str) -> str:
    """Return the first phone number of a text as people here write it, in E.164."""
    for match in phonenumbers.PhoneNumberMatcher(text, "UA", leniency=phonenumbers.Leniency.POSSIBLE):
        digits = "".join(letter for letter in match.raw_string if letter.isdigit())
        if len(digits) >= 10:
            return str(phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164))
    return ""


# --- what it is about -------------------------------------------------------------------------------------------------


class Told(Protocol):
    """A category, as far as its words go."""

    code: str
    problem_uk: str | None
    problem_en: str | None
    hint_uk: str
    hint_en: str
    words: str


@dataclass(frozen=True)
class Vocabulary:
    """The words of all categories: what each says of which category, and which say it only together."""

    single: dict[str, dict[str, float]]  # lemma -> category -> weight
    together: dict[frozenset[str], dict[str, float]]


@dataclass(frozen=True)
class Guess:
    """A category that a text may be of, and how much of its words speak for it."""

    code: str
    score: float


def vocabulary(categories: Iterable[Told]) -> Vocabulary:
    """Return the words of these categories, weighed by how few of them share each."""
    said: dict[frozenset[str], dict[str, float]] = {}
    for each in categories:
        titles, hints = f"{each.problem_uk or ''} {each.problem_en or ''}", f"{each.hint_uk} {each.hint_en}"
        for text, weight in ((titles, _TITLE), (hints, _HINT)):
            for lemma in lemmas(text):
                _at_least(said, frozenset((lemma,)), each.code, weight)
        for together in filter(None, (frozenset(lemmas(phrase)) for phrase in each.words.split(","))):
            _at_least(said, together, each.code, _WORDS if len(together) == 1 else _TOGETHER)
    weighed = {words: _weighed(words, codes) for words, codes in said.items()}
    single = {next(iter(words)): codes for words, codes in weighed.items() if len(words) == 1}
    return Vocabulary(single, {words: codes for words, codes in weighed.items() if len(words) > 1})


def _at_least(said: dict[frozenset[str], dict[str, float]], words: frozenset[str], code: str, weight: float) -> None:
    codes = said.setdefault(words, {})
    codes[code] = max(codes.get(code, 0.0), weight)


def _weighed(words: frozenset[str], codes: dict[str, float]) -> dict[str, float]:
    tells = max(_TELLS.get(kind(word), 1.0) for word in words) / math.sqrt(len(codes))
    return {code: weight * tells for code, weight in codes.items()}


def guess_categories(text: str, words: Vocabulary) -> list[Guess]:
    """Return the categories that a text may be of, the likeliest first; none when no word tells."""
    said = frozenset(lemmas(text))
    spoken = [words.single[lemma] for lemma in said if lemma in words.single]
    spoken += [codes for together, codes in words.together.items() if together <= said]
    score: defaultdict[str, float] = defaultdict(float)
    for codes in spoken:
        for code, weight in codes.items():
            score[code] += weight
    if OTHER in score and max(score.values()) < _LEAST:
        score[OTHER] += _LEAST
    return [Guess(code, value) for code, value in sorted(score.items(), key=lambda each: (-each[1], each[0]))]


_THANKS = frozenset(("подяка", "подякувати", "дякувати", "дяка", "вдячний", "молодець", "thanks", "thank"))


def guess_kind(text: str) -> str:
    """Return whether what is said of the police's work is thanks or a complaint."""
    said = {*lemmas(text), *fold(text).replace(",", " ").replace("!", " ").split()}
    thanks = not said.isdisjoint(_THANKS) or any(word.startswith(("дяку", "вдячн", "спасиб", "подяк")) for word in said)
    return "thanks" if thanks else "complaint"
