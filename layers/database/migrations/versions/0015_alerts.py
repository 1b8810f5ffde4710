"""Alerts without an account: subscriptions, what is to be told, headers of letters.

Revision ID: 0015
"""

from __future__ import annotations

from importlib import resources

from alembic import op

from layers.database.policies import IS_ROBOT, protect

revision = "0015"
down_revision: str | None = "0014"

TABLES = ("alerts", "alert_told", "alert_pending", "alert_letters")
# What is public already is no news to anybody.
KNOWN = """
INSERT INTO alert_told (problem, status, reopened, steps)
SELECT p.id, p.status, p.reopened, (SELECT count(*) FROM problem_steps_public s WHERE s.problem = p.id)
FROM problems_public p
"""
PUBLIC = ("problems_public", "problem_steps_public")


def upgrade() -> None:
    op.execute((resources.files("layers") / "alerts" / "alerts.sql").read_text("utf-8"))
    for table in PUBLIC:  # their policies bind the owner, who migrates, too
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute(KNOWN)
    for table in PUBLIC:
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    for table in TABLES:
        protect(op.execute, table, read=IS_ROBOT, insert=IS_ROBOT, update=IS_ROBOT, delete=IS_ROBOT)
