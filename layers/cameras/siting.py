"""Where cameras help most: maximal covered demand for the money, by greedy choice and local search.

The maximal covering location problem (MCLP: Church & ReVelle 1974) with prices, at most k cameras a pole, cameras that
stand already, backup coverage (BACOP: Hogan & ReVelle 1986), fairness between units and a price on privacy. Greedy is
within 1 - 1/e of the best (Nemhauser, Wolsey & Fisher 1978), and by far nearer in practice; `proof.py` says how near.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from layers.cameras.coverage import Floats, Ints, Matrix
from layers.cameras.sweep import compiled
from layers.errors import BadInput
from layers.text import N_

BELOW_ONE = N_("The budget of {budget} UAH is below the price of one camera: the cheapest costs {cheapest} UAH.")
Flags = NDArray[np.bool_]
TINY = 1e-9
MOST_REMOVED = 8  # neighbours that a round of local search takes out at most, before it fills up again
NOISE = 0.3  # by which weights are shaken for that (standard deviation of their logarithm)
BISECTIONS = 10  # of the money, when the cheapest plan is looked for
SWAPS = 50  # tries a camera, in one local search
DOUBLINGS = 14  # of a unit's weight, until it has its minimum


@dataclass(frozen=True)
class Siting:
    """What is to be chosen from, and under which rules. Cameras are rows of `seen`; all arrays follow it.

    `weight` is of its points; `group` says of each point which unit it counts for. `cost` is in the budget's money,
    `penalty` in the weight's own unit. `mount` names the pole of each camera. `minimum` is the share of each group's
    weight that must be seen. `backup` is what a second camera on a point is worth, of its weight. `overlap` is the most
    that two cameras may see in common, of what the smaller view sees.
    """

    seen: Matrix
    weight: Floats
    cost: Floats
    mount: Ints
    penalty: Floats
    locked: Flags
    excluded: Flags
    group: Ints
    budget: float = np.inf
    count: int = 2**31 - 1
    per_mount: int = 1
    backup: float = 0.0
    overlap: float = 1.0
    minimum: Floats = field(default_factory=lambda: np.empty(0))
    total: float = 0.0  # the whole weight, that of points which nobody can see included
    group_total: Floats = field(default_factory=lambda: np.empty(0))

    @property
    def left(self) -> tuple[float, int]:
        """Return the budget and the number of cameras that the locked ones leave; locked ones cost nothing anew."""
        return self.budget, self.count


def siting(
    seen: Matrix,
    weight: ArrayLike,
    *,
    cost: ArrayLike = 1.0,
    budget: float | None = None,
    count: int | None = None,
    mount: ArrayLike | None = None,
    per_mount: int = 1,
    locked: ArrayLike | None = None,
    excluded: ArrayLike | None = None,
    penalty: ArrayLike = 0.0,
    backup: float = 0.0,
    overlap: float = 1.0,
    group: ArrayLike | None = None,
    minimum: ArrayLike | None = None,
    total: float | None = None,
    group_total: ArrayLike | None = None,
) -> Siting:
    """Return the problem, checked; raises BadInput.

    `locked` and `excluded` are flags or indices of cameras. `count` and `budget` are for cameras that are not locked.
    """
    n, m = len(seen), seen.points
    weights = np.ascontiguousarray(np.broadcast_to(np.asarray(weight, dtype=float), m))
    groups = np.zeros(m, np.int64) if group is None else np.asarray(group, np.int64)
    floor = np.zeros(int(groups.max(initial=0)) + 1) if minimum is None else np.asarray(minimum, float).reshape(-1)
    sums = np.bincount(groups, weights, minlength=len(floor)) if group_total is None else group_total
    made = Siting(
        seen, weights, np.ascontiguousarray(np.broadcast_to(np.asarray(cost, float), n)),
        np.arange(n) if mount is None else np.asarray(mount, np.int64),
        np.ascontiguousarray(np.broadcast_to(np.asarray(penalty, float), n)), _flags(locked, n), _flags(excluded, n),
        groups, np.inf if budget is None else float(budget), 2**31 - 1 if count is None else int(count), per_mount,
        backup, overlap, floor, float(weights.sum()) if total is None else total, np.asarray(sums, float),
    )  # fmt: skip
    _check(made, asked_for_any=budget is not None or count is not None)
    return made


def _flags(which: ArrayLike | None, n: int) -> Flags:
    if which is None:
        return np.zeros(n, dtype=bool)
    given = np.asarray(which)
    if given.dtype == bool:
        return given.copy()
    flags = np.zeros(n, dtype=bool)
    flags[given.astype(np.int64)] = True
    return flags


def _check(asked: Siting, *, asked_for_any: bool) -> None:
    if not len(asked.weight) or asked.total <= 0:
        raise BadInput(N_("No demand lies where a camera could see it: add problems, places or people to the demand."))
    if asked_for_any and (asked.count < 1 or asked.budget <= 0):
        raise BadInput(N_("A plan needs a budget or a number of cameras above zero."))
    free = ~asked.excluded & ~asked.locked
    if not free.any():
        raise BadInput(N_("There is no place left for a new camera: every candidate is excluded or taken."))
    cheapest = float(asked.cost[free].min())
    if asked.budget < cheapest:
        raise BadInput(BELOW_ONE, budget=round(asked.budget), cheapest=round(cheapest))


@dataclass(frozen=True)
class Chosen:
    """Cameras of a plan, locked ones first, in the order in which to buy them; and what each adds to those before."""

    cameras: Ints
    adds: Floats
    value: float

    def __len__(self) -> int:
        return len(self.cameras)


def value_of(asked: Siting, cameras: ArrayLike) -> float:
    """Return the value of a set of cameras: weight seen, plus backup, minus penalties."""
    chosen = np.asarray(cameras, dtype=np.int64)
    counts = seen_times(asked.seen, chosen)
    gained = asked.weight[counts >= 1].sum() + asked.backup * asked.weight[counts >= 2].sum()
    return float(gained - asked.penalty[chosen].sum())


def seen_times(seen: Matrix, cameras: ArrayLike) -> Ints:
    """Return by how many of the cameras each point is seen."""
    rows = [seen.row(int(camera)) for camera in np.asarray(cameras, dtype=np.int64)]
    return np.bincount(np.concatenate(rows), minlength=seen.points) if rows else np.zeros(seen.points, np.int64)


def plan(
    asked: Siting, *, seconds: float = 0.6, seed: int = 1, progress: Callable[[float], None] | None = None
) -> Chosen:
    """Return the instant answer: greedy, then local search, then as many rounds of both as `seconds` allow.

    It is never worse than greedy alone. Where units have a minimum, their weight is doubled until they have it, as far
    as that is possible at all. `progress` is called with the share of the time that is over and may raise to stop.
    """
    search = _Search(asked, seed)
    best = search.run(asked.weight, seconds, progress)
    if asked.minimum.any():
        best = _fair(asked, search, best, seconds)
    return purchase_order(asked, best)


def greedy(asked: Siting) -> Chosen:
    """Return what greedy choice alone gives: by what a camera adds, or adds for its price, whichever is better."""
    return purchase_order(asked, _Search(asked, 1).greedy(asked.weight))


def cheapest(asked: Siting, share: float, *, seconds: float = 1.0, seed: int = 1) -> Chosen:
    """Return the cheapest plan found that sees a share (0 to 1) of the whole weight; raises BadInput if none can.

    The money is halved between what is enough and what isn't; then every camera that isn't needed goes.
    """
    need, everything = share * asked.total, np.flatnonzero(~asked.excluded | asked.locked)
    possible = asked.weight[seen_times(asked.seen, everything) > 0].sum()
    if need > possible + TINY:
        raise BadInput(
            N_("No choice of these places sees {share} % of the demand: together they see {possible} %."),
            share=round(100 * share, 1), possible=round(100 * float(possible) / asked.total, 1),
        )  # fmt: skip
    plain = replace(asked, backup=0.0, penalty=np.zeros(len(asked.seen)))
    search = _Search(replace(plain, budget=float(plain.cost.sum())), seed)
    enough = _needed(plain, search.greedy(plain.weight), need)
    low, high = 0.0, float(plain.cost[enough][~plain.locked[enough]].sum())
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        search.asked = replace(plain, budget=middle)
        tried = search.run(plain.weight, seconds / BISECTIONS)
        if value_of(plain, tried) >= need - TINY:
            enough = _needed(plain, tried, need)
            high = min(middle, float(plain.cost[enough][~plain.locked[enough]].sum()))
        else:
            low = middle
    return purchase_order(asked, enough)


def _needed(asked: Siting, cameras: Ints, need: float) -> Ints:
    """Return the cameras without those, the dearest first, without which enough is seen all the same."""
    kept = list(cameras)
    for camera in sorted(cameras, key=lambda c: -asked.cost[c]):
        fewer = [c for c in kept if c != camera]
        if not asked.locked[camera] and value_of(asked, fewer) >= need - TINY:
            kept = fewer
    return np.asarray(kept, dtype=np.int64)


class _Search:
    """The state that greedy choice and local search share, so that nothing is computed anew between them."""

    def __init__(self, asked: Siting, seed: int) -> None:
        self.asked = asked
        self.rng = np.random.default_rng(seed)
        self.columns = asked.seen.sparse().tocsc() if len(asked.seen.indices) else None
        self.at = np.zeros(asked.seen.points + 1, np.int64)
        self.rows = np.empty(0, np.int32)
        if self.columns is not None:
            self.at, self.rows = self.columns.indptr.astype(np.int64), self.columns.indices.astype(np.int32)
        self.poles = int(asked.mount.max(initial=0)) + 1

    def greedy(self, weight: Floats) -> Ints:
        best, best_value = np.flatnonzero(self.asked.locked), -np.inf
        same_price = bool(np.ptp(self.asked.cost[~self.asked.locked]) == 0)
        for by_price in (False,) if same_price or np.isinf(self.asked.budget) else (False, True):
            chosen = self._filled(np.flatnonzero(self.asked.locked), weight, by_price)
            value = value_of(replace(self.asked, weight=weight), chosen)
            if value > best_value:
                best, best_value = chosen, value
        return best

    def run(self, weight: Floats, seconds: float, progress: Callable[[float], None] | None = None) -> Ints:
        begun = time.monotonic()
        own = replace(self.asked, weight=weight)
        best = self.improved(self.greedy(weight), weight)
        best_value = value_of(own, best)
        while (spent := time.monotonic() - begun) < seconds:
            if progress is not None:
                progress(spent / seconds)
            movable = best[~self.asked.locked[best]]
            if not len(movable):
                break
            kept = np.setdiff1d(best, self._neighbours(movable))
            shaken = weight * np.exp(self.rng.normal(0, NOISE, len(weight)))
            tried = self.improved(self._filled(kept, shaken, by_price=False), weight)
            value = value_of(own, tried)
            if value > best_value + TINY:
                best, best_value = tried, value
        return best

    def _neighbours(self, movable: Ints) -> Ints:
        """Return a few cameras of a plan that compete for the same ground: one, and those most like it two steps on."""
        asked, one = self.asked, int(self.rng.choice(movable))
        ground = self._points_of(np.unique(self._columns_of(asked.seen.row(one))))
        near = np.zeros(asked.seen.points, dtype=bool)
        near[ground] = True
        common = np.array([near[asked.seen.row(int(camera))].mean() for camera in movable])
        common[movable == one] = 2.0
        count = int(self.rng.integers(2, MOST_REMOVED + 1))
        return np.asarray(movable[np.argsort(-common, kind="stable")[:count]])

    def _columns_of(self, points: NDArray[np.int32]) -> NDArray[np.int32]:
        return np.concatenate([self.rows[self.at[p] : self.at[p + 1]] for p in points] or [self.rows[:0]])

    def _points_of(self, cameras: NDArray[np.int32]) -> NDArray[np.int32]:
        return np.concatenate([self.asked.seen.row(int(c)) for c in cameras] or [self.asked.seen.indices[:0]])

    def _arguments(self, weight: Floats) -> tuple[Any, ...]:
        asked = self.asked
        budget, count = asked.left
        return (
            asked.seen.start, asked.seen.indices, self.at, self.rows, weight, asked.weight,
            asked.cost, asked.mount, asked.penalty,
            asked.locked, asked.excluded, budget, count, asked.per_mount, asked.backup, asked.overlap, self.poles,
        )  # fmt: skip

    def _filled(self, chosen: Ints, weight: Floats, by_price: bool) -> Ints:
        return np.asarray(_fill_and_swap(chosen.astype(np.int64), by_price, 0, *self._arguments(weight)))

    def improved(self, chosen: Ints, weight: Floats) -> Ints:
        return np.asarray(
            _fill_and_swap(chosen.astype(np.int64), False, SWAPS * max(1, len(chosen)), *self._arguments(weight))
        )


def _fair(asked: Siting, search: _Search, best: Ints, seconds: float) -> Ints:
    """Return a plan in which every unit has its minimum, or as many as doubling their weight could reach."""
    factor = np.ones(len(asked.minimum))
    kept, kept_key = best, _fairness_key(asked, best)
    for _ in range(DOUBLINGS):
        short = unit_shares(asked, kept if kept_key[0] == 0 else best) < asked.minimum - TINY
        if not short.any():
            break
        factor[short] *= 2
        best = search.run(asked.weight * factor[asked.group], seconds / DOUBLINGS)
        key = _fairness_key(asked, best)
        if key > kept_key:
            kept, kept_key = best, key
    return kept


def _fairness_key(asked: Siting, chosen: Ints) -> tuple[float, float]:
    missing = np.maximum(asked.minimum - unit_shares(asked, chosen), 0)
    return -round(float(missing.sum()), 9), value_of(asked, chosen)


def unit_shares(asked: Siting, cameras: ArrayLike) -> Floats:
    """Return the share of each group's weight that the cameras see, from 0 to 1; 1 where a group has none."""
    covered = seen_times(asked.seen, cameras) > 0
    got = np.bincount(asked.group[covered], asked.weight[covered], minlength=len(asked.minimum))
    whole = asked.group_total
    share: Floats = np.divide(got, whole, out=np.ones_like(whole, dtype=float), where=whole > 0)
    return share


