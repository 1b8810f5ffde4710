"""Categories, incidents for staff and for everybody, and what keeps the second true to the first.

Revision ID: 0005
"""

from __future__ import annotations

from importlib import resources

from alembic import op

from layers.categories.actions import shipped
from layers.categories.tables import Category
from layers.database.policies import (
    EVERYBODY,
    IS_EXACT,
    IS_KEEPER,
    IS_ROBOT,
    hand_to_reader,
    in_territory,
    is_one_of,
    protect,
    served,
)
from layers.incidents.rules import STATUSES
from layers.incidents.tables import IncidentStatus
from layers.viewer import Role

revision = "0005"
down_revision: str | None = "0004"

SQL = ("categories/categories.sql", "incidents/incidents.sql", "incidents/publish.sql", "incidents/exact.sql")

# A whole view for those without limits; a territory for an officer and for whoever is limited to one.
UNLIMITED = f"NOT {is_one_of({Role.OFFICER})} AND (SELECT bezpeka_units()) = '{{}}'"
EXACT_READ = f"{IS_EXACT} AND ({UNLIMITED} OR {in_territory('units')})"


def upgrade() -> None:
    slices = resources.files("layers")
    for file in SQL:
        op.execute(slices.joinpath(file).read_text("utf-8"))
    # Before the policies: they bind the owner, who migrates, too.
    op.bulk_insert(Category.__table__, shipped())  # type: ignore[arg-type]
    op.bulk_insert(IncidentStatus.__table__, [status.row(place) for place, status in enumerate(STATUSES)])  # type: ignore[arg-type]
    protect(op.execute, "categories", read=EVERYBODY, insert=IS_KEEPER, update=IS_KEEPER, delete=IS_KEEPER)
    protect(op.execute, "incident_statuses", read=EVERYBODY)
    protect(op.execute, "incident_sources", read=EVERYBODY, insert=IS_ROBOT, update=IS_ROBOT)
    protect(op.execute, "incidents", read=EXACT_READ, insert=IS_ROBOT, update=IS_ROBOT, delete=IS_ROBOT)
    protect(op.execute, "incidents_public", read=EVERYBODY, insert=IS_ROBOT, update=IS_ROBOT, delete=IS_ROBOT)
    op.execute("GRANT SELECT ON incidents_publishable TO bezpeka_app")
    hand_to_reader(op.execute, "incidents_exact(geometry)")
    served(op.execute, "incidents", "'incidents'")
    served(op.execute, "incidents_public", "'incidents'")
