"""Pages whose modules bring NumPy, shapely or typst with them: read after the server has started, not while it does."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from importlib import import_module

from starlette.routing import BaseRoute, Route, Router
from starlette.types import Receive, Scope, Send

AFTER_SECONDS = 2.0  # the server is ready by then, and the first who asks for such a page waits for nothing


class _Later:
    """Hands a request to the `routes` of a module (or of its `router`), which is read when the first request comes."""

    def __init__(self, module: str) -> None:
        self.module = module
        self._router: Router | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._router is None:
            self._router = Router(await asyncio.to_thread(routes_of, self.module))
        await self._router(scope, receive, send)


def routes_of(module: str) -> list[BaseRoute]:
    """Read a module and return the routes it answers."""
    found = import_module(module)
    routes: list[BaseRoute] = found.routes if hasattr(found, "routes") else found.router.routes
    return routes


def later(module: str, paths: Iterable[str]) -> list[BaseRoute]:
    """Return routes for the paths that a module answers, whatever the method; a test holds the two lists equal."""
    endpoint = _Later(module)
    return [Route(path, endpoint) for path in paths]


async def warm(routes: Iterable[BaseRoute]) -> None:
    """Read the modules behind these routes soon after the start, one after the other, and call their `warm`, if any."""
    await asyncio.sleep(AFTER_SECONDS)
    behind = (route.endpoint for route in routes if isinstance(route, Route))
    for module in dict.fromkeys(endpoint.module for endpoint in behind if isinstance(endpoint, _Later)):
        found = await asyncio.to_thread(import_module, module)
        if hasattr(found, "warm"):
            await asyncio.to_thread(found.warm)
