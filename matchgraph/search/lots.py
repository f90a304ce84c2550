"""Draws the order of two near-tied neighbours by lot, so that it can be learnt how often each place is looked at.

Costs the visitor nothing that we could name: the two answer alike as far as we know. The lot depends on the
visitor's hash of the day and the words, so looking again shows the same order. Pure: no Django here.
"""

import hashlib
from collections.abc import Sequence

from matchgraph.search.records import SearchResult

# Results this close in score are taken for tied; below the first ten hardly anybody looks.
NEAR_TIE = 0.02
DEEPEST = 10
WHOLE = 1 << 64


def drawn_order(
    results: Sequence[SearchResult], *, n_known: int, visitor: str, query: str, share: float
) -> tuple[tuple[SearchResult, ...], int]:
    """Return the results in the order to show, and the upper place of the pair that was drawn, 0 for none.

    Args:
        results: the results, best first.
        n_known: how many of them are known to meet what was asked; nothing is swapped across that line.
        visitor: the visitor's hash of the day.
        query: what they asked.
        share: in which share of the searches a pair is drawn, 0-1.
    """
    dice = hashlib.sha256(f"{visitor}\x1f{query}".encode()).digest()
    wanted, which, is_swapped = (int.from_bytes(dice[n : n + 8], "big") for n in (0, 8, 16))
    places = [
        place
        for place in range(1, min(len(results), DEEPEST))
        if place != n_known and _is_tied(results[place - 1], results[place])
    ]
    if not places or wanted / WHOLE >= share:
        return tuple(results), 0
    place = places[which % len(places)]
    order = list(results)
    if is_swapped % 2:
        order[place - 1], order[place] = order[place], order[place - 1]
    return tuple(order), place


def _is_tied(upper: SearchResult, lower: SearchResult) -> bool:
    """Return whether nothing speaks for the order of two results; what was asked for by name stays first."""
    is_named = upper.is_named or lower.is_named
    is_alike = (bool(upper.not_known), upper.is_given_up) == (bool(lower.not_known), lower.is_given_up)
    return not is_named and is_alike and 0 <= upper.score - lower.score <= NEAR_TIE
