"""Figures that are fair: with n, one person counted once, and nothing that could be a person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from layers.area import Area
from layers.initiative import store as initiative
from layers.problems import actions, statistics
from layers.problems.statistics import CAP, LEAST_N, Line, about
from layers.viewer import PUBLIC, Viewer
from tests.layers.problems.conftest import COORDINATOR, IN_CITY, NOW, Bring, Move

Confirm = Callable[..., UUID]


def lines(session: Session, since: date | None = None, until: date | None = None) -> Sequence[Line]:
    return statistics.lines(session, since=since, until=until, now=NOW + timedelta(days=30))


def test_everybody_may_read_the_figures_and_no_report(bring: Bring, see_as: Callable[[Viewer], Session]) -> None:
    bring()
    session = see_as(PUBLIC)
    whole = about(lines(session))
    assert whole is not None
    assert (whole.received, whole.confirmed) == (1, 0)
    assert session.scalar(text("SELECT count(*) FROM problems")) == 0


def test_hromada_and_category_are_told_together_and_alone(bring: Bring, placed: Session) -> None:
    bring()
    bring(category="road")
    bring(at=None, place_words="десь біля ринку")
    found = lines(placed)
    received = {(line.hromada, line.category): line.received for line in found}
    assert received == {
        (None, None): 3, (None, "lighting"): 2, (None, "road"): 1, ("H1", None): 2, ("H1", "lighting"): 1,
        ("H1", "road"): 1, ("", None): 1, ("", "lighting"): 1,
    }  # fmt: skip


def test_a_median_is_told_from_ten_answers_on(bring: Bring, confirm: Confirm, placed: Session, area: Area) -> None:
    for n in range(LEAST_N):
        problem = confirm(bring(f"Ліхтар {n}", device=f"пристрій {n}"))
        whole = about(lines(placed))
        assert whole is not None
        assert whole.answer_days is None
        actions.answer(
            placed, COORDINATOR, area, problem, words="Прийнято", signed="Олена, координаторка", publish=False,
            now=NOW + timedelta(days=n + 1),
        )  # fmt: skip
    whole = about(lines(placed))
    assert whole is not None
    assert (whole.answered, whole.answer_days) == (10, pytest.approx(5.5))


def test_of_one_person_no_more_than_the_cap_is_counted(bring: Bring, placed: Session) -> None:
    for n in range(CAP + 4):
        bring(f"Ліхтар {n}")
    bring("Інша людина", device="інший")
    whole = about(lines(placed))
    assert whole is not None
    assert (whole.received, whole.counted, whole.people) == (CAP + 5, CAP + 1, 2)


def test_complaints_about_the_police_are_told_from_ten_on_and_reports_for_the_police_never(
    bring: Bring, placed: Session
) -> None:
    bring("Збут", "drugs", device="свідок")
    for n in range(LEAST_N - 1):
        bring(f"Скарга {n}", "police_work", kind="complaint", device=f"пристрій {n}")
    assert about(lines(placed), category="police_work") is None
    bring("Ще одна", "police_work", kind="thanks", device="останній")
    told = about(lines(placed), category="police_work")
    assert told is not None
    assert told.received == LEAST_N
    assert about(lines(placed), category="drugs") is None


def test_overdue_is_an_answer_that_is_late_or_came_late(bring: Bring, confirm: Confirm, placed: Session) -> None:
    for n in range(LEAST_N):
        confirm(bring(f"Ліхтар {n}"))
    now = statistics.lines(placed, since=None, until=None, now=NOW)
    later = lines(placed)
    assert about(now).overdue_share == 0  # type: ignore[union-attr]
    assert about(later).overdue_share == 1  # type: ignore[union-attr]


def test_closed_reports_are_timed_and_reopened_ones_counted(
    bring: Bring, confirm: Confirm, move: Move, placed: Session, area: Area
) -> None:
    energy = initiative.institutions(placed)[-1].id
    problem = confirm(bring())
    move(problem, "forwarded", institution=energy)
    move(problem, "done", words="Зроблено")
    actions.close_silent(placed, area, NOW + timedelta(days=14))
    whole = about(lines(placed))
    assert whole is not None
    assert (whole.closed, whole.closing_days, whole.reopened) == (1, None, 0)
    move(problem, "reopened", reason="not_solved", now=NOW + timedelta(days=15))
    assert about(lines(placed)).reopened == 1  # type: ignore[union-attr]


def test_months_limit_what_is_told(bring: Bring, placed: Session) -> None:
    bring()
    november, december = date(2026, 11, 1), date(2026, 12, 1)
    assert about(lines(placed, since=november, until=november)).received == 1  # type: ignore[union-attr]
    assert about(lines(placed, since=december)) is None


def test_a_territory_of_active_hostilities_is_in_no_figure(bring: Bring, placed: Session) -> None:
    bring(at=IN_CITY)
    placed.execute(text("UPDATE units SET security = 'active' WHERE code = 'H1'"))
    assert [line for line in lines(placed) if line.received] == []
