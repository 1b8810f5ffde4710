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
from geo_api.later import later
from geo_api.pages import account, door, people, signs
from geo_api.pages import map as map_page
from geo_api.pages.assets import Assets
from geo_api.pages.hotline import HOTLINE
from geo_api.settings import Settings, profile_path
from layers.area import load_profile
from layers.catalogue import catalogue
from layers.database.engine import Database
from layers.database.readers import Readers
from layers.freshness import Freshness

PICTURES = later("geo_api.pages.picture", ("/map.svg", "/sheet.svg", "/map.pdf", "/print"))
FILES = later("geo_api.pages.files", ("/export/{layer}.{form}", "/handout.html", "/card.png"))


def create_app(settings: Settings) -> FastAPI:
    """Return the application; `settings.database_url` and `settings.home` are filled in by whoever starts it."""
    service = _service(settings)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await service.readers.open()
        following = asyncio.create_task(service.freshness.follow(service.readers))
        try:
            yield
        finally:
            following.cancel()
            with suppress(asyncio.CancelledError):
                await following
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
    people_pages = (door.router, account.router, people.router, *HOTLINE)
    for router in (health.router, search.router, docs.router, *people_pages):
        app.include_router(router)
    app.router.routes += [*map_page.routes, *PICTURES, *FILES, *signs.routes, *features.routes]
    app.mount("/static", Assets(), name="static")
    return app


def _service(settings: Settings) -> Service:
    assert settings.database_url is not None
    area = load_profile(profile_path(settings).resolve())
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
