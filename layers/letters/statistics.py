"""How institutions answer letters, for everybody: with n, a median only from n ≥ 10, and nothing about persons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from layers.letters import store
from layers.problems.statistics import LEAST_N


@dataclass(frozen=True)
class Figures:
    """One institution; `answer_days` is a median from sending to the answer, None below LEAST_N answers.

    `overdue` counts letters that they registered and answered after the control date, or not by today.
    """

    code: str
    name_uk: str
    name_en: str
    kind: str
    sent: int
    registered: int
    answered: int
    waiting: int
    overdue: int
    answer_days: float | None
    open_reports: int
    closed_reports: int


def figures(session: Session, today: date) -> Sequence[Figures]:
    """Return the figures of each institution; they are summed in the database, and no letter leaves it."""
    return [Figures(**row) for row in store.figures(session, today, least=LEAST_N)]
