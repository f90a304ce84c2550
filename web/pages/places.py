"""Places in a ranked list, as far as the intervals tell. Plain Python: no database here."""

from collections.abc import Sequence

from ranking.compute.verdict import CLEAR, RankSide, probability_higher


def place_range(rank: RankSide, field: Sequence[RankSide]) -> tuple[int, int]:
    """Return the best and the worst place that ``rank`` can hold among ``field``, of which it is one.

    A rival is ahead only where a verdict would call that clear, so what is open shares places.

    >>> sides = [RankSide(90, 85, 95, ()), RankSide(88, 83, 93, ()), RankSide(20, 15, 25, ())]
    >>> [place_range(side, sides) for side in sides]
    [(1, 2), (1, 2), (3, 3)]
    """
    chances = [probability_higher(rival, rank) for rival in field]
    ahead = sum(chance >= CLEAR for chance in chances)
    behind = sum(chance <= 1 - CLEAR for chance in chances)
    return 1 + ahead, len(field) - behind
