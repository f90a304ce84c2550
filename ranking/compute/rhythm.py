"""How long an artifact may rest before it counts as less fresh: by its own rhythm of releases."""

import datetime as dt
import statistics
from collections.abc import Iterable
from itertools import pairwise

MIN_RELEASES = 3
SHORTEST_DAYS, LONGEST_DAYS = 30, 365


def own_grace_days(releases: Iterable[dt.date]) -> int | None:
    """Return twice the median time between releases, 30 to 365 days; None for fewer than three.

    >>> own_grace_days([dt.date(2026, 1, 1), dt.date(2026, 3, 2), dt.date(2026, 5, 1)])
    120
    """
    days = sorted(set(releases))
    if len(days) < MIN_RELEASES:
        return None
    gaps = [(later - earlier).days for earlier, later in pairwise(days)]
    return int(min(LONGEST_DAYS, max(SHORTEST_DAYS, 2 * statistics.median(gaps))))
