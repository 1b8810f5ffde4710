"""Whose each place is: besides OpenStreetMap's, those that a community keeps in a table of its own.

Revision ID: 0007
"""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision: str | None = "0006"


def upgrade() -> None:
    op.execute(
        "ALTER TABLE places ADD COLUMN source text NOT NULL DEFAULT 'OpenStreetMap' "
        "CONSTRAINT ck_places_source CHECK (source <> ''), ADD COLUMN licence text NOT NULL DEFAULT 'ODbL 1.0'"
    )
    op.execute("CREATE INDEX ix_places_source ON places (source)")
