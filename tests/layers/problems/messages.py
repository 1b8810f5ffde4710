"""The labelled messages, and how well a draft is made of them; benchmarks/drafting.py reports the same figures."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from layers.categories.actions import shipped_problems
from layers.places.mentions import What, mentions
from layers.problems.drafting import Vocabulary, guess_categories, read_message, vocabulary

FILE = Path(__file__).with_name("messages.toml")
# What the made-up area has: streets, places and settlements, more of them than the messages name.
NAMES: Sequence[tuple[What, str]] = (
    *(("settlement", name) for name in ("Вербове", "Кленове", "Лозівка", "Малі Броди", "Озерне", "Дальнє")),
    *(
        ("street", name)
        for name in (
            "Соняшникова вулиця", "провулок Тихий", "вулиця Гончарна", "Ставкова вулиця", "проспект Незалежності",
            "Шкільна вулиця", "вулиця Лесі Українки", "вулиця Каштанова", "Нова вулиця", "Першотравнева вулиця",
            "Набережна вулиця", "вулиця Миру", "провулок Зелений", "Центральна вулиця", "Лісова вулиця",
            "вулиця Івана Франка", "Садова вулиця", "Озерна вулиця", "вулиця Героїв Праці", "провулок Каштановий",
        )
    ),
    *(
        ("place", name)
        for name in (
            "АТБ", "Школа № 1", "Ліцей № 2", "Центральний ринок", "Парк Дубки", "Садочок «Барвінок»", "Аптека 7",
            "Міська лікарня",
        )
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Accuracy:
    """Shares of messages whose category is the first, or among the first two; of places found, and of those right."""

    messages: int
    first: float
    first_two: float
    places: int
    recall: float
    precision: float


def messages(half: str) -> list[dict[str, Any]]:
    return [each for each in tomllib.loads(FILE.read_text("utf-8"))["message"] if each["half"] == half]


def shipped_vocabulary() -> Vocabulary:
    return vocabulary(SimpleNamespace(**row) for row in shipped_problems())


def measure(chosen: Iterable[dict[str, Any]]) -> Accuracy:
    words, labelled = shipped_vocabulary(), list(chosen)
    first = second = wanted = found = right = 0
    for each in labelled:
        said = read_message(each["text"]).body
        codes = [guess.code for guess in guess_categories(said, words)]
        first += codes[:1] == [each["category"]]
        second += each["category"] in codes[:2]
        places = {each[what] for what in ("street", "settlement") if what in each}
        told = {mention.name for mention in mentions(said, NAMES)}
        wanted, found, right = wanted + len(places), found + len(told), right + len(places & told)
    count = len(labelled)
    return Accuracy(count, first / count, second / count, wanted, right / wanted, right / found)
