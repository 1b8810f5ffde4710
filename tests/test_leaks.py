"""The leak scanner itself can find: each kind of answer with a secret in it, and the same without."""

from __future__ import annotations

import gzip
from pathlib import Path

import mapbox_vector_tile
import pytest

from layers.geometry import tile_at, tile_box, to_mercator
from tests.leaks import Secrets, scan

CAMERA = (7.420123, 43.731456)
SECRETS = Secrets(frozenset({"0671234567", "Таємний свідок"}), (CAMERA,))


@pytest.mark.parametrize(
    "body",
    [
        '{"coordinates":[7.420123,43.731456]}',
        '{"lat": 43.7314561, "lon": 7.4201229}',
        '<circle cx="{:.4f}" cy="{:.4f}"/>'.format(*to_mercator(*CAMERA)),
        "7,420123;43,731456",
        "дзвонити 0671234567",
        "<p>таємний СВІДОК</p>",
    ],
)
def test_a_secret_in_text_is_found_however_it_is_written(body: str) -> None:
    assert scan(body.encode(), SECRETS)
    assert scan(gzip.compress(body.encode()), SECRETS)


@pytest.mark.parametrize("body", ['{"coordinates":[7.4203,43.7315]}', "7.420123 is a price", "свідок, таємний"])
def test_what_only_resembles_a_secret_is_let_pass(body: str) -> None:
    assert scan(body.encode(), SECRETS) == []


def test_a_secret_point_in_a_tile_is_found_and_its_neighbour_is_not() -> None:
    z = 17
    x, y = tile_at(*CAMERA, z)
    for metres, found in ((0, True), (30, False)):
        east, north = to_mercator(*CAMERA)
        feature = {"geometry": f"POINT({east + metres} {north})", "properties": {}}
        body = mapbox_vector_tile.encode(
            [{"name": "places", "features": [feature]}], default_options={"quantize_bounds": tile_box(z, x, y)}
        )
        assert bool(scan(body, SECRETS, tile=(z, x, y))) is found


def test_a_secret_in_a_geopackage_is_found(tmp_path: Path) -> None:
    geopandas = pytest.importorskip("geopandas")
    from shapely import Point

    for point, found in ((Point(CAMERA), True), (Point(7.43, 43.74), False)):
        file = tmp_path / f"{found}.gpkg"
        geopandas.GeoDataFrame({"name": ["x"]}, geometry=[point], crs=4326).to_file(file, driver="GPKG")
        assert bool(scan(file.read_bytes(), SECRETS)) is found
