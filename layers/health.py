"""Is everything there that the map needs: the database, its version, a worker."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from layers import queue
from layers.database.engine import Database
from layers.database.migrate import head
from layers.viewer import robot

JOBS = text("SELECT state, count(*) AS n FROM jobs GROUP BY state")
VERSION = text("SELECT version_num FROM alembic_version")


@dataclass(frozen=True)
class Health:
    """What works. The map is served without a worker; only long work waits."""

    database: bool = False
    migrations: bool = False
    worker: bool = False

    @property
    def serves(self) -> bool:
        return self.database and self.migrations


def examine(database: Database) -> Health:
    """Ask the database how it is; never raises because of it."""
    try:
        with database.begin(robot("health")) as session:
            if session.scalar(VERSION) != head():
                return Health(database=True)
            return Health(database=True, migrations=True, worker=queue.worker_is_alive(session))
    except SQLAlchemyError:
        return Health(database=_answers(database))


def _answers(database: Database) -> bool:
    try:
        with database.begin(robot("health")):
            return True
    except SQLAlchemyError:
        return False


def jobs_by_state(database: Database) -> dict[str, int]:
    """Return how much long work there is in each state."""
    with database.begin(robot("health")) as session:
        return {row.state: row.n for row in session.execute(JOBS)}
