"""Statements on libpq itself, for the one path where the driver's comfort costs more than the database's answer.

A lane is one connection on which one prepared statement runs at a time. It listens on its socket from beginning to end
(psycopg's asyncio loop begins and ends listening at each wait), sends parameters as text, and takes answers as bytes.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from psycopg import AsyncConnection, OperationalError, errors
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGresult

STATEMENTS = 300  # prepared on one lane before it begins anew
BYTEA, INT8, INT4, TEXT = 17, 20, 23, 25
PARAMETER = re.compile(r"%\((\w+)\)s")

Row = tuple[Any, ...]


class Lane:
    """One connection, opened by `open_lane`; `broken` once it can't be used any more."""

    def __init__(self, connection: AsyncConnection[Any]) -> None:
        self._connection = connection
        self._libpq = connection.pgconn
        self._loop = asyncio.get_running_loop()
        self._names: dict[str, bytes] = {}
        self._waiting: asyncio.Future[PGresult] | None = None
        self._result: PGresult | None = None
        self.broken = False
        # By its number: a connection that the server dropped has no socket any more that could be asked for it.
        self._listens_at = self._libpq.socket
        self._loop.add_reader(self._listens_at, self._read)

    async def ask(self, sql: str, values: Mapping[str, Any]) -> list[Row]:
        """Return the rows of a statement with %(named)s parameters; raises psycopg's errors."""
        text, order = positional(sql)
        name = self._names.get(text) or await self._prepare(text)
        parameters = [as_text(values[one]) for one in order]
        return rows_of(
            await self._result_of(lambda: self._libpq.send_query_prepared(name, parameters, result_format=1))
        )

    async def close(self) -> None:
        self._end()
        await self._connection.close()

    async def _prepare(self, text: str) -> bytes:
        if len(self._names) >= STATEMENTS:
            self._names.clear()
            await self._result_of(lambda: self._libpq.send_query(b"DEALLOCATE ALL"))
        name = f"s{len(self._names)}".encode()
        await self._result_of(lambda: self._libpq.send_prepare(name, text.encode()))
        self._names[text] = name
        return name

    async def _result_of(self, send: Callable[[], None]) -> PGresult:
        """Send and wait for the result; whoever stops waiting leaves a lane on which nobody may ask again."""
        self._waiting = self._loop.create_future()
        try:
            send()
            while self._libpq.flush():
                await asyncio.sleep(0)
            result = await self._waiting
        except BaseException:
            self.broken = True
            raise
        finally:
            self._waiting = None
        if result.status == ExecStatus.FATAL_ERROR:
            raise errors.error_from_result(result)
        return result

    def _read(self) -> None:
        try:
            self._libpq.consume_input()
            while not self._libpq.is_busy():
                result = self._libpq.get_result()
                if result is None:
                    self._settle(None)
                    return
                self._result = result
        except OperationalError as error:
            self._settle(error)

    def _settle(self, error: OperationalError | None) -> None:
        result, self._result = self._result, None
        if error is not None or result is None:
            self._end()
        if self._waiting is None or self._waiting.done():
            return
        if error is None and result is not None:
            self._waiting.set_result(result)
        else:
            self._waiting.set_exception(error or OperationalError("the server ended the connection"))

    def _end(self) -> None:
        """Let nobody ask here again. Listening ends at once: the number of a closed socket is soon another one's."""
        self.broken = True
        if self._listens_at >= 0:
            self._loop.remove_reader(self._listens_at)
            self._listens_at = -1


async def open_lane(url: str, options: str) -> Lane:
    """Connect; raises OperationalError."""
    return Lane(await AsyncConnection.connect(url, options=options, autocommit=True))


@lru_cache(maxsize=1024)
def positional(sql: str) -> tuple[str, tuple[str, ...]]:
    """Return the statement with $1, $2 ... for %(named)s parameters, and the names in that order."""
    order: list[str] = []

    def number(match: re.Match[str]) -> str:
        if match[1] not in order:
            order.append(match[1])
        return f"${order.index(match[1]) + 1}"

    return PARAMETER.sub(number, sql).replace("%%", "%"), tuple(order)


def as_text(value: Any) -> bytes | None:
    """Return a parameter as PostgreSQL reads it from text; its type is what the statement makes of it."""
    match value:
        case None:
            return None
        case str():
            return value.encode()
        case bool():
            return b"true" if value else b"false"
        case int() | float():
            return repr(value).encode()
        case datetime() | date():
            return value.isoformat().encode()
        case list() | tuple():
            return array_text(value).encode()
    raise TypeError(f"no parameter can be a {type(value).__name__}")


def array_text(items: Any) -> str:
    """Return PostgreSQL's text of an array of strings."""
    return "{" + ",".join('"' + item.replace("\\", "\\\\").replace('"', '\\"') + '"' for item in items) + "}"


def rows_of(result: PGresult) -> list[Row]:
    """Return the rows as Python values: bytes, whole numbers and text."""
    types = [result.ftype(column) for column in range(result.nfields)]
    return [
        tuple(_value(result.get_value(row, column), kind) for column, kind in enumerate(types))
        for row in range(result.ntuples)
    ]


def _value(given: bytes | None, kind: int) -> Any:
    if given is None or kind == BYTEA:
        return given
    if kind in (INT8, INT4):
        return int.from_bytes(given, "big", signed=True)
    if kind == TEXT:
        return given.decode()
    raise TypeError(f"no column of an answer can be of type {kind}")
