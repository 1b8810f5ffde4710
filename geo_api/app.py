"""The HTTP face, put together: a table of what answers where."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI

from geo_api import errors, sessions
from geo_api.answers import Answers
from geo_api.api import docs, features, health, search, tiles
from geo_api.context import Service
from geo_api.later import later, warm
from geo_api.pages import account, door, offline, orders, people, signs
from geo_api.pages import map as map_page
from geo_api.pages.assets import Assets
from geo_api.settings import Settings, area_of
from layers.catalogue import catalogue
from layers.database.engine import Database
from layers.database.readers import Readers
from layers.freshness import Freshness

# What answers through a router of its own; /api/{layer} comes after all of them.
PAGES = (
    health,
    search,
    docs,
    door,
    account,
    people,
    orders,
)
# Pages that bring NumPy, shapely or typst with them are read soon after the start: module -> the paths that it answers,
# the more particular first.
READ_LATER = {
    "geo_api.pages.picture": ("/map.svg", "/sheet.svg", "/map.pdf", "/print"),
    "geo_api.pages.files": ("/export/{layer}.{form}", "/handout.html", "/card.png"),
    "geo_api.api.reports": ("/api/reports", "/api/reports/{rest:path}"),
    "geo_api.api.open311.routes": ("/open311/{rest:path}",),
    "geo_api.api.feeds": ("/feeds/{rest:path}",),
    "geo_api.pages.report": ("/report", "/report/{rest:path}", "/photos/{photo}"),
    "geo_api.pages.hotline": (
        "/desk/new",
        "/desk/new/{rest:path}",
        "/desk/callbacks",
        "/desk/callbacks/{rest:path}",
        "/desk/paste",
    ),
    "geo_api.pages.keeper": ("/desk/settings", "/desk/settings/{rest:path}"),
    "geo_api.pages.letters": ("/desk/letters", "/desk/letters.csv", "/desk/letters/{rest:path}"),
    "geo_api.pages.desk": ("/desk", "/desk/{rest:path}"),
    "geo_api.pages.alerts": ("/alerts", "/alerts/{rest:path}"),
    "geo_api.pages.institutions": ("/institutions", "/institutions.{form}"),
    "geo_api.pages.problem": ("/problems/{rest:path}",),
    "geo_api.pages.my": ("/my", "/my/{rest:path}"),
    "geo_api.pages.statistics": ("/statistics", "/statistics.{form}"),
    "geo_api.pages.data": ("/data", "/data/{rest:path}"),
    "geo_api.pages.posters": ("/poster.pdf",),
    "geo_api.pages.embed": ("/embed",),
    "geo_api.pages.plans": ("/plans", "/plans/{rest:path}"),
}
LATER = tuple(route for module, paths in READ_LATER.items() for route in later(module, paths))


def create_app(settings: Settings) -> FastAPI:
    """Return the application; `settings.database_url` and `settings.home` are filled in by whoever starts it."""
    service = _service(settings)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await service.readers.open()
        beside = asyncio.gather(service.freshness.follow(service.readers), warm(LATER), return_exceptions=True)
        try:
            yield
        finally:
            beside.cancel()
            with suppress(asyncio.CancelledError):
                await beside
            await service.readers.close()
            service.database.close()

    app = FastAPI(title="Bezpeka", openapi_url=None, docs_url=None, redoc_url=None, lifespan=lifespan)
    app.state.service = service
    app.state.settings = settings
    app.state.database = service.database
    errors.install(app)
    sessions.install(app, service.database, settings)
    # The order matters: what is asked most comes first, and /api/{layer} takes what no other has taken.
    app.router.routes += [tiles.route]
    for module in PAGES:
        app.include_router(module.router)
    app.router.routes += [*map_page.routes, *LATER, *signs.routes, *offline.routes, *features.routes]
    app.mount("/static", Assets(), name="static")
    return app


def _service(settings: Settings) -> Service:
    assert settings.database_url is not None
    area = area_of(settings)
    freshness = Freshness()
    return Service(
        settings=settings,
        area=area,
        layers=catalogue(area),
        database=Database(settings.database_url),
        readers=Readers(settings.database_url),
        freshness=freshness,
        answers=Answers(freshness, settings.cache_mb * 2**20),
    )
