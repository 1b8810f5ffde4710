"""The hotline and the keeper's pages: words that tell a category, versions, executors' names, history for the desk.

Revision ID: 0011
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import text

from layers.categories.actions import shipped_problems
from layers.database.policies import APP, IS_STAFF, hand_to_reader, is_one_of
from layers.problems.rules import DESK
from layers.viewer import POLICE, Role

revision = "0011"
down_revision: str | None = "0010"

COLUMNS = """
ALTER TABLE categories ADD words text NOT NULL DEFAULT '';  -- how people speak of it; a pasted message is told by them
ALTER TABLE helplines ADD version int NOT NULL DEFAULT 1;
ALTER TABLE routes ADD CONSTRAINT fk_routes_category FOREIGN KEY (category) REFERENCES categories (code)
    ON UPDATE CASCADE ON DELETE CASCADE;
"""
WORDS = text("UPDATE categories SET words = :words WHERE code = :code")

# Of executors a keeper needs the names, to say where they work; accounts themselves are an administrator's.
EXECUTORS = """
CREATE FUNCTION executors() RETURNS TABLE (id uuid, name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT a.id, a.name FROM accounts a
    WHERE a.role = 'executor' AND a.disabled_at IS NULL AND a.erased_at IS NULL
      AND bezpeka_role() IN ('coordinator', 'admin', 'robot')
$$;
"""
# Counts only: a keeper of one hromada must not remove what another one's reports have.
USES = """
CREATE FUNCTION category_uses() RETURNS TABLE (code text, reports bigint, incidents bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT c.code, (SELECT count(*) FROM problems p WHERE p.category = c.code),
           (SELECT count(*) FROM incidents i WHERE i.category = c.code)
    FROM categories c WHERE bezpeka_role() IN ('coordinator', 'admin', 'robot')
$$;
"""

# What the police must not know of (complaints about their work) has a history that only the desk reads; the desk, which
# writes down what is for the police alone, reads the history of that too.
HISTORY = f"""
ALTER TABLE history DROP CONSTRAINT history_audience_check;
ALTER TABLE history ADD CONSTRAINT history_audience_check
    CHECK (audience IN ('public', 'staff', 'police', 'desk', 'admin'));
DROP POLICY select_rows ON history;
CREATE POLICY select_rows ON history FOR SELECT TO {APP} USING (
    audience = 'public'
    OR audience = 'staff' AND {IS_STAFF}
    OR audience = 'police' AND {is_one_of(POLICE | DESK)}
    OR audience = 'desk' AND {is_one_of(DESK)}
    OR {is_one_of({Role.ADMIN, Role.ROBOT})}
    OR actor = bezpeka_account());
"""


def upgrade() -> None:
    op.execute(COLUMNS)
    connection = op.get_bind()
    op.execute("SELECT set_config('bezpeka.role', 'robot', true)")
    op.execute("ALTER TABLE categories NO FORCE ROW LEVEL SECURITY")
    for row in shipped_problems():
        connection.execute(WORDS, {"code": row["code"], "words": row["words"]})
    op.execute("ALTER TABLE categories FORCE ROW LEVEL SECURITY")
    op.execute(EXECUTORS + USES)
    hand_to_reader(op.execute, "executors()")
    hand_to_reader(op.execute, "category_uses()")
    op.execute(HISTORY)
