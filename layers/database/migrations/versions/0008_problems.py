"""What residents report; who runs the initiative and who answers.

Revision ID: 0008
"""

from __future__ import annotations

from importlib import resources

from alembic import op
from sqlalchemy import text

from layers.categories.actions import shipped_problems
from layers.database.policies import (
    APP,
    EVERYBODY,
    IS_KEEPER,
    IS_ROBOT,
    IS_STAFF,
    hand_to_reader,
    in_territory,
    is_one_of,
    protect,
    served,
)
from layers.initiative.rules import shipped_helplines, shipped_institutions
from layers.initiative.tables import Helpline
from layers.problems.rules import DESK, MODERATORS, STATUSES
from layers.problems.tables import ProblemStatus
from layers.viewer import POLICE, Role

revision = "0008"
down_revision: str | None = "0007"

SQL = (
    "initiative/initiative.sql",
    "problems/problems.sql",
    "problems/publish.sql",
    "problems/exact.sql",
    "problems/statistics.sql",
)

CATEGORIES = """
ALTER TABLE categories
    ADD problem_uk text, ADD problem_en text,
    ADD hint_uk text NOT NULL DEFAULT '', ADD hint_en text NOT NULL DEFAULT '',
    ADD audience text NOT NULL DEFAULT 'public'
        CONSTRAINT ck_categories_audience CHECK (audience IN ('public', 'police', 'statistics')),
    ADD answer_days int NOT NULL DEFAULT 10 CONSTRAINT ck_categories_answer_days CHECK (answer_days BETWEEN 1 AND 365),
    ADD severity double precision NOT NULL DEFAULT 1 CONSTRAINT ck_categories_severity CHECK (severity > 0),
    ADD radius_m int CONSTRAINT ck_categories_radius_m CHECK (radius_m BETWEEN 10 AND 5000),
    ADD problem_position int NOT NULL DEFAULT 0, ADD active boolean NOT NULL DEFAULT true,
    ADD version int NOT NULL DEFAULT 1,
    ADD CONSTRAINT ck_categories_problem_named_twice CHECK ((problem_uk IS NULL) = (problem_en IS NULL));
"""
CATEGORY = text("""
INSERT INTO categories (code, title_uk, title_en, symbol, family, problem_uk, problem_en, hint_uk, hint_en, audience,
                        answer_days, severity, radius_m, problem_position, position)
VALUES (:code, coalesce(nullif(:title_uk, ''), :problem_uk), coalesce(nullif(:title_en, ''), :problem_en), :symbol,
        :family, :problem_uk, :problem_en, :hint_uk, :hint_en, :audience, :answer_days, :severity, :radius_m,
        :problem_position, 100 + :problem_position)
ON CONFLICT (code) DO UPDATE SET
    problem_uk = excluded.problem_uk, problem_en = excluded.problem_en, hint_uk = excluded.hint_uk,
    hint_en = excluded.hint_en, audience = excluded.audience, answer_days = excluded.answer_days,
    severity = excluded.severity, radius_m = excluded.radius_m, problem_position = excluded.problem_position
""")
INSTITUTION = text("""
INSERT INTO institutions (code, name_uk, name_en, kind, addressee, position)
VALUES (:code, :name_uk, :name_en, :kind, :addressee, :position)
""")
ROUTE = text("INSERT INTO routes (category, institution_id) SELECT :category, id FROM institutions WHERE code = :code")
EVERYTHING_ELSE = text(
    "INSERT INTO routes (category, institution_id) SELECT NULL, id FROM institutions WHERE code = 'administration'"
)

# The receipt's two questions; whoever asks must hold what was hashed.
RECEIPTS = """
CREATE FUNCTION problem_of_receipt(given bytea) RETURNS TABLE (problem_id uuid, person bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT r.problem_id, r.person FROM problem_receipts r WHERE r.hash = given
$$;
CREATE FUNCTION problem_of_spoken(given bytea) RETURNS TABLE (problem_id uuid, person bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT r.problem_id, r.person FROM problem_receipts r WHERE r.spoken = given LIMIT 1
$$;
"""

IS_DESK = is_one_of(DESK)
IS_POLICE = is_one_of(POLICE)
IS_MODERATOR = is_one_of(MODERATORS)
IS_PUBLIC_STATUS = "(SELECT s.public FROM problem_statuses s WHERE s.code = status)"
EVERYWHERE = f"(NOT {is_one_of({Role.OFFICER, Role.STAROSTA})} AND (SELECT bezpeka_units()) = '{{}}')"
WITHIN = f"({EVERYWHERE} OR {in_territory('units')})"
MINE_TO_ANSWER = "institution_id IN (SELECT i.id FROM institutions i WHERE bezpeka_account() = ANY (i.members))"
# The desk sees everything of its units; the others what was confirmed and is theirs.
PROBLEM = f"""
    {IS_DESK} AND {WITHIN}
    OR {IS_PUBLIC_STATUS} AND (
        {IS_POLICE} AND {WITHIN} AND audience IN ('public', 'police')
        OR {is_one_of({Role.STAROSTA})} AND {WITHIN} AND audience = 'public'
        OR {is_one_of({Role.EXECUTOR})} AND {MINE_TO_ANSWER} AND audience = 'public')
"""
SEEN = "EXISTS (SELECT FROM problems p WHERE p.id = problem_id)"


