"""What the page of a plan draws: each camera's view by level, by day and night, and the points of the demand.

It is made with the plan and kept beside it, so that a page shows what the numbers were counted on. Degrees (EPSG:4326).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely

from layers.cameras import optics
from layers.cameras.coverage import best_density, matrix
from layers.cameras.isovist import isovist
from layers.cameras.planning import FARTHEST_M, Ground, looking
from layers.cameras.rules import Camera
from layers.geometry import WGS84
from layers.shapes import project

FINE = 6  # decimals of a degree: a decimetre
LEAST_NEAR_M = 0.5
COARSE_M = 50.0  # where a report or an incident is drawn: in the middle of a cell of this side
COARSE_KINDS = ("problem", "incident")


def draw(ground: Ground, looked: Sequence[Camera], standard: str, srid: int) -> dict[str, Any]:
    """Return the drawing of a plan as JSON: views of each camera, points with the best level that sees each."""
    return {
        "views": [views(ground, camera, standard, srid) for camera in looked],
        "points": points(ground, looked, standard, srid),
    }


def views(ground: Ground, camera: Camera, standard: str, srid: int) -> dict[str, list[Any]]:
    """Return a camera's views as GeoJSON geometries, one a level of the standard, by day and at night; None for none.

    A night that reaches as far as the day is drawn as the day, and is not repeated: its entry is 0.
    """
    found: dict[str, list[Any]] = {"day": [], "night": []}
    for level in optics.profile(standard).levels:
        day = _reach(camera, level.px_per_m)
        night = min(day, camera.ir_m)
        found["day"].append(_view(ground, camera, day, srid))
        found["night"].append(0 if night == day else _view(ground, camera, night, srid))
    return found


def _reach(camera: Camera, density: float) -> float:
    far = min(camera.density_at_1_m / density, camera.reach_limits[1], FARTHEST_M)
    return 0.0 if camera.off else far


def _view(ground: Ground, camera: Camera, reach: float, srid: int) -> Any:
    near = camera.reach_limits[0]
    if reach <= near:
        return None
    seen: shapely.Geometry = isovist(
        ground.walls, camera.x, camera.y, radius=reach, height=camera.height, bearing=camera.bearing, hfov=camera.hfov
    ).polygon()
    if near > LEAST_NEAR_M:
        seen = seen.difference(shapely.Point(camera.x, camera.y).buffer(near))
    if seen.is_empty:
        return None
    [moved] = project(np.array([shapely.simplify(seen, 0.15)], dtype=object), srid, WGS84)
    return _rounded(shapely.geometry.mapping(moved))


def _rounded(geometry: Any) -> dict[str, Any]:
    def fine(value: Any) -> Any:
        return round(value, FINE) if isinstance(value, float) else [fine(one) for one in value]

    return {"type": geometry["type"], "coordinates": fine(geometry["coordinates"])}


def points(ground: Ground, looked: Sequence[Camera], standard: str, srid: int) -> dict[str, Any]:
    """Return the demand as columns: place, kind, weight, and how many levels see each point by day and at night.

    Whoever may read a plan may not read where somebody reported from: those points are drawn in the middle of a cell.
    """
    demand = ground.demand
    if not len(demand):
        return {"kinds": list(demand.kinds), "lon": [], "lat": [], "kind": [], "weight": [], "day": [], "night": []}
    levels = np.array([level.px_per_m for level in optics.profile(standard).levels])
    seen = matrix(ground.walls, looking(looked, float(levels.min())), demand.xy)
    one = [camera.density_at_1_m for camera in looked]
    by_day, by_night = best_density(seen, one), best_density(seen, one, [camera.ir_m for camera in looked])
    coarse = np.zeros(len(demand), dtype=bool)
    for kind in COARSE_KINDS:
        coarse |= demand.of(kind)
    shown = np.where(coarse[:, None], (np.floor(demand.xy / COARSE_M) + 0.5) * COARSE_M, demand.xy)
    placed = shapely.get_coordinates(project(shapely.points(shown), srid, WGS84))
    return {
        "kinds": list(demand.kinds),
        "lon": [round(value, FINE) for value in placed[:, 0].tolist()],
        "lat": [round(value, FINE) for value in placed[:, 1].tolist()],
        "kind": demand.kind.tolist(),
        "weight": [round(value, 4) for value in demand.weight.tolist()],
        "day": np.searchsorted(levels, by_day, side="right").tolist(),
        "night": np.searchsorted(levels, by_night, side="right").tolist(),
    }