def refused(asked: Siting, chosen: Chosen) -> Floats:
    """Return what share of a plan's value is lost when the place of each camera is refused and the best refill is made.

    A site is in every plan within, say, 1 % of this one just when its refusal costs more than that: 0 for a site that
    another stands in for as well. Locked cameras have nan. As good as local search is: what is lost is at most this.
    """
    lost = np.full(len(chosen), np.nan)
    for at, camera in enumerate(chosen.cameras):
        if not asked.locked[camera]:
            without = replace(asked, excluded=asked.excluded | ((asked.mount == asked.mount[camera]) & ~asked.locked))
            kept = chosen.cameras[~without.excluded[chosen.cameras]]
            value = value_of(asked, _Search(without, 1).improved(kept, asked.weight))
            lost[at] = max(0.0, 1 - value / chosen.value) if chosen.value > 0 else 0.0
    return lost


def purchase_order(asked: Siting, cameras: ArrayLike) -> Chosen:
    """Return the cameras in the order in which to buy them: each next one adds the most, for its price.

    Whatever is cut from the end, what is left is what greedy choice would have taken of the plan for that money.
    """
    left = np.asarray(cameras, dtype=np.int64)
    held = [int(c) for c in left if asked.locked[c]]
    times = seen_times(asked.seen, held)
    adds: list[float] = []
    order = list(held)
    before = np.zeros(asked.seen.points, np.int64)
    for camera in held:
        adds.append(_added(asked, before, camera))
        before[asked.seen.row(camera)] += 1
    waiting = [int(c) for c in left if not asked.locked[c]]
    while waiting:
        gains = np.array([_added(asked, times, camera) for camera in waiting])
        price = np.maximum(asked.cost[waiting], TINY)
        at = int(np.argmax(np.where(gains > 0, gains / price, gains)))
        order.append(waiting.pop(at))
        adds.append(float(gains[at]))
        times[asked.seen.row(order[-1])] += 1
    return Chosen(np.asarray(order, dtype=np.int64), np.asarray(adds), value_of(asked, order))


