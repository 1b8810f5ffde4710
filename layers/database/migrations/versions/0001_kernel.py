"""The kernel: who is looking, history that can't be rewritten, tile versions, jobs, idempotency.

Revision ID: 0001
"""

from __future__ import annotations

from importlib import resources

from alembic import op

from layers.database.policies import (
    APP,
    EVERYBODY,
    IS_KEEPER,
    IS_ROBOT,
    IS_STAFF,
    is_one_of,
    protect,
)
from layers.viewer import Role

revision = "0001"
down_revision: str | None = None

IS_ADMIN = is_one_of({Role.ADMIN, Role.ROBOT})
MY_AUDIENCE = f"""
    audience = 'public'
    OR audience = 'staff' AND {IS_STAFF}
    OR audience = 'police' AND {is_one_of({Role.OFFICER, Role.POLICE_LEAD, Role.COORDINATOR, Role.ADMIN, Role.ROBOT})}
    OR {is_one_of({Role.ADMIN, Role.ROBOT})}
    OR actor = bezpeka_account()
"""


def upgrade() -> None:
    op.execute((resources.files("layers") / "database" / "kernel.sql").read_text("utf-8"))
    protect(op.execute, "area", read=EVERYBODY, insert=IS_ROBOT, update=IS_ROBOT)
    protect(op.execute, "loads", read=IS_KEEPER, insert=IS_ROBOT, update=IS_ROBOT)
    protect(op.execute, "history", read=MY_AUDIENCE, insert=EVERYBODY)
    protect(op.execute, "typed", read=IS_KEEPER, insert=EVERYBODY, update=IS_KEEPER)
    # The database bumps versions in triggers, whoever writes; a process reads them to know what it may still serve.
    protect(op.execute, "tile_versions", read=EVERYBODY, insert=EVERYBODY, update=EVERYBODY)
    protect(op.execute, "idempotency", read=EVERYBODY, insert=EVERYBODY, update=EVERYBODY, delete=IS_ROBOT)
    protect(
        op.execute,
        "jobs",
        read=f"owner = bezpeka_account() OR {IS_ADMIN}",
        insert=f"owner IS NOT DISTINCT FROM bezpeka_account() OR {IS_ADMIN}",
        update=f"owner = bezpeka_account() OR {IS_ADMIN}",
    )
    _install_queue()


def _install_queue() -> None:
    """Install Procrastinate's own tables, of the version this project pins, in a schema of their own."""
    from procrastinate.schema import SchemaManager

    op.execute("CREATE SCHEMA procrastinate")
    op.execute("SET search_path TO procrastinate")
    # The driver's own cursor: the text has no parameters, but percent signs and colons that SQLAlchemy would read.
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    driver.execute(SchemaManager.get_schema().encode())
    op.execute("SET search_path TO DEFAULT")
    op.execute(f"GRANT USAGE ON SCHEMA procrastinate TO {APP}")
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA procrastinate TO {APP}")
    op.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA procrastinate TO {APP}")
    op.execute(f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA procrastinate TO {APP}")
