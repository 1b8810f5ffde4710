"""Transactions under a viewer: the only way to a session."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session as Session  # ingestion names it, and speaks no SQL

from layers.viewer import Viewer

if TYPE_CHECKING:
    import psycopg

# A generic plan of "bbox and limit" is a bad plan; planning each time costs a fraction of a millisecond.
# Compiling costs more than it saves: PostGIS functions are estimated dear, and a bulk load lost half a second to it.
CONNECT_OPTIONS = "-c plan_cache_mode=force_custom_plan -c jit=off -c timezone=UTC"

# Local to the transaction, so that a connection returned to the pool carries nobody's rights.
SET_VIEWER = """
SELECT set_config('bezpeka.role', :role, true),
       set_config('bezpeka.account', :account, true),
       set_config('bezpeka.units', :units, true),
       set_config('bezpeka.actor', :name, true)
"""


def viewer_settings(viewer: Viewer) -> dict[str, str]:
    """Return the values of SET_VIEWER; the units travel as a PostgreSQL array literal of quoted codes."""
    quoted = ",".join('"' + unit.replace("\\", "\\\\").replace('"', '\\"') + '"' for unit in sorted(viewer.units))
    return {
        "role": viewer.role.value,
        "account": str(viewer.account or ""),
        "units": "{" + quoted + "}",
        "name": viewer.name,
    }


def set_viewer(session: Session, viewer: Viewer) -> None:
    """Say to the database who is looking, until the end of this transaction."""
    session.execute(text(SET_VIEWER), viewer_settings(viewer))


class Database:
    """The application's connection to PostGIS, as the role that owns nothing."""

    def __init__(self, url: str, *, pool_size: int = 8) -> None:
        self.url = url
        self.engine = create_engine(
            sqlalchemy_url(url),
            pool_size=pool_size,
            max_overflow=4,
            pool_pre_ping=True,
            connect_args={"options": CONNECT_OPTIONS},
        )

    @contextmanager
    def begin(self, viewer: Viewer) -> Iterator[Session]:
        """Open one transaction under a viewer; it commits at the end of the block or leaves nothing behind."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            set_viewer(session, viewer)
            yield session

    def close(self) -> None:
        self.engine.dispose()


def raw(session: Session) -> psycopg.Connection[Any]:
    """Return the session's psycopg connection, inside the same transaction: for COPY and nothing else."""
    connection: psycopg.Connection[Any] = session.connection().connection.driver_connection  # type: ignore[assignment]
    return connection


def sqlalchemy_url(url: str) -> str:
    """Return a PostgreSQL URL with the driver of this house named."""
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url
