"""How often an artifact is taken by those who looked at it: debiased, decayed, smoothed, with an interval."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import beta

from matchgraph.learning.showings import Floats

# Evidence halves in weight in so many days: models are replaced, and so are wishes.
HALF_LIFE_DAYS = 90.0
# What is believed of anything before somebody was shown it: the value of a missing signal in the rank.
USUAL_SUCCESS = 0.25
# As many visitors who looked as a prior counts for: one of them moves a success by less than 0.05.
PRIOR_LOOKS = 20.0


@dataclass(frozen=True)
class Success:
    """Posterior means on 0-1 with standard deviations and the bounds of a 90 % interval, as columns."""

    mean: Floats
    sd: Floats
    low: Floats
    high: Floats


def decay(age_days: Floats, *, half_life_days: float = HALF_LIFE_DAYS) -> Floats:
    """Return what evidence of an age still weighs, 0-1.

    >>> decay(np.array([0.0, 90.0, 180.0])).tolist()
    [1.0, 0.5, 0.25]
    """
    weights: Floats = 0.5 ** (np.maximum(age_days, 0.0) / half_life_days)
    return weights


def smoothed(taken: Floats, looks: Floats, *, prior: Floats, prior_looks: float = PRIOR_LOOKS) -> Success:
    """Return the Beta posterior of success.

    ``taken`` over ``looks``, where a showing counts as many looks as its position is likely to be looked at,
    is the inverse-propensity estimate in which each showing weighs as much as its propensity: of all such
    weightings the one with the least variance where success is rare. Takes beyond the looks (possible, since
    looks are expectations) leave no failures.

    Args:
        taken: the weight of those who took it, at least 0.
        looks: the weight of those who are expected to have looked, at least 0.
        prior: the success that is believed before anything is seen, 0-1.
        prior_looks: what the belief is worth, above 0.
    """
    share = np.clip(prior, 0.01, 0.99)
    a = prior_looks * share + taken
    b = prior_looks * (1 - share) + np.maximum(looks - taken, 0.0)
    total = a + b
    return Success(
        mean=a / total,
        sd=np.sqrt(a * b / (total**2 * (total + 1))),
        low=beta.ppf(0.05, a, b),
        high=beta.ppf(0.95, a, b),
    )
