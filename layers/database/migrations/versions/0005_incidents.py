"""The slice incidents.

Revision ID: 0005
"""

from __future__ import annotations

revision = "0005"
down_revision: str | None = "0004"


def upgrade() -> None:
    """Filled by the slice's own change."""
