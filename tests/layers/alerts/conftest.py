"""Subscribers of the made-up town, and what comes to them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from layers import mailbox
from layers.alerts import actions
from layers.alerts.actions import Digest, Wish
from layers.area import Area
from layers.people.credentials import Keys
from tests.layers.problems.conftest import NOW, area, bring, confirm, keys, move, placed

__all__ = ["area", "bring", "confirm", "keys", "move", "placed"]  # fixtures

LATER = NOW + timedelta(minutes=1)

Subscribe = Callable[..., str]
Letters = Callable[..., dict[str, list[str]]]


@pytest.fixture
def subscribe(placed: Session, area: Area, keys: Keys) -> Subscribe:
    """Return a function that subscribes and confirms an address, and gives the token by which it stops."""

    def wish(who: str, *, confirmed: bool = True, now: datetime = NOW, **wanted: object) -> str:
        given = {"pace": "instant", **wanted}
        made = actions.subscribe(placed, keys, area, Wish(f"{who}@example.org", **given), key=who, now=now)  # type: ignore[arg-type]
        assert made is not None
        if confirmed:
            actions.confirm(placed, made[1], now=now)
        return made[2]

    return wish


@pytest.fixture
def letters(placed: Session, area: Area, keys: Keys) -> Letters:
    """Return a function that lets the worker look once, and says who was told what: “lighting new” …"""

    def look(now: datetime = LATER) -> dict[str, list[str]]:
        actions.gather(placed, now)
        told: dict[str, list[str]] = {}
        while digest := actions.take(placed, keys, area, now=now):
            actions.put(placed, digest, subject="s", body="b", html="h", headers={})
            told[digest.subscription.email.partition("@")[0]] = said(digest)
        return told

    return look


def said(digest: Digest) -> list[str]:
    return [f"{item.category.en} {item.status.en} {'new' if item.is_new else 'updated'}" for item in digest.items]


def take_off(session: Session, problem: UUID) -> None:
    """Take a report off the map, as a coordinator's step does."""
    session.execute(text("UPDATE problems SET published = false WHERE id = :id"), {"id": problem})


def put_back(session: Session, problem: UUID) -> None:
    session.execute(text("UPDATE problems SET published = true WHERE id = :id"), {"id": problem})


def deliver(session: Session) -> None:
    """Let the mail server take what waits."""
    while letter := mailbox.take(session, NOW + timedelta(days=400)):
        mailbox.sent(session, letter, NOW)
