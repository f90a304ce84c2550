"""How far two orders agree: Spearman's rank correlation with its interval."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from scipy.stats import spearmanr

MIN_PAIRS = 4
Z_95 = 1.959964
NEARLY_ONE = 0.99


@dataclass(frozen=True)
class RankCorrelation:
    """Spearman's rho of n pairs with its 95 % interval, all in [-1, 1]."""

    rho: float
    low: float
    high: float
    n: int


def rank_correlation(pairs: Sequence[tuple[float, float]]) -> RankCorrelation | None:
    """Return the rank correlation of pairs; None for fewer than four, or where one side never differs.

    The interval is Fisher's with the variance of Bonett and Wright (2000), ``(1 + rho^2 / 2) / (n - 3)``.

    >>> rank_correlation([(1, 10), (2, 20), (3, 30), (4, 25)]).rho
    0.8
    """
    firsts, seconds = ([pair[side] for pair in pairs] for side in (0, 1))
    if len(pairs) < MIN_PAIRS or len(set(firsts)) == 1 or len(set(seconds)) == 1:
        return None
    rho = round(float(spearmanr(firsts, seconds).statistic), 12)
    half = Z_95 * math.sqrt((1 + rho**2 / 2) / (len(pairs) - 3))
    # A perfect order stands at infinity on Fisher's scale, of which few pairs cannot tell.
    centre = math.atanh(max(-NEARLY_ONE, min(NEARLY_ONE, rho)))
    low, high = min(rho, math.tanh(centre - half)), max(rho, math.tanh(centre + half))
    return RankCorrelation(rho, low, high, len(pairs))
