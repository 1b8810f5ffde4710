"""Our server for a benchmark: the application as it is, and one more route that returns static bytes."""

from __future__ import annotations

import socket
import sys

import uvicorn
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from geo_api.app import create_app
from geo_api.settings import read_settings

STATIC_BYTES = 10_000


class Static:
    """The fastest a route can be: bytes that are there."""

    body = bytes(STATIC_BYTES)

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        headers = [(b"content-length", b"%d" % STATIC_BYTES), (b"content-type", b"application/octet-stream")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": self.body})


def main(descriptor: int) -> None:
    app = create_app(read_settings())
    app.router.routes.insert(0, Route("/static-bytes", Static(), methods=["GET"]))
    config = uvicorn.Config(app, http="httptools", ws="none", access_log=False, log_level="warning")
    # As a socket: uvicorn takes a bare descriptor for a unix socket's, and then each answer waits for Nagle's 40 ms.
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=descriptor)])


if __name__ == "__main__":
    main(int(sys.argv[1]))
