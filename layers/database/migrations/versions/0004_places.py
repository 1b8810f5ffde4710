"""Places: open facts of the map, streets, the routable graph; and what only a few of the staff may see.

Revision ID: 0004
"""

from __future__ import annotations

from importlib import resources

from alembic import op

from layers.database.policies import EVERYBODY, IS_KEEPER, IS_ROBOT, is_one_of, protect, served
from layers.viewer import Role

revision = "0004"
down_revision: str | None = "0003"

# Robots load the extract, and can replace only what they can read.
MAY_SEE_RESTRICTED = is_one_of({Role.POLICE_LEAD, Role.COORDINATOR, Role.ADMIN, Role.ROBOT})
SERVED = ("roads", "buildings", "water", "landuse", "places")


def upgrade() -> None:
    op.execute((resources.files("layers") / "places" / "places.sql").read_text("utf-8"))
    for table in (*SERVED, "streets", "road_nodes", "road_edges"):
        protect(op.execute, table, read=EVERYBODY, insert=IS_KEEPER, update=IS_KEEPER, delete=IS_KEEPER)
    for table in SERVED:
        served(op.execute, table, f"'{table}'")
    protect(op.execute, "restricted_places", read=MAY_SEE_RESTRICTED, insert=IS_ROBOT, update=IS_ROBOT, delete=IS_ROBOT)
