"""`python -m layers.cameras.warm` compiles what a trial needs, in a process of its own: it takes most of a minute.

A server that did it itself would keep everybody else waiting. What is compiled lies in NUMBA_CACHE_DIR for the next.
"""

from __future__ import annotations

import numpy as np
import shapely

from layers.cameras.coverage import best_density, cameras, matrix
from layers.cameras.isovist import isovist, walls


def compile_all() -> None:
    """Look once over a low house and behind a tall one."""
    around = walls([shapely.box(10, -5, 20, 5), shapely.box(-20, -5, -10, 5)], [3.0, 9.0])
    view = isovist(around, 0.0, 0.0, radius=40.0, height=6.0, bearing=90.0, hfov=60.0)
    view.polygon()
    looking = cameras([(0.0, 0.0)], height=6.0, bearing=90.0, hfov=60.0, far=40.0, near=2.0)
    seen = matrix(around, looking, np.array([(5.0, 0.0), (30.0, 0.0)]), threads=1)
    best_density(seen, [1000.0])


if __name__ == "__main__":
    compile_all()
