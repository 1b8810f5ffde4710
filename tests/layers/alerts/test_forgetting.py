"""What is kept of subscribers, and until when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from layers import mailbox
from layers.alerts import actions
from layers.alerts.actions import Wish
from layers.area import Area
from layers.people.credentials import Keys
from layers.viewer import PUBLIC, Viewer
from tests.database import viewer
from tests.layers.alerts.conftest import NOW, Letters, Subscribe, take_off
from tests.layers.problems.conftest import Bring


def addresses(session: Session) -> list[str]:
    return list(session.scalars(text("SELECT email FROM alerts ORDER BY email")))


def test_what_nobody_confirmed_is_dropped_after_48_hours(placed: Session, subscribe: Subscribe) -> None:
    subscribe("yes")
    subscribe("no", confirmed=False)
    actions.forget(placed, NOW + timedelta(hours=47, minutes=59))
    assert addresses(placed) == ["no@example.org", "yes@example.org"]
    actions.forget(placed, NOW + timedelta(hours=48))
    assert addresses(placed) == ["yes@example.org"]


def test_a_confirming_link_is_good_for_48_hours_and_twice(placed: Session, area: Area, keys: Keys) -> None:
    made = actions.subscribe(placed, keys, area, Wish("a@example.org"), key="k", now=NOW)
    assert made is not None
    _, confirming, stopping = made
    late = NOW + timedelta(hours=48)
    assert actions.confirm(placed, confirming, now=late) is None
    assert actions.confirm(placed, stopping, now=NOW) is None
    for _ in range(2):
        assert actions.confirm(placed, confirming, now=NOW) is not None
    again = actions.to_confirm(placed, confirming, now=late)
    assert again is not None
    assert again.confirmed


def test_stopping_erases_the_address_what_was_to_be_told_and_letters_that_wait(
    placed: Session, bring: Bring, confirm: Callable[..., UUID], subscribe: Subscribe, letters: Letters
) -> None:
    token = subscribe("leaving")
    subscribe("staying")
    confirm(bring())
    letters()
    actions.stop(placed, token)
    actions.stop(placed, token)
    assert addresses(placed) == ["staying@example.org"]
    assert list(placed.scalars(text("SELECT recipient FROM outbox"))) == ["staying@example.org"]
    assert placed.scalar(text("SELECT count(*) FROM alert_letters")) == 1
    assert actions.to_stop(placed, token) is None


def test_an_address_that_refuses_letters_is_erased_and_one_whose_server_was_away_is_not(
    placed: Session, bring: Bring, confirm: Callable[..., UUID], subscribe: Subscribe, letters: Letters
) -> None:
    subscribe("gone")
    subscribe("away")
    confirm(bring())
    letters()
    while letter := mailbox.take(placed, NOW + timedelta(days=400)):
        error = "550" if letter.recipient == "gone@example.org" else "ConnectionRefusedError"
        mailbox.refused(placed, letter, NOW, error=error, for_good=True)
    actions.forget(placed, NOW)
    assert addresses(placed) == ["away@example.org"]
    assert placed.scalar(text("SELECT count(*) FROM alert_letters")) == 0


def test_nothing_is_kept_for_ever_of_reports_that_are_public_no_more(
    placed: Session, bring: Bring, confirm: Callable[..., UUID], subscribe: Subscribe, letters: Letters
) -> None:
    subscribe("weekly", pace="weekly")
    problem = confirm(bring())
    letters()
    take_off(placed, problem)
    counts = text("SELECT (SELECT count(*) FROM alert_told), (SELECT count(*) FROM alert_pending)")
    for days, left in ((0, (1, 1)), (89, (1, 1)), (91, (1, 0)), (364, (1, 0)), (366, (0, 0))):
        actions.forget(placed, NOW + timedelta(days=days))
        assert placed.execute(counts).one() == left, days


def test_an_address_gets_five_letters_a_day_that_ask_it_to_confirm(placed: Session, area: Area, keys: Keys) -> None:
    asked = [
        actions.subscribe(placed, keys, area, Wish("a@example.org"), key=f"{n}", now=NOW) is not None for n in range(7)
    ]
    assert asked == [True] * 5 + [False] * 2
    assert addresses(placed) == ["a@example.org"] * 5
    assert actions.subscribe(placed, keys, area, Wish("b@example.org"), key="0", now=NOW) is not None


def test_the_same_form_twice_is_one_subscription(placed: Session, area: Area, keys: Keys) -> None:
    assert actions.subscribe(placed, keys, area, Wish("a@example.org"), key="k", now=NOW) is not None
    assert actions.subscribe(placed, keys, area, Wish("A@example.org "), key="k", now=NOW) is None
    assert addresses(placed) == ["a@example.org"]


def test_nobody_reads_addresses(subscribe: Subscribe, see_as: Callable[[Viewer], Session]) -> None:
    subscribe("neighbour")
    for who in (PUBLIC, viewer("admin"), viewer("coordinator"), viewer("police_lead")):
        session = see_as(who)
        for table in ("alerts", "alert_told", "alert_pending", "alert_letters"):
            assert session.scalar(text(f"SELECT count(*) FROM {table}")) == 0, (who.role, table)
