"""Facts made by hand for the tests of this slice: a small town of a few streets."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from shapely import LineString, MultiPolygon, Point, box

from layers.places.facts import Building, Facts, Ground, Place, Restricted, Road
from layers.text import transliterate

CORNERS = {1: (36.50, 49.50), 2: (36.51, 49.50), 3: (36.52, 49.50), 4: (36.51, 49.51), 5: (36.51, 49.49)}


def road(identity: str, *nodes: int, name: str | None = None, **changes: Any) -> Road:
    line = LineString([CORNERS[node] for node in nodes])
    made = Road(
        identity,
        "residential",
        name,
        transliterate(name or "") or None,
        None,
        0,
        True,
        True,
        False,
        False,
        None,
        None,
        line,
        np.array(nodes),
    )
    return replace(made, **changes)


def building(identity: str, west: float, south: float) -> Building:
    outline = MultiPolygon([box(west, south, west + 0.0002, south + 0.0001)])
    return Building(identity, "house", None, None, None, None, 2, 6, "levels", outline)


def place(identity: str, kind: str, name: str | None, lon: float, lat: float) -> Place:
    return Place(identity, kind, name, None, None, None, Point(lon, lat))


def camera(identity: str, lon: float, lat: float) -> Restricted:
    return Restricted(identity, "camera", None, 0, "dome", "pole", 5, "town", Point(lon, lat))


def town() -> Facts:
    return Facts(
        roads=[road("way/1", 1, 2, 3, name="вулиця Музейна"), road("way/2", 5, 2, 4, name="провулок Тихий", oneway=1)],
        buildings=[building("way/10", 36.5001, 49.5001), building("way/11", 36.5101, 49.5001)],
        water=[Ground("way/20", "stream", "Уди", None, LineString([(36.5, 49.48), (36.52, 49.48)]))],
        landuse=[Ground("way/30", "park", "Парк", None, MultiPolygon([box(36.515, 49.505, 36.516, 49.506)]))],
        places=[
            place("node/40", "school", "Школа № 1", 36.505, 49.505),
            place("node/41", "lamp", None, 36.51, 49.5001),
        ],
        restricted=[camera("node/50", 36.5123456, 49.5012345)],
    )
