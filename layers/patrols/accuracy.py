"""What the hits of a backtest are worth: PAI, PEI*, hit rate and recapture, and whether one method beats another.

No figure here can be made without its hits, its number of events N and its interval. PAI is the share of events hit by
the share of the area (Chainey, Tompson & Uhlig 2008, Security Journal 21: 4-28). PEI* is hits by the most that the same
area could hit (White, Hunt & Green 2023, Security Journal). The recapture rate index is the share of events hit by the
share that the same places had before (Levine 2008, Security Journal 21: 295-302).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

import numpy as np
from scipy.stats import norm

from layers.errors import BadInput
from layers.patrols.backtest import Trial
from layers.patrols.strength import Floats
from layers.text import N_

CONFIDENCE = 0.95
DRAWS = 4_000
MONTHS_TO_COMPARE = 6  # fewer say nothing reliable of how much months differ


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A figure that was measured: with its 95 % interval, the hits it rests on, and of how many events N."""

    value: float
    low: float
    high: float
    hits: float
    events: int

    def __post_init__(self) -> None:
        if self.events < 1 or not 0 <= self.hits <= self.events * (1 + 1e-9):
            raise ValueError("a figure needs events, and hits among them")
        if not (np.isfinite([self.low, self.value, self.high]).all() and self.low <= self.value <= self.high):
            raise ValueError("a figure needs a finite interval that holds it")


@dataclass(frozen=True)
class Accuracy:
    """How a method did at one share of the area; no recapture where its places had had no events before."""

    share: float
    pai: Measured
    pei: Measured
    hit_rate: Measured
    recapture: Measured | None


def accuracy(trial: Trial) -> Accuracy:
    """Return the figures of a trial, its categories together; raises BadInput if there was no event.

    The interval is Wilson's for the share of events hit. Where months differ by more than chance (Pearson's statistic
    over at least six months), N counts for less in it, in that proportion. The other figures divide that share and its
    interval by what is taken as known: the share of the area, the best possible hits, the share before.
    """
    hits, events = trial.hits.sum(axis=1), trial.events.sum(axis=(1, 2))
    count = int(events.sum())
    if not count:
        raise BadInput(N_("No incident fell in the months tested, so nothing can be measured: load more months."))
    low, high = _wilson(hits, events)
    got, rate = float(hits.sum()), float(hits.sum()) / count

    def by(divisor: float, most: float = np.inf) -> Measured:
        upper = max(min(high / divisor, most), rate / divisor)
        return Measured(value=rate / divisor, low=low / divisor, high=upper, hits=got, events=count)

    before = float((trial.past * trial.events.sum(axis=1)).sum()) / count
    return Accuracy(
        trial.share, pai=by(trial.share), pei=by(float(trial.best.sum()) / count, 1.0), hit_rate=by(1.0),
        recapture=by(before) if before > 0 else None,
    )  # fmt: skip


def _wilson(hits: Floats, events: Floats) -> tuple[float, float]:
    """Return the interval of the share of all events hit, from hits and events of each month."""
    count = float(events.sum())
    rate, some = float(hits.sum()) / count, events > 0
    effective = count
    if some.sum() >= MONTHS_TO_COMPARE and 0 < rate < 1:
        chance = events[some] * rate * (1 - rate)
        pearson = float(((hits[some] - events[some] * rate) ** 2 / chance).sum())
        effective /= max(1.0, pearson / (int(some.sum()) - 1))
    z2 = float(norm.ppf((1 + CONFIDENCE) / 2)) ** 2
    middle = (rate + z2 / (2 * effective)) / (1 + z2 / effective)
    half = np.sqrt(z2 * (rate * (1 - rate) / effective + z2 / (4 * effective**2))) / (1 + z2 / effective)
    return max(0.0, min(middle - half, rate)), min(1.0, max(middle + half, rate))


@dataclass(frozen=True)
class Ratio:
    """Our PAI by theirs, with its interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Difference:
    """PAI of ours minus PAI of theirs with its interval, and both; the ratio where theirs had a hit in every draw."""

    ours: Measured
    theirs: Measured
    value: float
    low: float
    high: float
    ratio: Ratio | None


def difference(
    ours: Trial, theirs: Trial, *, over: Literal["events", "months"] = "events", draws: int = DRAWS, seed: int = 1
) -> Difference:
    """Return how two methods differ on the same events, by a paired bootstrap (percentiles, 95 %).

    What is drawn anew, with both methods' hits, is each event, or whole months, whose events may hang together (that
    needs many months). With a handful of events on which the methods differ the interval is too narrow. Raises
    BadInput as `accuracy` does.
    """
    same = ours.share == theirs.share and np.array_equal(ours.events, theirs.events)
    assert same, "only trials of the same events with the same budget can be compared"
    mine, yours = accuracy(ours).pai, accuracy(theirs).pai
    what, times = _events(ours, theirs) if over == "events" else _months(ours, theirs)
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(int(times.sum()), times / times.sum(), size=draws) @ what
    apart = (drawn[:, 0] - drawn[:, 1]) / np.maximum(drawn[:, 2], 1) / ours.share
    low, high = _percentiles(apart)
    ratio = None
    if (drawn[:, 1] > 0).all():
        ratio = Ratio(mine.value / yours.value, *_percentiles(drawn[:, 0] / drawn[:, 1]))
    return Difference(mine, yours, mine.value - yours.value, low, high, ratio)


def _events(ours: Trial, theirs: Trial) -> tuple[Floats, Floats]:
    """Return the kinds of events, as rows of hit by ours, hit by theirs and 1, and how many events are of each."""
    some = ours.events > 0
    pairs = np.stack([ours.covered[some], theirs.covered[some], np.ones(int(some.sum()))], axis=1)
    kinds, which = np.unique(pairs, axis=0, return_inverse=True)
    return kinds, np.bincount(which.reshape(-1), ours.events[some]).astype(float)


def _months(ours: Trial, theirs: Trial) -> tuple[Floats, Floats]:
    """Return the months, as rows of our hits, their hits and events, and that each is there once."""
    sums = [ours.hits.sum(axis=1), theirs.hits.sum(axis=1), ours.events.sum(axis=(1, 2))]
    return np.stack(sums, axis=1).astype(float), np.ones(len(ours.events))


def _percentiles(drawn: Floats) -> tuple[float, float]:
    low, high = np.percentile(drawn, [50 * (1 - CONFIDENCE), 50 * (1 + CONFIDENCE)])
    return float(low), float(high)


class Outcome(StrEnum):
    """What a comparison with a baseline shows."""

    BETTER = "better"
    LEVEL = "level"
    WORSE = "worse"


SENTENCES = {
    Outcome.BETTER: N_("Our score beats this baseline: the difference is more than chance."),
    Outcome.LEVEL: N_("Our score does not beat this baseline: the difference may be chance."),
    Outcome.WORSE: N_("Our score does not beat this baseline: it does worse, and by more than chance."),
}


@dataclass(frozen=True)
class Verdict:
    """What is said beside the map, and what it rests on."""

    outcome: Outcome
    difference: Difference

    @property
    def beats(self) -> bool:
        return self.outcome is Outcome.BETTER

    @property
    def sentence(self) -> str:
        """Return the msgid to show; the baseline's name, both PAI, N and intervals stand beside it."""
        return SENTENCES[self.outcome]


def verdict(found: Difference) -> Verdict:
    """Return whether a score beats a baseline: only if the whole interval of the difference says so."""
    if found.low > 0:
        return Verdict(Outcome.BETTER, found)
    return Verdict(Outcome.WORSE if found.high < 0 else Outcome.LEVEL, found)
