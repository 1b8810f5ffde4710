"""Where an exact place may be shown: one rule, the same answer every time.

No chance is in it: a random shift can be undone by averaging records of one place, and a point drawn anew at each load
by comparing loads. A record of a city or town goes to its centre, one of a village to the centre of its hromada, one
without a known unit to the centre of a 1 km cell. What arrives generalised stays where it arrived.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pyproj import Transformer

from layers.geometry import WGS84
from layers.privacy.rules import FINE_UNITS, HROMADAS, SETTLEMENTS, TOWNS

Point = tuple[float, float]  # longitude, latitude
Floats = NDArray[np.float64]

AS_ARRIVED = frozenset({"snapped", "street", "settlement"})
CELL = 1000.0  # metres


@dataclass(frozen=True)
class Unit:
    """What the rule needs to know of a unit; `centre` is its settlement point or centre."""

    code: str
    system: str
    kind: str
    centre: Point | None


@dataclass(frozen=True)
class Shown:
    """A place that may be shown, and how precise it is: settlement, hromada or cell."""

    point: Point
    precision: str


def centre_of(codes: Iterable[str], units: Mapping[str, Unit]) -> Shown | None:
    """Return where an exact place within these units is shown, or None when no unit says so."""
    by_system = {units[code].system: units[code] for code in codes if code in units}
    settlement, hromada = by_system.get(SETTLEMENTS), by_system.get(HROMADAS)
    if settlement and settlement.centre and settlement.kind.casefold() in TOWNS:
        return Shown(settlement.centre, "settlement")
    if hromada and hromada.centre:
        return Shown(hromada.centre, "hromada")
    return None


def cell_centres(lon: Floats, lat: Floats, *, srid: int) -> tuple[Floats, Floats]:
    """Return the centres, in degrees, of the 1 km cells of a metric CRS that hold these points."""
    metric = Transformer.from_crs(WGS84, srid, always_xy=True)
    x, y = metric.transform(lon, lat)
    middle = CELL / 2
    found = metric.transform(
        np.floor(x / CELL) * CELL + middle, np.floor(y / CELL) * CELL + middle, direction="INVERSE"
    )
    return np.asarray(found[0]), np.asarray(found[1])


def coarse(codes: Iterable[str], units: Mapping[str, Unit]) -> list[str]:
    """Return the codes that may stand beside a generalised place."""
    return [code for code in codes if code in units and units[code].system not in FINE_UNITS]