def _added(asked: Siting, times: Ints, camera: int) -> float:
    row = asked.seen.row(camera)
    seen, weight = times[row], asked.weight[row]
    return float(weight[seen == 0].sum() + asked.backup * weight[seen == 1].sum() - asked.penalty[camera])


# --- Compiled: gains are kept exact by counting, so that choosing is one look along a row of numbers ------------------


@compiled
def _worth(times: int, backup: float) -> float:
    """Return what one more camera on a point is worth, of its weight."""
    return 1.0 if times == 0 else (backup if times == 1 else 0.0)


@compiled
def _count(camera: int, step: int, times: Any, gain: Any, start: Any, indices: Any, at: Any, rows: Any, weight: Any,
           backup: float) -> float:  # fmt: skip
    """Add (1) or take away (-1) a camera; return by how much the value changed. All gains stay those of the new set."""
    changed = 0.0
    for place in range(start[camera], start[camera + 1]):
        p = indices[place]
        before = _worth(times[p], backup)
        if step > 0:
            changed += before * weight[p]
        times[p] += step
        after = _worth(times[p], backup)
        if step < 0:
            changed -= after * weight[p]
        if before != after:
            difference = (after - before) * weight[p]
            for other in range(at[p], at[p + 1]):
                gain[rows[other]] += difference
    return changed


