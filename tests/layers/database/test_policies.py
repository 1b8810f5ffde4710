"""Row-level security as the database enforces it, whatever the code above forgets."""

from __future__ import annotations

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from layers.database.engine import Database
from layers.database.policies import APP, EXEMPT, EXEMPT_SCHEMAS, OWNER
from layers.viewer import PUBLIC, robot
from tests.database import viewer

TABLES = """
SELECT n.nspname AS schema, c.relname AS name, c.relrowsecurity AS enabled, c.relforcerowsecurity AS forced,
       r.rolname AS owner, (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname <> 'reader_reads') AS policies
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_roles r ON r.oid = c.relowner
WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
"""  # noqa: E501


def test_every_table_is_forced_under_policies_or_is_exempt_by_name(owner_url: str) -> None:
    with psycopg.connect(owner_url) as connection:
        tables = connection.execute(TABLES).fetchall()
    unprotected = [
        name
        for schema, name, enabled, forced, _, policies in tables
        if schema not in EXEMPT_SCHEMAS and name not in EXEMPT and not (enabled and forced and policies)
    ]
    assert len(tables) > 8
    assert unprotected == []


def test_the_application_owns_nothing_and_bypasses_nothing(owner_url: str) -> None:
    with psycopg.connect(owner_url) as connection:
        owned = connection.execute(
            "SELECT relname FROM pg_class WHERE relowner = %s::regrole UNION ALL "
            "SELECT proname FROM pg_proc WHERE proowner = %s::regrole",
            [APP, APP],
        ).fetchall()
        role = connection.execute(
            "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = %s", [APP]
        ).fetchone()
        owner_may_log_in = connection.execute("SELECT rolcanlogin FROM pg_roles WHERE rolname = %s", [OWNER]).fetchone()
    assert owned == []
    assert role == (False, False, False, False)
    assert owner_may_log_in == (False,)


def test_no_materialized_view_stands_over_the_tables(owner_url: str) -> None:
    with psycopg.connect(owner_url) as connection:
        assert connection.execute("SELECT matviewname FROM pg_matviews").fetchall() == []


def test_a_view_runs_with_the_rights_of_whoever_asks(owner_url: str) -> None:
    with psycopg.connect(owner_url) as connection:
        views = connection.execute(
            "SELECT c.relname, c.reloptions FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner "
            "WHERE c.relkind = 'v' AND r.rolname = %s",
            [OWNER],
        ).fetchall()
    assert [name for name, options in views if "security_invoker=true" not in (options or [])] == []


def test_a_definer_function_belongs_to_a_role_nobody_logs_in_as_and_pins_its_search_path(owner_url: str) -> None:
    with psycopg.connect(owner_url) as connection:
        loose = connection.execute(
            "SELECT p.proname FROM pg_proc p JOIN pg_roles r ON r.oid = p.proowner "
            "JOIN pg_namespace n ON n.oid = p.pronamespace "
            "WHERE p.prosecdef AND n.nspname = 'public' AND NOT EXISTS ("
            "  SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"
            "AND (r.rolcanlogin OR NOT coalesce(p.proconfig::text, '') LIKE '%%search_path%%')"
        ).fetchall()
    assert loose == []


def test_without_a_viewer_nothing_but_open_facts_shows(database: Database) -> None:
    with database.begin(robot("test")) as session:
        session.execute(
            text("INSERT INTO history (audience, subject, subject_id, event) VALUES ('staff', 'a', 'b', 'made')")
        )
    with database.engine.connect() as connection:
        assert connection.scalar(text("SELECT bezpeka_role()")) == "nobody"
        assert connection.scalar(text("SELECT count(*) FROM history")) == 0


def test_a_returned_connection_carries_nobodys_rights(database: Database) -> None:
    with database.begin(viewer("admin")) as session:
        session.execute(text("SELECT 1"))
    with database.engine.connect() as connection:
        assert connection.scalar(text("SELECT bezpeka_role()")) == "nobody"


def test_history_is_read_by_its_audience_only(database: Database) -> None:
    with database.begin(robot("test")) as session:
        for audience in ("public", "staff", "police", "admin"):
            session.execute(
                text("INSERT INTO history (audience, subject, subject_id, event) VALUES (:a, 'audience', :a, 'made')"),
                {"a": audience},
            )
    seen = {}
    for who in (PUBLIC, viewer("deputy"), viewer("officer", "A"), viewer("admin")):
        with database.begin(who) as session:
            rows = session.execute(text("SELECT audience FROM history WHERE subject = 'audience' ORDER BY id"))
            seen[who.role.value] = [row.audience for row in rows]
    assert seen == {
        "resident": ["public"],
        "deputy": ["public", "staff"],
        "officer": ["public", "staff", "police"],
        "admin": ["public", "staff", "police", "admin"],
    }


@pytest.mark.parametrize("statement", ["UPDATE history SET event = 'x'", "DELETE FROM history", "TRUNCATE history"])
def test_history_can_not_be_rewritten_by_anybody(owner_url: str, database: Database, statement: str) -> None:
    with database.begin(viewer("admin")) as session, pytest.raises(DBAPIError):
        session.execute(text(statement))
    with psycopg.connect(owner_url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)
