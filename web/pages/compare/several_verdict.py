"""What may be said of three or four ranks at once. Plain Python: no database here."""

from collections.abc import Sequence
from itertools import combinations

from ranking.compute.verdict import CLEAR, RankSide, probability_higher

Ranked = tuple[str, RankSide]


def several_headline(sides: Sequence[tuple[str, RankSide | None]]) -> str:
    """Return in a sentence who ranks highest, as far as that is clear; unranked sides are named.

    >>> a, b, c = (RankSide(score, score - 2, score + 2, ()) for score in (80, 79, 40))
    >>> several_headline([("A", a), ("B", b), ("C", c)])
    'A and B are too close to call at the top; both rank higher than C.'
    """
    ranked = sorted(
        ((name, rank) for name, rank in sides if rank is not None), key=lambda side: -side[1].score
    )
    unranked = [name for name, rank in sides if rank is None]
    parts = [_order(ranked)] if len(ranked) > 1 else []
    if unranked:
        parts.append(f"{_join(unranked)} {'is' if len(unranked) == 1 else 'are'} not ranked yet.")
    return " ".join(parts)


def _order(ranked: Sequence[Ranked]) -> str:
    best = ranked[0][1]
    top = [name for name, rank in ranked if probability_higher(best, rank) < CLEAR]
    rest = [name for name, _ in ranked if name not in top]
    if not rest:
        return f"{_join(top)} are too close to call."
    if len(top) == 1:
        return f"{top[0]} ranks higher than {_join(rest)}."
    top_ranks = [rank for name, rank in ranked if name in top]
    rest_ranks = [rank for name, rank in ranked if name in rest]
    all_clear = all(probability_higher(one, other) >= CLEAR for one in top_ranks for other in rest_ranks)
    who = "both" if len(top) == 2 else "all"
    above = (
        f"{who} rank higher than {_join(rest)}" if all_clear else f"{top[0]} ranks higher than {_join(rest)}"
    )
    return f"{_join(top)} are too close to call at the top; {above}."


def ranks_differ(ranks: Sequence[RankSide | None]) -> bool:
    """Return whether any two of the ranks are clearly apart."""
    known = [rank for rank in ranks if rank is not None]
    return any(
        max(chance, 1 - chance) >= CLEAR
        for chance in (probability_higher(one, other) for one, other in combinations(known, 2))
    )


def _join(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
