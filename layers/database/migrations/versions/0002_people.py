"""The slice people.

Revision ID: 0002
"""

from __future__ import annotations

revision = "0002"
down_revision: str | None = "0001"


def upgrade() -> None:
    """Filled by the slice's own change."""
