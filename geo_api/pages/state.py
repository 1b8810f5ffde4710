"""Where a reader stands on the map page: the words of its address beyond the filters, and the question they make."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from layers.area import Box
from layers.query import VOCABULARY, Query, parse_query
from maps.styles import RECORDS

Words = Sequence[tuple[str, str]]

PAGE, MOST = 25, 100  # items of the list at a time
VIEWPORT = (960, 600)  # CSS pixels of the map where the device did not say: the picture's own size
WORLD = 512  # CSS pixels of the world at zoom 0
LEAST_REACH = 0.00002  # degrees, two metres: records on one point, whatever the rounding
TILE_STEPS = 4096


@dataclass(frozen=True)
class Position:
    """The middle of the map and its zoom; written zoom/lat/lon in addresses."""

    zoom: float
    lat: float
    lon: float

    def __str__(self) -> str:
        return f"{self.zoom:.2f}/{self.lat:.5f}/{self.lon:.5f}"

    @property
    def box(self) -> Box:
        """Return what a map of VIEWPORT's size shows from here."""
        wide = VIEWPORT[0] / WORLD / 2**self.zoom * 360
        high = VIEWPORT[1] / WORLD / 2**self.zoom * 360 * math.cos(math.radians(self.lat))
        west, east = max(-180.0, self.lon - wide / 2), min(180.0, self.lon + wide / 2)
        return west, max(-85.0, self.lat - high / 2), east, min(85.0, self.lat + high / 2)

    def moved(self, *, east: float = 0, north: float = 0, zoom: float = 0) -> Position:
        """Return a position further by shares of the visible box."""
        west, south, right, top = self.box
        return Position(
            min(19.0, max(4.0, self.zoom + zoom)),
            min(84.0, max(-84.0, self.lat + (top - south) * north)),
            min(179.0, max(-179.0, self.lon + (right - west) * east)),
        )


def around(box: Box) -> Position:
    """Return the position from which the whole box is seen."""
    west, south, east, north = box
    lat = (south + north) / 2
    wide = (east - west) / 360 * WORLD / VIEWPORT[0]
    high = (north - south) / 360 * WORLD / VIEWPORT[1] / math.cos(math.radians(lat))
    return Position(-math.log2(max(wide, high, 1e-9)), lat, (west + east) / 2)


@dataclass(frozen=True)
class State:
    """The map page's address, read. What it doesn't understand it leaves alone: links arrive with words of others."""

    query: Query
    about: str  # the layer of records that was asked for, or ""
    at: Position | None
    here: tuple[float, float, float] | None  # lon, lat, the zoom of the tile it was seen on
    units: str
    projector: bool
    part: bool  # only the next items of the list

    @property
    def listed(self) -> Query:
        """Return the question of the list: what the map shows, or what lies at one place."""
        box = _near(*self.here) if self.here else self.query.bbox or (self.at.box if self.at else None)
        return replace(self.query, bbox=box, limit=min(self.query.limit or PAGE, MOST))


def read_state(words: Words, timezone: ZoneInfo) -> State:
    """Read an address; raises BadInput for filters that can't be read."""
    first = dict(reversed(list(words)))
    query = parse_query([word for word in words if word[0] in VOCABULARY and word[1]], timezone)
    return State(
        query=query,
        about=first.get("layer", "") if first.get("layer", "") in RECORDS else "",
        at=_position(first.get("at", "")),
        here=_here(first.get("here", "")),
        units=first.get("units", ""),
        projector=first.get("view") == "projector",
        part="part" in first,
    )


def _numbers(text: str, separator: str, least: int) -> list[float]:
    try:
        numbers = [float(part) for part in text.split(separator)]
    except ValueError:
        return []
    return numbers if len(numbers) >= least and all(map(math.isfinite, numbers)) else []


def _position(text: str) -> Position | None:
    numbers = _numbers(text, "/", 3)
    if not numbers or not (0 <= numbers[0] <= 22 and abs(numbers[1]) <= 85 and abs(numbers[2]) <= 180):
        return None
    return Position(*numbers[:3])


def _here(text: str) -> tuple[float, float, float] | None:
    numbers = _numbers(text, ",", 2)
    if not numbers or not (abs(numbers[0]) <= 180 and abs(numbers[1]) <= 85):
        return None
    zoom = min(22.0, max(0.0, numbers[2])) if len(numbers) > 2 else 22.0
    return numbers[0], numbers[1], zoom


def _near(lon: float, lat: float, zoom: float) -> Box:
    """Return the box of one place, as exactly as a tile of that zoom could say where it is."""
    reach = max(LEAST_REACH, 2 * 360 / 2**zoom / TILE_STEPS)
    return lon - reach, lat - reach, lon + reach, lat + reach
