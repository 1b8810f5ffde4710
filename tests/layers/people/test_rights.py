"""What the database itself shows of people, whatever the code above forgets."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from layers import mailbox
from layers.database.base import Base
from layers.database.engine import sqlalchemy_url
from layers.people.door import Porter
from layers.people.tables import Account
from layers.viewer import PUBLIC, STAFF, Role, Viewer
from tests.layers.people.conftest import ROBOT, Member

TABLES = ("accounts", "recovery_codes", "account_links", "sessions")
KEYS = "SELECT account_id FROM account_keys"
Join = Callable[..., Member]


@pytest.fixture(scope="module")
def officer(porter: Porter, join: Join) -> Member:
    """Give an officer who is one of several members, with a letter waiting in the outbox."""
    join("admin@example.org", "admin")
    join("deputy@example.org", "deputy")
    with porter.database.begin(PUBLIC) as session:
        mailbox.put(session, to="a@example.org", subject="s", body="b")
    return join("officer@example.org", "officer", "u1")


def seen(porter: Porter, viewer: Viewer, query: str) -> int:
    with porter.database.begin(viewer) as session:
        return len(session.execute(text(query)).all())


@pytest.mark.parametrize("table", [*TABLES, "outbox"])
def test_a_resident_sees_nothing_of_people(porter: Porter, officer: Member, table: str) -> None:
    assert seen(porter, PUBLIC, f"SELECT 1 FROM {table}") == 0
    assert seen(porter, PUBLIC, KEYS) == 0


@pytest.mark.parametrize("role", sorted(STAFF - {Role.ADMIN}))
@pytest.mark.parametrize("table", [*TABLES, "outbox"])
def test_staff_without_an_account_row_see_nothing(porter: Porter, officer: Member, role: Role, table: str) -> None:
    assert seen(porter, Viewer(role, account=uuid4(), units=frozenset({"u1"})), f"SELECT 1 FROM {table}") == 0


def test_an_officer_sees_only_themself(porter: Porter, officer: Member) -> None:
    counts = {table: seen(porter, officer.viewer, f"SELECT 1 FROM {table}") for table in TABLES}
    assert counts == {"accounts": 1, "recovery_codes": 8, "account_links": 0, "sessions": 1}
    assert seen(porter, officer.viewer, KEYS) == 1


def test_an_administrator_sees_accounts_but_no_letters(porter: Porter, officer: Member) -> None:
    admin = Viewer(Role.ADMIN, account=uuid4())
    assert seen(porter, admin, "SELECT 1 FROM accounts") == 3
    assert seen(porter, admin, "SELECT 1 FROM outbox") == 0


@pytest.mark.parametrize("column", ["password_hash", "totp_secret"])
@pytest.mark.parametrize("viewer", [PUBLIC, ROBOT, Viewer(Role.ADMIN, account=uuid4())])
def test_nobody_reads_password_hashes_or_secrets_from_the_table(
    porter: Porter, officer: Member, viewer: Viewer, column: str
) -> None:
    with porter.database.begin(viewer) as session, pytest.raises(DBAPIError, match="permission denied"):
        session.execute(text(f"SELECT {column} FROM account_keys"))


def test_a_secret_is_kept_encrypted_for_its_own_account(porter: Porter, officer: Member, owner_url: str) -> None:
    with psycopg.connect(owner_url) as connection:
        rows = connection.execute("SELECT account_id, totp_secret FROM account_keys").fetchall()
    assert len(rows) == 3
    assert [secret for _, secret in rows if officer.secret.encode() in bytes(secret)] == []
    opened = {account: porter.keys.unseal(bytes(secret), account).decode() for account, secret in rows}
    assert opened[officer.viewer.account] == officer.secret


def test_no_session_link_or_code_is_kept_as_it_is_sent(porter: Porter, officer: Member, owner_url: str) -> None:
    with psycopg.connect(owner_url) as connection:
        everything = "".join(str(connection.execute(f"SELECT t.*::text FROM {t} t").fetchall()) for t in TABLES)
    assert officer.token not in everything
    assert officer.recovery_codes[0] not in everything


WRITES = [
    "UPDATE accounts SET role = 'admin' WHERE true",
    "INSERT INTO accounts (id, email, name, role) VALUES (gen_random_uuid(), 'e@x.org', 'E', 'admin')",
    "INSERT INTO account_links VALUES (gen_random_uuid(), '{victim}', '\\x00', now() + interval '1 day')",
    "INSERT INTO sessions VALUES ('\\x00', '{victim}', now(), now(), now() + interval '1 day')",
    "UPDATE sessions SET ends_at = now() + interval '9 years' WHERE account_id = '{victim}'",
    "DELETE FROM sessions WHERE account_id = '{victim}'",
    "UPDATE account_keys SET password_hash = 'mine' WHERE account_id = '{victim}'",
    "DELETE FROM account_keys WHERE account_id = '{victim}'",
    "DELETE FROM recovery_codes WHERE account_id = '{victim}'",
    "UPDATE outbox SET recipient = 'me@x.org'",
    "DELETE FROM outbox",
    "DELETE FROM accounts",
]


@pytest.mark.parametrize("statement", WRITES)
@pytest.mark.parametrize("role", [Role.RESIDENT, Role.COORDINATOR, Role.POLICE_LEAD])
def test_nobody_but_an_administrator_writes_of_others(
    porter: Porter, officer: Member, role: Role, statement: str
) -> None:
    viewer = PUBLIC if role is Role.RESIDENT else Viewer(role, account=uuid4())
    outcome = ""
    with contextlib.suppress(DBAPIError), porter.database.begin(viewer) as session:
        try:
            done = session.execute(text(statement.format(victim=officer.viewer.account)))
        except DBAPIError as refusal:
            outcome = str(refusal)
            raise
        outcome = f"{done.rowcount} rows"  # type: ignore[attr-defined]
    assert any(words in outcome for words in ("row-level security", "permission denied", "0 rows")), outcome


def test_an_administrator_can_take_keys_away_but_not_set_them(porter: Porter, officer: Member) -> None:
    admin = Viewer(Role.ADMIN, account=uuid4())
    with porter.database.begin(admin) as session:
        changed = session.execute(text("UPDATE account_keys SET password_hash = 'mine' WHERE totp_step >= 0"))
        assert changed.rowcount == 0  # type: ignore[attr-defined]
    with porter.database.begin(admin) as session, pytest.raises(DBAPIError, match="row-level security"):
        session.execute(
            text("INSERT INTO sessions VALUES ('\\x01', :victim, now(), now(), now())"),
            {"victim": officer.viewer.account},
        )


def test_the_tables_in_code_are_those_of_the_migration(owner_url: str) -> None:
    mine = {"accounts", "account_keys", "recovery_codes", "account_links", "sessions"}
    engine = create_engine(sqlalchemy_url(owner_url))
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "compare_server_default": True,
                "include_name": lambda name, kind, parents: kind != "table" or name in mine,
                "include_object": lambda thing, name, kind, reflected, other: (
                    kind != "index" and (kind != "table" or name in mine)
                ),
            },
        )
        differences = compare_metadata(context, Base.metadata)
    engine.dispose()
    assert Account.__tablename__ in Base.metadata.tables
    assert differences == []


def test_the_page_on_privacy_says_what_each_role_sees() -> None:
    page = (Path(__file__).parents[3] / "docs" / "privacy.md").read_text("utf-8")
    assert [role for role in Role if f"| `{role.value}` |" not in page] == []
