"""Invented letters for the demonstration: about its reports, in every state, so that the journal is worth a look."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby, islice
from uuid import UUID

import numpy as np
from numpy.random import Generator

from layers.area import Area
from layers.database.engine import Session
from layers.letters import actions
from layers.letters.checks import Draft, Following
from layers.problems import store
from layers.viewer import robot

CLERK = robot("demo")
# By where its reports stand: how many days ago a letter was written, and how many reports it is about.
AGES: Mapping[str, tuple[int, int]] = {"done": (14, 40), "in_work": (8, 45), "forwarded": (1, 12)}
TOGETHER = 3
SUBJECT = "Про повідомлення мешканців"
BODY = "До ініціативи звернулися мешканці громади. Перелік повідомлень подаємо нижче."
REQUEST = "Просимо вжити заходів і повідомити нас про результат."
SIGNED = ("Наталія Приклад", "Координаторка")
EXECUTORS = ("Приклад О. В.", "Зразок П. І.", "Вигадана М. С.")
ANSWER = "Роботи виконано, фото додаємо."


@dataclass(frozen=True)
class _Letter:
    written: datetime
    status: str
    institution: UUID
    about: tuple[UUID, ...]


def load_demo_letters(session: Session, area: Area, *, now: datetime, seed: int) -> int:
    """Write letters about the demonstration's reports in the caller's transaction, as a robot; return how many."""
    random = np.random.default_rng(seed)
    letters = sorted(_programme(session, random, now), key=lambda letter: letter.written)
    for nth, letter in enumerate(letters):
        draft = Draft("letter", letter.institution, SUBJECT, BODY, REQUEST, *SIGNED)
        made = actions.write(session, CLERK, area, draft, letter.about, key=f"demo-letter-{nth}", now=letter.written)
        became = _became(letter, nth, random, now.astimezone(area.timezone).date(), area)
        if became:
            actions.save(session, CLERK, area, made, draft, became, version=1, now=now)
    return len(letters)


def _programme(session: Session, random: Generator, now: datetime) -> Iterator[_Letter]:
    """Group the reports that wait for somebody by who that is and how far they are."""
    found = store.demo_reports(session, AGES)
    for (status, institution), rows in groupby(found, key=lambda row: (row.status, row.institution_id)):
        for about in _in_groups([row.id for row in rows]):
            age = float(random.uniform(*AGES[status]))
            yield _Letter(now - timedelta(days=age), status, institution, about)


def _in_groups(ids: Sequence[UUID]) -> Iterator[tuple[UUID, ...]]:
    left = iter(ids)
    while group := tuple(islice(left, TOGETHER)):
        yield group


def _became(letter: _Letter, nth: int, random: Generator, today: date, area: Area) -> Following | None:
    """Return what the journal says of a letter; None where it has not gone out."""
    sent = letter.written.astimezone(area.timezone).date()
    registered = min(sent + timedelta(days=int(random.integers(1, 5))), today)
    if letter.status == "forwarded" and registered >= today - timedelta(days=2):
        return None if nth % 3 == 0 else Following(sent_on=sent)
    known = Following(
        sent_on=sent, registered_on=registered, incoming_number=f"{nth + 11}/01-18", executor=EXECUTORS[nth % 3]
    )
    if letter.status != "done":
        return known
    answered = min(registered + timedelta(days=int(random.integers(3, 15))), today)
    return Following(**{**vars(known), "answered_on": answered, "outcome": "done", "answer": ANSWER})