@compiled
def _too_alike(camera: int, chosen: Any, start: Any, indices: Any, weight: Any, overlap: float) -> bool:
    """Tell whether a camera sees more in common with one of the chosen than is allowed."""
    for other in chosen:
        i, j, common, one, two = start[camera], start[other], 0.0, 0.0, 0.0
        for place in range(start[camera], start[camera + 1]):
            one += weight[indices[place]]
        for place in range(start[other], start[other + 1]):
            two += weight[indices[place]]
        while i < start[camera + 1] and j < start[other + 1]:
            if indices[i] == indices[j]:
                common += weight[indices[i]]
                i, j = i + 1, j + 1
            elif indices[i] < indices[j]:
                i += 1
            else:
                j += 1
        if common > overlap * min(one, two) + TINY:
            return True
    return False


@compiled
def _best(
    gain: Any, penalty: Any, cost: Any, mount: Any, taken: Any, on_pole: Any, money: float, left: int, per_mount: int,
    by_price: bool, chosen: Any, start: Any, indices: Any, weight: Any, overlap: float,
) -> int:  # fmt: skip
    """Return which camera adds the most (or the most for its price) of those that may be added, or -1."""
    if left <= 0:
        return -1
    refused = np.zeros(0, np.bool_)
    while True:
        best, most = -1, TINY
        for camera in range(len(gain)):
            if taken[camera] or cost[camera] > money + TINY or on_pole[mount[camera]] >= per_mount:
                continue
            if len(refused) and refused[camera]:
                continue
            worth = gain[camera] - penalty[camera]
            if by_price:
                worth /= max(cost[camera], TINY)
            if worth > most:
                best, most = camera, worth
        if best < 0 or overlap >= 1 or not _too_alike(best, chosen, start, indices, weight, overlap):
            return best
        if not len(refused):
            refused = np.zeros(len(gain), np.bool_)
        refused[best] = True


