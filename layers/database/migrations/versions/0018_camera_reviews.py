"""Camera plans: what people say of them, what was decided, numbered copies, the unified network, zones.

Revision ID: 0018
"""

from __future__ import annotations

from importlib import resources

from alembic import op

from layers.cameras.rules import INSIDERS, PLANNERS
from layers.database.policies import APP, is_one_of, protect
from layers.viewer import Role

revision = "0018"
down_revision: str | None = "0017"

NAMED = f"{is_one_of({Role.DEPUTY})} AND EXISTS (TABLE camera_readers)"
SEES = f"({is_one_of(INSIDERS | {Role.ROBOT})} OR {NAMED})"
PLANS = is_one_of(PLANNERS | {Role.ROBOT})
MINE = "account = bezpeka_account()"


def upgrade() -> None:
    op.execute((resources.files("layers") / "cameras" / "reviews.sql").read_text("utf-8"))
    for table in ("camera_comments", "camera_positions", "camera_copies"):
        protect(op.execute, table, read=SEES, insert=f"{SEES} AND ({MINE} OR {is_one_of({Role.ROBOT})})")
    protect(op.execute, "camera_decisions", read=SEES, insert=PLANS)
    protect(op.execute, "camera_zones", read=SEES, insert=PLANS, delete=PLANS)
    _let_insiders_propose()


def _let_insiders_propose() -> None:
    """Whoever sees exact sites may save a variant of a plan: new sites, still only proposed, in a plan of their own."""
    own = "EXISTS (SELECT FROM camera_plans p WHERE p.id = plan_id AND p.author = bezpeka_account())"
    for table, condition in (
        ("camera_sites", f"{SEES} AND state = 'proposed' AND ref IS NULL"),
        ("camera_plans", f"{SEES} AND kind = 'variant' AND author = bezpeka_account() AND NOT public"),
        ("camera_plan_sites", f"{SEES} AND {own}"),
    ):
        op.execute(f"CREATE POLICY insert_proposals ON {table} FOR INSERT TO {APP} WITH CHECK ({condition})")
