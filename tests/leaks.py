"""The leak scanner: looks for what must not be public in anything a server ever hands out.

A slice feeds it with its secrets (`Secrets`), tests feed it with answers: text, tiles, archives. Later slices add their
secrets and nothing else.
"""

from __future__ import annotations

import gzip
import io
import math
import re
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import mapbox_vector_tile

from layers.geometry import TILE_EXTENT, WORLD, tile_box, to_mercator

# Half a metre: public places may well stand some steps from a secret one.
DEGREES = 0.5 / 111_320
_NUMBER = re.compile(r"(?<![\w.])-?\d{1,9}[.,]\d{4,}")


@dataclass(frozen=True)
class Secrets:
    """Words that must not occur, and points (lon, lat) that no answer may place within half a metre."""

    words: frozenset[str] = frozenset()
    points: tuple[tuple[float, float], ...] = ()
    _grid: dict[tuple[int, int], list[tuple[float, float]]] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        for lon, lat in self.points:
            self._grid.setdefault(_cell(lon, lat), []).append((lon, lat))

    def __or__(self, other: Secrets) -> Secrets:
        return Secrets(self.words | other.words, self.points + other.points)

    def near(self, lon: float, lat: float, reach: float = DEGREES) -> tuple[float, float] | None:
        """Return the secret point within `reach` degrees, if there is one."""
        column, row = _cell(lon, lat)
        for x in (column - 1, column, column + 1):
            for y in (row - 1, row, row + 1):
                for secret in self._grid.get((x, y), ()):
                    if abs(secret[0] - lon) <= reach and abs(secret[1] - lat) <= reach:
                        return secret
        return None


def _cell(lon: float, lat: float) -> tuple[int, int]:
    return math.floor(lon * 5000), math.floor(lat * 5000)


def scan(body: bytes, secrets: Secrets, *, tile: tuple[int, int, int] | None = None) -> list[str]:
    """Return what leaks from one answer, whatever it is: a tile, GeoPackage, zip, gzip or text."""
    if tile is not None:
        return list(_tile(body, secrets, *tile))
    if body.startswith(b"\x1f\x8b"):
        return scan(gzip.decompress(body), secrets)
    if body.startswith(b"SQLite format 3"):
        return list(_geopackage(body, secrets))
    if body.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return [leak for name in archive.namelist() for leak in scan(archive.read(name), secrets)]
    return list(_text(body.decode("utf-8", "replace"), secrets))


def _text(text: str, secrets: Secrets) -> Iterator[str]:
    folded = text.casefold()
    yield from (f"the words {word!r}" for word in sorted(secrets.words) if word.casefold() in folded)
    numbers = [float(number.replace(",", ".")) for number in _NUMBER.findall(text)]
    for one, other in pairwise(numbers):
        for lon, lat in ((one, other), (other, one), _degrees(one, other), _degrees(other, one)):
            if secrets.near(lon, lat):
                yield f"the place {lon:.6f}, {lat:.6f}"


def _degrees(x: float, y: float) -> tuple[float, float]:
    """Read two numbers as EPSG:3857, where they may be."""
    if abs(x) > WORLD or abs(y) > WORLD:
        return 999.0, 999.0
    return x * 180 / WORLD, math.degrees(2 * math.atan(math.exp(y * math.pi / WORLD)) - math.pi / 2)


def _tile(body: bytes, secrets: Secrets, z: int, x: int, y: int) -> Iterator[str]:
    west, _, east, north = tile_box(z, x, y)
    step = (east - west) / TILE_EXTENT
    sharp = step < 1  # below that zoom a tile's own grid is coarser than any secret
    for layer in mapbox_vector_tile.decode(body, default_options={"y_coord_down": True}).values():
        for feature in layer["features"]:
            yield from _text(" ".join(map(str, feature["properties"].values())), secrets)
            if sharp and feature["geometry"]["type"] == "Point":
                column, row = feature["geometry"]["coordinates"]
                lon, lat = _degrees(west + column * step, north - row * step)
                if found := secrets.near(lon, lat, max(DEGREES, 0.6 * step * 180 / WORLD)):
                    yield f"the place {found} in tile {z}/{x}/{y}"


def _geopackage(body: bytes, secrets: Secrets) -> Iterator[str]:
    import shapely

    with tempfile.NamedTemporaryFile(suffix=".gpkg") as file:
        file.write(body)
        file.flush()
        connection = sqlite3.connect(file.name)
        names = [row[0] for row in connection.execute("SELECT table_name FROM gpkg_contents")]
        for name in names:
            for row in connection.execute(f'SELECT * FROM "{name}"'):
                for value in row:
                    if isinstance(value, bytes) and value.startswith(b"GP"):
                        for lon, lat in shapely.get_coordinates(shapely.from_wkb(_wkb(value))):
                            if secrets.near(lon, lat):
                                yield f"the place {lon:.6f}, {lat:.6f} in {name}"
                    elif value is not None:
                        yield from _text(str(value), secrets)
        connection.close()


def _wkb(blob: bytes) -> bytes:
    """Cut a GeoPackage blob's header: 8 bytes and an envelope whose size the flags give."""
    envelope = (0, 32, 48, 48, 64)[(blob[3] >> 1) & 7]
    return blob[8 + envelope :]


def tiles_around(points: Iterable[tuple[float, float]], zooms: Iterable[int]) -> set[tuple[int, int, int]]:
    """Return the tiles that hold these points, at each zoom."""
    found = set()
    for lon, lat in points:
        x, y = to_mercator(lon, lat)
        for z in zooms:
            side = 2 * WORLD / 2**z
            found.add((z, int((x + WORLD) // side), int((WORLD - y) // side)))
    return found
