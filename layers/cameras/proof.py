"""How good a plan is for certain: an upper bound on every plan, and the best plan itself where that can be proven.

Three steps. A Lagrangian bound (coverage constraints priced by subgradient, Fisher 1981; money priced by bisection)
comes down to the linear relaxation's in seconds. What the bound then says no better plan can hold, or do without, is
fixed. HiGHS (Huangfu & Hall 2018) solves what is left, begun from the plan at hand. The bound is of the whole problem
at every moment, so it may be stopped at any.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
from scipy import sparse

from layers.cameras.coverage import Floats, Ints, Matrix, merge
from layers.cameras.siting import TINY, Chosen, Flags, Siting, purchase_order, seen_times, unit_shares, value_of
from layers.cameras.sweep import compiled

MOMENTUM, PATIENCE = 0.7, 25
ROUNDS = 4_000  # of the subgradient, at most
SMALL_ENOUGH = 400_000  # entries of the matrix left, beyond which HiGHS would not finish in a minute
Progress = Callable[[float, float], None]


@dataclass(frozen=True)
class Proof:
    """What is certain: no plan is worth more than `bound`; `chosen` is the best known, `gap` what may lie between."""

    chosen: Chosen
    bound: float
    seconds: float

    @property
    def gap(self) -> float:
        """Return (bound - value) / bound: «щонайбільше на стільки гірше за найкращий можливий план»."""
        return 0.0 if self.bound <= 0 else max(0.0, (self.bound - self.chosen.value) / self.bound)

    @property
    def optimal(self) -> bool:
        return self.gap < 1e-6


def prove(asked: Siting, chosen: Chosen, *, seconds: float = 60.0, progress: Progress | None = None) -> Proof:
    """Return the proof for a plan, with a better plan in it when one was found on the way.

    `progress` is called with the share of the time that is over and the gap so far, and may raise to stop.
    """
    begun = time.monotonic()

    def tell(gap: float) -> None:
        if progress is not None:
            progress(min(1.0, (time.monotonic() - begun) / seconds), gap)

    best = chosen.cameras
    bounded = lagrangian(asked, best, seconds=min(seconds / 3, 15.0), tell=tell)
    bound = bounded.bound
    free = bounded.may_enter(chosen.value)
    kept = bounded.must_stay(chosen.value)
    left = seconds - (time.monotonic() - begun)
    if bound > chosen.value + TINY and left > 0.2:
        best, bound = _solve(asked, best, free, kept, bound, left, tell)
    order = purchase_order(asked, best)
    return Proof(order, max(bound, order.value), time.monotonic() - begun)


# --- The Lagrangian bound ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Bounded:
    """The bound at the best prices found, and what of it hangs on each camera.

    `with_it` bounds the plans that have a camera, `without_it` those that don't.
    """

    bound: float
    with_it: Floats
    without_it: Floats

    def may_enter(self, value: float) -> Flags:
        """Return the cameras that a plan better than `value` could have."""
        return self.with_it > value + TINY

    def must_stay(self, value: float) -> Flags:
        """Return the cameras that every plan better than `value` has."""
        return self.without_it <= value + TINY


def lagrangian(asked: Siting, plan: Ints, *, seconds: float, tell: Callable[[float], None] | None = None) -> Bounded:
    """Return an upper bound on every plan's value that comes near the linear relaxation's, from a plan at hand.

    Each sight of a point costs a price, at most what a first sight is worth; then cameras and points fall apart, and
    whatever the prices are, no plan is worth more. Rules that only forbid (overlap, minimum shares) are left out: a
    bound without them holds with them too.
    """
    start, indices, begun = asked.seen.start, asked.seen.indices, time.monotonic()
    value, (first, second, base) = value_of(asked, plan), _worths(asked)
    times = seen_times(asked.seen, plan)
    prices = first / np.maximum(times, 1) * np.where(times > 0, 0.7, 1.0)
    best, best_prices, step, idle, direction = np.inf, prices, 1.0, 0, np.zeros_like(prices)
    for round_ in range(ROUNDS):
        worth, _, picked = _pick(_profit(asked, prices), *_rules(asked))
        total = base + float((first - prices).sum() + np.maximum(second - prices, 0.0).sum()) + worth
        if total < best - 1e-6 * abs(total):
            best, best_prices, idle = total, prices.copy(), 0
        else:
            idle += 1
        if idle >= PATIENCE:
            step, idle, prices = step / 2, 0, best_prices.copy()
            direction[:] = 0
        if round_ % 50 == 0 and tell is not None:
            tell((best - value) / max(best, TINY))
        if best - value < 1e-7 * max(1.0, best) or step < 1e-4 or time.monotonic() - begun > seconds:
            break
        slope = _counts(start, indices, picked, len(prices)) - 1.0 - (second > prices)
        slope[(slope < 0) & (prices >= first)] = 0.0
        slope[(slope > 0) & (prices <= 0)] = 0.0
        direction = slope + MOMENTUM * direction
        norm = float(direction @ direction)
        if norm < TINY:
            break
        prices = np.clip(prices - step * (total - value) / norm * direction, 0.0, first)
    with_it, without_it = _forced(best, _profit(asked, best_prices), *_rules(asked))
    with_it[asked.excluded] = -np.inf
    return Bounded(best, with_it, without_it)


def _worths(asked: Siting) -> tuple[Floats, Floats, float]:
    """Return what a first and a second new sight of each point is worth, and what the locked cameras see."""
    locked = np.flatnonzero(asked.locked)
    times = seen_times(asked.seen, locked)
    ladder = np.array([1.0, asked.backup, 0.0, 0.0])
    at = np.minimum(times, 2)
    return asked.weight * ladder[at], asked.weight * ladder[at + 1], value_of(asked, locked)


def _profit(asked: Siting, prices: Floats) -> Floats:
    """Return what each camera brings at prices of sights; -1 for one that can't be chosen."""
    profit: Floats = _profits(asked.seen.start, asked.seen.indices, prices) - asked.penalty
    profit[asked.excluded | asked.locked] = -1.0
    return profit


