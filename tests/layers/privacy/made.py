"""Streets and houses made by hand, in metres for what is pure and in degrees for what is loaded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import count

import numpy as np
import shapely
from shapely import LineString, MultiPolygon, Point, box

from layers.places.facts import Building, Facts, Place, Road
from layers.privacy.facts import Floats, Lived
from layers.text import transliterate

EAST, NORTH = 1 / 71_700, 1 / 111_200  # degrees of a metre at 50 degrees north
_numbers = count(1)


def lived(homes: Iterable[tuple[float, float]], *, others: Iterable[tuple[float, float]] = (), signs=()) -> Lived:
    """Return homes and other buildings of 10 by 10 m around points, and signs of life, in metres."""
    at, else_at = np.array(list(homes), float).reshape(-1, 2), np.array(list(others), float).reshape(-1, 2)
    corner = np.concatenate([at, else_at])
    outlines = shapely.box(corner[:, 0] - 5, corner[:, 1] - 5, corner[:, 0] + 5, corner[:, 1] + 5)
    return Lived(at, np.asarray(outlines, dtype=object), np.array(list(signs), float).reshape(-1, 2))


def random_town(seed: int, *, homes: int, candidates: int, side: float = 2000) -> tuple[Floats, np.ndarray, Lived]:
    """Return candidates, their ranks and who lives there: villages of houses strewn over a square from (0, 0)."""
    random = np.random.default_rng(seed)
    centres = random.uniform(0.1 * side, 0.9 * side, (max(1, homes // 150), 2))

    def strewn(number: int, spread: float) -> Floats:
        points = centres[random.integers(0, len(centres), number)] + random.normal(0, spread, (number, 2))
        return np.clip(points, 1, side - 1).round(2)

    streets, places = strewn(candidates * 3 // 4, side / 12), random.uniform(1, side - 1, (candidates // 4, 2))
    rank = np.concatenate([np.zeros(len(streets), int), random.integers(1, 3, len(places))])
    town = lived(strewn(homes, side / 15), others=strewn(homes // 5, side / 12), signs=streets)
    return np.concatenate([streets, places]), rank, town


def house(lon: float, lat: float, kind: str = "house", number: str | None = None) -> Building:
    """Return a building of 10 by 10 m around a point."""
    east, north = 5 * EAST, 5 * NORTH
    outline = MultiPolygon([box(lon - east, lat - north, lon + east, lat + north)])
    return Building(f"way/{next(_numbers)}", kind, None, None, None, number, None, None, None, outline)


def street(name: str | None, *corners: tuple[float, float], kind: str = "residential", ref: str | None = None) -> Road:
    first = next(_numbers) * 100
    nodes = np.arange(first, first + len(corners))
    latin = transliterate(name) if name else None
    line = LineString(corners)
    return Road(
        f"way/{first}", kind, name, latin, ref, 0, True, True, False, False, None, None, line, nodes
    )  # fmt: skip


def place(kind: str, name: str | None, lon: float, lat: float) -> Place:
    return Place(f"node/{next(_numbers)}", kind, name, None, None, None, Point(lon, lat))


def moved(lon: float, lat: float, east: float, north: float) -> tuple[float, float]:
    """Return the point that many metres away."""
    return lon + east * EAST, lat + north * NORTH


def houses(lon: float, lat: float, number: int, *, apart: float = 25) -> list[Building]:
    """Return houses in a row to the east, the first at the point."""
    return [house(*moved(lon, lat, apart * index, 0)) for index in range(number)]


def quarter(lon: float, lat: float, name: str, *, streets: int = 4, metres: float = 400) -> Facts:
    """Return streets of so many metres to the east of a point, 80 m from each other, with houses on both sides."""
    found = Facts()
    for row in range(streets):
        ends = (moved(lon, lat, 0, 80 * row), moved(lon, lat, metres, 80 * row))
        found.roads.append(street(f"вулиця {name} {row + 1}", *ends))
        for side in (-20, 20):
            found.buildings += houses(*moved(lon, lat, 12, 80 * row + side), int(metres // 25))
    return found


def together(*parts: Facts) -> Facts:
    whole = Facts()
    for part in parts:
        whole = replace(
            whole,
            roads=whole.roads + part.roads,
            buildings=whole.buildings + part.buildings,
            places=whole.places + part.places,
        )
    return whole
