"""What is worth seeing: weighted points of several kinds. A round table edits the weights; nothing here is secret.

All coordinates are metres in a projected CRS.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from layers.cameras.coverage import Floats, Ints
from layers.errors import BadInput
from layers.layer import Title
from layers.text import N_

HALF_LIFE_DAYS = 180.0  # a report of half a year ago counts half
AREA_STEP_M = 10.0
APPROACH_M = 100.0  # of a school
M2_A_PERSON = 25.0  # of floor: with storeys and footprint it says how many live in a house nobody has counted


@dataclass(frozen=True)
class Kind:
    """One kind of demand: what it is called, what one of it weighs, and what that is based on."""

    code: str
    title: Title
    weight: float
    unit: Title


KINDS: dict[str, Kind] = {
    kind.code: kind
    for kind in (
        Kind("problem", Title("Підтверджені повідомлення", "Confirmed reports"), 5.0,
             Title("за одне; давніші й менш тяжкі — менше", "each; older and less severe ones less")),
        Kind("incident", Title("Події", "Incidents"), 1.0, Title("за одну; давніші — менше", "each; older ones less")),
        Kind("school", Title("Школи й садочки, підходи до них", "Schools, kindergartens and their approaches"), 10.0,
             Title("за заклад, на його підходах у межах 100 м", "each, on its approaches within 100 m")),
        Kind("crossing", Title("Пішохідні переходи", "Pedestrian crossings"), 2.0, Title("за один", "each")),
        Kind("stop", Title("Зупинки", "Public transport stops"), 2.0, Title("за одну", "each")),
        Kind("underpass", Title("Підземні переходи", "Underpasses"), 4.0, Title("за один", "each")),
        Kind("park", Title("Парки й майданчики", "Parks and playgrounds"), 4.0,
             Title("за місце", "each place")),
        Kind("entrance", Title("Входи до будівель", "Building entrances"), 0.2, Title("за один", "each")),
        Kind("resident", Title("Мешканці", "Residents"), 0.02,
             Title("за людину, біля її будинку", "each, by their house")),
    )
}  # fmt: skip


@dataclass(frozen=True)
class Demand:
    """n points: where, how much each weighs, of which kind (an index into `kinds`) and unit (into `units`)."""

    xy: Floats
    weight: Floats
    kind: Ints
    unit: Ints
    kinds: tuple[str, ...] = tuple(KINDS)
    units: tuple[str, ...] = ("",)
    amount: Floats | None = None  # what each point counts as of its kind: persons, or 1 a place

    def __len__(self) -> int:
        return len(self.weight)

    @property
    def total(self) -> float:
        return float(self.weight.sum())

    def of(self, kind: str) -> NDArray[np.bool_]:
        """Return which points are of a kind."""
        return np.asarray(self.kind == self.kinds.index(kind))

    def counts(self) -> Floats:
        """Return what each point counts as of its kind."""
        return np.ones(len(self)) if self.amount is None else self.amount


def check_weights(weights: Mapping[str, float]) -> dict[str, float]:
    """Return a weight for every kind, defaults where none is given; raises BadInput."""
    unknown = set(weights) - set(KINDS)
    if unknown:
        raise BadInput(N_("There is no demand of the kind “{kind}”."), kind=min(unknown))
    merged = {code: float(weights.get(code, kind.weight)) for code, kind in KINDS.items()}
    for code, weight in merged.items():
        if not 0 <= weight <= 1000:
            raise BadInput(
                N_("The weight of “{kind}” must be between 0 and 1000, not {weight}."), kind=code, weight=weight
            )
    return merged


def gather(parts: Mapping[str, tuple[ArrayLike, ArrayLike]], weights: Mapping[str, float]) -> Demand:
    """Return demand from kind -> (points n x 2, amounts n): each weighs its amount times its kind's weight.

    Points that weigh nothing are left out. Raises BadInput for unknown kinds and weights out of range.
    """
    by_kind = check_weights(weights)
    xy, weight, kind, amount = [], [], [], []
    for at, code in enumerate(KINDS):
        if code not in parts:
            continue
        points = np.asarray(parts[code][0], dtype=float).reshape(-1, 2)
        amounts = np.broadcast_to(np.asarray(parts[code][1], dtype=float), len(points))
        kept = amounts * by_kind[code] > 0
        xy.append(points[kept])
        weight.append(amounts[kept] * by_kind[code])
        amount.append(amounts[kept])
        kind.append(np.full(int(kept.sum()), at))
    if not xy:
        return Demand(np.empty((0, 2)), np.empty(0), np.empty(0, np.int64), np.empty(0, np.int64), amount=np.empty(0))
    count = sum(map(len, weight))
    return Demand(
        np.concatenate(xy), np.concatenate(weight), np.concatenate(kind), np.zeros(count, np.int64),
        amount=np.concatenate(amount),
    )  # fmt: skip


def in_units(demand: Demand, codes: Sequence[str], limits: Sequence[shapely.Geometry]) -> Demand:
    """Return the demand with each point in the unit whose limits hold it; the first unit is "" for none of them."""
    unit = np.zeros(len(demand), np.int64)
    if len(limits):
        point, area = shapely.STRtree(shapely.points(demand.xy)).query(limits, predicate="covers")[::-1]
        unit[point] = area + 1
    return Demand(demand.xy, demand.weight, demand.kind, unit, demand.kinds, ("", *codes), demand.amount)


def recency(age_days: ArrayLike, half_life: float = HALF_LIFE_DAYS) -> Floats:
    """Return what a report of some days ago counts: half after each half-life."""
    return np.asarray(0.5 ** (np.maximum(np.asarray(age_days, dtype=float), 0) / half_life))


def over_area(shape: shapely.Geometry, step: float = AREA_STEP_M) -> Floats:
    """Return points of a square grid within an area, at least one; the grid is the same for all areas."""
    west, south, east, north = shape.bounds
    xs = np.arange(np.floor(west / step) + 0.5, np.ceil(east / step)) * step
    ys = np.arange(np.floor(south / step) + 0.5, np.ceil(north / step)) * step
    drawn = np.array(np.meshgrid(xs, ys)).reshape(2, -1).T
    inside = drawn[shapely.contains_xy(shape, drawn[:, 0], drawn[:, 1])] if len(drawn) else drawn
    return inside if len(inside) else shapely.get_coordinates(shape.representative_point())


def spread(shapes: Sequence[shapely.Geometry], blocked: shapely.STRtree | None = None) -> tuple[Floats, Floats]:
    """Return points over areas, none in a building, and the amount of each: one a shape, shared by its points."""
    points, amounts = [np.empty((0, 2))], [np.empty(0)]
    for shape in shapes:
        drawn = over_area(shape)
        if blocked is not None:
            free = np.ones(len(drawn), dtype=bool)
            free[blocked.query(shapely.points(drawn), predicate="intersects")[0]] = False
            drawn = drawn[free] if free.any() else drawn
        points.append(drawn)
        amounts.append(np.full(len(drawn), 1 / len(drawn)))
    return np.concatenate(points), np.concatenate(amounts)


def persons(area_m2: ArrayLike, levels: ArrayLike) -> Floats:
    """Return about how many people live in houses: footprint times storeys by M2_A_PERSON; one storey where unknown."""
    storeys = np.nan_to_num(np.asarray(levels, dtype=float), nan=1.0)
    return np.asarray(np.asarray(area_m2, dtype=float) * np.maximum(storeys, 1.0) / M2_A_PERSON)
