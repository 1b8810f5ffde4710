"""A camera of a plan moved or turned: how long the new numbers take on the server, beside counting the whole anew."""

from __future__ import annotations

import time

import numpy as np

from benchmarks.rows import Row
from benchmarks.town import town
from layers.cameras import candidates, demand, intrusion, planning
from layers.cameras.gathering import Town
from layers.cameras.isovist import walls
from layers.cameras.planning import Ground, Settings
from layers.cameras.rules import Camera
from layers.cameras.trial import Trial

TITLE = "One of 50 cameras moved or turned in a town of 10,000 buildings and 20,000 points"
CAMERAS, UTM = 50, 32637


def run(quick: bool) -> list[Row]:
    """Compiled code is warm: a first camera is tried before the clock starts."""
    tried = _ready(CAMERAS)
    rng, took = np.random.default_rng(1), []
    tried.score(0, tried.cameras[0])
    for turn in range(20 if quick else 200):
        at = turn % CAMERAS
        moved = tried.turned(at, bearing=float(rng.uniform(0, 360)), x=tried.cameras[at].x + float(rng.uniform(-2, 2)))
        if tried.town.ground.walls.inside(np.array([[moved.x, moved.y]]))[0]:
            continue
        began = time.perf_counter()
        tried.score(at, moved)
        took.append(time.perf_counter() - began)
    began = time.perf_counter()
    planning.score(tried.town.ground, tried.cameras, tried.settings)
    whole = time.perf_counter() - began
    asked = "asked"
    return [
        Row("one camera, median", 1000 * float(np.median(took)), "ms", asked, 100.0, 1.0, lower=True),
        Row(
            "one camera, slowest of a hundred",
            1000 * float(np.quantile(took, 0.99)),
            "ms",
            asked,
            100.0,
            1.0,
            lower=True,
        ),
        Row("one camera, median", 1000 * float(np.median(took)), "ms", "the whole plan anew", 1000 * whole),
    ]


def _ready(count: int) -> Trial:
    made = town(1, mounts=400, points=20_000)
    around, homes = walls(made.buildings, made.heights), np.ones(len(made.buildings), dtype=bool)
    asked = demand.gather({"stop": (made.points, made.weights)}, {"stop": 1.0})
    private = intrusion.private_ground(list(made.buildings), list(made.buildings))
    ground = Ground(made.buildings, made.heights, homes, around, asked, private)
    free = made.mounts[~around.inside(made.mounts)][:count]
    looked = [Camera(x, y, 6.0, 45.0 * n % 360, 66.0, 2560, 1440, 40.0) for n, (x, y) in enumerate(free.tolist())]
    nowhere = candidates.Mounts(np.empty((0, 2)), np.empty(0, np.int64), np.empty(0), np.empty(0))
    return Trial(Town(ground, nowhere, "", {}), looked, Settings(count=count), UTM)