def upgrade() -> None:
    slices = resources.files("layers")
    op.execute(CATEGORIES)
    for file in SQL:
        op.execute(slices.joinpath(file).read_text("utf-8"))
    op.execute(RECEIPTS)
    _ship()
    _protect_initiative()
    _protect_problems()
    _let_files_wait_at_the_desk()
    hand_to_reader(op.execute, "problems_exact(geometry)")
    hand_to_reader(op.execute, "problem_statistics(date, date, timestamptz, int, int)")
    hand_to_reader(op.execute, "problem_of_receipt(bytea)")
    hand_to_reader(op.execute, "problem_of_spoken(bytea)")
    served(op.execute, "problem_places", "'problems'")
    served(op.execute, "problems_public", "'problems'")


def _ship() -> None:
    """Write what is shipped, before the policies: they bind the owner, who migrates, too."""
    connection = op.get_bind()
    # The categories are protected since 0005; a robot may keep them.
    op.execute("SELECT set_config('bezpeka.role', 'robot', true)")
    op.execute("ALTER TABLE categories NO FORCE ROW LEVEL SECURITY")
    for row in shipped_problems():
        connection.execute(CATEGORY, row)
    op.execute("ALTER TABLE categories FORCE ROW LEVEL SECURITY")
    op.bulk_insert(ProblemStatus.__table__, [status.row(place) for place, status in enumerate(STATUSES)])  # type: ignore[arg-type]
    op.bulk_insert(Helpline.__table__, shipped_helplines())  # type: ignore[arg-type]
    op.execute("INSERT INTO initiative DEFAULT VALUES")
    for row in shipped_institutions():
        connection.execute(INSTITUTION, {name: value for name, value in row.items() if name != "categories"})
        for category in row["categories"]:
            connection.execute(ROUTE, {"category": category, "code": row["code"]})
    connection.execute(EVERYTHING_ELSE)


def _protect_initiative() -> None:
    protect(op.execute, "initiative", read=EVERYBODY, update=IS_KEEPER)
    protect(op.execute, "helplines", read=EVERYBODY, insert=IS_KEEPER, update=IS_KEEPER, delete=IS_KEEPER)
    protect(op.execute, "institutions", read=EVERYBODY, insert=IS_KEEPER, update=IS_KEEPER)
    protect(op.execute, "routes", read=IS_STAFF, insert=IS_KEEPER, update=IS_KEEPER, delete=IS_KEEPER)


def _protect_problems() -> None:
    arrives = "status = 'received' AND NOT published"
    protect(op.execute, "problem_statuses", read=EVERYBODY)
    protect(op.execute, "problems", read=PROBLEM, insert=arrives, update=PROBLEM, delete=IS_ROBOT)
    protect(op.execute, "problem_places", read=SEEN, insert=EVERYBODY, update=IS_DESK, delete=IS_DESK)
    contact = f"{IS_DESK} OR {IS_POLICE} AND police_may AND {SEEN}"
    protect(op.execute, "problem_contacts", read=contact, insert=EVERYBODY, update=IS_DESK, delete=IS_DESK)
    protect(op.execute, "problem_words", read=IS_DESK, insert=EVERYBODY, update=IS_DESK, delete=IS_DESK)
    photo = f"{SEEN} AND ({IS_DESK} OR state = 'approved')"
    protect(op.execute, "problem_photos", read=photo, insert=EVERYBODY, update=IS_DESK, delete=IS_DESK)
    protect(op.execute, "problem_receipts", read=IS_ROBOT, insert=EVERYBODY, delete=IS_DESK)
    protect(op.execute, "problem_people", read=IS_DESK, insert=EVERYBODY, delete=IS_DESK)
    message = f"{IS_DESK} OR {SEEN} AND audience IN ('staff', 'reporter', 'public')"
    said = f"said_by = 'reporter' AND audience = 'desk' OR {IS_STAFF} OR {IS_ROBOT}"
    protect(op.execute, "problem_messages", read=message, insert=said, update=IS_DESK, delete=IS_ROBOT)
    # Triggers write these, seeing as a robot; `refuse_unpublishable` has the last word.
    protect(op.execute, "problems_public", read=EVERYBODY, insert=IS_ROBOT, update=IS_ROBOT, delete=IS_ROBOT)
    protect(op.execute, "problem_steps_public", read=EVERYBODY, insert=IS_ROBOT, delete=IS_ROBOT)
    op.execute(f"GRANT SELECT ON problems_publishable TO {APP}")
    op.execute(f"GRANT USAGE ON SEQUENCE problem_numbers TO {APP}")


def _let_files_wait_at_the_desk() -> None:
    """Let anybody leave a file for the desk alone, and the desk drop what it looked at or published."""
    op.execute("ALTER TABLE files DROP CONSTRAINT ck_files_audience")
    op.execute(
        "ALTER TABLE files ADD CONSTRAINT ck_files_audience "
        "CHECK (audience IN ('owner', 'desk', 'staff', 'police', 'public'))"
    )
    op.execute(f"CREATE POLICY desk_reads ON files FOR SELECT TO {APP} USING (audience = 'desk' AND {IS_DESK})")
    op.execute(f"CREATE POLICY left_for_the_desk ON files FOR INSERT TO {APP} WITH CHECK (audience = 'desk')")
    op.execute(
        f"CREATE POLICY desk_drops ON files FOR DELETE TO {APP} USING (audience IN ('desk', 'public') AND {IS_DESK})"
    )
    # Whoever leaves a file can't see it any more; the foreign key holds the bytes to it.
    op.execute(f"CREATE POLICY left_for_the_desk ON file_bytes FOR INSERT TO {APP} WITH CHECK (true)")
