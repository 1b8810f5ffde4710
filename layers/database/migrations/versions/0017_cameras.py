"""Camera plans: models, sites, plans, and counts by unit for everybody.

Revision ID: 0017
"""

from __future__ import annotations

from importlib import resources

from alembic import op

from layers.cameras.models import shipped
from layers.cameras.rules import INSIDERS, PLANNERS
from layers.cameras.tables import CameraModel
from layers.database.policies import EVERYBODY, IS_STAFF, is_one_of, protect
from layers.viewer import Role

revision = "0017"
down_revision: str | None = "0016"

# Of that table a deputy sees their own row alone.
NAMED = f"{is_one_of({Role.DEPUTY})} AND EXISTS (TABLE camera_readers)"
SEES = f"{is_one_of(INSIDERS | {Role.ROBOT})} OR {NAMED}"
PLANS = is_one_of(PLANNERS | {Role.ROBOT})


def upgrade() -> None:
    op.execute((resources.files("layers") / "cameras" / "cameras.sql").read_text("utf-8"))
    # Before the policies: they bind the owner, who migrates, too.
    op.bulk_insert(CameraModel.__table__, shipped())  # type: ignore[arg-type]
    everything = {"insert": PLANS, "update": PLANS, "delete": PLANS}
    protect(op.execute, "camera_models", read=IS_STAFF, **everything)
    protect(op.execute, "camera_readers", read=f"{PLANS} OR account = bezpeka_account()", insert=PLANS, delete=PLANS)
    for table in ("camera_sites", "camera_plans", "camera_plan_sites"):
        protect(op.execute, table, read=SEES, **everything)
    protect(op.execute, "camera_plan_units", read=EVERYBODY, **everything)
