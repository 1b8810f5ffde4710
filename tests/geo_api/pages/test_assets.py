"""What pages weigh on the wire, and what browsers may keep."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from geo_api.pages.assets import Assets
from maps.pages import MAPLIBRE, STATIC


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(Starlette(routes=[Mount("/static", Assets())]))


def test_a_module_of_ours_is_asked_about_each_time_and_not_sent_twice(client: TestClient) -> None:
    first = client.get("/static/map/main.js")
    assert first.headers["cache-control"] == "no-cache"
    assert first.headers["content-encoding"] == "gzip"
    assert first.text == (STATIC / "map" / "main.js").read_text("utf-8")
    again = client.get("/static/map/main.js", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304


def test_the_map_library_is_kept_for_good_and_compressed(client: TestClient) -> None:
    answer = client.get(f"/static/{MAPLIBRE}/maplibre-gl.mjs")
    assert "immutable" in answer.headers["cache-control"]
    assert int(answer.headers["content-length"]) < 310_000


def test_a_reader_that_takes_no_gzip_gets_the_file_itself(client: TestClient) -> None:
    answer = client.get("/static/base.css", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in answer.headers
    assert answer.content == (STATIC / "base.css").read_bytes()


def test_what_is_not_there_is_not_there(client: TestClient) -> None:
    assert client.get("/static/nothing.js").status_code == 404
