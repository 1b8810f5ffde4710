"""Small towns of records for the tests of patrols; metres in a made-up CRS."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import shapely

from layers.patrols.records import Records, records
from layers.places.graph import Graph, build_graph

NOW = date(2026, 11, 1)
TOWN = shapely.box(0, 0, 1000, 1000)
CATEGORIES = ("theft", "violence", "lighting")


def town(*places: tuple[float, float, int], days_ago: Any = None, **given: Any) -> Records:
    """Return records at places (x, y, how many of them), spread evenly over the year before NOW."""
    xy = np.concatenate([np.tile([x, y], (count, 1)) for x, y, count in places])
    ago = np.linspace(1, 360, len(xy)).astype(int) if days_ago is None else np.asarray(days_ago)
    return records(xy, np.datetime64(NOW) - ago, categories=CATEGORIES, **given)


def cross() -> Graph:
    """Return four streets of 500 m that meet in the middle of the town: to the east, north, west and south."""
    ends = np.array([(1000.0, 500.0), (500.0, 1000.0), (0.0, 500.0), (500.0, 0.0)])
    xy = np.vstack([[500.0, 500.0], ends])
    lines = [shapely.LineString([xy[0], end]) for end in ends]
    names = np.array(["east", "north", "west", "south"], dtype=object)
    between = np.array([(0, at) for at in range(1, 5)])
    return build_graph(np.arange(5), xy, names, between, np.full(4, 500.0), np.ones((4, 3), bool), lines)
