"""How the nearest vectors are found: by looking at all that match, or along an index. Plain Python.

Looking at all costs time for each that matches; an index has to pass by more vectors the fewer of them
match, and loses some. So the choice goes by counts alone.
"""

from enum import StrEnum

# From so many vectors on a generation is given an index; below, all are looked at in a few milliseconds.
INDEXED_FROM = 10_000
# Up to so many that match, each is looked at: 10,000 took 7 ms, and nothing is lost
# (benchmarks/README.md).
EXACT_UP_TO = 20_000
# Up to so many, the names and intents of each are looked at too; of more, those near the query on the whole.
CLOSELY_UP_TO = 2_000
# How long a scan along the index goes on: looked at beside each other, and in all.
SCAN_WIDTH, MOST_SCANNED = 200, 200_000


class Route(StrEnum):
    """The two ways."""

    EXACT = "exact"
    INDEX = "index"


def route_for(n_matching: int, *, is_indexed: bool) -> Route:
    """Return the way to go for a filter that about ``n_matching`` vectors meet.

    >>> route_for(1_000, is_indexed=True), route_for(100_000, is_indexed=True)
    (<Route.EXACT: 'exact'>, <Route.INDEX: 'index'>)
    """
    return Route.INDEX if is_indexed and n_matching > EXACT_UP_TO else Route.EXACT
