"""What a pasted message is taken for: category first and among two, places, and how long a draft takes."""

from __future__ import annotations

import time

from benchmarks.rows import Row
from layers.places.mentions import What, mentions
from layers.problems.drafting import guess_categories, read_message
from tests.layers.problems.messages import NAMES, measure, messages, shipped_vocabulary

TITLE = "A pasted message as a draft: right category, places, time, against the commonest category"
STREETS = 4000  # names of a large area


def run(quick: bool) -> list[Row]:
    return [*_quality("tuning"), *_quality("heldout"), *_speed(3 if quick else 20)]


def _quality(half: str) -> list[Row]:
    chosen = messages(half)
    counts = [sum(each["category"] == code for each in chosen) for code in {each["category"] for each in chosen}]
    commonest = max(counts) / len(chosen)
    mine = measure(chosen)
    peer = "the commonest category"
    return [
        Row(f"category is the first guess, {half} ({mine.messages})", mine.first, "share", peer, commonest),
        Row(f"category is among two guesses, {half}", mine.first_two, "share", peer, commonest),
        Row(f"places found, {half} ({mine.places})", mine.recall, "share", "all", 1.0),
        Row(f"places found that are right, {half}", mine.precision, "share", "all", 1.0),
    ]


def _speed(rounds: int) -> list[Row]:
    words = shipped_vocabulary()
    names: list[tuple[What, str]] = [*NAMES, *(("street", f"вулиця Вигадана {n}") for n in range(STREETS))]
    texts = [each["text"] for half in ("tuning", "heldout") for each in messages(half)]
    for text in texts:  # what a process knows after its first messages
        mentions(text, names)
    began = time.perf_counter()
    for _ in range(rounds):
        for text in texts:
            said = read_message(text).body
            guess_categories(said, words)
            mentions(said, names)
    took = (time.perf_counter() - began) / rounds / len(texts)
    return [Row(f"a draft among {STREETS} names of streets", took * 1000, "ms", "a clerk's 15 s", 15_000)]
