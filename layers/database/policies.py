"""Row-level security, said once a table, in its migration.

Every table is forced: even its owner, whom nobody logs in as, is bound. What the public may see lies physically in
tables of its own whose policy is `true`, because only there can PostgreSQL use the spatial index (`&&` is not
leakproof). Restricted rows are read through SECURITY DEFINER functions owned by the reader role.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from layers.viewer import EXACT, KEEPERS, STAFF, Role

OWNER = "bezpeka_owner"
APP = "bezpeka_app"
READER = "bezpeka_reader"

# Tables without row-level security, each with its reason.
EXEMPT = {
    "spatial_ref_sys": "PostGIS's own list of coordinate systems, owned by the extension",
    "alembic_version": "one row: the schema's version",
}
# Schemas exempt as a whole: the job queue's, whose jobs carry ids only.
EXEMPT_SCHEMAS = {"procrastinate"}

EVERYBODY = "true"


def is_one_of(roles: Iterable[Role]) -> str:
    """Return the SQL of "the viewer has one of these roles"; evaluated once a statement, not once a row."""
    names = ", ".join(f"'{role.value}'" for role in sorted(roles))
    return f"(SELECT bezpeka_role()) IN ({names})"


def in_territory(units_column: str) -> str:
    """Return the SQL of "the row's array of unit codes meets the viewer's territory"."""
    return f"({units_column} && (SELECT bezpeka_units()))"


IS_STAFF = is_one_of(STAFF | {Role.ROBOT})
IS_ROBOT = is_one_of({Role.ROBOT})
IS_EXACT = is_one_of(EXACT)
IS_KEEPER = is_one_of(KEEPERS)


def protect(
    execute: Callable[[str], object],
    table: str,
    *,
    read: str | None,
    insert: str | None = None,
    update: str | None = None,
    delete: str | None = None,
) -> None:
    """Force row-level security on a table and grant the application just what has a policy.

    Each of `read`, `insert`, `update`, `delete` is a SQL condition over the row, or None for "never". The reader role
    may read all rows, for the functions it owns.
    """
    execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    execute(f"GRANT SELECT ON {table} TO {READER}")
    execute(f"CREATE POLICY reader_reads ON {table} FOR SELECT TO {READER} USING (true)")
    for verb, condition in (("SELECT", read), ("INSERT", insert), ("UPDATE", update), ("DELETE", delete)):
        if condition is None:
            continue
        clause = f"WITH CHECK ({condition})" if verb == "INSERT" else f"USING ({condition})"
        execute(f"GRANT {verb} ON {table} TO {APP}")
        execute(f"CREATE POLICY {verb.lower()}_rows ON {table} FOR {verb} TO {APP} {clause}")


def hand_to_reader(execute: Callable[[str], object], function: str) -> None:
    """Make a SECURITY DEFINER function the reader's, for the application alone to call."""
    execute(f"ALTER FUNCTION {function} OWNER TO {READER}")
    execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
    execute(f"GRANT EXECUTE ON FUNCTION {function} TO {APP}")


def served(execute: Callable[[str], object], table: str, layer: str) -> None:
    """Let every change of a served table bump its parent tiles' versions; `layer` is SQL over the row."""
    for verb, name in (("INSERT", "NEW"), ("UPDATE", "OLD"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
        execute(
            f"CREATE TRIGGER bump_{verb.lower()}_{name.lower()} AFTER {verb} ON {table} "
            f"REFERENCING {name} TABLE AS changed FOR EACH STATEMENT "
            f"EXECUTE FUNCTION bump_tile_versions({_quote(layer)})"
        )


def _quote(literal: str) -> str:
    return "'" + literal.replace("'", "''") + "'"
