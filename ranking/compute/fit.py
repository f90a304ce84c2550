"""Points that make components decide as much as they are declared to.

Points say what a component can give at most; how much it decides depends on how it varies among artifacts.
As with the risk budgets of a portfolio (Maillard, Roncalli and Teiletche 2010; Spinu 2013) there is exactly
one set of positive points under which each component's share of the variance of the scores is the declared
one. It is found by multiplying each component's points by the root of declared over effective, again and
again. A component on which all are equal decides nothing whatever its points: it keeps the declared ones.
No component goes above what the budgets of its signals allow.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ranking.compute.formula import MILLI, Formula, Profile
from ranking.compute.records import RankResult
from ranking.compute.score import reference_knots

Floats = NDArray[np.float64]
# Ten times as many of one count may not move a score by more.
MAX_TENFOLD_POINTS = 6.5
N_STEPS = 2000
# Fewer artifacts than this tell nothing about how components vary.
MIN_ARTIFACTS = 8


@dataclass(frozen=True)
class _Shape:
    """What the fit of one profile starts from, an entry for each component."""

    names: list[str]
    values: Floats
    declared: Floats
    limits: Floats


def fitted_points(profile: Profile, formula: Formula, results: Sequence[RankResult]) -> dict[str, float]:
    """Return the points of each signal of a profile, in thousandths that sum to 100.

    Args:
        profile: the profile; its declared weights and the signals' shares of their components stay.
        formula: the formula that the profile belongs to.
        results: ranks of the profile's artifacts; fewer than eight leave the declared points.
    """
    shares = signal_shares(profile)
    names = list(dict.fromkeys(rule.component for rule in profile.signals))
    declared = np.array([profile.declared[name] for name in names], dtype=np.float64)
    limits = np.array([_limit(name, shares, profile, formula) for name in names])
    if len(results) < MIN_ARTIFACTS:
        points = _within(declared, limits, keep=np.zeros(len(names), dtype=bool))
    else:
        values = np.array([[_value(result, name, shares) for name in names] for result in results])
        points = _solved(_Shape(names, values, declared, limits))
    by_component = dict(zip(names, points, strict=True))
    return _in_thousandths(
        {rule.name: shares[rule.name] * by_component[rule.component] for rule in profile.signals}
    )


def signal_shares(profile: Profile) -> dict[str, float]:
    """Return which part of its component's points each signal holds."""
    totals: dict[str, float] = {}
    for rule in profile.signals:
        totals[rule.component] = totals.get(rule.component, 0) + rule.points
    return {rule.name: rule.points / totals[rule.component] for rule in profile.signals}


def tenfold_gain(name: str, formula: Formula) -> float:
    """Return the largest rise of a count's share when the count grows tenfold, 0-1.

    The share is linear in ``ln(1 + x)`` between knots, so the rise is largest where the count or ten
    times the count stands at a knot.
    """
    logs, shares = reference_knots(formula.references[name], formula.levels)
    ends = np.expm1(np.array(logs))
    starts = np.concatenate([ends, ends / 10])
    gains = np.interp(np.log1p(10 * starts), logs, shares) - np.interp(np.log1p(starts), logs, shares)
    return float(gains.max())


def _limit(component: str, shares: dict[str, float], profile: Profile, formula: Formula) -> float:
    """Return the most points that the budgets leave a component."""
    own = {rule.name: rule for rule in profile.signals if rule.component == component}
    limits = [math.inf]
    limits += [
        MAX_TENFOLD_POINTS / (tenfold_gain(name, formula) * shares[name])
        for name, rule in own.items()
        if rule.method == "reference"
    ]
    for budget in formula.budgets:
        if held := sum(shares[name] for name in own if name in budget.signals):
            limits.append(budget.points / held)
    return min(limits) * 0.999


def _value(result: RankResult, component: str, shares: dict[str, float]) -> float:
    """Return a component's value, 0-1, whatever its points are now."""
    found = next(each for each in result.components if each.name == component)
    return sum(signal.share * shares[signal.name] for signal in found.signals)


def _solved(shape: _Shape) -> Floats:
    covariance = np.cov(shape.values, rowvar=False)
    varies = np.diag(covariance) > 1e-9
    points = np.minimum(shape.declared, shape.limits)
    wanted = np.where(varies, shape.declared, 0) / shape.declared[varies].sum()
    for _ in range(N_STEPS):
        contributions = points * (covariance @ points)
        effective = np.maximum(contributions / contributions.sum(), 1e-6)
        points = np.where(varies, points * np.sqrt(wanted / effective), shape.declared)
        points = _within(points, shape.limits, keep=~varies)
    return points


def _within(points: Floats, limits: Floats, *, keep: NDArray[np.bool_]) -> Floats:
    """Return the points scaled to 100 in total, none above its limit; what is to be kept stays."""
    held = keep.copy()
    points = np.where(keep, np.minimum(points, limits), points)
    for _ in points:
        free = (100 - points[held].sum()) / points[~held].sum()
        scaled = np.where(held, points, points * free)
        over = ~held & (scaled > limits)
        if not over.any():
            return scaled
        points, held = np.where(over, limits, points), held | over
    raise ValueError("the budgets leave no 100 points: give some signal more room")


def _in_thousandths(points: dict[str, float]) -> dict[str, float]:
    """Return points in thousandths that sum to 100 exactly: the largest remainders are rounded up."""
    exact = {name: value * MILLI for name, value in points.items()}
    whole = {name: math.floor(value) for name, value in exact.items()}
    left = 100 * MILLI - sum(whole.values())
    for name in sorted(exact, key=lambda key: whole[key] - exact[key])[:left]:
        whole[name] += 1
    return {name: value / MILLI for name, value in whole.items()}
