"""From a town to a plan: candidates, coverage, choice, proof, recount, scores. Pure; coordinates in one metric CRS."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from layers.cameras import candidates, check, intrusion, optics, siting
from layers.cameras.coverage import Cameras, Matrix, best_density, cameras, matrix, merge, shares
from layers.cameras.demand import Demand, check_weights
from layers.cameras.intrusion import FACE_PX_PER_M, Private
from layers.cameras.isovist import Walls
from layers.cameras.proof import Proof, prove
from layers.cameras.rules import Camera, Model
from layers.errors import BadInput
from layers.text import N_

FARTHEST_M = 200.0  # beyond it no town camera is promised anything
POLE_OF = {"lamp": "lamp", "wall": "wall", "junction": "pole", "road": "pole"}
COUNTED = ("resident", "school", "crossing", "stop", "problem")
Progress = Callable[[float, str], None]
STAGES = (N_("Looking for places"), N_("Lines of sight"), N_("Choosing"), N_("Proving"), N_("Counting again"))


@dataclass(frozen=True)
class Ground:
    """A town as cameras see it: buildings with heights, which of them are homes, demand, and private ground."""

    buildings: NDArray[np.object_]
    heights: NDArray[np.float64]
    homes: NDArray[np.bool_]
    walls: Walls
    demand: Demand
    private: Private

    @property
    def optimistic(self) -> bool:
        """Tell whether no building is loaded, so that nothing hides anything."""
        return len(self.buildings) == 0


@dataclass(frozen=True)
class Settings:
    """What a plan is asked for. Money is UAH; `share` asks for the cheapest plan that sees so much of the demand."""

    budget: float | None = None
    count: int | None = None
    share: float | None = None
    profile: str = "dori"
    level: str = "observe"
    models: tuple[str, ...] = ()
    mounts: tuple[str, ...] = candidates.MOUNTS
    spacing_m: float = 40.0
    headings: int = 8
    per_mount: int = 1
    backup: float = 0.0
    overlap: float = 1.0
    minimum: float = 0.0
    privacy: float = 0.0  # of the weight, what 100 m² of private ground in sight cost
    weights: Mapping[str, float] = field(default_factory=dict)
    seconds: float = 10.0

    def __post_init__(self) -> None:
        asked = [value for value in (self.budget, self.count, self.share) if value is not None]
        if len(asked) != 1 and not (self.budget and self.count and self.share is None):
            raise BadInput(N_("Say what limits the plan: a budget, a number of cameras, or a share to be seen."))
        if any(value <= 0 for value in asked):
            raise BadInput(N_("A plan needs a budget or a number of cameras above zero."))
        if self.share is not None and not 0 < self.share <= 1:
            raise BadInput(N_("A share to be seen is more than 0 and at most 100 %."))
        for value in (self.overlap, self.minimum, self.backup):
            if not 0 <= value <= 1:
                raise BadInput(
                    N_("Overlap, backup and the least share of a unit are between 0 and 1, not {value}."), value=value
                )
        if not 1 <= self.per_mount <= 8:
            raise BadInput(N_("One pole takes 1 to 8 cameras, not {value}."), value=self.per_mount)
        if self.privacy < 0:
            raise BadInput(N_("The price of private ground must not be negative: {value}."), value=self.privacy)
        optics.profile(self.profile).level(self.level)
        check_weights(self.weights)
        candidates.Rules(mounts=self.mounts, spacing_m=self.spacing_m, headings=self.headings)

    @property
    def density(self) -> float:
        return optics.profile(self.profile).level(self.level).px_per_m

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Settings:
        """Read settings as a plan's row, or a job's, keeps them."""
        return cls(**{**kept, "models": tuple(kept["models"]), "mounts": tuple(kept["mounts"])})


@dataclass(frozen=True)
class Planned:
    """A plan: cameras in the order in which to buy them, those that stand already first, and what is known of each."""

    cameras: tuple[Camera, ...]
    adds: tuple[float, ...]
    lost_if_refused: tuple[float | None, ...]
    gap: float
    optimal: bool
    value: float
    numbers: Mapping[str, Any]


def orientations(
    places: candidates.Mounts, models: Sequence[Model], settings: Settings
) -> tuple[list[Camera], NDArray[np.int64]]:
    """Return every camera that could be bought, place by place, and the place of each."""
    mount, bearing = candidates.headings(places, settings.headings)
    found, of = [], []
    for place, turned in zip(mount, bearing, strict=True):
        for model in models:
            for wide in sorted({model.widest, model.narrowest}):
                x, y = places.xy[place].tolist()
                pole = POLE_OF[candidates.MOUNTS[places.kind[place]]]
                found.append(
                    Camera(
                        x, y, float(places.height[place]), float(turned), wide, model.h_px, model.v_px,
                        model.ir_range_m, model.code, pole, None, model.price_uah, model.yearly_uah,
                    )
                )  # fmt: skip
                of.append(place)
    return found, np.asarray(of, dtype=np.int64)


def looking(looked: Sequence[Camera], density: float, *, night: bool = False) -> Cameras:
    """Return cameras as the coverage matrix takes them, each reaching as far as a pixel density holds."""
    limits = np.array([camera.reach_limits for camera in looked]).reshape(-1, 2)
    far = np.array([camera.density_at_1_m / density for camera in looked])
    far = np.minimum(np.minimum(far, limits[:, 1]), FARTHEST_M)
    if night:
        far = np.minimum(far, [camera.ir_m for camera in looked])
    far = np.where([camera.off for camera in looked], 0.0, far)
    return cameras(
        np.array([(camera.x, camera.y) for camera in looked]).reshape(-1, 2),
        height=np.array([camera.height for camera in looked]), bearing=np.array([c.bearing for c in looked]),
        hfov=np.array([camera.hfov for camera in looked]), far=far, near=limits[:, 0],
    )  # fmt: skip


def make(
    ground: Ground,
    places: candidates.Mounts,
    models: Sequence[Model],
    standing: Sequence[Camera],
    settings: Settings,
    progress: Progress = lambda _share, _stage: None,
) -> Planned:
    """Return the best plan found, its proof, and its numbers, recounted by lines of sight; raises BadInput."""
    if not len(ground.demand):
        raise BadInput(
            N_("There is nothing to be seen yet: the demand is empty. Load places or confirm reports first.")
        )
    new, place_of = orientations(places, models, settings)
    if not new:
        raise BadInput(N_("No place for a camera was found here: allow more kinds of places, or load streets."))
    every = [*new, *standing]
    seen = matrix(ground.walls, looking(every, settings.density), ground.demand.xy,
                  progress=lambda share: progress(0.05 + 0.25 * share, STAGES[1]))  # fmt: skip
    asked = _asked(ground, seen, every, place_of, settings)
    progress(0.3, STAGES[2])
    if settings.share is not None:
        chosen = siting.cheapest(asked, settings.share)
        proof = None
    else:
        chosen = siting.plan(asked)
        proof = prove(asked, chosen, seconds=settings.seconds,
                      progress=lambda share, _gap: progress(0.35 + 0.5 * share, STAGES[3]))  # fmt: skip
        chosen = proof.chosen
    progress(0.9, STAGES[4])
    bought = [every[camera] for camera in chosen.cameras]
    numbers = score(ground, bought, settings) | {"joining": joining(ground, seen, every, len(new))}
    recount(ground, bought, settings.density)
    lost = siting.refused(asked, chosen) if len(chosen) <= 60 else np.full(len(chosen), np.nan)
    return Planned(
        tuple(bought), tuple(float(v) / ground.demand.total for v in chosen.adds),
        tuple(None if math.isnan(v) else float(v) for v in lost), _gap(proof), bool(proof and proof.optimal),
        chosen.value, numbers,
    )  # fmt: skip


def joining(ground: Ground, seen: Matrix, every: Sequence[Camera], new: int) -> dict[str, Any]:
    """Return what joining each private camera that stands would add to the network, beside the best new camera.

    Shares of the demand beyond what joined cameras see; `every` has `new` cameras that could be bought, then the rest.
    """
    known = np.zeros(len(ground.demand), dtype=bool)
    for at in range(new, len(every)):
        if every[at].joined:
            known[seen.row(at)] = True
    gain = np.where(known, 0.0, ground.demand.weight) / ground.demand.total
    whole = np.concatenate([[0.0], np.cumsum(gain[seen.indices])])
    adds = whole[seen.start[1:]] - whole[seen.start[:-1]]
    best = int(np.argmax(adds[:new]))
    private = {every[at].ref: float(adds[at]) for at in range(new, len(every)) if not every[at].joined}
    return {"private": private, "new": {"adds": float(adds[best]), "price": every[best].price}}


def _gap(proof: Proof | None) -> float:
    return float("nan") if proof is None else proof.gap


def _asked(
    ground: Ground, seen: Matrix, every: Sequence[Camera], place_of: NDArray[np.int64], settings: Settings
) -> siting.Siting:
    """Return the problem on merged points; the standing cameras come last, locked, each on a pole of its own."""
    demand, standing = ground.demand, len(every) - len(place_of)
    merged = merge(seen, demand.weight, demand.unit)
    group = np.zeros(len(merged.weight), np.int64)
    group[merged.of[merged.of >= 0]] = demand.unit[merged.of >= 0]
    whole = np.bincount(demand.unit, demand.weight, minlength=len(demand.units))
    penalty = np.zeros(len(every))
    if settings.privacy > 0 and len(ground.private.points):
        intruded = matrix(ground.walls, looking(every, settings.density), ground.private.points)
        penalty = np.diff(intruded.start) * ground.private.m2_a_point / 100 * settings.privacy
    own = place_of.max(initial=-1) + 1 + np.arange(standing)
    return siting.siting(
        merged.matrix, merged.weight, cost=np.array([camera.price for camera in every]), budget=settings.budget,
        count=settings.count if settings.share is None else len(place_of), mount=np.concatenate([place_of, own]),
        per_mount=settings.per_mount, locked=np.arange(len(place_of), len(every)), penalty=penalty,
        backup=settings.backup, overlap=settings.overlap, group=group,
        minimum=np.where((whole > 0) & (np.arange(len(whole)) > 0), settings.minimum, 0.0), total=demand.total,
        group_total=whole,
    )  # fmt: skip


# --- Scores -----------------------------------------------------------------------------------------------------------


def score(ground: Ground, looked: Sequence[Camera], settings: Settings) -> dict[str, Any]:
    """Return a plan's numbers: shares of the demand by level, day and night, of each kind and unit; money; privacy."""
    profile = optics.profile(settings.profile)
    levels = [level.px_per_m for level in profile.levels]
    seen = matrix(ground.walls, looking(looked, min(levels)), ground.demand.xy)
    one = [camera.density_at_1_m for camera in looked]
    day, night = best_density(seen, one), best_density(seen, one, [camera.ir_m for camera in looked])
    at_level = day >= settings.density
    times = _times(seen, one, settings.density)
    demand = ground.demand
    private = [intrusion_of(ground, camera) for camera in looked]
    new = [camera for camera in looked if not camera.locked]
    problems = demand.of("problem") & at_level
    cost = sum(camera.price for camera in new)
    return {
        "cameras": len(looked),
        "new": len(new),
        "cost": cost,
        "yearly": sum(camera.yearly for camera in new),
        "level": settings.level,
        "share": _share(demand.weight, at_level),
        "night_share": _share(demand.weight, night >= settings.density),
        "levels": [
            {"code": level.code, "day": by_day, "night": by_night}
            for level, by_day, by_night in zip(
                profile.levels, shares(day, demand.weight, levels), shares(night, demand.weight, levels), strict=True
            )
        ],
        "kinds": {
            kind: [
                {"day": by_day, "night": by_night}
                for by_day, by_night in zip(
                    shares(day[demand.of(kind)], demand.weight[demand.of(kind)], levels),
                    shares(night[demand.of(kind)], demand.weight[demand.of(kind)], levels),
                    strict=True,
                )
            ]
            for kind in demand.kinds
            if demand.of(kind).any()
        },
        "counts": {kind: float(demand.counts()[demand.of(kind) & at_level].sum()) for kind in COUNTED},
        "units": {
            code: {
                "share": _share(demand.weight[demand.unit == at], at_level[demand.unit == at]),
                "weight": float(demand.weight[demand.unit == at].sum()),
            }
            for at, code in enumerate(demand.units)
            if (demand.unit == at).any()
        },
        "backup": _share(demand.weight, times >= 2),
        "uah_per_problem": cost / float(demand.counts()[problems].sum()) if problems.any() else None,
        "private_m2": sum(m2 for m2, _ in private),
        "facade_m": sum(metres for _, metres in private),
        "intrusion": [{"private_m2": m2, "facade_m": metres} for m2, metres in private],
        "optimistic": ground.optimistic,
    }


