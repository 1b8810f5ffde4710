"""The address that the server listens on."""

from __future__ import annotations

import asyncio
import socket

from geo_api.server import open_socket


def test_answers_are_not_held_back_until_the_last_one_is_acknowledged() -> None:
    async def is_prompt() -> bool:
        prompt: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

        class Connection(asyncio.Protocol):
            def connection_made(self, transport: asyncio.BaseTransport) -> None:
                there: socket.socket = transport.get_extra_info("socket")
                prompt.set_result(bool(there.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)))

        listener = open_socket("127.0.0.1", 0)
        async with await asyncio.get_running_loop().create_server(Connection, sock=listener):
            _, writer = await asyncio.open_connection(*listener.getsockname())
            found = await prompt
            writer.close()
            return found

    assert asyncio.run(is_prompt())
