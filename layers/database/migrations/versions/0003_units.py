"""The slice units.

Revision ID: 0003
"""

from __future__ import annotations

revision = "0003"
down_revision: str | None = "0002"


def upgrade() -> None:
    """Filled by the slice's own change."""
