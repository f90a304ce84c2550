"""Sudden growth, held against an artifact's own history.

A running total grows from one observation to the next by so much a day. Where a step is far above what the
steps before it were, it counts only up to the edge of that history: the median and six deviations of it. A
count over a moving window (the downloads of 30 days) is held against its own earlier values in the same way,
on the logarithm. Nobody is accused: what was cut is shown, and the interval widens. What is older than half a
year counts in full, for what was bought has mostly gone by then (He et al. 2024, arXiv 2412.13459: two months).
"""

import datetime as dt
import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

MIN_STEPS = 3
DEVIATIONS = 6
# Makes the median absolute deviation comparable with a standard deviation of normal values.
MAD_TO_SD = 1.4826
# An even history has no deviation: half of its own pace, and never less than one a day, counts as one.
MIN_SD_OF_MEDIAN = 0.5
MIN_SD_A_DAY = 1.0
MIN_SD_OF_LOG = 0.25
MEMORY_DAYS = 180


@dataclass(frozen=True)
class Observed:
    """A count on a day."""

    day: dt.date
    value: float


@dataclass(frozen=True)
class Winsorised:
    """The count as it was observed and as it counts; ``doubt`` is what that adds to the log's sd."""

    observed: float
    value: float

    @property
    def doubt(self) -> float:
        """Return how far apart the two are on the logarithm; 0 where nothing was cut."""
        return math.log1p(self.observed) - math.log1p(self.value)


def winsorised_total(history: Sequence[Observed]) -> Winsorised:
    """Return the latest of a running total's observations, its sudden steps cut; non-decreasing in it.

    Args:
        history: observations in the order of their days, one a day, at least one.

    >>> days = [dt.date(2026, 1, day) for day in range(1, 6)]
    >>> winsorised_total([Observed(d, v) for d, v in zip(days, [100, 102, 104, 106, 999])]).value
    114.0
    """
    latest = history[-1]
    cut, rates = 0.0, list[float]()
    for before, after in pairwise(history):
        n_days = max(1, (after.day - before.day).days)
        rate = (after.value - before.value) / n_days
        is_recent = (latest.day - after.day).days <= MEMORY_DAYS
        limit = _limit(rates) if is_recent and len(rates) >= MIN_STEPS else math.inf
        cut += max(0.0, rate - limit) * n_days
        rates.append(rate)
    return Winsorised(latest.value, max(0.0, latest.value - cut))


def winsorised_window(history: Sequence[Observed]) -> Winsorised:
    """Return the latest of a moving window's counts, cut to what its history makes plausible.

    Args:
        history: observations in the order of their days, one a day, at least one.

    >>> days = [dt.date(2026, 1, day) for day in range(1, 6)]
    >>> round(winsorised_window([Observed(d, v) for d, v in zip(days, [99, 99, 99, 99, 10**6])]).value)
    447
    """
    latest = history[-1]
    logs = [math.log1p(each.value) for each in history[:-1] if (latest.day - each.day).days <= MEMORY_DAYS]
    if len(logs) <= MIN_STEPS:
        return Winsorised(latest.value, latest.value)
    limit = statistics.median(logs) + DEVIATIONS * max(_spread(logs), MIN_SD_OF_LOG)
    return Winsorised(latest.value, min(latest.value, float(math.floor(math.expm1(limit)))))


def _limit(rates: Sequence[float]) -> float:
    """Return the fastest growth a day that a history makes plausible."""
    median = statistics.median(rates)
    return median + DEVIATIONS * max(_spread(rates), MIN_SD_OF_MEDIAN * abs(median), MIN_SD_A_DAY)


def _spread(values: Sequence[float]) -> float:
    median = statistics.median(values)
    return MAD_TO_SD * statistics.median(abs(value - median) for value in values)
