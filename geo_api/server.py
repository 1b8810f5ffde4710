"""The HTTP server in this process, and the worker beside it."""

from __future__ import annotations

import errno
import http.client
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable

from geo_api.settings import Settings, environment_of, keep_compiled
from layers.errors import Unavailable
from layers.text import N_

log = logging.getLogger(__name__)

PATIENCE = 30  # seconds for a child to end when asked


def open_socket(host: str, port: int) -> socket.socket:
    """Take the address before anything else is started; it answers nobody until the server listens.

    Raises Unavailable when it is taken or isn't ours.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol by its name: without it asyncio leaves Nagle's delay on, and each answer waits for 40 ms.
    taken = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((host, port))
        return taken
    except OSError as error:
        taken.close()
        if error.errno == errno.EADDRINUSE:
            raise Unavailable(
                N_("Port {port} is taken by another program. Choose another: --port 0 takes a free one."), port=port
            ) from error
        raise Unavailable(
            N_("Can't listen on {host}, port {port}: {reason}."), host=host, port=port, reason=error.strerror
        ) from error


def serve(settings: Settings, listener: socket.socket, ready: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM; calls `ready(address)` once /healthz answers."""
    import uvicorn

    from geo_api.app import create_app

    keep_compiled(settings, "server")
    config = uvicorn.Config(
        create_app(settings),
        http="httptools",
        ws="none",
        access_log=False,
        log_config=None,
        server_header=False,
        # Left to itself uvicorn believes whoever connects from this machine.
        proxy_headers=settings.trusted_proxies is not None,
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_graceful_shutdown=5,
    )
    server = uvicorn.Server(config)
    threading.Thread(target=_announce, args=(listener, server, ready), daemon=True).start()
    server.run(sockets=[listener])


def _announce(listener: socket.socket, server: object, ready: Callable[[str], None]) -> None:
    host, port = listener.getsockname()[:2]
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 (compared, not bound)
    while not getattr(server, "should_exit", False):
        connection = http.client.HTTPConnection(reachable, port, timeout=10)
        try:
            connection.request("GET", "/healthz")
            if connection.getresponse().status == http.HTTPStatus.OK:
                ready(f"http://{f'[{reachable}]' if ':' in reachable else reachable}:{port}")
                return
        except OSError:
            pass
        finally:
            connection.close()
        time.sleep(0.02)


class Worker:
    """The worker process: started beside the server, started again when it dies, gone when we are."""

    def __init__(self, settings: Settings) -> None:
        # Where the server keeps compiled code is not for the worker.
        self._environment = {n: v for n, v in os.environ.items() if n != "NUMBA_CACHE_DIR"} | environment_of(settings)
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._keeper = threading.Thread(target=self._keep, daemon=True)

    def start(self) -> None:
        self._spawn()
        self._keeper.start()

    def stop(self) -> None:
        """End the worker: it has ten seconds for the job under way, then it is ended by force."""
        with self._lock:
            self._stopping.set()
        process = self._process
        if process is None:
            return
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _spawn(self) -> None:
        # Its standard input is the leash: it ends when we do, however we end. Its own session keeps Ctrl-C for us.
        command = [sys.executable, "-m", "geo_api", "worker", "--leashed"]
        with self._lock:
            if not self._stopping.is_set():
                self._process = subprocess.Popen(
                    command, env=self._environment, stdin=subprocess.PIPE, start_new_session=True
                )

    def _keep(self) -> None:
        delay = 1.0
        while self._process and not self._stopping.is_set():
            self._process.wait()
            if self._stopping.wait(delay):
                return
            log.warning("the worker ended with %s; starting another", self._process.returncode)
            self._spawn()
            delay = min(2 * delay, 60)


def end_with_standard_input() -> None:
    """End this process, in order, when its standard input closes: its parent is gone."""

    def watch() -> None:
        while os.read(0, 1024):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()
