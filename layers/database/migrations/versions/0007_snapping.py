"""Snap points: where a report may be shown without giving a home away.

Revision ID: 0007
"""

from __future__ import annotations

from importlib import resources

from alembic import op

from layers.database.policies import EVERYBODY, IS_ROBOT, protect

revision = "0007"
down_revision: str | None = "0006"


def upgrade() -> None:
    op.execute((resources.files("layers") / "privacy" / "snapping.sql").read_text("utf-8"))
    protect(op.execute, "snap_lists", read=EVERYBODY, insert=IS_ROBOT, update=IS_ROBOT)
    # No list is ever changed, and none is ever taken away.
    protect(op.execute, "snap_points", read=EVERYBODY, insert=IS_ROBOT)
