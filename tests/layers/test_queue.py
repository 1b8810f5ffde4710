"""Long work, done by a real worker process on a real queue."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from uuid import UUID

import pytest

from geo_api.jobs import serve_jobs
from layers import queue
from layers.database.engine import Database
from layers.errors import BadInput, NotFound
from layers.queue import Job, Progress
from layers.viewer import PUBLIC, Viewer
from tests.database import viewer

ME = viewer("admin")


def count_to(_: Database, job: Job, progress: Progress) -> Mapping[str, Any]:
    for number in range(job.arguments["to"]):
        progress(number, job.arguments["to"], "counting")
        time.sleep(0.02)
    return {"counted": job.arguments["to"], "as": job.viewer.role.value}


def refuse(_: Database, job: Job, progress: Progress) -> Mapping[str, Any]:
    raise BadInput("Row {row} is wrong.", row=3)


def break_down(_: Database, job: Job, progress: Progress) -> Mapping[str, Any]:
    raise ZeroDivisionError("secret of the inside")


def work(url: str) -> None:
    serve_jobs(url, {"count": count_to, "refuse": refuse, "break": break_down}, {})


@pytest.fixture
def start_worker(database_url: str) -> Iterator[Callable[[], int]]:
    workers: list[multiprocessing.Process] = []

    def start() -> int:
        process = multiprocessing.get_context("spawn").Process(target=work, args=(database_url,))
        process.start()
        workers.append(process)
        assert process.pid is not None
        return process.pid

    yield start
    for process in workers:
        process.terminate()
        process.join(15)


def ask(database: Database, kind: str, who: Viewer = ME, **arguments: object) -> UUID:
    with database.begin(who) as session:
        return queue.defer(session, kind, arguments)


def wait(database: Database, job_id: UUID, until: Callable[[Job], bool], seconds: float = 30) -> Job:
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        with database.begin(ME) as session:
            job = queue.get(session, job_id)
        if until(job):
            return job
        time.sleep(0.05)
    raise AssertionError(f"the job stays {job.state} at {job.done} of {job.total}")


def test_work_is_done_as_whoever_asked_and_failures_say_what_may_be_said(
    database: Database, start_worker: Callable[[], int]
) -> None:
    counted, refused, broken = ask(database, "count", to=3), ask(database, "refuse"), ask(database, "break")
    start_worker()
    assert wait(database, counted, lambda job: job.ended).result == {"counted": 3, "as": "admin"}
    failure = wait(database, refused, lambda job: job.ended).failure
    assert failure == {"message": "Row {row} is wrong.", "values": {"row": "3"}}
    failure = wait(database, broken, lambda job: job.ended).failure
    assert failure is not None
    assert "secret" not in str(failure)


def test_running_work_stops_when_its_owner_cancels(database: Database, start_worker: Callable[[], int]) -> None:
    start_worker()
    job_id = ask(database, "count", to=2000)
    wait(database, job_id, lambda job: job.done > 0)
    with database.begin(ME) as session:
        queue.ask_cancel(session, job_id)
    assert wait(database, job_id, lambda job: job.ended).state == "cancelled"


def test_waiting_work_is_cancelled_at_once_and_never_done(database: Database) -> None:
    job_id = ask(database, "count", to=1)
    with database.begin(ME) as session:
        queue.ask_cancel(session, job_id)
        assert queue.get(session, job_id).state == "cancelled"
        assert not queue.start(session, job_id)


def test_work_asked_for_in_a_transaction_that_fails_is_never_done(database: Database) -> None:
    with pytest.raises(RuntimeError), database.begin(ME) as session:
        job_id = queue.defer(session, "count", {"to": 1})
        raise RuntimeError
    with database.begin(ME) as session, pytest.raises(NotFound):
        queue.get(session, job_id)


def test_nobody_sees_anothers_work(database: Database) -> None:
    job_id = ask(database, "count", who=viewer("coordinator"), to=1)
    for other in (viewer("coordinator"), PUBLIC):
        with database.begin(other) as session, pytest.raises(NotFound):
            queue.get(session, job_id)


@pytest.mark.slow
def test_work_of_a_killed_worker_is_taken_up_by_the_next(database: Database, start_worker: Callable[[], int]) -> None:
    job_id = ask(database, "count", to=200)
    killed = start_worker()
    wait(database, job_id, lambda job: job.done > 0)
    os.kill(killed, signal.SIGKILL)
    start_worker()
    assert wait(database, job_id, lambda job: job.ended, seconds=150).state == "done"
