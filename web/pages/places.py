"""Places in a list of intervals. Plain Python: no database here."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence


def place_ranges(intervals: Sequence[tuple[float, float]]) -> list[tuple[int, int]]:
    """Return the best and the worst place that each ``(low, high)`` can hold, 1 is the best.

    A rival is surely ahead only if its whole interval lies above, so overlapping intervals share places.

    >>> place_ranges([(60, 70), (55, 65), (10, 20)])
    [(1, 2), (1, 2), (3, 3)]
    """
    lows = sorted(low for low, _ in intervals)
    highs = sorted(high for _, high in intervals)
    n = len(intervals)
    return [(1 + n - bisect_right(lows, high), n - bisect_left(highs, low)) for low, high in intervals]


def place_words(best: int, worst: int) -> str:
    """Return a range of places.

    >>> place_words(1, 1), place_words(2, 5)
    ('1', '2–5')
    """
    return str(best) if best == worst else f"{best}\N{EN DASH}{worst}"
