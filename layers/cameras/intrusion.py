"""What a camera sees of private life: private ground in sight, and façades of homes near enough to know a face in.

Private ground is what lies within YARD_M of a home, outside buildings, streets and public places: most yards are on no
map, so it is an estimate on the safe side. All coordinates are metres in a projected CRS.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.cameras.coverage import Cameras, Floats
from layers.cameras.demand import over_area
from layers.cameras.isovist import View, Walls, isovist

YARD_M = 15.0
SAMPLE_M = 5.0
FACE_PX_PER_M = 125.0  # at which a face at a window would be recognised (DORI)
STREET_HALF_M = {"primary": 10.0, "secondary": 9.0, "tertiary": 8.0, "residential": 6.0, "service": 4.0}
OTHER_HALF_M = 5.0


@dataclass(frozen=True)
class Private:
    """Private ground as polygons to cut by and points to estimate by (each for SAMPLE_M squared)."""

    parts: NDArray[np.object_]
    tree: shapely.STRtree
    points: Floats

    @property
    def m2_a_point(self) -> float:
        return SAMPLE_M**2


def private_ground(
    homes: Sequence[Any],
    buildings: Sequence[Any],
    roads: Sequence[tuple[Any, str]] = (),
    public: Sequence[Any] = (),
) -> Private:
    """Return the ground around homes that is neither built on, nor street (lines with their class), nor public."""
    if not len(homes):
        return Private(np.empty(0, dtype=object), shapely.STRtree([]), np.empty((0, 2)))
    around = shapely.union_all(shapely.buffer(np.asarray(homes, dtype=object), YARD_M, quad_segs=2))
    streets = [
        line.buffer(STREET_HALF_M.get(kind.removesuffix("_link"), OTHER_HALF_M), quad_segs=2) for line, kind in roads
    ]
    taken = shapely.union_all(np.array([*buildings, *streets, *public], dtype=object))
    parts = shapely.get_parts(around.difference(taken))
    parts = parts[shapely.area(parts) > 1]
    points = [over_area(part, SAMPLE_M) for part in parts] or [np.empty((0, 2))]
    return Private(parts, shapely.STRtree(parts), np.concatenate(points))


def private_m2(view: View, private: Private) -> float:
    """Return the private ground that a view holds, in square metres."""
    seen = view.polygon()
    near = private.parts[private.tree.query(seen)] if len(private.parts) else private.parts
    return float(shapely.area(shapely.intersection(near, seen)).sum())


def facade_m(around: Walls, homes: NDArray[np.bool_], view: View) -> float:
    """Return how many metres of homes' walls end a view; `homes` is a flag a building, as they were given to `walls`.

    Ask it of a view whose radius is where FACE_PX_PER_M ends.
    """
    walls, metres = view.facades
    return float(metres[homes[around.owner[walls]]].sum())


def of_camera(
    around: Walls, homes: NDArray[np.bool_], private: Private, looking: Cameras, at: int, face_m: float
) -> tuple[float, float]:
    """Return (private m², façade m) of one camera, whose picture knows faces up to `face_m` metres."""
    x, y = looking.xy[at]
    turned = {
        "height": float(looking.height[at]),
        "bearing": float(looking.bearing[at]),
        "hfov": float(looking.hfov[at]),
    }
    view = isovist(around, x, y, radius=float(looking.far[at]), **turned)
    near = isovist(around, x, y, radius=min(face_m, float(looking.far[at])), **turned) if face_m > 0 else None
    return private_m2(view, private), facade_m(around, homes, near) if near is not None else 0.0
