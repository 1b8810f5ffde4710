"""The application on this module's own database, asked without a network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from geo_api.app import create_app
from geo_api.settings import Settings
from layers.viewer import Viewer


@pytest.fixture(scope="module")
def settings(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Return settings for this module's database; a module may define its own."""
    return make_settings(database_url, tmp_path_factory.mktemp("home"))


def make_settings(database_url: str, home: Path, **given: object) -> Settings:
    return Settings(_env_file=None, database_url=database_url, home=home, **given)  # type: ignore[call-arg,arg-type]


@pytest.fixture(scope="module")
def app(settings: Settings) -> FastAPI:
    return create_app(settings)


@pytest.fixture(scope="module")
def client(app: FastAPI) -> Iterator[TestClient]:
    """Ask as the public; defects are answered as in service rather than raised."""
    with TestClient(app, raise_server_exceptions=False, base_url="http://127.0.0.1") as asking:
        yield asking


class Asked:
    """The application as somebody asks it: `viewer` is who has signed in, or None."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app
        self.viewer: Viewer | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.viewer is not None and scope["type"] == "http":
            scope.setdefault("state", {})["viewer"] = self.viewer
        await self.app(scope, receive, send)


@pytest.fixture(scope="module")
def asked(app: FastAPI) -> Asked:
    return Asked(app)


@pytest.fixture(scope="module")
def asking(asked: Asked) -> Iterator[TestClient]:
    """Ask as whoever `sign_in` last named; nobody in the beginning."""
    with TestClient(asked, raise_server_exceptions=False, base_url="http://127.0.0.1") as client:
        yield client


@pytest.fixture
def sign_in(asked: Asked) -> Iterator[Callable[[Viewer | None], None]]:
    """Return a function that says who asks from now on, until the end of the test."""

    def change(viewer: Viewer | None) -> None:
        asked.viewer = viewer

    yield change
    asked.viewer = None
