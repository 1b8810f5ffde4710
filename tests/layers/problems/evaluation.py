"""The labelled reports of this folder, and how well a way to rank finds the originals of the new ones.

`neighbourhoods.csv`: open reports of twelve invented neighbourhoods, their places in metres, their age at the start.
`pairs.csv`: new reports, one a line, each written against one open report of its neighbourhood: the same problem or a
different one, how far from it and in which direction, how many days later, and what makes it hard. No distance: the
reporter described the place in words. A report that is different is of a problem that nobody has reported yet.
`paraphrases.csv`: two reports, how far apart, the same problem or not; they helped to find words and weights.

Half of the neighbourhoods are for tuning; nobody looks at single results of the other half.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from layers.lemmas import key
from layers.problems.duplicates import RADIUS_M, SHOWN, Asked, Candidate, Ranked, rank, trigram_similarity
from layers.text import fold

HERE = Path(__file__).parent
SHIPPED = Path(__file__).parents[3] / "layers" / "categories" / "shipped.csv"
Row = dict[str, str]
Rank = Callable[["New"], Sequence[str]]  # a new report -> the ids of the open ones that are shown


@dataclass(frozen=True)
class New:
    """A new report among the open ones of its neighbourhood; `original` is the open report of the same problem."""

    text: str
    hard: str
    asked: Asked
    open: tuple[Candidate, ...]
    texts: dict[str, str]
    original: str | None
    written_against: str


@dataclass(frozen=True)
class Quality:
    """How many new reports have an original, for how many it was shown, and what was shown in all."""

    originals: int
    found: int
    shown: int

    @property
    def recall(self) -> float:
        """Of the new reports whose problem is open already: for how many the original is among what is shown."""
        return self.found / self.originals

    @property
    def precision(self) -> float:
        """Of everything shown to anybody, those whose problem is new included: how much is the original."""
        return self.found / self.shown


def read(name: str) -> list[Row]:
    with (HERE / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@cache
def families() -> dict[str, str]:
    with SHIPPED.open(encoding="utf-8", newline="") as lines:
        return {row["code"]: row["family"] for row in csv.DictReader(lines)}


@cache
def new_reports(half: str) -> list[New]:
    neighbourhoods: dict[str, list[Row]] = {}
    for row in read("neighbourhoods.csv"):
        neighbourhoods.setdefault(row["scene"], []).append(row)
    return [_new(row, neighbourhoods[row["scene"]]) for row in read("pairs.csv") if row["half"] == half]


def _new(row: Row, around: list[Row]) -> New:
    against = next(other for other in around if other["id"] == row["open"])
    later = int(row["days"]) - int(against["days_ago"])  # days since the neighbourhood was written down
    here = _place(row, against)
    return New(
        text=row["text"],
        hard=row["hard"],
        asked=Asked(row["category"], families()[row["category"]], key(row["text"])),
        open=tuple(_candidate(other, here, later) for other in around),
        texts={other["id"]: other["text"] for other in around},
        original=row["open"] if row["same"] == "same" else None,
        written_against=row["open"],
    )


def _place(row: Row, against: Row) -> tuple[float, float] | None:
    if not row["distance_m"]:
        return None
    metres, bearing = float(row["distance_m"]), math.radians(float(row["bearing"]))
    return float(against["x"]) + metres * math.sin(bearing), float(against["y"]) + metres * math.cos(bearing)


def _candidate(row: Row, here: tuple[float, float] | None, later: int) -> Candidate:
    return Candidate(
        id=row["id"],
        category=row["category"],
        family=families()[row["category"]],
        distance_m=None if here is None else math.dist(here, (float(row["x"]), float(row["y"]))),
        key=key(row["text"]),
        age_days=int(row["days_ago"]) + later,
        supporters=int(row["supporters"]),
    )


def ours(new: New) -> list[str]:
    return [each.candidate.id for each in rank(new.asked, new.open)]


def nearest(new: New) -> list[str]:
    """Show the three nearest of the family, as services without a search by words do."""
    around = [each for each in new.open if each.family == new.asked.family and (each.distance_m or 0) <= RADIUS_M]
    return [each.id for each in sorted(around, key=lambda each: each.distance_m or 0)[:SHOWN]]


def most_alike(new: New, at_least: float = 0.3) -> list[str]:
    """Show the three whose texts as typed are most alike by trigrams, from pg_trgm's own threshold on."""
    near = {each.id for each in new.open if each.family == new.asked.family and (each.distance_m or 0) <= RADIUS_M}
    alike = {each: trigram_similarity(fold(new.text), fold(new.texts[each])) for each in near}
    return [each for each in sorted(near, key=lambda each: -alike[each]) if alike[each] >= at_least][:SHOWN]


def measure(news: Iterable[New], shown: Rank) -> Quality:
    originals = found = in_all = 0
    for new in news:
        ids = shown(new)
        originals += new.original is not None
        found += new.original in ids
        in_all += len(ids)
    return Quality(originals, found, in_all)


def alone(row: Row, *, swapped: bool) -> Ranked | None:
    """Return what the first of two paraphrases is shown when the second is all that is open, or the other way round."""
    new, old = (row["second"], row["first"]) if swapped else (row["first"], row["second"])
    family = families()[row["category"]]
    only = Candidate("1", row["category"], family, float(row["distance_m"]), key(old), 20)
    return next(iter(rank(Asked(row["category"], family, key(new)), [only])), None)
