"""Do 95 % intervals contain the truth in 95 % of simulated evaluations?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from evaluation.sanity.base import Check, at_least, at_most
from evaluation.statistics import mean_interval

N_SIMULATIONS: Final = 500
_FAMILIES, _PER_FAMILY = 20, 4
_TRUE_MEAN: Final = 0.5


def coverage(
    *, n_simulations: int = N_SIMULATIONS, true_mean: float = _TRUE_MEAN, spread: float = 4.0, seed: int = 7
) -> float:
    """Share of simulated evaluations whose interval contains the true mean.

    Families differ in difficulty (a beta distribution; a larger ``spread`` makes them more alike), and
    the samples of a family are drawn with its own probability.
    """
    rng = np.random.default_rng(seed)
    names = [str(family) for family in np.repeat(np.arange(_FAMILIES), _PER_FAMILY)]
    covered = 0
    for simulation in range(n_simulations):
        chances = rng.beta(true_mean * spread, (1 - true_mean) * spread, size=_FAMILIES)
        passes = (rng.random((_FAMILIES, _PER_FAMILY)) < chances[:, None]).astype(float)
        interval = mean_interval(passes.ravel().tolist(), names, seed=simulation)
        covered += interval.low <= true_mean <= interval.high
    return covered / n_simulations


def check_intervals(*, scale: int = 1) -> Iterator[Check]:
    """Yield the coverage with both of its bounds, over ``scale`` times 500 simulations."""
    share = coverage(n_simulations=scale * N_SIMULATIONS)
    yield Check("statistics", "coverage", "95 % intervals that hold the truth", share, at_least(0.93), 0)
    yield Check(
        "statistics", "coverage", "95 % intervals that hold the truth, not too wide", share, at_most(0.97), 0
    )
