"""Whose choices count how much: one showing for each visitor and result, and less for who acts like a machine."""

from dataclasses import dataclass

import numpy as np

from matchgraph.learning.showings import Booleans, Floats, Showings, numbered

# Who looks for more than one thing is more likely a person with a need; from three on nothing is added.
FULL_BREADTH = 3
# More searches than this in a day are not a person's any more: each further one takes trust from all.
USUAL_SEARCHES = 20
# Below this, a visitor's rows are reported as those of somebody who repeats.
LITTLE_TRUST = 0.25


@dataclass(frozen=True)
class Counted:
    """Which rows count, each visitor's result once, and what each is worth, 0-1."""

    kept: Booleans
    is_taken: Booleans
    trust: Floats


def counted(showings: Showings) -> Counted:
    """Return which rows count and how much their visitor is trusted.

    Of several showings of one result to one visitor for one intent, only one stays: the first that was
    taken, or else the first. A visitor says no more by a hundred searches than by one.
    """
    trust = trust_of_visitors(showings)
    keys, _ = numbered(showings.visitor, showings.intent, showings.item)
    order = np.argsort(2 * keys + ~showings.is_taken, kind="stable")
    kept = np.zeros(len(showings), dtype=bool)
    kept[order[np.diff(keys[order], prepend=-1) > 0]] = True
    return Counted(kept, showings.is_taken & kept, trust)


def trust_of_visitors(showings: Showings) -> Floats:
    """Return for each row how much its visitor is trusted, above 0 and at most 1.

    ``breadth * calm``: breadth is 1/2 for one intent, 3/4 for two and 1 from three on, as far as the visitor
    did not take one and the same artifact every time; calm falls as one over the number of searches beyond
    twenty a day. An identity lasts a day, so age says nothing here.
    """
    who, n = numbered(showings.visitor)
    intents = _distinct(who, showings.intent, n)
    searches = _distinct(who, showings.search, n)
    breadth = (1 + np.minimum(intents, FULL_BREADTH)) / (1 + FULL_BREADTH)
    calm = np.minimum(1.0, USUAL_SEARCHES / np.maximum(searches, 1))
    taken, taker = showings.where(showings.is_taken), who[showings.is_taken]
    wishes = _distinct(taker, numbered(taken.intent, taken.item)[0], n)
    items = _distinct(taker, taken.item, n)
    variety = np.where(wishes > 1, items / np.maximum(wishes, 1), 1.0)
    result: Floats = (breadth * calm * variety)[who]
    return result


def _distinct(who: np.ndarray, values: np.ndarray, n: int) -> Floats:
    """Return how many different values each visitor has."""
    if not len(who):
        return np.zeros(n)
    codes, _ = numbered(who, values)
    firsts = np.unique(codes, return_index=True)[1]
    return np.bincount(who[firsts], minlength=n).astype(np.float64)
