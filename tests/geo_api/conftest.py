"""The application on this module's own database, asked without a network."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from geo_api.app import create_app
from geo_api.settings import Settings


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
