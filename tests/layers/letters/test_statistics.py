"""The public table of institutions: what is counted, from how many on, and that nothing else leaves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from layers.area import Area
from layers.letters import actions, statistics
from layers.viewer import PUBLIC, Viewer
from tests.layers.letters.conftest import Write
from tests.layers.problems.conftest import COORDINATOR, NOW, Bring, Move

TODAY = date(2026, 11, 23)
SeeAs = Callable[[Viewer], Session]

AGE = text("""
UPDATE letters SET sent_on = sent_on - :days, made_on = made_on - :days,
                   registered_on = cast(:registered AS date), due_on = cast(:due AS date),
                   answered_on = cast(:answered AS date), outcome = CASE WHEN cast(:answered AS date) IS NULL THEN '' ELSE 'done' END
WHERE id = :id
""")  # noqa: E501


def figures(session: Session, code: str = "energy") -> statistics.Figures:
    return next(one for one in statistics.figures(session, TODAY) if one.code == code)


def sent(
    session: Session, area: Area, letter: UUID, days: int = 0, registered: int | None = None,
    due: int | None = None, answered: int | None = None,
) -> None:  # fmt: skip
    """Mark a letter sent so many days ago; the other days are counted back from today too."""
    actions.mark_sent(session, COORDINATOR, area, letter, version=1, now=NOW)
    ago = {"registered": registered, "due": due, "answered": answered}
    values = {name: None if n is None else TODAY - timedelta(days=n) for name, n in ago.items()}
    session.execute(AGE, {"id": letter, "days": days, **values})


def test_a_letter_is_overdue_only_against_a_registration_date(
    bring: Bring, confirm: Callable[..., UUID], write: Write, placed: Session, area: Area
) -> None:
    report = confirm(bring())
    sent(placed, area, write([report]), days=300)  # never registered: nobody can say that their time is over
    assert (figures(placed).sent, figures(placed).waiting, figures(placed).overdue) == (1, 1, 0)
    sent(placed, area, write([report]), days=30, registered=29, due=1)
    sent(placed, area, write([report]), days=30, registered=29, due=0)  # today is the last day
    sent(placed, area, write([report]), days=30, registered=29, due=10, answered=9)  # late
    sent(placed, area, write([report]), days=30, registered=29, due=10, answered=10)  # in time
    told = figures(placed)
    assert (told.sent, told.registered, told.answered, told.waiting, told.overdue) == (5, 4, 2, 3, 2)


def test_letters_not_sent_and_cancelled_count_for_nothing(
    bring: Bring, confirm: Callable[..., UUID], write: Write, placed: Session, area: Area
) -> None:
    report = confirm(bring())
    write([report])
    actions.cancel(placed, COORDINATOR, area, write([report]), version=1, now=NOW)
    assert figures(placed).sent == 0


def test_the_median_is_told_from_ten_answers_on(
    bring: Bring, confirm: Callable[..., UUID], write: Write, placed: Session, area: Area
) -> None:
    report = confirm(bring())
    for days in (1, 2, 3, 4, 5, 7, 8, 9, 10):
        sent(placed, area, write([report]), days=days, answered=0)
    assert figures(placed).answer_days is None
    sent(placed, area, write([report]), days=100, answered=0)
    assert (figures(placed).answered, figures(placed).answer_days) == (10, 6)


def test_forwarded_reports_are_open_or_closed_and_those_for_the_police_are_in_no_figure(
    bring: Bring, confirm: Callable[..., UUID], move: Move, write: Write, placed: Session, area: Area
) -> None:
    report, closed = confirm(bring()), confirm(bring("Друге"), "Друге")
    secret = bring("Третє", "drugs")
    move(secret.problem, "confirmed")
    sent(placed, area, write([report, closed, secret.problem]))
    assert (figures(placed).open_reports, figures(placed).closed_reports) == (2, 0)
    placed.execute(text("UPDATE problems SET status = 'closed' WHERE id = :id"), {"id": closed})
    assert (figures(placed).open_reports, figures(placed).closed_reports) == (1, 1)


def test_everybody_may_read_the_figures_and_no_letter(
    bring: Bring, confirm: Callable[..., UUID], write: Write, placed: Session, area: Area, see_as: SeeAs
) -> None:
    sent(placed, area, write([confirm(bring())]))
    session = see_as(PUBLIC)
    assert figures(session).sent == 1
    for table in ("letters", "letter_problems", "letter_appeals", "letter_templates", "letter_numbers"):
        assert session.scalar(text(f"SELECT count(*) FROM {table}")) == 0
