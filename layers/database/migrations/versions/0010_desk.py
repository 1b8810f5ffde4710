"""The desk's queue: indexes, and reports by what they say.

Revision ID: 0010
"""

from __future__ import annotations

from importlib import resources

from alembic import op

from layers.database.policies import hand_to_reader

revision = "0010"
down_revision: str | None = "0009"


def upgrade() -> None:
    op.execute((resources.files("layers") / "problems" / "desk.sql").read_text("utf-8"))
    hand_to_reader(op.execute, "problems_saying(text[])")
