"""The letters journal, and how each institution answers.

Revision ID: 0014
"""

from __future__ import annotations

from importlib import resources

from alembic import op

from layers.database.policies import APP, IS_KEEPER, IS_ROBOT, hand_to_reader, is_one_of, protect
from layers.problems.rules import DESK
from layers.viewer import Role

revision = "0014"
down_revision: str | None = "0013"

IS_DESK = is_one_of(DESK)
IS_DEPUTY = is_one_of({Role.DEPUTY})
# A deputy's letters have numbers of their own, and are theirs.
MINE = f"{IS_DEPUTY} AND kind = 'deputy' AND series = bezpeka_account()"
TO_MINE = "institution_id IN (SELECT i.id FROM institutions i WHERE bezpeka_account() = ANY (i.members))"
TO_POLICE = "institution_id IN (SELECT i.id FROM institutions i WHERE i.kind = 'police')"
ADDRESSED = f"""
    sent_on IS NOT NULL AND cancelled_on IS NULL AND (
        {is_one_of({Role.EXECUTOR})} AND {TO_MINE} OR {is_one_of({Role.POLICE_LEAD})} AND {TO_POLICE})
"""
MY_NUMBERS = f"{IS_DESK} AND series = '' OR {IS_DEPUTY} AND series = bezpeka_account()::text"
SEEN = "EXISTS (SELECT FROM letters l WHERE l.id = letter_id)"
WRITABLE = f"EXISTS (SELECT FROM letters l WHERE l.id = letter_id AND ({IS_DESK} OR {MINE}))"


def upgrade() -> None:
    for file in ("letters.sql", "institutions.sql"):
        op.execute((resources.files("layers") / "letters" / file).read_text("utf-8"))
    protect(
        op.execute,
        "letters",
        read=f"{IS_DESK} OR {MINE} OR {ADDRESSED}",
        insert=f"{IS_DESK} AND kind <> 'deputy' OR {MINE}",
        update=f"{IS_DESK} OR {MINE}",
    )
    protect(op.execute, "letter_numbers", read=MY_NUMBERS, insert=MY_NUMBERS, update=MY_NUMBERS)
    protect(op.execute, "letter_problems", read=SEEN, insert=WRITABLE, update=IS_ROBOT)
    protect(op.execute, "letter_appeals", read=IS_DESK, insert=IS_DESK, update=IS_DESK)
    protect(
        op.execute,
        "letter_templates",
        read=f"{IS_DESK} OR {IS_DEPUTY}",
        insert=IS_KEEPER,
        update=IS_KEEPER,
        delete=IS_KEEPER,
    )
    # The scan of an answer is replaced by whoever keeps the journal, not only by whoever brought the first one.
    scan = "id IN (SELECT l.scan_id FROM letters l)"
    op.execute(f"CREATE POLICY desk_drops_scans ON files FOR DELETE TO {APP} USING ({IS_DESK} AND {scan})")
    hand_to_reader(op.execute, "institution_figures(date, int)")
