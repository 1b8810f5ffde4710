"""A server that a test may stop and start again at the same address, and that counts every byte it sends."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from geo_api.server import open_socket


class Counting:
    """An application with a count of what went over the wire: headers and bodies as served, by path."""

    def __init__(self, app: ASGIApp, sent: Counter[str]) -> None:
        self.app = app
        self.sent = sent

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def counted(message: Message) -> None:
            lines = message.get("headers", ())
            size = sum(len(name) + len(value) + 4 for name, value in lines) + len(message.get("body", b""))
            self.sent[scope["path"]] += size
            await send(message)

        await self.app(scope, receive, counted if scope["type"] == "http" else send)


class Served:
    """An application at one address of loopback, up or down; each start makes it anew, as after a reboot."""

    def __init__(self, make: Callable[[], ASGIApp]) -> None:
        self.sent: Counter[str] = Counter()
        self._make = make
        self._port = 0
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        listener = open_socket("127.0.0.1", self._port)
        self._port = listener.getsockname()[1]
        config = uvicorn.Config(
            Counting(self._make(), self.sent), log_level="error", lifespan="on", timeout_graceful_shutdown=1
        )
        self._server = server = uvicorn.Server(config)
        self._thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        self._thread.start()
        while not server.started:
            assert self._thread.is_alive(), "the server did not start"
            time.sleep(0.02)

    def stop(self) -> None:
        if self._server and self._thread:
            self._server.should_exit = True
            self._thread.join()
            self._server = self._thread = None
