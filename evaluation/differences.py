"""Which of several systems is better, on the same prompts and seeds? Pure numpy and scipy, no Django.

Differences are taken sample by sample, so what makes a prompt hard for all cancels out, and whole
families are resampled as in ``evaluation/statistics.py``. Where several differences are shown together,
one of them would look real by chance more often than its own 5 %; Holm's procedure (Holm 1979) keeps the
chance of any false one at 5 %. Each interval is drawn at the level at which Holm judged its difference,
so a difference counts as a tie exactly where its interval covers 0.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri, stdtr, stdtrit

from evaluation.statistics import (
    LEVEL,
    Clusters,
    Floats,
    cluster,
    expanded_tail,
    resampled_means,
    resampling_weights,
    wilson,
)

POWER: Final = 0.8
# Sums of the same values in another order may differ in the last bits.
_SAME: Final = 1e-12
Pair: TypeAlias = tuple[Sequence[float], Sequence[float], Sequence[str]]


@dataclass(frozen=True)
class PairedDifference:
    """The mean of first minus second over the samples that both have, between -1 and 1.

    ``low`` and ``high`` hold the true difference at ``level``, which is above 95 % where others are shown
    beside it; ``is_tie`` says that they cover 0. ``p_value`` is of this difference alone.
    ``minimal_detectable`` is the true difference that this many families would show in 80 % of repetitions.
    """

    difference: float
    low: float
    high: float
    is_tie: bool
    p_value: float
    level: float
    minimal_detectable: float
    n_families: int
    n_samples: int


@dataclass(frozen=True)
class Position:
    """A system's place by its mean, 1 for the best, and the places that it takes in 95 % of resamples."""

    position: int
    low: int
    high: int


def paired_difference(
    first: Sequence[float], second: Sequence[float], families: Sequence[str], *, seed: int = 0
) -> PairedDifference:
    """Mean difference of two systems on the same prompts and seeds, shown alone.

    Raises:
        ValueError: for no values, unequal lengths, or a value outside [0, 1].
    """
    return paired_differences([(first, second, families)], seed=seed)[0]


def paired_differences(pairs: Sequence[Pair], *, seed: int = 0) -> list[PairedDifference]:
    """Mean differences of all pairs that are shown together, with Holm's correction over them.

    Raises:
        ValueError: for no values, unequal lengths, or a value outside [0, 1].
    """
    # Pairs with as many families are resampled alike: drawing is most of the work.
    weights_of = cache(partial(resampling_weights, seed=seed))
    resampled = [_resample(pair, weights_of=weights_of) for pair in pairs]
    levels = holm_levels([pair.p_value for pair in resampled])
    return [pair.at_level(level) for pair, level in zip(resampled, levels, strict=True)]


def holm_levels(p_values: Sequence[float], *, level: float = LEVEL) -> list[float]:
    """Return for each p-value the level of confidence at which Holm's procedure judges it.

    From the smallest on, the k-th of m (from 0) is judged at ``1 - (1 - level) / (m - k)``; from the first
    that is not significant on, all are judged at that one's level.

    >>> [round(judged, 4) for judged in holm_levels([0.3, 0.001])]
    [0.95, 0.975]
    """
    levels = [level] * len(p_values)
    alpha, is_over = 0.0, False
    for k, place in enumerate(np.argsort(p_values, kind="stable")):
        if not is_over:
            alpha = (1.0 - level) / (len(p_values) - k)
            is_over = p_values[place] >= alpha
        levels[place] = 1.0 - alpha
    return levels


