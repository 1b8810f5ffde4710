"""Keys of programs that send reports.

Revision ID: 0012
"""

from __future__ import annotations

from alembic import op

from layers.database.policies import is_one_of, protect
from layers.viewer import Role

revision = "0012"
down_revision: str | None = "0011"

IS_ADMIN = is_one_of({Role.ADMIN, Role.ROBOT})


def upgrade() -> None:
    op.execute("""
    CREATE TABLE api_keys (
        id uuid NOT NULL CONSTRAINT pk_api_keys PRIMARY KEY,
        label text NOT NULL CONSTRAINT uq_api_keys_label UNIQUE,
        hash bytea NOT NULL CONSTRAINT uq_api_keys_hash UNIQUE,
        per_hour int NOT NULL CONSTRAINT ck_api_keys_per_hour CHECK (per_hour > 0),
        made_at timestamptz NOT NULL,
        disabled_at timestamptz
    );
    """)
    protect(op.execute, "api_keys", read=IS_ADMIN, insert=IS_ADMIN, update=IS_ADMIN)
