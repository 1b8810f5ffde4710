"""Rare categories borrow strength from all reports: empirical Bayes with a Gamma prior on Poisson counts.

A category's count y of a unit is Poisson with mean theta E. E is what the unit would have if the category followed the
reports of all other categories; theta, by which it departs from that, is Gamma distributed with mean 1 and variance
1 / k. The estimate, (y + k) E / (E + k), lies between the count and the expectation: many reports speak for
themselves, few are pulled to the pattern. k, the prior's strength in expected reports, comes from the data by the
method of moments (Marshall 1991, Applied Statistics 40: 283-294; the model is of Clayton & Kaldor 1987, Biometrics
43: 671-681).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from layers.errors import BadInput
from layers.text import N_

Floats = NDArray[np.float64]
NOT_COUNTS = N_("Counts must be numbers of zero or more: look for empty or negative cells in the table.")
NOT_SIZES = N_("The size of each place (area, length or residents) must be a number above zero.")


def borrowed(counts: ArrayLike, *, exposure: ArrayLike | None = None, strength: ArrayLike | None = None) -> Floats:
    """Return counts (p units x c categories) in which each category is shrunk to the pattern of all others.

    The total of each category is kept. Counts need not be whole: if reports are weighted, scale the weights so that
    their sum equals the sum of their squares, which keeps a count's variance at its mean. `exposure` (p, positive:
    area, length, residents) is the pattern where other categories say little; without it all units are alike.
    `strength` (one, or c) replaces the estimated strengths: 0 leaves the counts, infinity leaves the pattern alone.
    Raises BadInput for counts that are negative or not numbers.
    """
    reports = _reports(counts)
    expected = expectation(reports, exposure=exposure)
    columns = range(reports.shape[1])
    strengths = [moments(reports[:, k], expected[:, k]) for k in columns] if strength is None else strength
    given = np.broadcast_to(np.asarray(strengths, dtype=float), reports.shape[1])
    shrunk = [posterior(reports[:, k], expected[:, k], strength=given[k]) for k in columns]
    return np.stack(shrunk, axis=1) if shrunk else reports.copy()


def expectation(counts: ArrayLike, *, exposure: ArrayLike | None = None) -> Floats:
    """Return what each category (p x c) would have in each unit if it followed the reports of all other categories.

    That pattern is shrunk to `exposure` by the same model, so that a unit without any other report still expects a
    little, and what is only known there isn't lost. Raises BadInput as `borrowed` does.
    """
    reports = _reports(counts)
    flat = _exposure(exposure, len(reports))
    totals = reports.sum(axis=0)
    expected = np.empty_like(reports)
    for category, others in enumerate((reports.sum(axis=1, keepdims=True) - reports).T):
        level = flat * others.sum()
        pattern = posterior(others, level, strength=moments(others, level)) if others.sum() > 0 else flat
        expected[:, category] = totals[category] * pattern / pattern.sum()
    return expected


def moments(counts: Floats, expected: Floats) -> float:
    """Return the prior's strength k (Marshall's global estimate) of counts (p) around their expectation (p).

    Infinite where counts differ from the expectation no more than chance would have it. Both must have the same sum.
    """
    total = float(expected.sum())
    if total <= 0:
        return float("inf")
    some = expected > 0
    spread = float(((counts[some] - expected[some]) ** 2 / expected[some]).sum()) / total
    variance = spread - int(some.sum()) / total
    return 1 / variance if variance > 0 else float("inf")


def posterior(counts: Floats, expected: Floats, *, strength: float) -> Floats:
    """Return the posterior means of counts (p) around their expectation (p), scaled to the sum of the counts."""
    own = np.divide(expected, expected + strength, out=np.zeros_like(expected), where=expected > 0)
    means = expected + own * (counts - expected)
    total = float(means.sum())
    return np.asarray(means * (counts.sum() / total)) if total > 0 else means


def _reports(counts: ArrayLike) -> Floats:
    reports = np.asarray(counts, dtype=float)
    if reports.ndim != 2:
        raise BadInput(N_("Counts must be a table of units by categories."))
    if not np.isfinite(reports).all() or (reports < 0).any():
        raise BadInput(NOT_COUNTS)
    return reports


def _exposure(exposure: ArrayLike | None, units: int) -> Floats:
    """Return the share of each unit, if reports fell evenly on the exposure."""
    given = np.broadcast_to(np.asarray(1.0 if exposure is None else exposure, dtype=float), units)
    if not np.isfinite(given).all() or (given <= 0).any():
        raise BadInput(NOT_SIZES)
    return np.asarray(given / given.sum()) if units else given.copy()
