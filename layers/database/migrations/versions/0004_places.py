"""The slice places.

Revision ID: 0004
"""

from __future__ import annotations

revision = "0004"
down_revision: str | None = "0003"


def upgrade() -> None:
    """Filled by the slice's own change."""
