"""Fixtures on a real PostGIS: one migrated template, a clone of it for each module, a rolled-back session a test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy.orm import Session

from layers.area import Area, load_profile
from layers.database.cluster import Cluster
from layers.database.engine import Database, set_viewer
from layers.database.migrate import migrate
from layers.viewer import Role, Viewer, robot

ROOT = Path(__file__).parents[1]
TEMPLATE = "bezpeka_template"
_numbers = count(1)


@pytest.fixture(scope="session")
def template(cluster: Cluster) -> str:
    """Return the name of a migrated, empty database, to be cloned and never connected to."""
    _make(cluster, f'CREATE DATABASE "{TEMPLATE}"')
    migrate(cluster.url("owner", TEMPLATE))
    return TEMPLATE


@pytest.fixture(scope="session")
def new_database(cluster: Cluster, template: str) -> Callable[[], str]:
    """Return a function that clones the template (a fraction of a second) and gives the clone's name."""

    def clone() -> str:
        name = f"clone_{next(_numbers)}"
        _make(cluster, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return name

    return clone


@pytest.fixture(scope="module")
def database_name(cluster: Cluster, new_database: Callable[[], str]) -> Iterator[str]:
    name = new_database()
    yield name
    _make(cluster, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="module")
def database_url(cluster: Cluster, database_name: str) -> str:
    """Return the address of this module's database, as the application's role."""
    return cluster.url("app", database_name)


@pytest.fixture(scope="module")
def owner_url(cluster: Cluster, database_name: str) -> str:
    """Return the address of this module's database for migrations and for looking behind row-level security."""
    return cluster.url("owner", database_name)


@pytest.fixture(scope="module")
def database(database_url: str) -> Iterator[Database]:
    """Give this module's database as the application sees it; what a test commits, the module's next test finds."""
    opened = Database(database_url, pool_size=4)
    yield opened
    opened.close()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """Give one transaction, as a robot, that is rolled back; `see_as` changes who is looking."""
    with Session(database.engine, expire_on_commit=False) as opened:
        opened.begin()
        set_viewer(opened, robot("test"))
        yield opened
        opened.rollback()


@pytest.fixture
def see_as(session: Session) -> Callable[[Viewer], Session]:
    """Return a function that changes the viewer of `session`, keeping what was written."""

    def change(viewer: Viewer) -> Session:
        session.flush()
        session.expire_all()
        set_viewer(session, viewer)
        return session

    return change


def viewer(role: str | Role, *units: str) -> Viewer:
    """Return a staff viewer with an account of its own, limited to the units given."""
    return Viewer(Role(role), account=uuid4(), units=frozenset(units))


@pytest.fixture(scope="session")
def area() -> Area:
    """Return the default area, as shipped."""
    return load_profile(ROOT / "data" / "area.toml")


def _make(cluster: Cluster, statement: str) -> None:
    with psycopg.connect(cluster.url("owner", "postgres"), autocommit=True) as connection:
        connection.execute(statement)
