"""Positions in a list of scores."""

from collections.abc import Sequence


def positions(scores: Sequence[int]) -> list[int]:
    """Return the position of each score, best first from 1; equal scores share one.

    >>> positions([50, 70, 50, 10])
    [2, 1, 2, 4]
    """
    best_first = sorted(scores, reverse=True)
    first_at: dict[int, int] = {}
    for index, score in enumerate(best_first, start=1):
        first_at.setdefault(score, index)
    return [first_at[score] for score in scores]
