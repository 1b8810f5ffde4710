"""Files: the right people get the same bytes back, others learn nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from layers import history
from layers.errors import BadInput, NotFound
from layers.files import actions
from layers.viewer import PUBLIC, Viewer
from tests.database import viewer

PDF = "application/pdf"


@pytest.mark.parametrize(
    ("audience", "readers"),
    [
        ("public", {"resident", "deputy", "officer", "admin"}),
        ("staff", {"deputy", "officer", "admin"}),
        ("police", {"officer", "admin"}),
        ("owner", {"admin"}),
    ],
)
def test_a_file_is_read_by_its_audience_only(
    session: Session, see_as: Callable[[Viewer], Session], audience: str, readers: set[str]
) -> None:
    see_as(viewer("coordinator"))
    file_id = actions.keep(session, name="plan.pdf", media_type=PDF, content=b"%PDF-1", audience=audience)
    found = set()
    for who in (PUBLIC, viewer("deputy"), viewer("officer", "A"), viewer("admin")):
        see_as(who)
        try:
            assert actions.fetch(session, file_id).content == b"%PDF-1"
            found.add(who.role.value)
        except NotFound:
            pass
    assert found == readers


def test_a_dropped_file_is_gone_and_leaves_its_id_in_the_history(
    session: Session, see_as: Callable[[Viewer], Session]
) -> None:
    see_as(viewer("admin"))
    file_id = actions.keep(session, name="../../etc/plan.pdf", media_type=PDF, content=b"x", audience="staff")
    assert actions.fetch(session, file_id).name == "plan.pdf"
    actions.drop(session, file_id, why="mistake")
    with pytest.raises(NotFound):
        actions.fetch(session, file_id)
    assert [line["codes"] for line in history.of(session, "file", str(file_id))] == [{"why": "mistake"}]


def test_nobody_drops_anothers_file(session: Session, see_as: Callable[[Viewer], Session]) -> None:
    see_as(viewer("coordinator"))
    file_id = actions.keep(session, name="plan.pdf", media_type=PDF, content=b"x", audience="staff")
    see_as(viewer("deputy"))
    with pytest.raises(NotFound):
        actions.drop(session, file_id, why="malice")


@pytest.mark.parametrize(
    ("media_type", "content", "words"),
    [
        ("application/x-sh", b"x", "kind"),
        (PDF, b"", "empty"),
        (PDF, b"x" * (50 * 1024 * 1024 + 1), "larger than 50 MB"),
    ],
)
def test_what_is_not_kept_is_refused_with_a_reason(
    session: Session, media_type: str, content: bytes, words: str
) -> None:
    with pytest.raises(BadInput, match=words):
        actions.keep(session, name="a", media_type=media_type, content=content, audience="staff")
