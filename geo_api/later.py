"""Pages whose modules bring NumPy or typst with them: read at the first request, not while the server starts."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from importlib import import_module

from starlette.routing import BaseRoute, Route, Router
from starlette.types import Receive, Scope, Send


class _Later:
    """Hands a request to the `routes` of a module, which is read when the first request comes."""

    def __init__(self, module: str) -> None:
        self._module = module
        self._router: Router | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._router is None:
            self._router = Router((await asyncio.to_thread(import_module, self._module)).routes)
        await self._router(scope, receive, send)


def later(module: str, paths: Iterable[str]) -> list[BaseRoute]:
    """Return routes for the paths that a module answers; a test holds the two lists equal."""
    endpoint = _Later(module)
    return [Route(path, endpoint) for path in paths]