@compiled
def _fill_and_swap(
    given: Any, by_price: bool, passes: int,
    start: Any, indices: Any, at: Any, rows: Any, weight: Any, own: Any, cost: Any, mount: Any, penalty: Any,
    locked: Any, excluded: Any, budget: float, count: int, per_mount: int, backup: float, overlap: float, poles: int,
) -> Any:  # fmt: skip
    """Return the cameras given, filled up greedily, then improved: one out, the best refill in, while that helps."""
    times, gain = np.zeros(len(weight), np.int64), np.zeros(len(start) - 1)
    for camera in range(len(gain)):
        for place in range(start[camera], start[camera + 1]):
            gain[camera] += weight[indices[place]]
    taken, on_pole = (locked | excluded), np.zeros(poles, np.int64)
    money, left = budget, count
    chosen = given.copy()
    for camera in given:
        _count(camera, 1, times, gain, start, indices, at, rows, weight, backup)
        taken[camera] = True
        if not locked[camera]:
            on_pole[mount[camera]] += 1
            money, left = money - cost[camera], left - 1
    idle, first = 0, True
    while first or (idle < len(chosen) and passes > 0):
        out, lost = -1, 0.0
        if not first:
            out, chosen = chosen[0], chosen[1:]
            idle += 1
            if locked[out]:
                chosen = np.append(chosen, out)
                continue
            lost = _count(out, -1, times, gain, start, indices, at, rows, weight, backup) + penalty[out]
            on_pole[mount[out]] -= 1
            money, left = money + cost[out], left + 1
        added, won = np.empty(0, np.int64), 0.0
        while True:
            best = _best(gain, penalty, cost, mount, taken, on_pole, money, left, per_mount, by_price, chosen, start,
                         indices, own, overlap)  # fmt: skip
            if best < 0:
                break
            won += _count(best, 1, times, gain, start, indices, at, rows, weight, backup) - penalty[best]
            taken[best] = True
            on_pole[mount[best]] += 1
            money, left = money - cost[best], left - 1
            chosen, added = np.append(chosen, best), np.append(added, best)
        if first:
            first = False
            continue
        if won + lost > 1e-7:
            taken[out] = False
            idle = 0
        else:
            for each in added:
                _count(each, -1, times, gain, start, indices, at, rows, weight, backup)
                taken[each] = False
                on_pole[mount[each]] -= 1
                money, left = money + cost[each], left + 1
            chosen = chosen[: len(chosen) - len(added)]
            _count(out, 1, times, gain, start, indices, at, rows, weight, backup)
            on_pole[mount[out]] += 1
            money, left = money - cost[out], left - 1
            chosen = np.append(chosen, out)
        passes -= 1
    return chosen
