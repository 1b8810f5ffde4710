"""Bringing a database to this software's schema: roles and extensions first, then Alembic's versions as the owner."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import OperationalError, ProgrammingError

from layers.database.engine import sqlalchemy_url
from layers.database.policies import APP, OWNER, READER
from layers.errors import Unavailable
from layers.text import N_

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = resources.files("layers") / "database" / "migrations"
VERSIONS = MIGRATIONS / "versions"
EXTENSIONS = ("postgis", "pg_trgm", "btree_gist", "pgcrypto")

ROLES = f"""
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{OWNER}') THEN CREATE ROLE {OWNER} NOLOGIN; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{READER}') THEN CREATE ROLE {READER} NOLOGIN; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{APP}') THEN CREATE ROLE {APP} LOGIN; END IF;
  -- Two databases of one cluster may be migrated at once; the loser finds the role made.
  EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;
DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO {OWNER}', current_database()); END $$;
GRANT {OWNER}, {READER} TO CURRENT_USER;
GRANT {READER} TO {OWNER};
GRANT CREATE, USAGE ON SCHEMA public TO {OWNER}, {READER};
GRANT USAGE ON SCHEMA public TO {APP};
"""  # noqa: S608 (three constants of this package)


def migrate(owner_url: str) -> bool:
    """Bring the database to the newest version and return whether anything had to be done."""
    engine = create_engine(sqlalchemy_url(owner_url))
    try:
        with engine.connect() as connection:
            if _version(connection) == head():
                return False
            from alembic import command  # a third of a second that most starts can do without

            prepare(connection)
            connection.execute(text(f"SET ROLE {OWNER}"))
            connection.commit()
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            connection.execute(text(f"GRANT SELECT ON alembic_version TO {APP}"))
            connection.commit()
        return True
    except OperationalError as error:
        raise Unavailable(N_("The database can't be reached: {reason}"), reason=_first_line(error)) from error
    finally:
        engine.dispose()


def head() -> str:
    """Return the newest version this software knows: the number that the last file of the chain begins with."""
    return max(file.name[:4] for file in VERSIONS.iterdir() if file.name.endswith(".py"))


def current(url: str) -> str | None:
    """Return the version the database is at, or None when it was never migrated."""
    engine = create_engine(sqlalchemy_url(url))
    try:
        with engine.connect() as connection:
            return _version(connection)
    except OperationalError as error:
        raise Unavailable(N_("The database can't be reached: {reason}"), reason=_first_line(error)) from error
    finally:
        engine.dispose()


def _version(connection: Connection) -> str | None:
    exists = connection.scalar(text("SELECT to_regclass('public.alembic_version')"))
    return connection.scalar(text("SELECT version_num FROM alembic_version")) if exists else None


def prepare(connection: Connection) -> None:
    """Make the roles and extensions that every version stands on, where they are missing."""
    connection.execute(text(ROLES))
    for extension in EXTENSIONS:
        try:
            connection.execute(text(f"CREATE EXTENSION IF NOT EXISTS {extension}"))
        except (ProgrammingError, OperationalError) as error:
            raise Unavailable(
                N_("The database has no extension {extension}: {reason}. Install it there, then try again."),
                extension=extension,
                reason=_first_line(error),
            ) from error
    connection.commit()


def _first_line(error: Exception) -> str:
    return str(getattr(error, "orig", error)).strip().splitlines()[0]


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config
