"""The slice files.

Revision ID: 0006
"""

from __future__ import annotations

revision = "0006"
down_revision: str | None = "0005"


def upgrade() -> None:
    """Filled by the slice's own change."""
