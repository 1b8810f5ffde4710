"""Units of every system, the grid cells they are cut into, and what is closed to the public.

Revision ID: 0003
"""

from __future__ import annotations

from importlib import resources

from alembic import op

from layers.database.policies import EVERYBODY, IS_KEEPER, is_one_of, protect, served
from layers.viewer import Role

revision = "0003"
down_revision: str | None = "0002"

MAY_CLOSE = is_one_of({Role.COORDINATOR, Role.POLICE_LEAD, Role.ADMIN, Role.ROBOT})


def upgrade() -> None:
    op.execute((resources.files("layers") / "units" / "units.sql").read_text("utf-8"))
    protect(op.execute, "units", read=EVERYBODY, insert=IS_KEEPER, update=MAY_CLOSE, delete=IS_KEEPER)
    protect(op.execute, "unit_cells", read=EVERYBODY, insert=IS_KEEPER, update=IS_KEEPER, delete=IS_KEEPER)
    served(op.execute, "units", "system")
