"""Quick hashing, fixed keys, and an administrator to begin with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import pyotp
import pytest
from argon2 import PasswordHasher

from layers.database.engine import Database
from layers.people import actions, door
from layers.people.credentials import Hasher, Keys
from layers.people.door import Porter
from layers.people.rules import Particulars
from layers.viewer import Viewer, robot

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
PASSWORD = "три слова поспіль"
ROBOT = robot("test")


@dataclass
class Member:
    """Somebody with an account, and the phone that shows their codes."""

    viewer: Viewer
    email: str
    secret: str
    token: str
    recovery_codes: list[str]

    def code(self, at: datetime) -> str:
        return pyotp.TOTP(self.secret).at(at)


@pytest.fixture(scope="module")
def keys() -> Keys:
    return Keys("a secret of thirty-two characters at least")


@pytest.fixture(scope="module")
def porter(database: Database, keys: Keys) -> Porter:
    return Porter(database, keys, Hasher(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)))


@pytest.fixture(scope="module")
def join(porter: Porter) -> Callable[..., Member]:
    """Return a function that adds an account and lets its person set it up."""

    def join(email: str, role: str, *units: str, now: datetime = NOW) -> Member:
        with porter.database.begin(ROBOT) as session:
            given = Particulars(email, "Олена Приклад", role, frozenset(units))
            invited = actions.add(session, ROBOT, porter.keys, given, idempotency_key=email, now=now)
        secret = porter.keys.first_totp_secret(invited.token)
        code = pyotp.TOTP(secret).at(now)
        welcome = door.set_up(porter, token=invited.token, password=PASSWORD, code=code, now=now)
        viewer = door.viewer_for_token(porter.database, welcome.token, now)
        assert viewer is not None
        return Member(viewer, email, secret, welcome.token, welcome.recovery_codes)

    return join