def _share(weight: NDArray[np.float64], which: NDArray[np.bool_]) -> float:
    total = float(weight.sum())
    return float(weight[which].sum()) / total if total > 0 else 0.0


def _times(seen: Matrix, one: Sequence[float], density: float) -> NDArray[np.int64]:
    near = np.asarray(one)[seen.rows_of()] / np.maximum(seen.metres, 0.01) >= density
    return np.bincount(seen.indices[near], minlength=seen.points)


def intrusion_of(ground: Ground, camera: Camera) -> tuple[float, float]:
    """Return (private m² in sight, metres of homes' façades near enough to know a face) of one camera."""
    if camera.off:
        return 0.0, 0.0
    wide = looking([camera], min(level.px_per_m for level in optics.profile("dori").levels))
    face_m = camera.density_at_1_m / FACE_PX_PER_M
    return intrusion.of_camera(ground.walls, ground.homes, ground.private, wide, 0, face_m)


def recount(ground: Ground, looked: Sequence[Camera], density: float) -> float:
    """Return the share of the demand seen, by check.py's straight lines; raises if the two ways of counting differ."""
    turned = looking(looked, density)
    ours = np.zeros(len(ground.demand), dtype=bool)
    ours[matrix(ground.walls, turned, ground.demand.xy).indices] = True
    theirs = np.zeros(len(ground.demand), dtype=bool)
    for points in check.seen_by(ground.buildings, ground.heights, turned, ground.demand.xy):
        theirs[points] = True
    weight = ground.demand.weight
    apart = float(weight[ours != theirs].sum()) / ground.demand.total
    if apart > check.AGREED:
        raise AssertionError(f"two ways of counting a plan differ by {apart:.2%} of the demand")
    return _share(weight, theirs)
