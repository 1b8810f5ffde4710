"""What this database holds: the one area it is about, and which files were loaded into it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from layers.area import label
from layers.database.engine import Database
from layers.errors import Conflict
from layers.text import N_
from layers.viewer import robot

CLAIM = text("INSERT INTO area (id, demo) VALUES (:id, :demo) ON CONFLICT (one) DO NOTHING")
HELD = text("SELECT id, demo FROM area")
LOADED = text("SELECT file, sha256 FROM loads WHERE kind = :kind")
NOTE = text("""
INSERT INTO loads (kind, file, sha256, report) VALUES (:kind, :file, :sha256, cast(:report AS jsonb))
ON CONFLICT (kind, file) DO UPDATE SET sha256 = excluded.sha256, at = now(), report = excluded.report
""")


def claim_area(database: Database, area_id: str, *, demo: bool) -> None:
    """Make this the area's database; raises Conflict when it already is another's."""
    with database.begin(robot("up")) as session:
        held = session.execute(HELD).one_or_none()
        if held is None:
            session.execute(CLAIM, {"id": area_id, "demo": demo})
            held = session.execute(HELD).one()
    if (held.id, held.demo) != (area_id, demo):
        raise Conflict(
            N_("This database holds {there}; it can't take {here} as well. One database is one area."),
            there=label(held.id, demo=held.demo),
            here=label(area_id, demo=demo),
        )


def loaded(session: Session, kind: str) -> dict[str, str]:
    """Return the SHA-256 of each file of a kind when it was last loaded."""
    return {row.file: row.sha256 for row in session.execute(LOADED, {"kind": kind})}


def note_load(session: Session, kind: str, file: str, sha256: str, report: Mapping[str, Any]) -> None:
    """Remember that a file was loaded, and what came of it."""
    session.execute(NOTE, {"kind": kind, "file": file, "sha256": sha256, "report": json.dumps(report)})
