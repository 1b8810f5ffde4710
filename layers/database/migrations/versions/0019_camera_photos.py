"""Camera plans: photos of the places, for those who see exact sites.

Revision ID: 0019
"""

from __future__ import annotations

from importlib import resources

from alembic import op

from layers.cameras.rules import INSIDERS, PLANNERS
from layers.database.policies import is_one_of, protect
from layers.viewer import Role

revision = "0019"
down_revision: str | None = "0018"

NAMED = f"{is_one_of({Role.DEPUTY})} AND EXISTS (TABLE camera_readers)"
SEES = f"({is_one_of(INSIDERS | {Role.ROBOT})} OR {NAMED})"
MINE = "account = bezpeka_account()"


def upgrade() -> None:
    op.execute((resources.files("layers") / "cameras" / "photos.sql").read_text("utf-8"))
    protect(
        op.execute, "camera_photos", read=SEES, insert=f"{SEES} AND ({MINE} OR {is_one_of({Role.ROBOT})})",
        delete=f"{SEES} AND ({MINE} OR {is_one_of(PLANNERS | {Role.ROBOT})})",
    )  # fmt: skip