def position_intervals(
    values: npt.NDArray[np.float64], families: Sequence[str], *, seed: int = 0
) -> list[Position]:
    """Return each system's place with its 95 % interval over resamples of families.

    ``values`` has the shape (systems, samples), each from 0 to 1, the samples in the same order for all. A
    system's place is one more than the number of systems with a larger mean.

    Raises:
        ValueError: for no values, unequal lengths, or a value outside [0, 1].

    >>> position_intervals(np.array([[0.0] * 9, [1.0] * 9]), list("abcdefghi"))
    [Position(position=2, low=2, high=2), Position(position=1, low=1, high=1)]
    """
    clusters = [cluster(row, families, lowest=0.0) for row in values]
    n_families = len(clusters[0].sums)
    sums = np.array([system.sums for system in clusters])
    means = sums.sum(axis=1) / clusters[0].counts.sum()
    if n_families == 1:
        return [Position(int((means > mean + _SAME).sum()) + 1, 1, len(values)) for mean in means]
    weights = resampling_weights(n_families, seed=seed)
    resampled = (weights @ sums.T) / (weights @ clusters[0].counts)[:, None]
    tail = expanded_tail(n_families)
    found = []
    for system, mean in enumerate(means):
        places = (resampled > resampled[:, [system]] + _SAME).sum(axis=1) + 1
        low, high = np.quantile(places, [tail, 1.0 - tail], method="inverted_cdf")
        found.append(Position(int((means > mean + _SAME).sum()) + 1, int(low), int(high)))
    return found


@dataclass(frozen=True)
class _Resampled:
    """A pair's differences by family, and the means of their resamples."""

    clusters: Clusters
    means: Floats
    n_samples: int

    @property
    def p_value(self) -> float:
        """The error level at which the interval begins to cover 0; two-sided."""
        n = len(self.clusters.sums)
        difference = abs(self.clusters.mean)
        if n == 1 or difference <= _SAME:
            return 1.0
        if self.clusters.stderr == 0.0:
            # Wilson's bound for a share of 0 reaches the difference at this z.
            z = np.sqrt(n * difference / (1.0 - difference)) if difference < 1.0 else np.inf
            return float(2.0 * ndtr(-z))
        beyond = min(int((self.means <= 0.0).sum()), int((self.means >= 0.0).sum()))
        tail = (beyond + 1) / (len(self.means) + 1)
        t = -float(ndtri(tail)) / np.sqrt(n / (n - 1))
        return min(1.0, float(2.0 * stdtr(n - 1, -t)))

    def at_level(self, level: float) -> PairedDifference:
        """Draw the interval at a level of confidence."""
        n, difference = len(self.clusters.sums), self.clusters.mean
        if n == 1:
            low, high = -1.0, 1.0
        elif self.clusters.stderr == 0.0:
            # No family stands out: what may have stayed unseen is bounded as a share of families.
            _, unseen = wilson(0.0, n, level=level)
            low, high = difference - unseen, difference + unseen
        else:
            tail = expanded_tail(n, level=level)
            low, high = (float(bound) for bound in np.quantile(self.means, [tail, 1.0 - tail]))
        low, high = max(-1.0, min(low, difference)), min(1.0, max(high, difference))
        return PairedDifference(
            difference,
            low,
            high,
            is_tie=low <= 0.0 <= high,
            p_value=self.p_value,
            level=level,
            minimal_detectable=_minimal_detectable(self.clusters),
            n_families=n,
            n_samples=self.n_samples,
        )


def _resample(pair: Pair, *, weights_of: Callable[[int], Floats]) -> _Resampled:
    first, second, families = pair
    for values in (first, second):
        cluster(values, families, lowest=0.0)
    clusters = cluster(np.subtract(first, second), families, lowest=-1.0)
    is_flat = len(clusters.sums) == 1 or clusters.stderr == 0.0
    if is_flat:
        return _Resampled(clusters, np.array([clusters.mean]), len(first))
    means = resampled_means(clusters, weights=weights_of(len(clusters.sums)))
    return _Resampled(clusters, means, len(first))


def _minimal_detectable(clusters: Clusters) -> float:
    n = len(clusters.sums)
    if n == 1:
        return 1.0
    if clusters.stderr == 0.0:
        return wilson(0.0, n)[1]
    quantiles = float(stdtrit(n - 1, 0.5 + LEVEL / 2)) + float(stdtrit(n - 1, POWER))
    return min(1.0, quantiles * clusters.stderr)
