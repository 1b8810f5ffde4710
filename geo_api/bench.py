"""Where files and pictures are made: a few at a time, in threads, so that tiles are not kept waiting."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from starlette.requests import HTTPConnection

AT_ONCE = 2
T = TypeVar("T")


class Bench:
    """The places of one application at which something is made."""

    def __init__(self) -> None:
        self._places = asyncio.Semaphore(AT_ONCE)

    async def make(self, work: Callable[[], T]) -> T:
        async with self._places:
            return await asyncio.to_thread(work)


def bench_of(request: HTTPConnection) -> Bench:
    if not hasattr(request.app.state, "bench"):
        request.app.state.bench = Bench()
    bench: Bench = request.app.state.bench
    return bench
