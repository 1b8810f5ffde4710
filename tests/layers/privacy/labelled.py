"""Sentences with what must be found in them between square brackets."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Labelled:
    """A sentence without its brackets, and where they were."""

    text: str
    spans: tuple[tuple[int, int], ...]


def rows(file: str) -> list[dict[str, str]]:
    """Return the rows of a labelled set beside this file."""
    with (HERE / file).open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened, delimiter=";"))


def unbracketed(sentence: str) -> Labelled:
    text, spans = "", []
    for number, part in enumerate(sentence.replace("]", "[").split("[")):
        if number % 2:
            spans.append((len(text), len(text) + len(part)))
        text += part
    return Labelled(text, tuple(spans))


def with_names() -> Iterator[Labelled]:
    for row in rows("names.csv"):
        yield unbracketed(row["sentence"])
