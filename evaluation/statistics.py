"""Means with honest intervals: pure numpy and scipy, no Django.

Samples are not independent: the prompts of a family share their difficulty, and the seeds of a
prompt share more. Whole families are therefore resampled, each with all its prompts and seeds
(the one-stage cluster bootstrap, Davison & Hinkley 1997, section 3.8). Two corrections make the
percentile interval hold what it promises on a few dozen families:

* Its tails are moved out from alpha/2 to ``Phi(-sqrt(n/(n-1)) t(alpha/2, n-1))`` (the expanded
  percentile interval of Hesterberg 2015, "What Teachers Should Know About the Bootstrap", section 5.3).
* Near 0 and 1 resampling cannot show what was never drawn; where all families agree, the interval would have
  no width. The interval is therefore never narrower than Wilson's score interval for the effective
  number of independent families (the variance ratio of Korn & Graubard 1998, at most one per family
  where families do not vary).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri, stdtrit

Floats: TypeAlias = npt.NDArray[np.float64]

LEVEL: Final = 0.95
N_RESAMPLES: Final = 10_000
METHOD: Final = (
    f"cluster bootstrap over families, {N_RESAMPLES:,} resamples, expanded percentile, Wilson floor"
)


@dataclass(frozen=True)
class Interval:
    """A mean over samples and its confidence interval, on the scale of the values."""

    mean: float
    low: float
    high: float
    n_families: int
    n_samples: int


def mean_interval(values: Sequence[float], families: Sequence[str], *, seed: int = 0) -> Interval:
    """Mean of values in [0, 1] with its interval; ``families`` names each value's cluster.

    Raises:
        ValueError: for no values, unequal lengths, or a value outside [0, 1].

    >>> interval = mean_interval([1.0, 1.0, 0.0, 1.0], ["a", "a", "b", "c"])
    >>> interval.mean, interval.n_families
    (0.75, 3)
    """
    clusters = cluster(values, families, lowest=0.0)
    mean = clusters.mean
    low, high = _bootstrap(clusters, seed=seed)
    wilson_low, wilson_high = wilson(mean, _effective_families(clusters))
    return Interval(
        mean,
        max(0.0, min(low, wilson_low, mean)),
        min(1.0, max(high, wilson_high, mean)),
        len(clusters.sums),
        len(values),
    )


def wilson(share: float, n: float, *, level: float = LEVEL) -> tuple[float, float]:
    """Wilson's score interval of a share among ``n`` independent trials (Wilson 1927).

    >>> [round(bound, 3) for bound in wilson(0.0, 20)]
    [0.0, 0.161]
    """
    z2 = float(ndtri(0.5 + level / 2)) ** 2
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    reach = np.sqrt(z2 * (share * (1 - share) / n + z2 / (4 * n * n))) / (1 + z2 / n)
    return max(0.0, float(centre - reach)), min(1.0, float(centre + reach))


@dataclass(frozen=True)
class Clusters:
    """Sum and number of the values of each family."""

    sums: Floats
    counts: Floats

    @property
    def mean(self) -> float:
        """Mean over all values, whatever family they belong to."""
        return float(self.sums.sum() / self.counts.sum())

    @property
    def stderr(self) -> float:
        """Standard error of the mean as a ratio of cluster totals (linearised)."""
        n = len(self.sums)
        if n == 1:
            return 0.0
        residuals = self.sums - self.mean * self.counts
        variance = float(np.square(residuals).sum()) * n / (n - 1)
        return float(np.sqrt(variance)) / float(self.counts.sum()) if variance > 1e-18 else 0.0


def cluster(values: Sequence[float] | Floats, families: Sequence[str], *, lowest: float) -> Clusters:
    """Sum values up by family.

    Raises:
        ValueError: for no values, unequal lengths, or a value outside [``lowest``, 1].
    """
    array = np.asarray(values, dtype=np.float64)
    if array.size == 0 or array.size != len(families):
        raise ValueError(f"need one family per value: {array.size} values, {len(families)} families")
    if not bool(((array >= lowest) & (array <= 1.0)).all()):
        raise ValueError(f"values must lie in [{lowest:g}, 1]")
    names, index = np.unique(np.asarray(families), return_inverse=True)
    sums = np.bincount(index, weights=array, minlength=len(names)).astype(np.float64)
    return Clusters(sums, np.bincount(index, minlength=len(names)).astype(np.float64))


def resampled_means(clusters: Clusters, *, weights: Floats) -> Floats:
    """Return the means of the resamples of whole families that ``resampling_weights`` drew."""
    return np.asarray((weights @ clusters.sums) / (weights @ clusters.counts), dtype=np.float64)


def resampling_weights(n_families: int, *, seed: int) -> Floats:
    """Return how often each resample draws each family: an array of (10,000, n_families)."""
    rng = np.random.default_rng(seed)
    shares = np.full(n_families, 1.0 / n_families)
    return rng.multinomial(n_families, shares, size=N_RESAMPLES).astype(np.float64)


def expanded_tail(n_families: int, *, level: float = LEVEL) -> float:
    """Share of resamples to cut on each side of the percentile interval (Hesterberg 2015).

    >>> 0.01 < expanded_tail(20) < expanded_tail(400) < 0.025
    True
    """
    t = float(stdtrit(n_families - 1, 0.5 + level / 2))
    return float(ndtr(-t * np.sqrt(n_families / (n_families - 1))))


def _bootstrap(clusters: Clusters, *, seed: int) -> tuple[float, float]:
    n = len(clusters.sums)
    if n == 1:
        return -1.0, 1.0
    tail = expanded_tail(n)
    means = resampled_means(clusters, weights=resampling_weights(n, seed=seed))
    low, high = np.quantile(means, [tail, 1.0 - tail])
    return float(low), float(high)


def _effective_families(clusters: Clusters) -> float:
    """How many independent yes/no trials would vary as much as this mean does."""
    n = float(len(clusters.sums))
    mean, stderr = clusters.mean, clusters.stderr
    if stderr == 0.0 or not 0.0 < mean < 1.0:
        return n
    return float(max(mean * (1.0 - mean) / stderr**2, 1.0))