def _rules(asked: Siting) -> tuple[Any, ...]:
    return asked.cost, asked.mount, asked.per_mount, asked.budget, asked.count


@compiled
def _forced(best: float, profit: Any, cost: Any, mount: Any, per_mount: int, money: float, room: int) -> Any:
    """Return what the bound becomes when each camera is forced in, and when it is forced out, at these prices."""
    _, price, picked = _pick(profit, cost, mount, per_mount, money, room)
    net = profit - price * cost
    poles = mount.max() + 1
    taken = np.zeros(poles, np.int64)
    weakest, waiting = np.full(poles, np.inf), np.zeros(poles)  # of each pole: its last picked, its first not picked
    count, last = 0, np.inf
    for camera in range(len(net)):
        if picked[camera] > 0:
            taken[mount[camera]] += 1
            weakest[mount[camera]] = min(weakest[mount[camera]], net[camera])
            last = min(last, net[camera])
            count += 1
        else:
            waiting[mount[camera]] = max(waiting[mount[camera]], net[camera])
    full = count >= room
    next_ = 0.0
    for camera in range(len(net)):
        if full and picked[camera] == 0:
            next_ = max(next_, net[camera])
    with_it, without_it = np.full(len(net), best), np.full(len(net), best)
    for camera in range(len(net)):
        pole = mount[camera]
        if picked[camera] > 0:
            without_it[camera] -= max(0.0, net[camera] - max(next_, waiting[pole]))
        elif taken[pole] >= per_mount:
            with_it[camera] -= max(0.0, weakest[pole] - net[camera])
        elif full:
            with_it[camera] -= max(0.0, last - net[camera])
        else:
            with_it[camera] -= max(0.0, -net[camera])
    return with_it, without_it


@compiled
def _profits(start: Any, indices: Any, prices: Any) -> Any:
    """Return what each camera's points cost together."""
    profit = np.zeros(len(start) - 1)
    for camera in range(len(profit)):
        for place in range(start[camera], start[camera + 1]):
            profit[camera] += prices[indices[place]]
    return profit


@compiled
def _counts(start: Any, indices: Any, picked: Any, points: int) -> Any:
    """Return by how much of the picked cameras (each whole, or a part of one) each point is seen."""
    times = np.zeros(points)
    for camera in range(len(picked)):
        if picked[camera] > 0:
            for place in range(start[camera], start[camera + 1]):
                times[indices[place]] += picked[camera]
    return times


