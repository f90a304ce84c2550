"""The score of many artifacts at once: the same numbers as ``score_artifact``, a column at a time.

``score.py`` is the definition; this computes the same from arrays, for catalogues of millions.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ranking.compute.formula import Formula, Profile, Reference, SignalRule
from ranking.compute.score import MATCH_PRIOR, MAX_SCORE, SHARE_STEPS, interval_z, reference_knots

Floats = NDArray[np.float64]
Integers = NDArray[np.int32]
Booleans = NDArray[np.bool_]


@dataclass(frozen=True)
class SignalColumn:
    """One signal of n artifacts, as in ``SignalInput``; NaN where nothing is known."""

    values: Floats
    sds: Floats | None = None
    trials: Floats | None = None
    doubts: Floats | None = None
    grace_days: Floats | None = None
    is_archived: Booleans | None = None


@dataclass(frozen=True)
class RankColumns:
    """Ranks of n artifacts in milli-points; ``points`` by signal sum to ``score`` exactly."""

    score: Integers
    low: Integers
    high: Integers
    points: dict[str, Integers]


def score_columns(
    columns: Mapping[str, SignalColumn], *, profile: Profile, formula: Formula, n: int
) -> RankColumns:
    """Return the ranks of ``n`` artifacts of one profile.

    Args:
        columns: signals by name, each of length ``n``; a signal that is left out is missing for all.
        profile: the profile that all of them share.
        formula: the formula that the profile belongs to.
        n: how many artifacts there are.
    """
    score = np.zeros(n)
    variance = np.zeros(n)
    points: dict[str, Integers] = {}
    for rule in profile.signals:
        share, sd = _signal(rule, columns.get(rule.name), profile=profile, formula=formula, n=n)
        weight = rule.weight
        earned = np.floor(weight * share + 0.5)
        score += earned
        variance += (weight * sd) ** 2
        points[rule.name] = earned.astype(np.int32)
    half_width = interval_z(formula.confidence_level) * np.sqrt(variance)
    return RankColumns(
        score=score.astype(np.int32),
        low=np.maximum(0, np.floor(score - half_width)).astype(np.int32),
        high=np.minimum(MAX_SCORE, np.ceil(score + half_width)).astype(np.int32),
        points=points,
    )


def _signal(
    rule: SignalRule, column: SignalColumn | None, *, profile: Profile, formula: Formula, n: int
) -> tuple[Floats, Floats]:
    if column is None:
        return np.full(n, formula.missing_value), np.full(n, formula.missing_sd)
    missing = np.isnan(column.values)
    share, sd = _observed(rule, column, profile=profile, formula=formula)
    return (
        np.where(missing, formula.missing_value, _rounded(share)),
        np.where(missing, formula.missing_sd, _rounded(sd)),
    )


def _observed(
    rule: SignalRule, column: SignalColumn, *, profile: Profile, formula: Formula
) -> tuple[Floats, Floats]:
    values = column.values
    if rule.method == "reference":
        return _counts(column, formula.references[rule.name], formula.levels)
    if rule.method == "match":
        return _matches(values, np.zeros_like(values) if column.trials is None else column.trials)
    sds = np.full_like(values, rule.sd)
    if column.sds is not None:
        sds = np.fmax(sds, column.sds)
    if rule.method == "freshness":
        return _freshness(column, profile), sds
    return np.clip(values, 0.0, 1.0), sds


def _freshness(column: SignalColumn, profile: Profile) -> Floats:
    grace: Floats | int = profile.grace_days
    if column.grace_days is not None:
        grace = np.where(np.isnan(column.grace_days), profile.grace_days, column.grace_days)
    late = np.maximum(0.0, column.values - grace)
    shares: Floats = np.power(0.5, late / profile.half_life_days)
    return shares if column.is_archived is None else np.where(column.is_archived, 0.0, shares)


def _counts(column: SignalColumn, reference: Reference, levels: tuple[float, ...]) -> tuple[Floats, Floats]:
    logs, shares = reference_knots(reference, levels)
    log_values = np.log1p(column.values)
    variances = 1 / (column.values + 1) + reference.log_sd**2
    if column.doubts is not None:
        variances += np.nan_to_num(column.doubts) ** 2
    log_sds = np.sqrt(variances)
    low = np.interp(np.maximum(0.0, log_values - log_sds), logs, shares)
    high = np.interp(log_values + log_sds, logs, shares)
    return np.interp(log_values, logs, shares), (high - low) / 2


def _matches(accepted: Floats, shown: Floats) -> tuple[Floats, Floats]:
    a = MATCH_PRIOR[0] + accepted
    b = MATCH_PRIOR[1] + np.maximum(0.0, shown - accepted)
    total = a + b
    return a / total, np.sqrt(a * b / (total * total * (total + 1)))


def _rounded(values: Floats) -> Floats:
    steps: Floats = np.floor(values * SHARE_STEPS + 0.5) / SHARE_STEPS
    return steps


def column_of(values: list[float | None]) -> Floats:
    """Return values as a column, NaN where one is None.

    >>> column_of([1, None])
    array([ 1., nan])
    """
    return np.array([math.nan if value is None else value for value in values], dtype=np.float64)
