"""Tiles and pages of 200,000 clustered points: against the same SQL through pgbench, and against tipg."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from uuid import UUID

import mapbox_vector_tile
import numpy as np
import psycopg
from numpy.typing import NDArray

from benchmarks.contenders import Server, Tile, ours, pgbench, tipg, tipg_tile
from benchmarks.generator import Load
from benchmarks.rows import Row
from layers.catalogue import INCIDENTS
from layers.database.cluster import Cluster
from layers.database.migrate import migrate
from layers.geometry import TILE_EXTENT, point_ewkb, tile_at

TITLE = "Tiles z8-z16 and pages by bbox, against the same SQL in pgbench and against tipg"

POINTS = 200_000
CENTRES = 60
BOX = (36.3, 49.4, 37.2, 50.1)
CATEGORIES = ("theft", "burglary", "violence", "damage", "drugs", "disorder", "traffic", "other")
EXACT_FACE, PUBLIC_FACE = INCIDENTS.faces
Points = NDArray[np.float64]  # (n, 2): lon, lat in EPSG:4326

PUBLIC_COPY = """
COPY incidents_public (id, category, symbol, status, month, location_precision, units, source, demo, geom) FROM STDIN
"""
# The same rows, in the same order on disk, unprotected, and as exact records behind the guarded function.
TWINS = """
CREATE TABLE bare_public AS SELECT * FROM incidents_public;
CREATE INDEX ON bare_public USING gist (geom_3857);
GRANT SELECT ON bare_public TO bezpeka_app;
SET session_replication_role = replica;
INSERT INTO incidents (public_id, source_id, source, digest, nth, happened_at, month, time_precision, category, status,
                       location_precision, units, geom)
