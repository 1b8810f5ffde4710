"""The hot path's connections, when the database goes away under them and comes back."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from uuid import uuid4

import psycopg
import pytest

from layers.database.readers import Readers
from layers.errors import Unavailable
from layers.viewer import PUBLIC, Role, Viewer

STAFF = Viewer(Role.COORDINATOR, account=uuid4())
ONE = "SELECT 1::bigint"


def drive(url: str, play: Callable[[Readers], Awaitable[None]]) -> None:
    async def run() -> None:
        readers = Readers(url, size=2)
        await readers.open()
        try:
            await play(readers)
        finally:
            await readers.close()

    asyncio.run(run())


def end_all(owner_url: str) -> None:
    """End every connection from the other side, as a restart of the server does."""
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def cut(readers: Readers) -> None:
    """Cut the public's connections without a word, as `kill -9` of the server does."""
    for lane in [readers._free.get_nowait() for _ in range(readers._free.qsize())]:
        if lane is not None:
            with socket.socket(fileno=socket.dup(lane._connection.pgconn.socket)) as wire:
                wire.shutdown(socket.SHUT_RDWR)
        readers._free.put_nowait(lane)


@pytest.mark.parametrize("viewer", [PUBLIC, STAFF], ids=["public", "staff"])
@pytest.mark.parametrize("pause", [0.0, 0.2], ids=["at once", "after it was noticed"])
def test_a_question_after_the_server_ended_the_connections_is_answered_on_new_ones(
    database_url: str, owner_url: str, viewer: Viewer, pause: float
) -> None:
    async def play(readers: Readers) -> None:
        assert await readers.ask(viewer, ONE) == [(1,)]
        await asyncio.to_thread(end_all, owner_url)
        await asyncio.sleep(pause)
        for _ in range(3):
            assert await readers.ask(viewer, ONE) == [(1,)]

    drive(database_url, play)


@pytest.mark.parametrize("pause", [0.0, 0.2], ids=["at once", "after it was noticed"])
def test_a_question_after_the_wire_was_cut_is_answered_on_a_new_one(database_url: str, pause: float) -> None:
    async def play(readers: Readers) -> None:
        assert await readers.ask(PUBLIC, ONE) == [(1,)]
        cut(readers)
        await asyncio.sleep(pause)
        for _ in range(3):
            assert await readers.ask(PUBLIC, ONE) == [(1,)]

    drive(database_url, play)


def test_while_the_server_is_away_it_is_said_and_when_it_is_back_all_is_well(database_url: str) -> None:
    async def play(readers: Readers) -> None:
        assert await readers.ask(PUBLIC, ONE) == [(1,)]
        cut(readers)
        there, readers._url = readers._url, "postgresql://bezpeka_app@/gone?host=/nowhere"
        for _ in range(3):
            with pytest.raises(Unavailable):
                await readers.ask(PUBLIC, ONE)
        readers._url = there
        assert await readers.ask(PUBLIC, ONE) == [(1,)]

    drive(database_url, play)
