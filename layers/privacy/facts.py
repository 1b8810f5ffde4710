"""What snap points are made from: units, streets, public places and buildings, as loaded (EPSG:4326, x first)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Geometry

from layers.layer import Title

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Shapes = NDArray[np.object_]


@dataclass(frozen=True)
class Region:
    """What no catchment reaches out of: a hromada (kind `hromada`), or what no hromada covers (kind `cell`).

    The kind is that of its points where nothing finer may be shown.
    """

    code: str
    kind: str
    title: Title
    limits: Geometry
    centre: Geometry | None = None


@dataclass(frozen=True)
class Town:
    """A city or town, large enough to be named by itself."""

    code: str
    title: Title
    limits: Geometry
    centre: Geometry


@dataclass(frozen=True)
class Street:
    """A line of a street; lines of one `key` are one street. `lived` says that people live on it."""

    key: str
    title: Title
    lived: bool
    line: Geometry


@dataclass(frozen=True)
class Landmark:
    """A public place whose own point may be shown; `rank` says how strongly it stays (rules.PLACES)."""

    title: Title
    rank: int
    point: Geometry


@dataclass(frozen=True)
class Facts:
    """Everything a list of snap points follows from. `homes` are n x 2, a point for each of some of the buildings."""

    regions: tuple[Region, ...]
    towns: tuple[Town, ...]
    streets: tuple[Street, ...]
    places: tuple[Landmark, ...]
    buildings: Shapes
    homes: Floats


@dataclass(frozen=True)
class Lived:
    """Where people live within a region, in metres: what counts, and what merely says that a place is not empty."""

    homes: Floats  # n x 2: a point for each, of which eight make a catchment
    buildings: Shapes  # outlines of all buildings in or near the region, homes and others
    signs: Floats  # m x 2: middles of streets that people live on, as not every house is in every map


@dataclass(frozen=True)
class SnapPoint:
    """A point of a list, and the ground whose reports are shown at it."""

    kind: str
    title: Title
    region: str
    point: Geometry
    catchment: Geometry


def fingerprint(facts: Facts) -> str:
    """Return a hash of the facts that doesn't depend on their order."""
    rows: list[Iterable[tuple[bytes, ...]]] = [
        [_row(r.limits, r.centre, r.code, r.kind, r.title) for r in facts.regions],
        [_row(t.limits, t.centre, t.code, t.title) for t in facts.towns],
        [_row(s.line, None, s.key, s.title, s.lived) for s in facts.streets],
        [_row(p.point, None, p.rank, p.title) for p in facts.places],
        [(wkb,) for wkb in shapely.to_wkb(facts.buildings)],
        [(home.tobytes(),) for home in facts.homes],
    ]
    digest = hashlib.sha256()
    for kind in rows:
        for row in sorted(kind):
            digest.update(b"\0".join(row) + b"\n")
        digest.update(b"\n\n")
    return digest.hexdigest()


def _row(shape: Geometry, other: Geometry | None, *words: object) -> tuple[bytes, ...]:
    shapes = (each.wkb if each is not None else b"" for each in (shape, other))
    return (*shapes, *(repr(word).encode() for word in words))
