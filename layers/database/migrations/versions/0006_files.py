"""Files: what is known of them, and their bytes.

Revision ID: 0006
"""

from __future__ import annotations

from alembic import op

from layers.database.policies import IS_STAFF, is_one_of, protect
from layers.viewer import Role

revision = "0006"
down_revision: str | None = "0005"

IS_ADMIN = is_one_of({Role.ADMIN, Role.ROBOT})
MINE = f"owner = bezpeka_account() OR {IS_ADMIN}"
READABLE = f"""
    audience = 'public'
    OR audience = 'staff' AND {IS_STAFF}
    OR audience = 'police' AND {is_one_of({Role.OFFICER, Role.POLICE_LEAD})}
    OR {MINE}
"""
ITS_FILE = "EXISTS (SELECT FROM files WHERE files.id = file_bytes.file_id)"


def upgrade() -> None:
    op.execute("""
    CREATE TABLE files (
        id uuid NOT NULL CONSTRAINT pk_files PRIMARY KEY,
        name text NOT NULL,
        media_type text NOT NULL,
        size bigint NOT NULL,
        sha256 text NOT NULL,
        audience text NOT NULL CONSTRAINT ck_files_audience CHECK (audience IN ('owner', 'staff', 'police', 'public')),
        owner uuid DEFAULT bezpeka_account(),
        made_at timestamptz NOT NULL DEFAULT now()
    );
    CREATE TABLE file_bytes (
        file_id uuid NOT NULL CONSTRAINT pk_file_bytes PRIMARY KEY
            CONSTRAINT fk_file_bytes_file_id REFERENCES files (id) ON DELETE CASCADE,
        content bytea NOT NULL
    );
    -- Photos and PDFs are compressed already.
    ALTER TABLE file_bytes ALTER content SET STORAGE EXTERNAL;
    """)
    # Nobody keeps a file in another's name; nobody changes one: a new one is kept instead.
    protect(
        op.execute,
        "files",
        read=READABLE,
        insert=f"{IS_STAFF} AND (owner IS NOT DISTINCT FROM bezpeka_account() OR {IS_ADMIN})",
        delete=MINE,
    )
    protect(op.execute, "file_bytes", read=ITS_FILE, insert=ITS_FILE, delete=ITS_FILE)
