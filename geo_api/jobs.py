"""The worker: a process of its own, so that number crunching never stalls a tile."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

import procrastinate

from layers import queue
from layers.database.engine import Database
from layers.queue import Job, Progress
from layers.viewer import robot

log = logging.getLogger(__name__)

# What a piece of work is: given the database, the job and a way to report, it returns a small result as JSON.
Work = Callable[[Database, Job, Progress], Mapping[str, Any]]
Nightly = Callable[[Database], None]

HEARTBEAT_SECONDS = 10


def make_app(
    database_url: str, kinds: Mapping[str, Work], nightly: Mapping[str, tuple[str, Nightly]]
) -> procrastinate.App:
    """Return the queue's application; `nightly` maps a name to a cron line and what to do then."""
    connector = procrastinate.PsycopgConnector(
        conninfo=database_url, kwargs={"options": "-c search_path=procrastinate,public"}, min_size=1, max_size=4
    )
    app = procrastinate.App(connector=connector)
    database = Database(database_url, pool_size=4)

    @app.task(name=queue.TASK)
    def work(job: str) -> None:
        run(database, kinds, UUID(job))

    @app.periodic(cron="* * * * *")
    @app.task(name="bezpeka.retry_stalled", pass_context=True)
    async def retry_stalled(context: procrastinate.JobContext, timestamp: int) -> None:
        # A killed worker leaves its jobs "doing" for ever; whoever lives takes them up again.
        for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=3 * HEARTBEAT_SECONDS):
            await app.job_manager.retry_job(job)

    for name, (cron, action) in nightly.items():
        _schedule(app, database, name, cron, action)
    return app


def _schedule(app: procrastinate.App, database: Database, name: str, cron: str, action: Nightly) -> None:
    @app.periodic(cron=cron)
    @app.task(name=f"bezpeka.{name}")
    def nightly(timestamp: int) -> None:
        action(database)


def run(database: Database, kinds: Mapping[str, Work], job_id: UUID) -> None:
    """Do one job as whoever asked for it, and write down how it ended."""
    with database.begin(robot("worker")) as session:
        if not queue.start(session, job_id):
            return
        job = queue.get(session, job_id)
    try:
        result = kinds[job.kind](database, job, Progress(database, job))
    except queue.Cancelled:
        _end(database, job, "cancelled")
    except Exception as error:
        log.exception("job %s (%s) failed", job.id, job.kind)
        _end(database, job, "failed", failure=queue.describe(error))
    else:
        _end(database, job, "done", result=result)


def _end(database: Database, job: Job, state: str, **came: Mapping[str, Any] | None) -> None:
    with database.begin(robot("worker")) as session:
        queue.end(session, job.id, state, **came)


def serve_jobs(database_url: str, kinds: Mapping[str, Work], nightly: Mapping[str, tuple[str, Nightly]]) -> None:
    """Work until told to stop (SIGINT, SIGTERM); a job under way has ten seconds to report and be taken up later."""

    async def forever() -> None:
        app = make_app(database_url, kinds, nightly)
        async with app.open_async():
            await app.run_worker_async(
                concurrency=2,  # a long export shall not hold up letters
                fetch_job_polling_interval=5,
                shutdown_graceful_timeout=10,
                update_heartbeat_interval=HEARTBEAT_SECONDS,
                delete_jobs="successful",
            )

    asyncio.run(forever())
