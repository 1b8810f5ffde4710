"""Whose each contact is: of a report that several people joined, each is told by their own.

Revision ID: 0016
"""

from __future__ import annotations

from alembic import op

revision = "0016"
down_revision: str | None = "0015"

# A contact came with its receipt, in one transaction.
FIND = """
UPDATE problem_contacts k SET person = r.person FROM problem_receipts r
WHERE r.problem_id = k.problem_id AND r.made_at = k.made_at
"""
BOUND = ("problem_contacts", "problem_receipts")  # by their policies even the owner, who migrates


def upgrade() -> None:
    op.execute("ALTER TABLE problem_contacts ADD person bytea")
    for table in BOUND:
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute(FIND)
    for table in BOUND:
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
