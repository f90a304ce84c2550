"""Several pieces of evidence about one quality, weighed by how sure each is.

The missing value of the formula is the prior, with its wide interval; each piece pulls away from it by
the inverse of its variance (the mean of normal distributions with known variances). So nothing known
gives exactly the missing value, an unverified report moves it part of the way, and our own measurement
with its narrow interval decides.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from ranking.compute.formula import Benchmark


@dataclass(frozen=True)
class Evidence:
    """A value on 0-1 and its standard deviation, which is above 0."""

    mean: float
    sd: float


def combined(pieces: Iterable[Evidence], *, prior: Evidence) -> Evidence:
    """Return what the pieces say together with the prior.

    >>> round(combined([Evidence(0.9, 0.2)], prior=Evidence(0.3, 0.2)).mean, 6)
    0.6
    """
    everything = [prior, *pieces]
    precisions = [1 / piece.sd**2 for piece in everything]
    total = sum(precisions)
    mean = sum(piece.mean * weight for piece, weight in zip(everything, precisions, strict=True)) / total
    return Evidence(mean, 1 / math.sqrt(total))


def published_share(value: float, *, benchmark: Benchmark, levels: tuple[float, ...]) -> float:
    """Return where a value stands among what was published for its benchmark, 0-1, linear between knots."""
    first = dict(reversed(list(zip(benchmark.knots, levels, strict=True))))
    knots = sorted(first)
    return float(np.interp(value, knots, [first[knot] for knot in knots]))
