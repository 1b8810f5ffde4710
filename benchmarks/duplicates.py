"""Finding open reports of the same problem: what is found, what is shown in vain, how fast, in how much memory."""

from __future__ import annotations

import random
import statistics
import subprocess
import sys
import time

from benchmarks.rows import Row
from layers.lemmas import key
from layers.problems.duplicates import Asked, Candidate, rank
from tests.layers.problems.evaluation import measure, most_alike, nearest, new_reports, ours

TITLE = (
    "Same or new: recall and precision against distance and against pg_trgm; 200 candidates; memory of the dictionary"
)

CANDIDATES = 200
# Run in a process of its own: what its memory grows by at the first lemma, and how long that takes.
FIRST_WORD = """
import sys, time
from pathlib import Path
from simplemma.strategies import DefaultDictionaryFactory, DictionaryLookupStrategy, StreamDictionaryFactory
def resident():
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024
factory = {"stream": StreamDictionaryFactory, "memory": DefaultDictionaryFactory}[sys.argv[1]]
before, start = resident(), time.perf_counter()
DictionaryLookupStrategy(factory()).get_lemma("дорозі", "uk")
print(resident() - before, time.perf_counter() - start)
"""


def run(quick: bool) -> list[Row]:
    return [*_quality("tuning"), *_quality("heldout"), *_speed(20 if quick else 200), *_first_word()]


def _quality(half: str) -> list[Row]:
    news = new_reports(half)
    mine = measure(news, ours)
    rows = []
    for peer, way in (("the three nearest", nearest), ("pg_trgm of the texts", most_alike)):
        theirs = measure(news, way)
        rows.append(Row(f"recall in the top 3, {half}", mine.recall, "share", peer, theirs.recall))
        rows.append(Row(f"precision in the top 3, {half}", mine.precision, "share", peer, theirs.precision))
    return rows


def _speed(rounds: int) -> list[Row]:
    texts = [text for half in ("tuning", "heldout") for new in new_reports(half) for text in new.texts.values()]
    distinct = list(dict.fromkeys(texts))
    keys = [key(text) for text in distinct]
    chance = random.Random(1)
    many = [
        Candidate(str(n), "road", "transport", chance.uniform(0, 250), " ".join(chance.sample(keys, 2)), n)
        for n in range(CANDIDATES)
    ]
    took = []
    for _ in range(rounds):
        start = time.perf_counter()
        rank(Asked("road", "transport", chance.choice(keys)), many)
        took.append(1000 * (time.perf_counter() - start))
    return [
        Row(f"rank {CANDIDATES} candidates, median", statistics.median(took), "ms"),
        Row(f"rank {CANDIDATES} candidates, slowest of {rounds}", max(took), "ms"),
    ]


def _first_word() -> list[Row]:
    figures = {}
    for way in ("stream", "memory"):
        done = subprocess.run([sys.executable, "-c", FIRST_WORD, way], capture_output=True, text=True, check=True)
        figures[way] = [float(figure) for figure in done.stdout.split()]
    (grown, took), (grown_there, took_there) = figures["stream"], figures["memory"]
    return [
        Row("Ukrainian dictionary, memory", grown, "MB", "simplemma's default", grown_there),
        Row("Ukrainian dictionary, first word", took, "s", "simplemma's default", took_there),
    ]
