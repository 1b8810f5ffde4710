"""The desk's own target: a first answer of a human, with name and position, within three working days.

Pure: moments in, figures out. Counted are reports whose three days are over, and those answered before; a report that
still has time counts neither for nor against.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from layers.problems import deadlines
from layers.problems.rules import FIRST_ANSWER_DAYS

OF_LAST = timedelta(days=90)


@dataclass(frozen=True)
class Target:
    """How the desk does: `n` reports counted, `kept` of them answered in time, the middle wait in working days.

    `median_days` is of the `answered` ones alone; None while nobody was answered. `late` wait beyond three days now.
    """

    n: int
    kept: int
    answered: int
    median_days: float | None
    late: int

    @property
    def share(self) -> float | None:
        return self.kept / self.n if self.n else None


def first_answers(
    pairs: Iterable[tuple[datetime, datetime | None]], *, now: datetime, martial_law: bool, timezone: ZoneInfo
) -> Target:
    """Return the figures of reports, each given as when it came and when it was first answered."""
    kept = answered = late = n = 0
    waits = []
    for came, answer in pairs:
        due = deadlines.due_at(came, FIRST_ANSWER_DAYS, martial_law=martial_law, timezone=timezone)
        if answer is not None:
            answered += 1
            days = (moment.astimezone(timezone).date() for moment in (came, answer))
            waits.append(deadlines.working_days_between(*days, martial_law=martial_law))
        elif now < due:
            continue
        else:
            late += 1
        n += 1
        kept += answer is not None and answer < due
    return Target(n, kept, answered, median(waits) if waits else None, late)
