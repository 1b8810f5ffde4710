"""The ground of published reports: the catchments of their snap points.

Revision ID: 0013
"""

from __future__ import annotations

from importlib import resources

from alembic import op

from layers.database.policies import EVERYBODY, IS_ROBOT, protect, served

revision = "0013"
down_revision: str | None = "0012"

BOUND = ("problems_public", "snap_points", "tile_versions")  # by their policies even the owner, who migrates
PUBLISHED_BEFORE = """
INSERT INTO problem_areas (id, category, symbol, status, month, location_precision, units, geom)
SELECT p.id, p.category, p.symbol, p.status, p.month, p.location_precision, p.units, s.catchment
FROM problems_public p JOIN snap_points s ON s.id = p.snap_id WHERE p.location_precision IN ('street', 'place')
"""


def upgrade() -> None:
    op.execute((resources.files("layers") / "problems" / "areas.sql").read_text("utf-8"))
    served(op.execute, "problem_areas", "'problem_areas'")
    for table in BOUND:
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute(PUBLISHED_BEFORE)
    for table in BOUND:
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    # Its trigger writes it, seeing as a robot.
    protect(op.execute, "problem_areas", read=EVERYBODY, insert=IS_ROBOT, update=IS_ROBOT, delete=IS_ROBOT)