@compiled
def _pick(profit: Any, cost: Any, mount: Any, per_mount: int, money: float, room: int) -> Any:
    """Return (worth, price, picked): the most that cameras bring under the rules, money priced at its best price.

    Worth is money * price + the profits above it: the fractional knapsack's value by its dual, exact or above.
    """
    n = len(profit)
    picked = np.zeros(n)
    able = np.flatnonzero(profit > 0)
    if not len(able):
        return 0.0, 0.0, picked
    poles = mount.max() + 1
    low, high = 0.0, 0.0
    worth, spent = _at_price(0.0, able, profit, cost, mount, per_mount, room, poles, picked)
    if spent <= money:
        return worth, 0.0, picked
    for camera in able:
        if cost[camera] > 0:
            high = max(high, profit[camera] / cost[camera])
    best, best_price = np.inf, 0.0
    for _ in range(30):
        middle = (low + high) / 2
        worth, spent = _at_price(middle, able, profit, cost, mount, per_mount, room, poles, picked)
        if worth + middle * money < best:
            best, best_price = worth + middle * money, middle
        if spent > money:
            low = middle
        else:
            high = middle
    _at_price(best_price, able, profit, cost, mount, per_mount, room, poles, picked)
    return best, best_price, picked


@compiled
def _at_price(price: float, able: Any, profit: Any, cost: Any, mount: Any, per_mount: int, room: int, poles: int,
              picked: Any) -> Any:  # fmt: skip
    """Pick the best cameras at a price of money; return what they bring above it and what they cost."""
    picked[:] = 0
    net = np.empty(len(able))
    for index in range(len(able)):
        net[index] = profit[able[index]] - price * cost[able[index]]
    on_pole = np.zeros(poles, np.int64)
    worth, spent, taken = 0.0, 0.0, 0
    for index in np.argsort(-net):
        camera = able[index]
        if net[index] <= 0 or taken >= room:
            break
        if on_pole[mount[camera]] >= per_mount:
            continue
        on_pole[mount[camera]] += 1
        picked[camera] = 1.0
        worth, spent, taken = worth + net[index], spent + cost[camera], taken + 1
    return worth, spent


# --- HiGHS on what is left --------------------------------------------------------------------------------------------


def _solve(
    asked: Siting, chosen: Ints, free: Flags, kept: Flags, bound: float, seconds: float, tell: Callable[[float], None]
) -> tuple[Ints, float]:
    """Return the best plan found among the free cameras, begun from the one at hand, and the bound on every plan."""
    value = value_of(asked, chosen)
    fixed = asked.locked | kept
    usable = np.flatnonzero((free | fixed) & ~asked.excluded | asked.locked)
    small = merge(asked.seen.take(usable), asked.weight, asked.group)
    if len(small.matrix.indices) > SMALL_ENOUGH:
        return chosen, bound
    begun = chosen[np.isin(chosen, usable)]
    model = _Model(
        asked, usable, small.matrix, small.weight, _group_of(asked, small.of, len(small.weight)), fixed[usable]
    )
    found, limit = model.run(np.isin(usable, begun), seconds, tell, bound)
    if found is not None and value_of(asked, usable[found]) > value and model.fair(asked, usable[found]):
        chosen = usable[found]
    return chosen, min(bound, max(limit, value_of(asked, chosen)))


def _group_of(asked: Siting, of: Ints, columns: int) -> Ints:
    group = np.zeros(columns, np.int64)
    group[of[of >= 0]] = asked.group[of >= 0]
    return group


class _Quiet(highspy.Highs):
    """HiGHS that says nothing: its own constructor greets on standard output, which may be a program's."""

    def enableCallbacks(self) -> None:  # noqa: N802 (highspy's name)
        self.silent()
        super().enableCallbacks()  # type: ignore[no-untyped-call]


