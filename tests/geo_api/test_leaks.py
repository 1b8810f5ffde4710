"""Every public answer of a database full of secrets is looked through: cameras, military objects, exact incidents.

Later slices add their secrets to `secrets` and, where they have new parameters, their values to `FILLINGS`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from starlette.testclient import TestClient

from geo_api.app import create_app
from ingestion.osm import load_osm
from layers.area import load_profile
from layers.database.engine import Database
from layers.geometry import tile_at
from layers.history import record
from layers.incidents.actions import COLUMNS, Landing, Source
from layers.viewer import robot
from tests.database import ROOT
from tests.geo_api.conftest import make_settings
from tests.layers.places.secrets import restricted_secrets
from tests.leaks import Secrets, scan, tiles_around

LAYERS = ("landuse", "water", "buildings", "roads", "places", "incidents")
# A camera on a wall is a corner of its building: there a corner gives nothing away, only a point would.
GROUND = tuple(f"/api/{layer}" for layer in LAYERS if layer not in ("places", "incidents"))
DOORS = ((7.4213579, 43.7312468), (7.4198642, 43.7387531))  # exact places of two incidents, as police would give them
MINUTE = datetime(2026, 10, 5, 3, 47)  # noqa: DTZ001 (UTC, as the one door takes it)
WORDS = frozenset({"0671234567", "Свідок Прихований", "03:47", "T03:47"})
PROFILE = ROOT / "tests" / "areas" / "monaco.toml"
NOT_ASKED = {"/metrics", "/api/docs", "/static"}


@pytest.fixture(scope="module")
def secrets(database: Database, shared_data: Path) -> Secrets:
    """Fill this module's database with Monaco's real extract and two exact incidents; return what must not be seen."""
    area = load_profile(PROFILE)
    load_osm(database, area, shared_data / "monaco" / "osm" / "monaco.osm.pbf")
    with database.begin(robot("test")) as session:
        landing = Landing(session, area, Source("police", "Поліція"))
        landing.add(_incidents())
        landing.finish()
        record(session, audience="staff", subject="unit", subject_id="1", event="noted", words="Свідок Прихований")
        found = restricted_secrets(session)
        assert session.scalar(text("SELECT count(*) FROM incidents_public")) == len(DOORS)
    cameras = found.points
    assert len(cameras) >= 14
    # A bare number of a node may well be part of another number; with its kind it can't.
    named = frozenset(word for word in found.words if "/" in word)
    return Secrets(WORDS | named, found.points) | Secrets(points=DOORS)


def _incidents() -> pd.DataFrame:
    rows = [
        {
            "row": number, "digest": bytes([number]) * 16, "nth": 1, "at": np.datetime64(MINUTE, "us"),
            "month": np.datetime64("2026-10-01", "D"), "time_precision": "minute", "category": "theft",
            "category_label": "Свідок Прихований", "status": "registered", "place": "дзвонити 0671234567",
            "lon": lon, "lat": lat, "location_precision": "exact",
        }
        for number, (lon, lat) in enumerate(DOORS, start=1)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))


@pytest.fixture(scope="module")
def app(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    return create_app(make_settings(database_url, tmp_path_factory.mktemp("home"), area=PROFILE))


def addresses(app: FastAPI, secrets: Secrets) -> Iterator[tuple[str, tuple[int, int, int] | None]]:
    """Yield every address a resident may try, with the tile it names where it is one."""
    for layer, (z, x, y) in product(LAYERS, sorted(tiles_around(secrets.points, (10, 14, 16, 18)))):
        yield f"/tiles/{layer}/{z}/{x}/{y}.mvt", (z, x, y)
    for layer in LAYERS:
        for query in (
            "?limit=1000",
            "?lang=en&limit=1000",
            "?unit=x",
            "?bbox=7.4,43.7,7.5,43.8&limit=1000",
            "?color=red",
        ):
            yield f"/api/{layer}{query}", None
        for by in ("category", "status", "unit", "month", "geom"):
            yield f"/api/{layer}/counts?by={by}", None
    for words in ("camera", "surveillance", "military", "caserne", "Свідок", "0671234567", "node/", "rue", ""):
        yield f"/api/search?q={words}", None
    for path in sorted({getattr(route, "path", "") for route in app.routes}):
        if "{" not in path and path not in NOT_ASKED:
            for query in (
                "",
                "?lang=en",
                "?category=theft",
                "?from=2026-10&to=2026-10",
                "?bbox=7.41,43.72,7.43,43.74",
                "?x=1",
            ):
                yield path + query, None
    for wrong in (
        "/nowhere",
        "/api/cameras",
        "/api/restricted_places",
        "/tiles/cameras/14/1/1.mvt",
        "/api/incidents/1",
    ):
        yield wrong, None


def test_no_public_answer_holds_a_secret(app: FastAPI, client: TestClient, secrets: Secrets) -> None:
    words_only = Secrets(secrets.words)
    leaks, kinds = [], set()
    asked = 0
    for address, tile in addresses(app, secrets):
        for accept in ("text/html", "*/*") if tile is None else ("*/*",):
            answer = client.get(address, headers={"Accept": accept})
            asked += 1
            kinds.add(answer.headers.get("content-type", "").partition(";")[0])
            body_is_tile = tile is not None and answer.status_code == 200
            assert answer.status_code < 500, f"{address}: {answer.status_code}"
            looked_for = words_only if address.startswith(GROUND) else secrets
            found = scan(answer.content, looked_for, tile=tile if body_is_tile else None) if answer.content else []
            leaks += [f"{address}: {leak}" for leak in found]
    assert leaks == [], "\n".join(leaks)
    assert asked > 100
    assert {"text/html", "application/geo+json", "application/vnd.mapbox-vector-tile", "image/svg+xml"} <= kinds


def test_the_test_would_see_a_camera_that_got_into_places(
    database: Database, client: TestClient, secrets: Secrets
) -> None:
    lon, lat = secrets.points[0]
    with database.begin(robot("test")) as session:
        session.execute(
            text(
                "UPDATE places SET geom = ST_SetSRID(ST_MakePoint(:lon, :lat), 4326) "
                "WHERE id = (SELECT id FROM places ORDER BY id LIMIT 1)"
            ),
            {"lon": lon, "lat": lat},
        )
    x, y = tile_at(lon, lat, 17)
    answer = client.get(f"/tiles/places/17/{x}/{y}.mvt")
    assert scan(answer.content, secrets, tile=(17, x, y))