SELECT id, 'benchmark', source, id, 1, month, month, 'minute', category, status, 'exact', units, geom
FROM incidents_public;
SET session_replication_role = DEFAULT;
SELECT set_config('bezpeka.role', 'robot', false);
CREATE TABLE bare_exact AS SELECT * FROM incidents_exact(NULL) ORDER BY id;
CREATE INDEX ON bare_exact USING gist (geom_3857);
GRANT SELECT ON bare_exact TO bezpeka_app;
"""


def run(quick: bool) -> list[Row]:
    """Measure everything in turn, contenders one after the other in each round, and return the rows."""
    rounds, seconds, many = (1, 1.0, 8) if quick else (4, 3.0, 40)
    points = clustered_points(POINTS)
    with _database(points) as (app_url, owner_url, home):
        bands = {"z8-z13": _tiles(points, range(8, 14), many), "z14-z16": _tiles(points, range(14, 17), many)}
        with (
            ours(app_url, home, cache_mb=0) as fresh,
            ours(app_url, home, cache_mb=256) as kept,
            tipg(owner_url) as peer,
        ):
            measure = Measure(rounds, seconds)
            rows = list(_against_pgbench(measure, fresh, app_url, bands))
            rows += _against_tipg(measure, fresh, peer, bands["z14-z16"])
            rows += _items(measure, fresh, peer, points)
            rows += _cached(measure, kept, bands["z14-z16"])
        rows += _secured(measure, app_url, bands["z14-z16"])
        share = 100 * measure.generator / (os.cpu_count() or 1)
        return [*rows, Row("the load generator took, of the machine, at most", share, "%")]


class Measure:
    """Runs contenders in turn, A B A B, so that a noisy machine is noisy for all of them."""

    def __init__(self, rounds: int, seconds: float) -> None:
        self.rounds = rounds
        self.seconds = seconds
        self.generator = 0.0  # the greatest share of one processor that the load generator took

    def rates(self, *contenders: Callable[[float], float]) -> list[float]:
        """Return each contender's mean rate over the rounds, after a round that doesn't count."""
        for contender in contenders:
            contender(min(1.0, self.seconds))
        found = [[contender(self.seconds) for contender in contenders] for _ in range(self.rounds)]
        return [float(np.mean(each)) for each in zip(*found, strict=True)]

    def http(self, server: Server, paths: Sequence[str]) -> Callable[[float], float]:
        def contend(seconds: float) -> float:
            load: Load = server.load(paths, seconds)
            self.generator = max(self.generator, load.processor)
            return load.rate

        return contend


def _against_pgbench(measure: Measure, fresh: Server, url: str, bands: dict[str, list[Tile]]) -> Iterator[Row]:
    for name, tiles in bands.items():
        mine, limit = measure.rates(
            measure.http(fresh, [_path(tile) for tile in tiles]),
            partial(pgbench, url, PUBLIC_FACE, tiles),
        )
        yield Row(f"tiles {name}, uncached", mine, "tiles/s", "pgbench", limit, 0.50)


def _against_tipg(measure: Measure, fresh: Server, peer: Server, tiles: list[Tile]) -> Iterator[Row]:
    columns = [column.name for column in PUBLIC_FACE.columns if column.tile]
    theirs = [tipg_tile(tile, columns) for tile in tiles]
    for tile, path in list(zip(tiles, theirs, strict=True))[::7]:
        here, there = _features(fresh.get(_path(tile))), _features(peer.get(path))
        if here != there:
            raise RuntimeError(f"tile {tile}: {here} features here, {there} there")
    rates = measure.rates(measure.http(fresh, [_path(tile) for tile in tiles]), measure.http(peer, theirs))
    yield Row("tiles z14-z16, equal features", rates[0], "tiles/s", "tipg", rates[1], 4.0)


def _items(measure: Measure, fresh: Server, peer: Server, points: Points) -> Iterator[Row]:
    corners = points[np.random.default_rng(3).choice(len(points), 60, replace=False)]
    boxes = [f"{x - 0.02:.5f},{y - 0.015:.5f},{x + 0.02:.5f},{y + 0.015:.5f}" for x, y in corners.tolist()]
    mine = [f"/api/incidents?bbox={box}&limit=100" for box in boxes]
    theirs = [f"/collections/public.incidents_public/items?bbox={box}&limit=100&f=geojson" for box in boxes]
    rates = measure.rates(measure.http(fresh, mine), measure.http(peer, theirs))
    yield Row("pages of 100 by bbox", rates[0], "pages/s", "tipg", rates[1], 5.0)


def _cached(measure: Measure, kept: Server, tiles: list[Tile]) -> Iterator[Row]:
    # Of about the size of the static bytes: both routes then send as much.
    paths = [path for path in map(_path, tiles) if 5_000 < len(kept.get(path)) < 15_000] or [_path(tiles[0])]
    rates = measure.rates(measure.http(kept, paths), measure.http(kept, ["/static-bytes"]))
    yield Row("tiles from memory", rates[0], "tiles/s", "static bytes", rates[1], 0.80)


def _secured(measure: Measure, url: str, tiles: list[Tile]) -> Iterator[Row]:
    bare = replace(PUBLIC_FACE, relation="bare_public")
    rates = measure.rates(partial(pgbench, url, PUBLIC_FACE, tiles), partial(pgbench, url, bare, tiles))
    yield Row("public tiles under row-level security", rates[0], "tiles/s", "without", rates[1], 0.80)
    bare = replace(EXACT_FACE, relation="bare_exact", guarded=False)
    rates = measure.rates(
        partial(pgbench, url, EXACT_FACE, tiles, role="police_lead"), partial(pgbench, url, bare, tiles)
    )
    yield Row("staff's tiles by the guarded function", rates[0], "tiles/s", "without", rates[1], 0.80)


def _path(tile: Tile) -> str:
    return "/tiles/incidents/{}/{}/{}.mvt".format(*tile)


def _features(tile: bytes) -> int:
    """Return how many points lie in the tile itself: ours brings those of its margin as well, tipg does not."""
    layers = mapbox_vector_tile.decode(tile).values() if tile else ()
    places = [feature["geometry"]["coordinates"] for layer in layers for feature in layer["features"]]
    return sum(0 < x < TILE_EXTENT and 0 < y < TILE_EXTENT for x, y in places)


def _tiles(points: Points, zooms: range, many: int) -> list[Tile]:
    """Return `many` tiles of each zoom where points are, drawn as points are: dense ones likelier."""
    drawn = points[np.random.default_rng(2).choice(len(points), many * 50, replace=False)].tolist()
    found: list[Tile] = []
    for z in zooms:
        found += list(dict.fromkeys((z, *tile_at(lon, lat, z)) for lon, lat in drawn))[:many]
    np.random.default_rng(4).shuffle(found)
    return [(int(z), int(x), int(y)) for z, x, y in found]


# --- The database -----------------------------------------------------------------------------------------------------


def clustered_points(count: int) -> Points:
    """Return points around centres of unequal weight, as records lie around settlements."""
    random = np.random.default_rng(1)
    west, south, east, north = BOX
    centres = random.uniform((west, south), (east, north), (CENTRES, 2))
    chosen = random.choice(CENTRES, count, p=random.dirichlet(np.ones(CENTRES)))
    return np.asarray(centres[chosen] + random.normal(0, (0.03, 0.02), (count, 2)))


@contextmanager
def _database(points: Points) -> Iterator[tuple[str, str, Path]]:
    """Give a private PostGIS as `bezpeka up` would run it, with the points in the public's table and its twins."""
    home = Path(tempfile.mkdtemp(prefix="bezpeka-benchmark-"))
    home.chmod(0o755)
    try:
        with Cluster(home).running() as cluster:
            migrate(cluster.url("owner"))
            _fill(cluster.url("owner"), points)
            yield cluster.url("app"), cluster.url("owner"), home
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _fill(owner_url: str, points: Points) -> None:
    random = np.random.default_rng(5)
    kinds = random.integers(0, len(CATEGORIES), len(points)).tolist()
    months = random.integers(0, 24, len(points)).tolist()
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute("INSERT INTO incident_sources (id, title) VALUES ('benchmark', 'Benchmark')")
        with connection.cursor() as cursor, cursor.copy(PUBLIC_COPY) as copy:
            for (lon, lat), kind, month in zip(points.tolist(), kinds, months, strict=True):
                made, name = UUID(bytes=random.bytes(16), version=4), CATEGORIES[kind]
                day = f"{2024 + month // 12}-{month % 12 + 1:02d}-01"
                place = point_ewkb(lon, lat).hex()
                copy.write_row((made, name, name, "unknown", day, "street", [f"U{kind}"], "Benchmark", False, place))
        connection.execute(TWINS)
        connection.execute("VACUUM ANALYZE")
