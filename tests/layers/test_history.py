"""History: codes stay for ever, typed words can be erased."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import text
from sqlalchemy.orm import Session

from layers import history
from layers.viewer import Viewer
from tests.database import viewer


def test_erased_words_leave_a_tombstone_and_the_line(session: Session) -> None:
    history.record(session, audience="staff", subject="unit", subject_id="1", event="noted", words="call 0671234567")
    typed_id = session.scalar(text("SELECT typed_id FROM history WHERE subject = 'unit'"))
    assert history.erase(session, typed_id, why="asked_by_author")
    (line,) = history.of(session, "unit", "1")
    assert line["event"] == "noted"
    assert line["body"] is None
    assert line["erased_at"] is not None
    assert not history.erase(session, typed_id, why="again")


def test_what_was_typed_is_for_keepers_only(session: Session, see_as: Callable[[Viewer], Session]) -> None:
    history.record(session, audience="public", subject="unit", subject_id="2", event="noted", words="a name")
    see_as(viewer("deputy"))
    (line,) = history.of(session, "unit", "2")
    assert line["event"] == "noted"
    assert line["body"] is None


def test_a_line_names_its_actor_by_itself(session: Session, see_as: Callable[[Viewer], Session]) -> None:
    me = viewer("coordinator")
    see_as(me)
    history.record(session, audience="staff", subject="unit", subject_id="3", event="seen")
    (line,) = history.of(session, "unit", "3")
    assert (line["actor"], line["actor_role"]) == (me.account, "coordinator")
