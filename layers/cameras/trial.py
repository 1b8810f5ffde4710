"""Move or turn one camera of a plan and see the new numbers at once: only its own row of the coverage is made anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np

from layers.cameras import drawing, optics
from layers.cameras.coverage import Floats, Matrix, best_density, matrix, shares
from layers.cameras.gathering import Town
from layers.cameras.planning import COUNTED, Settings, intrusion_of, looking
from layers.cameras.rules import Camera, check_site
from layers.errors import BadInput
from layers.text import N_


class Trial:
    """A plan held ready: its town, its cameras, and what they see. One thread at a time may ask it."""

    def __init__(self, town: Town, cameras: Sequence[Camera], settings: Settings, srid: int) -> None:
        self.town, self.cameras, self.settings, self.srid = town, tuple(cameras), settings, srid
        self.levels = optics.profile(settings.profile).levels
        self.least = min(level.px_per_m for level in self.levels)
        self.seen = matrix(town.ground.walls, looking(self.cameras, self.least), town.ground.demand.xy)
        self.others = lru_cache(maxsize=4)(self._others)
        self.intrusions = [intrusion_of(town.ground, camera) for camera in self.cameras]

    def _others(self, at: int) -> tuple[Floats, Floats]:
        """Return the best density by day and at night of all cameras but one."""
        rest = np.delete(np.arange(len(self.cameras)), at)
        seen = self.seen.take(rest)
        one = [self.cameras[each].density_at_1_m for each in rest]
        return best_density(seen, one), best_density(seen, one, [self.cameras[each].ir_m for each in rest])

    def turned(self, at: int, **changes: Any) -> Camera:
        """Return a camera of the plan changed (x, y, bearing, height, tilt), if it can be; raises BadInput."""
        camera = self.cameras[at]
        if camera.locked:
            raise BadInput(N_("This camera stands already: a plan can't move it."))
        moved = replace(camera, **changes)
        check_site(
            mount=moved.mount, height=moved.height, bearing=moved.bearing, tilt=moved.tilt,
            hfov=moved.hfov,
        )  # fmt: skip
        if self.town.forbids(moved.x, moved.y):
            raise BadInput(N_("No camera may stand here: the place lies in a zone that is closed to cameras."))
        return moved

    def score(self, at: int, moved: Camera) -> dict[str, Any]:
        """Return the numbers of the plan with one camera as given, and that camera's views by level."""
        ground, demand = self.town.ground, self.town.ground.demand
        view = drawing.views(ground, moved, self.settings.profile, self.srid)
        row = matrix(ground.walls, looking([moved], self.least), demand.xy, threads=1)
        day, night = (values.copy() for values in self.others(at))
        _raise(day, row, moved, np.inf)
        _raise(night, row, moved, moved.ir_m)
        wanted = self.settings.density
        levels = [level.px_per_m for level in self.levels]
        by_day, by_night = shares(day, demand.weight, levels), shares(night, demand.weight, levels)
        m2, facade = intrusion_of(ground, moved)
        old_m2, old_facade = self.intrusions[at]
        return {
            "share": shares(day, demand.weight, [wanted])[0],
            "night_share": shares(night, demand.weight, [wanted])[0],
            "levels": [
                {"code": level.code, "day": one, "night": other}
                for level, one, other in zip(self.levels, by_day, by_night, strict=True)
            ],
            "counts": {
                kind: float(demand.counts()[demand.of(kind) & (day >= wanted)].sum())
                for kind in COUNTED
                if demand.of(kind).any()
            },
            "camera": {"private_m2": m2, "facade_m": facade},
            "private_m2": sum(each for each, _ in self.intrusions) - old_m2 + m2,
            "facade_m": sum(each for _, each in self.intrusions) - old_facade + facade,
            "views": view,
        }


def _raise(best: Floats, row: Matrix, camera: Camera, reach: float) -> None:
    """Let a camera's row raise the best densities, as far as it reaches."""
    near = row.metres <= reach
    density = camera.density_at_1_m / np.maximum(row.metres[near], 0.01)
    points = row.indices[near]
    best[points] = np.maximum(best[points], density)


def with_moves(cameras: Sequence[Camera], moves: Mapping[int, Camera]) -> list[Camera]:
    """Return the cameras of a plan with some of them as they were moved; those are new sites."""
    return [replace(moves[at], ref="") if at in moves else camera for at, camera in enumerate(cameras)]
