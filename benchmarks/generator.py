"""The load generator: a process of its own that asks for a list of addresses over a few kept-alive connections.

It speaks just enough HTTP/1.1 (Content-Length, no chunks) to cost little beside the server that it measures, and says
how much of a processor it took.
"""

from __future__ import annotations

import json
import selectors
import socket
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field


@dataclass
class Load:
    """What came back: answers, their bytes and statuses, milliseconds waited, and our own share of one processor."""

    seconds: float = 0.0
    answers: int = 0
    bytes: int = 0
    statuses: dict[str, int] = field(default_factory=dict)
    p50_ms: float = 0.0
    p95_ms: float = 0.0
    processor: float = 0.0

    @property
    def rate(self) -> float:
        return self.answers / self.seconds


class _Connection:
    def __init__(self, address: tuple[str, int]) -> None:
        self.socket = socket.create_connection(address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.asked = 0.0
        self.buffer = b""
        self.missing = -1  # bytes of the body still to come; -1 while the head is being read


def press(address: tuple[str, int], paths: Sequence[str], *, seconds: float, connections: int, headers: str) -> Load:
    """Ask for the paths in turn, again and again, one at a time on each connection."""
    requests = [f"GET {p} HTTP/1.1\r\nHost: {address[0]}\r\n{headers}\r\n".encode() for p in paths]
    ready = selectors.DefaultSelector()
    load, waits, turn = Load(), [], 0
    began, worked = time.perf_counter(), time.process_time()
    until = began + seconds
    for _ in range(connections):
        connection = _Connection(address)
        ready.register(connection.socket, selectors.EVENT_READ, connection)
        turn = _ask(connection, requests, turn)
    while (now := time.perf_counter()) < until:
        for event, _ in ready.select(1):
            connection = event.data
            if _answered(connection, load):
                waits.append(time.perf_counter() - connection.asked)
                turn = _ask(connection, requests, turn)
    load.seconds, load.processor = now - began, (time.process_time() - worked) / (now - began)
    load.answers = len(waits)
    waits.sort()
    if waits:
        load.p50_ms, load.p95_ms = 1000 * waits[len(waits) // 2], 1000 * waits[len(waits) * 95 // 100]
    return load


def _ask(connection: _Connection, requests: Sequence[bytes], turn: int) -> int:
    connection.asked = time.perf_counter()
    connection.socket.sendall(requests[turn % len(requests)])
    return turn + 1


def _answered(connection: _Connection, load: Load) -> bool:
    """Read what has come and tell whether that completes the answer."""
    came = connection.socket.recv(262_144)
    if not came:
        raise ConnectionError("the server hung up")
    load.bytes += len(came)
    if connection.missing < 0:
        connection.buffer += came
        end = connection.buffer.find(b"\r\n\r\n")
        if end < 0:
            return False
        head = connection.buffer[:end].lower()
        status = head[9:12].decode()
        load.statuses[status] = load.statuses.get(status, 0) + 1
        at = head.find(b"content-length:")
        length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        connection.missing = length - (len(connection.buffer) - end - 4)
        connection.buffer = b""
    else:
        connection.missing -= len(came)
    if connection.missing == 0:
        connection.missing = -1
        return True
    return False


def main() -> None:
    """Read the orders as JSON from standard input, write what came back as JSON to standard output."""
    orders = json.load(sys.stdin)
    load = press(
        (orders["host"], orders["port"]),
        orders["paths"],
        seconds=orders["seconds"],
        connections=orders["connections"],
        headers=orders["headers"],
    )
    json.dump(asdict(load), sys.stdout)


if __name__ == "__main__":
    main()
