"""The HTTP face, put together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from geo_api.api import health
from geo_api.settings import Settings
from layers.database.engine import Database


def create_app(settings: Settings) -> FastAPI:
    """Return the application; `settings.database_url` and `settings.home` are filled in by whoever starts it."""
    assert settings.database_url is not None

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        app.state.database.close()

    app = FastAPI(title="Bezpeka", docs_url=None, redoc_url=None, lifespan=lifespan)
    app.state.settings = settings
    app.state.database = Database(settings.database_url)
    app.include_router(health.router)
    return app
