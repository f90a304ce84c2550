"""From results that were shown to what they say: every step in its order."""

from dataclasses import dataclass

import numpy as np

from matchgraph.learning.examination import examination, prior_examination
from matchgraph.learning.holdback import held_back
from matchgraph.learning.showings import Booleans, Floats, Integers, Showings, numbered, summed
from matchgraph.learning.success import decay
from matchgraph.learning.trust import LITTLE_TRUST, counted


@dataclass(frozen=True)
class Discards:
    """Why rows count nothing or little, as masks over all rows; no row stands in two of them."""

    repeated: Booleans
    burst: Booleans
    referrer: Booleans
    little_trust: Booleans


@dataclass(frozen=True)
class Weighed:
    """The showings that count, and for each what its take and its chance to be looked at weigh.

    ``taken`` is 0 for what was left; ``looks`` is trust by age by the examination of the position.
    """

    rows: Showings
    taken: Floats
    looks: Floats
    examination: Floats
    discards: Discards


@dataclass(frozen=True)
class Evidence:
    """Sums over the rows with the same key, as columns.

    ``visitors`` and ``visitors_taken`` are distinct visitors behind them, ``first_day`` and ``last_day`` the
    days of the first and the last row.
    """

    taken: Floats
    looks: Floats
    visitors: Integers
    visitors_taken: Integers
    first_day: Integers
    last_day: Integers


def weighed(showings: Showings, *, today: int) -> Weighed:
    """Return what is left of the showings when repetition, bursts and age are taken out, by position.

    Args:
        showings: everything that was shown, in the order in which it was.
        today: the day from which age counts, in the showings' own count.
    """
    count = counted(showings)
    n_positions = int(showings.position.max()) if len(showings) else 1
    looked = prior_examination(n_positions)[showings.position - 1]
    burst, referrer = np.zeros_like(count.kept), np.zeros_like(count.kept)
    burst[count.kept], referrer[count.kept] = held_back(showings.where(count.kept), looked[count.kept])
    kept = count.kept & ~burst & ~referrer
    rows, trust = showings.where(kept), count.trust[kept]
    learnt = examination(rows, trust, n_positions=n_positions)
    weights = trust * decay(np.asarray(today - rows.day, dtype=np.float64))
    return Weighed(
        rows=rows,
        taken=weights * rows.is_taken,
        looks=weights * learnt[rows.position - 1],
        examination=learnt,
        discards=Discards(~count.kept, burst, referrer, kept & (count.trust < LITTLE_TRUST)),
    )


def evidence_by(found: Weighed, *keys: Integers) -> tuple[Integers, Evidence]:
    """Return for each combination of keys the index of its first row, and what its rows say together.

    Args:
        found: what counts.
        keys: columns as long as ``found.rows``.
    """
    rows = found.rows
    group, n = numbered(*keys)
    firsts = np.unique(group, return_index=True)[1]
    first_day = np.full(n, np.iinfo(np.int64).max)
    last_day = np.full(n, np.iinfo(np.int64).min)
    np.minimum.at(first_day, group, rows.day)
    np.maximum.at(last_day, group, rows.day)
    return firsts, Evidence(
        taken=summed(group, weights=found.taken, size=n),
        looks=summed(group, weights=found.looks, size=n),
        visitors=_visitors(group, rows.visitor, n),
        visitors_taken=_visitors(group[rows.is_taken], rows.visitor[rows.is_taken], n),
        first_day=first_day,
        last_day=last_day,
    )


def _visitors(group: Integers, visitor: Integers, n: int) -> Integers:
    """Return how many distinct visitors each group has."""
    codes, _ = numbered(group, visitor)
    firsts = np.unique(codes, return_index=True)[1]
    return np.bincount(group[firsts], minlength=n).astype(np.int64)
