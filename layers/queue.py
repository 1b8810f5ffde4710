"""Long work: asked for in the caller's transaction, done by a worker as whoever asked, with progress and cancel.

The row of `jobs` holds who, what and how far; Procrastinate's own tables carry only that row's id.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.orm import Session

from layers.database.engine import Database
from layers.errors import BezpekaError, NotFound
from layers.text import N_
from layers.viewer import Role, Viewer

KEPT = timedelta(days=1)  # what came of work can be fetched for so long
TASK = "bezpeka.work"  # the one task name that Procrastinate knows

INSERT = text("INSERT INTO jobs (id, kind, arguments) VALUES (:id, :kind, cast(:arguments AS jsonb))")

# A resident's key to a job of theirs; to anybody with an account it opens nothing.
NAME = text("SELECT set_config('bezpeka.job', cast(:id AS text), true)")

# Procrastinate's functions and triggers name their tables without a schema.
ENTER_QUEUE = text("SELECT set_config('search_path', 'procrastinate, public', true)")
LEAVE_QUEUE = text("SELECT set_config('search_path', '\"$user\", public', true)")
ENQUEUE = text("""
SELECT procrastinate_defer_jobs_v1(ARRAY[ROW(
    'default', :task, 0, NULL, :id, jsonb_build_object('job', cast(:id AS text)), NULL
)::procrastinate_job_to_defer_v1])
""")

COLUMNS = """id, kind, owner, role, units, state, arguments, done, total, stage, cancel_asked, result, failure,
    made_at, started_at, ended_at"""
GET = text(f"SELECT {COLUMNS} FROM jobs WHERE id = :id")  # noqa: S608 (a constant)
LATEST = text(f"SELECT {COLUMNS} FROM jobs ORDER BY made_at DESC LIMIT :limit")  # noqa: S608 (a constant)
ASK_CANCEL = text("""
UPDATE jobs SET cancel_asked = true,
       state = CASE state WHEN 'waiting' THEN 'cancelled' ELSE state END,
       ended_at = CASE state WHEN 'waiting' THEN now() ELSE ended_at END
WHERE id = :id AND state IN ('waiting', 'running')
""")
START = text("""
UPDATE jobs SET state = 'running', started_at = now(), done = 0, total = NULL, stage = ''
WHERE id = :id AND state IN ('waiting', 'running')
""")
REPORT = text("""
UPDATE jobs SET done = :done, total = :total, stage = :stage WHERE id = :id RETURNING cancel_asked
""")
END = text("""
UPDATE jobs SET state = :state, ended_at = now(), result = cast(:result AS jsonb), failure = cast(:failure AS jsonb)
WHERE id = :id AND state = 'running'
""")
FORGET = text("DELETE FROM jobs WHERE ended_at < :before RETURNING result")
WORKER_SEEN = text(
    "SELECT max(last_heartbeat) > now() - interval '45 seconds' FROM procrastinate.procrastinate_workers"
)


@dataclass(frozen=True)
class Job:
    """One piece of long work, as far as it is."""

    id: UUID
    kind: str
    owner: UUID | None
    role: Role
    units: frozenset[str]
    state: str  # waiting, running, done, failed, cancelled
    arguments: Mapping[str, Any]
    done: int
    total: int | None
    stage: str
    cancel_asked: bool
    result: Mapping[str, Any] | None
    failure: Mapping[str, Any] | None
    made_at: datetime
    started_at: datetime | None
    ended_at: datetime | None

    @property
    def viewer(self) -> Viewer:
        """Return whoever asked: the work is done with their rights, not the worker's."""
        return Viewer(self.role, account=self.owner, units=self.units, name=f"job:{self.kind}")

    @property
    def ended(self) -> bool:
        return self.state in ("done", "failed", "cancelled")


class Cancelled(Exception):
    """The one who asked for the work no longer wants it."""


def defer(session: Session, kind: str, arguments: Mapping[str, Any]) -> UUID:
    """Ask for work in the caller's transaction: it starts after the commit, or never if there is none."""
    job_id = uuid4()
    session.execute(INSERT, {"id": job_id, "kind": kind, "arguments": json.dumps(arguments)})
    session.execute(ENTER_QUEUE)
    session.execute(ENQUEUE, {"task": TASK, "id": str(job_id)})
    session.execute(LEAVE_QUEUE)
    return job_id


def get(session: Session, job_id: UUID) -> Job:
    """Return a job of the viewer's; raises NotFound for others' too."""
    session.execute(NAME, {"id": job_id})
    row = session.execute(GET, {"id": job_id}).mappings().one_or_none()
    if row is None:
        raise NotFound(N_("There is no such job."))
    return _job(dict(row))


def latest(session: Session, limit: int = 20) -> list[Job]:
    """Return the viewer's newest jobs."""
    return [_job(dict(row)) for row in session.execute(LATEST, {"limit": limit}).mappings()]


def ask_cancel(session: Session, job_id: UUID) -> None:
    """Ask a job to stop at its next report; a waiting one is cancelled at once."""
    get(session, job_id)
    session.execute(ASK_CANCEL, {"id": job_id})


def start(session: Session, job_id: UUID) -> bool:
    """Mark a job as running; false when it was cancelled or has ended. A job whose worker was killed starts anew."""
    return bool(session.execute(START, {"id": job_id}).rowcount)  # type: ignore[attr-defined]


def end(
    session: Session,
    job_id: UUID,
    state: str,
    *,
    result: Mapping[str, Any] | None = None,
    failure: Mapping[str, Any] | None = None,
) -> None:
    """Mark a running job as done, failed or cancelled, with what came of it."""
    came = {"result": result, "failure": failure}
    written = {name: None if value is None else json.dumps(value) for name, value in came.items()}
    session.execute(END, {"id": job_id, "state": state, **written})


def forget(session: Session, now: datetime) -> list[Mapping[str, Any]]:
    """Drop work that ended a day ago, as a robot; return what had come of it, for whoever keeps more than the row."""
    return [result for result in session.scalars(FORGET, {"before": now - KEPT}) if result]


def worker_is_alive(session: Session) -> bool:
    """Return whether any worker was heard of within the last 45 seconds."""
    return bool(session.scalar(WORKER_SEEN))


class Progress:
    """How the work says how far it is, and learns that it should stop; each report is a transaction of its own."""

    def __init__(self, database: Database, job: Job) -> None:
        self.database = database
        self.job = job

    def __call__(self, done: int, total: int | None = None, stage: str = "") -> None:
        """Report; raises Cancelled when the one who asked has changed their mind."""
        values = {"id": self.job.id, "done": done, "total": total, "stage": stage}
        with self.database.begin(self.job.viewer) as session:
            session.execute(NAME, {"id": self.job.id})
            if session.scalar(REPORT, values):
                raise Cancelled


def describe(error: Exception) -> dict[str, Any]:
    """Return what may be told of a failure: our own sentences whole, of anything else only that it happened.

    The msgid and its values stay apart, so that the page that shows them can translate.
    """
    if isinstance(error, BezpekaError):
        return {"message": error.message, "values": {name: str(value) for name, value in error.values.items()}}
    return {"message": N_("Something went wrong on our side; it was logged."), "values": {}}


def _job(row: dict[str, Any]) -> Job:
    return Job(**{**row, "role": Role(row["role"]), "units": frozenset(row["units"])})
