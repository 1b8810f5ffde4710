"""Figures about reports that are fair to everybody: with n, from n ≥ 10, one person never outweighing others.

Reports are not crime: they say where people asked for something to be done.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from layers.problems import store

LEAST_N = 10  # below it a median says nothing, and a complaint could be a person
CAP = 3  # reports of one person in a month, hromada and category that are counted


@dataclass(frozen=True)
class Line:
    """One line of the figures; `hromada` or `category` is None where the line is about all of them.

    `counted` are the reports after the cap on single reporters, `received` all that came. `answer_days` and
    `closing_days` are medians in days, None below LEAST_N answers or closings. `hromada` is "" for reports that lie in
    none.
    """

    hromada: str | None
    category: str | None
    received: int
    counted: int
    people: int
    confirmed: int
    refused: int
    answered: int
    answer_days: float | None
    closed: int
    closing_days: float | None
    due: int
    overdue: int
    reopened: int

    @property
    def overdue_share(self) -> float | None:
        """Return the share of published reports whose answer is or came late, from LEAST_N on."""
        return self.overdue / self.due if self.due >= LEAST_N else None


def lines(session: Session, *, since: date | None, until: date | None, now: datetime) -> Sequence[Line]:
    """Return the figures of the months from `since` to `until` (first days): for all, by hromada, category, and both.

    Anybody may read them: they are summed in the database, and no report leaves it.
    """
    found = []
    for row in store.statistics(session, since, until, now, least=LEAST_N, cap=CAP):
        values = dict(row)
        all_hromadas, all_categories = values.pop("is_total_hromada"), values.pop("is_total_category")
        values["hromada"] = None if all_hromadas else values["hromada"] or ""
        values["category"] = None if all_categories else values["category"]
        found.append(Line(**values))
    return found


def about(every: Sequence[Line], *, hromada: str | None = None, category: str | None = None) -> Line | None:
    """Return the line about exactly this hromada and category (None: about all)."""
    return next((line for line in every if (line.hromada, line.category) == (hromada, category)), None)