class _Model:
    """The mixed-integer program: x of cameras, y and z of first and second sights; y + z <= sum of x that see it."""

    def __init__(self, asked: Siting, usable: Ints, seen: Matrix, weight: Floats, group: Ints, fixed: Flags) -> None:
        n, m = len(usable), len(weight)
        second = m if asked.backup > 0 else 0
        columns = n + m + second
        self.n, self.asked = n, asked
        lp = highspy.HighsLp()
        lp.num_col_, lp.sense_ = columns, highspy.ObjSense.kMaximize
        lp.col_cost_ = np.concatenate([-asked.penalty[usable], weight, asked.backup * weight[:second]])
        lp.col_lower_ = np.concatenate([fixed.astype(float), np.zeros(m + second)])
        lp.col_upper_ = np.ones(columns)
        lp.integrality_ = [highspy.HighsVarType.kInteger] * n + [highspy.HighsVarType.kContinuous] * (m + second)
        blocks, lower, upper = self._rows(asked, usable, seen, weight, group, columns, second)
        whole = sparse.vstack(blocks, format="csr")
        lp.num_row_, lp.row_lower_, lp.row_upper_ = whole.shape[0], np.concatenate(lower), np.concatenate(upper)
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = whole.indptr, whole.indices, whole.data
        self.highs: Any = _Quiet()  # type: ignore[no-untyped-call]
        self.highs.setOptionValue("mip_rel_gap", 1e-7)
        self.highs.passModel(lp)

    def _rows(
        self, asked: Siting, usable: Ints, seen: Matrix, weight: Floats, group: Ints, columns: int, second: int
    ) -> tuple[list[Any], list[Floats], list[Floats]]:
        n, m = self.n, len(weight)
        backup = [sparse.eye_array(m)] if second else []
        blocks = [sparse.hstack([-seen.sparse().T.astype(float), sparse.eye_array(m), *backup], format="csr")]
        lower, upper = [np.full(m, -np.inf)], [np.zeros(m)]
        new = (~asked.locked[usable]).astype(float)
        for row, most in ((new * asked.cost[usable], asked.budget), (new, float(asked.count))):
            if most < row.sum():
                blocks.append(_wide(row[None, :], columns))
                lower.append(np.array([-np.inf]))
                upper.append(np.array([most]))
        poles, at = np.unique(asked.mount[usable], return_inverse=True)
        on_poles = sparse.csr_array((new, (at, np.arange(n))), shape=(len(poles), columns))
        crowded = np.asarray(on_poles.sum(axis=1)).ravel() > asked.per_mount
        blocks.append(on_poles[crowded])
        lower.append(np.full(crowded.sum(), -np.inf))
        upper.append(np.full(crowded.sum(), float(asked.per_mount)))
        for unit in np.flatnonzero(asked.minimum):
            row = np.concatenate([np.zeros(n), np.where(group == unit, weight, 0.0)])
            blocks.append(_wide(row[None, :], columns))
            lower.append(np.array([asked.minimum[unit] * asked.group_total[unit]]))
            upper.append(np.array([np.inf]))
        alike = _alike(asked, usable) if asked.overlap < 1 else np.empty((0, 2), np.int64)
        if len(alike):
            pairs = np.repeat(np.arange(len(alike)), 2)
            blocks.append(sparse.csr_array((np.ones(len(pairs)), (pairs, alike.ravel())), shape=(len(alike), columns)))
            lower.append(np.full(len(alike), -np.inf))
            upper.append(np.ones(len(alike)))
        return blocks, lower, upper

    def fair(self, asked: Siting, cameras: Ints) -> bool:
        return not asked.minimum.any() or bool((unit_shares(asked, cameras) >= asked.minimum - 1e-6).all())

    def run(
        self, begun: Flags, seconds: float, tell: Callable[[float], None], bound: float
    ) -> tuple[Flags | None, float]:
        """Solve for at most so long; return the cameras of the best solution, or None, and the bound found."""
        solution = highspy.HighsSolution()
        solution.col_value = [*begun.astype(float), *np.zeros(self.highs.getNumCol() - self.n)]
        self.highs.setSolution(solution)
        self.highs.setOptionValue("time_limit", float(seconds))
        stopped: list[BaseException] = []

        def look(event: Any) -> None:
            try:
                upper = min(bound, event.data_out.mip_dual_bound)
                tell((upper - event.data_out.mip_primal_bound) / max(abs(upper), TINY))
            except BaseException as error:  # whatever stops it has to pass through the solver first
                stopped.append(error)
                event.data_in.user_interrupt = 1

        self.highs.cbMipInterrupt.subscribe(look)
        self.highs.run()
        if stopped:
            raise stopped[0]
        info = self.highs.getInfo()
        status = self.highs.getModelStatus()
        if status == highspy.HighsModelStatus.kInfeasible:
            return None, -np.inf
        values = np.asarray(self.highs.getSolution().col_value[: self.n])
        limit = info.mip_dual_bound if np.isfinite(info.mip_dual_bound) else np.inf
        return (values > 0.5 if len(values) else None), float(limit)


def _wide(row: Floats, columns: int) -> Any:
    return sparse.csr_array(np.pad(row, ((0, 0), (0, columns - row.shape[1]))))


def _alike(asked: Siting, usable: Ints) -> Ints:
    """Return the pairs of cameras (places in `usable`) that may not both be chosen, for what they see in common."""
    seen = asked.seen.take(usable).sparse().astype(float)
    own = seen @ asked.weight
    common = sparse.triu(seen @ sparse.diags_array(asked.weight) @ seen.T, k=1).tocoo()
    kept = common.data > asked.overlap * np.minimum(own[common.coords[0]], own[common.coords[1]]) + TINY
    new = ~asked.locked[usable]
    kept &= new[common.coords[0]] | new[common.coords[1]]
    return np.column_stack([common.coords[0][kept], common.coords[1][kept]])
