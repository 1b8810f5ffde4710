"""Areas as shapely sees them: moved between coordinate systems, repaired, compared."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from shapely import Geometry, MultiPolygon, Polygon

Shapes = NDArray[np.object_]
SQUARE_KM = 1e6


@lru_cache(maxsize=32)
def _transformer(source: str | int, target: str | int) -> pyproj.Transformer | None:
    if pyproj.CRS(source) == pyproj.CRS(target):
        return None
    return pyproj.Transformer.from_crs(source, target, always_xy=True)


def project(shapes: Shapes, source: str | int, target: str | int) -> Shapes:
    """Return flat geometries moved from one CRS to another (an EPSG number or any text PROJ reads), x or east first.

    Coordinates outside the target's domain become infinite, as in PROJ. Raises pyproj's CRSError for an unknown CRS.
    """
    transformer = _transformer(source, target)
    flat = shapely.force_2d(shapes)
    if transformer is None:
        return np.asarray(flat, dtype=object)

    def move(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(transformer.transform(xy[:, 0], xy[:, 1]))

    return np.asarray(shapely.transform(flat, move), dtype=object)


def polygons_of(shape: Geometry | None) -> MultiPolygon:
    """Return the areal part of any geometry as one multipolygon; empty when it has none."""
    found: list[Polygon] = []
    waiting = [] if shape is None else [shape]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Polygon):
            found += [] if part.is_empty else [part]
        elif hasattr(part, "geoms"):
            waiting += reversed(part.geoms)
    return MultiPolygon(found)


def repair(shape: Geometry) -> MultiPolygon:
    """Return a valid multipolygon of the same area, empty when nothing areal is left (GEOS make_valid, structure)."""
    whole = shape if shape.is_valid else shapely.make_valid(shape, method="structure", keep_collapsed=False)
    return polygons_of(whole)


def clip(shapes: Shapes, ground: Geometry, *, grid: float) -> Shapes:
    """Return the areal part of each polygon within a ground, all corners on one grid, so that neighbours stay such."""
    cut = np.array(shapes, dtype=object)
    shapely.prepare(ground)
    inside = shapely.contains_properly(ground, cut)
    cut[inside] = shapely.set_precision(cut[inside], grid)
    cut[~inside] = [polygons_of(part) for part in shapely.intersection(cut[~inside], ground, grid_size=grid)]
    return cut


def iou(one: Geometry, other: Geometry) -> float:
    """Return the intersection over union of two areas in one metric CRS: 1 when equal, 0 when apart."""
    union = one.union(other).area
    return float(one.intersection(other).area / union) if union else 0.0
