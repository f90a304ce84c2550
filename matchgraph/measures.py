"""How good an order of results is against graded answers. Plain Python."""

import math
from collections.abc import Mapping, Sequence

# From this grade on an answer counts as right where a measure knows right and wrong only.
RIGHT = 2


def ndcg(ranking: Sequence[str], grades: Mapping[str, int], *, k: int = 10) -> float:
    """Return the normalised discounted gain of the first ``k``, 0-1 (Järvelin and Kekäläinen 2002).

    The gain of a grade g is 2^g - 1, and 0 for what has no grade.

    >>> ndcg(["b", "a"], {"a": 3})
    0.6309297535714575
    """

    def gain(graded: Sequence[int]) -> float:
        gains = (float(2**grade - 1) / math.log2(place + 1) for place, grade in enumerate(graded, start=1))
        return sum(gains)

    best = gain(sorted(grades.values(), reverse=True)[:k])
    return gain([grades.get(slug, 0) for slug in ranking[:k]]) / best if best else 0.0


def recall(ranking: Sequence[str], grades: Mapping[str, int], *, k: int = 10) -> float:
    """Return which share of the right answers stands among the first ``k``, of those that could."""
    right = {slug for slug, grade in grades.items() if grade >= RIGHT}
    return len(right & set(ranking[:k])) / min(len(right), k) if right else 0.0


def reciprocal_rank(ranking: Sequence[str], grades: Mapping[str, int]) -> float:
    """Return one over the place of the first right answer; 0 where there is none."""
    places = (place for place, slug in enumerate(ranking, start=1) if grades.get(slug, 0) >= RIGHT)
    return 1 / next(places, math.inf)


def success(ranking: Sequence[str], grades: Mapping[str, int]) -> float:
    """Return 1 where the first result is a right answer."""
    return float(bool(ranking) and grades.get(ranking[0], 0) >= RIGHT)
