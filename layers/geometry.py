"""Coordinate systems, tiles and the binary geometry that COPY takes."""

from __future__ import annotations

import math
import struct

WGS84 = 4326
MERCATOR = 3857
WORLD = 20037508.342789244  # half the side of the square of EPSG:3857, in metres
TILE_EXTENT = 4096
TILE_BUFFER = 64

TileBox = tuple[float, float, float, float]  # west, south, east, north in EPSG:3857


def tile_box(z: int, x: int, y: int) -> TileBox:
    """Return a tile's box in EPSG:3857."""
    side = 2 * WORLD / 2**z
    return (-WORLD + x * side, WORLD - (y + 1) * side, -WORLD + (x + 1) * side, WORLD - y * side)


def to_mercator(lon: float, lat: float) -> tuple[float, float]:
    """Return EPSG:3857 metres of a point in EPSG:4326 degrees."""
    return lon * WORLD / 180, math.log(math.tan((90 + lat) * math.pi / 360)) * WORLD / math.pi


def tile_at(lon: float, lat: float, z: int) -> tuple[int, int]:
    """Return the x and y of the tile of zoom `z` that holds a point in EPSG:4326."""
    x, y = to_mercator(lon, lat)
    side = 2 * WORLD / 2**z
    return int((x + WORLD) // side), int((WORLD - y) // side)


def point_ewkb(lon: float, lat: float, srid: int = WGS84) -> bytes:
    """Return a point as EWKB, for binary COPY."""
    return struct.pack("<BIIdd", 1, 0x20000001, srid, lon, lat)
