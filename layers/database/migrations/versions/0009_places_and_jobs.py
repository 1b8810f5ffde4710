"""Whose each place is; and long work that a resident may ask for, seen by whoever has its number.

Revision ID: 0009
"""

from __future__ import annotations

from alembic import op

from layers.database.policies import APP, IS_ROBOT, is_one_of
from layers.viewer import Role

revision = "0009"
down_revision: str | None = "0008"

# A resident has no account: the unguessable number of their job, which the transaction names, is their key to it.
BY_NUMBER = "owner IS NULL AND role = 'resident' AND id::text = current_setting('bezpeka.job', true)"
MINE = f"owner = bezpeka_account() OR {is_one_of({Role.ADMIN, Role.ROBOT})} OR {BY_NUMBER}"


def upgrade() -> None:
    op.execute(
        "ALTER TABLE places ADD COLUMN source text NOT NULL DEFAULT 'OpenStreetMap' "
        "CONSTRAINT ck_places_source CHECK (source <> ''), ADD COLUMN licence text NOT NULL DEFAULT 'ODbL 1.0'"
    )
    op.execute("CREATE INDEX ix_places_source ON places (source)")
    op.execute(f"ALTER POLICY select_rows ON jobs USING ({MINE})")
    op.execute(f"ALTER POLICY update_rows ON jobs USING ({MINE})")
    op.execute(f"GRANT DELETE ON jobs TO {APP}")
    op.execute(f"CREATE POLICY delete_rows ON jobs FOR DELETE TO {APP} USING ({IS_ROBOT})")
