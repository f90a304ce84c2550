"""From signals to a score with its interval.

Each signal is placed on 0-1, multiplied by its points and rounded to integer milli-points; the
score is the exact sum. The interval comes from the signals' own standard deviations, taken as
independent: ``score +- z * sqrt(sum((points * sd)^2))``, clipped to 0-100.
"""

import math
from functools import lru_cache
from statistics import NormalDist

import numpy as np

from ranking.compute.formula import MILLI, Formula, Profile, Reference, SignalRule
from ranking.compute.records import ArtifactInputs, ComponentResult, RankResult, SignalInput, SignalResult

MAX_SCORE = 100 * MILLI
# Beta prior of match success: a quarter of the showings, worth four of them.
MATCH_PRIOR = (1.0, 3.0)
# Logarithms differ in their last bit from machine to machine; shares are rounded far above that.
SHARE_STEPS = 1_000_000


def score_artifact(inputs: ArtifactInputs, *, formula: Formula) -> RankResult:
    """Return one artifact's rank; it depends on this artifact's inputs and the formula alone.

    Raises:
        KeyError: no profile of the formula covers the artifact's kind.
    """
    profile = formula.profile_of(inputs.kind)
    given = {signal.name: signal for signal in inputs.signals}
    results = [_score_signal(rule, given.get(rule.name), profile, formula) for rule in profile.signals]
    components = tuple(
        _component(name, label, [result for result in results if result.component == name])
        for name, label in formula.components.items()
        if any(result.component == name for result in results)
    )
    score = sum(component.points for component in components)
    half_width = interval_z(formula.confidence_level) * math.hypot(
        *(component.sd for component in components)
    )
    return RankResult(
        slug=inputs.slug,
        kind=inputs.kind,
        score=score,
        low=max(0, math.floor(score - half_width)),
        high=min(MAX_SCORE, math.ceil(score + half_width)),
        components=components,
    )


def reference_share(value: float, *, reference: Reference, levels: tuple[float, ...]) -> float:
    """Return where a count stands in a frozen distribution, linear in ``ln(1 + x)`` between knots.

    Where several levels share one knot the count takes the lowest of them, so that a zero is worth
    nothing. Non-decreasing in ``value``; 0-1.
    """
    logs, shares = reference_knots(reference, levels)
    return float(np.interp(math.log1p(value), logs, shares))


@lru_cache(maxsize=64)
def reference_knots(
    reference: Reference, levels: tuple[float, ...]
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return the distinct knots as ``ln(1 + x)`` and the level of each."""
    first = dict(reversed(list(zip(reference.knots, levels, strict=True))))
    knots = sorted(first)
    return tuple(math.log1p(knot) for knot in knots), tuple(first[knot] for knot in knots)


def freshness_share(days: float, *, grace_days: float, half_life_days: float) -> float:
    """Return 1 inside the grace period, then halve every ``half_life_days``.

    >>> freshness_share(180 + 365, grace_days=180, half_life_days=365)
    0.5
    """
    return 1.0 if days <= grace_days else 0.5 ** ((days - grace_days) / half_life_days)


def match_share(accepted: float, shown: int) -> tuple[float, float]:
    """Return mean and standard deviation of the Beta posterior of match success."""
    a, b = MATCH_PRIOR[0] + accepted, MATCH_PRIOR[1] + max(0.0, shown - accepted)
    return a / (a + b), math.sqrt(a * b / ((a + b) ** 2 * (a + b + 1)))


def _score_signal(
    rule: SignalRule, given: SignalInput | None, profile: Profile, formula: Formula
) -> SignalResult:
    if given is None:
        share, sd = formula.missing_value, formula.missing_sd
    else:
        share, sd = (_rounded(value) for value in _observed(rule, given, profile, formula))
    weight = rule.weight
    return SignalResult(
        name=rule.name,
        label=rule.label,
        component=rule.component,
        state="missing" if given is None else "observed",
        share=share,
        sd=sd,
        weight=weight,
        points=math.floor(weight * share + 0.5),
        given=given,
    )


def _rounded(value: float) -> float:
    return math.floor(value * SHARE_STEPS + 0.5) / SHARE_STEPS


def _observed(
    rule: SignalRule, given: SignalInput, profile: Profile, formula: Formula
) -> tuple[float, float]:
    if rule.method == "reference":
        return _observed_count(given, formula.references[rule.name], formula.levels)
    if rule.method == "match":
        return match_share(given.value, given.trials or 0)
    sd = rule.sd if given.sd is None else max(rule.sd, given.sd)
    if rule.method == "freshness":
        return _freshness(given, profile), sd
    return min(1.0, max(0.0, given.value)), sd


def _freshness(given: SignalInput, profile: Profile) -> float:
    """Return 0 for what is archived, else the share by age, with a grace of its own where it has one."""
    if given.is_archived:
        return 0.0
    grace = profile.grace_days if given.grace_days is None else given.grace_days
    return freshness_share(given.value, grace_days=grace, half_life_days=profile.half_life_days)


def _observed_count(
    given: SignalInput, reference: Reference, levels: tuple[float, ...]
) -> tuple[float, float]:
    """Return share and sd of a count through the local slope.

    The noise on the logarithm is Poisson's, the source's own and what is suspicious about the count.
    """
    value = given.value
    log_sd = math.hypot(math.sqrt(1 / (value + 1)), reference.log_sd, given.doubt or 0.0)
    share = reference_share(value, reference=reference, levels=levels)
    low = reference_share(
        math.expm1(max(0.0, math.log1p(value) - log_sd)), reference=reference, levels=levels
    )
    high = reference_share(math.expm1(math.log1p(value) + log_sd), reference=reference, levels=levels)
    return share, (high - low) / 2


def _component(name: str, label: str, signals: list[SignalResult]) -> ComponentResult:
    return ComponentResult(
        name=name,
        label=label,
        weight=sum(signal.weight for signal in signals),
        points=sum(signal.points for signal in signals),
        sd=_rounded(math.hypot(*(signal.weight * signal.sd for signal in signals))),
        is_missing=all(signal.state == "missing" for signal in signals),
        signals=tuple(signals),
    )


def interval_z(confidence_level: float) -> float:
    """Return how many standard deviations a two-sided normal interval reaches to each side."""
    return NormalDist().inv_cdf((1 + confidence_level) / 2)
