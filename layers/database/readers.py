"""The hot path's own few connections: bytes made by SQL go straight to the socket, under the viewer's rights.

The public's connections are the public's from the moment they are opened: their role is a connection option, so what
most people ask for is one statement and nothing else. Anybody else is set for one transaction, in the same round trip
as the question, on connections of their own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from psycopg import AsyncConnection, DataError, OperationalError
from psycopg.errors import QueryCanceled
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from layers.database.engine import CONNECT_OPTIONS, viewer_settings
from layers.database.lanes import Lane, Row, open_lane
from layers.errors import BadInput, Unavailable
from layers.text import N_
from layers.viewer import PUBLIC, Viewer

SIZE = 6  # on two cores 4 to 8 connections answer the most
STAFF_SIZE = 3
PATIENCE = 10  # seconds for a free connection, and for an answer
COMMON = f"{CONNECT_OPTIONS} -c statement_timeout={PATIENCE}s -c default_transaction_read_only=on"
OPTIONS = f"{COMMON} -c bezpeka.role={PUBLIC.role.value}"

SET_VIEWER = """
SELECT set_config('bezpeka.role', %(role)s, true), set_config('bezpeka.account', %(account)s, true),
       set_config('bezpeka.units', %(units)s, true), set_config('bezpeka.actor', %(name)s, true)
"""


class Readers:
    """A few connections that only read."""

    def __init__(self, url: str, *, size: int = SIZE) -> None:
        self._url = url
        self._size = size
        # Last in, first out: a lane that was just used has its statements, and its backend's memory, at hand.
        self._free: asyncio.LifoQueue[Lane | None] = asyncio.LifoQueue()
        self._staff = AsyncConnectionPool(
            url,
            min_size=0,
            max_size=STAFF_SIZE,
            timeout=PATIENCE,
            kwargs={"options": COMMON, "autocommit": True, "prepare_threshold": 1},
            open=False,
        )

    async def open(self) -> None:
        """Make room for the connections; each is opened by whoever needs it first."""
        for _ in range(self._size):
            self._free.put_nowait(None)
        await self._staff.open()

    async def close(self) -> None:
        while not self._free.empty():
            if lane := self._free.get_nowait():
                await lane.close()
        await self._staff.close()

    @property
    def figures(self) -> Mapping[str, int]:
        """Return how many connections the public's questions have, and how many of them are free, for /metrics."""
        return {"size": self._size, "free": self._free.qsize()}

    async def ask(self, viewer: Viewer, sql: str, values: Mapping[str, Any] | None = None) -> list[Row]:
        """Return the rows of one question; raises BadInput for a value of the wrong form, Unavailable for no answer."""
        ask = self._as_public(sql, values or {}) if viewer == PUBLIC else self._as_viewer(viewer, sql, values)
        try:
            return await ask
        except DataError as error:
            raise BadInput(
                N_("One of the values has the wrong form. Check the id, the cursor and the filters.")
            ) from error
        except QueryCanceled as error:
            raise Unavailable(
                N_("This question takes too long. Ask for a smaller area or a shorter period.")
            ) from error
        except (OperationalError, TimeoutError) as error:
            raise Unavailable(N_("The database does not answer. Try again in a minute.")) from error

    async def _as_public(self, sql: str, values: Mapping[str, Any]) -> list[Row]:
        try:
            lane = self._free.get_nowait()
        except asyncio.QueueEmpty:
            lane = await asyncio.wait_for(self._free.get(), PATIENCE)
        try:
            if lane is not None and not lane.broken:
                try:
                    return await lane.ask(sql, values)
                except OperationalError:
                    if not lane.broken:
                        raise
            # The database was restarted since this lane was last used: one more try, on a new one.
            lane = await self._renewed(lane)
            return await lane.ask(sql, values)
        finally:
            self._free.put_nowait(lane)

    async def _renewed(self, lane: Lane | None) -> Lane:
        if lane is not None:
            await lane.close()
        return await open_lane(self._url, OPTIONS)

    async def _as_viewer(self, viewer: Viewer, sql: str, values: Mapping[str, Any] | None) -> list[Row]:
        try:
            async with self._staff.connection() as connection:
                return await _in_viewers_transaction(connection, viewer, sql, values)
        except PoolTimeout:
            raise
        except OperationalError as error:
            if isinstance(error, QueryCanceled):
                raise
            await self._staff.check()
            async with self._staff.connection() as connection:
                return await _in_viewers_transaction(connection, viewer, sql, values)


async def _in_viewers_transaction(
    connection: AsyncConnection[Any], viewer: Viewer, sql: str, values: Mapping[str, Any] | None
) -> list[Row]:
    """Ask in one transaction that is the viewer's; its four commands travel together."""
    async with connection.pipeline(), connection.transaction():
        await connection.execute(SET_VIEWER, viewer_settings(viewer))
        answered = await connection.cursor(binary=True).execute(sql, values)
        return await answered.fetchall()
