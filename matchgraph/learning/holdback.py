"""What came too suddenly: takes that an artifact's own record makes implausible are held back.

For every cell of rows that belong together (an artifact on a day, in a week, in four weeks or from one
referrer, for one intent and over all) the number of takes is laid beside what the artifact's spans just before
it lead one to expect at the same exposure, and beside what those just after it do: a Poisson variable whose
rate is known as far as those rows tell (a gamma posterior, so the prediction is negative binomial). Where
neither would reach the number more than once in two thousand times, the whole cell is held back, showings and
takes: it then says nothing, for or against. Growth that lasts is borne out by what comes after, and counts
from then on. What is held back explains no other cell, so the search is repeated until nothing more is found.
"""

from dataclasses import dataclass

import numpy as np
from scipy.stats import nbinom

from matchgraph.learning.showings import Booleans, Floats, Integers, Showings, numbered, summed

CHANCE = 5e-4
SPANS_DAYS = (1, 7, 28)
MOST_ROUNDS = 10
# So many spans before and after are asked, each side only where it has seen as much as the span itself.
NEIGHBOURS = 3
# The rate that an artifact is believed to have before anything of it is seen, and what the belief is worth in
# visitors who looked.
USUAL_RATE, USUAL_LOOKS = 0.2, 5.0


@dataclass(frozen=True)
class _Cells:
    """Sums over the rows of one pair, day and referrer."""

    subjects: tuple[Integers, Integers]
    day: Integers
    referrer: Integers
    taken: Floats
    looks: Floats


def held_back(showings: Showings, exposure: Floats) -> tuple[Booleans, Booleans]:
    """Return which rows are held back for a burst, and which for their referrer alone.

    Args:
        showings: one row for each visitor and result.
        exposure: for each row the chance that it was looked at, 0-1.
    """
    codes, n = numbered(showings.intent, showings.item, showings.day, showings.referrer)
    firsts = np.unique(codes, return_index=True)[1]
    rows = showings.where(firsts)
    cells = _Cells(
        subjects=(numbered(rows.intent, rows.item)[0], numbered(rows.item)[0]),
        day=rows.day,
        referrer=rows.referrer,
        taken=summed(codes, weights=showings.is_taken, size=n),
        looks=summed(codes, weights=exposure, size=n),
    )
    bursts, referred = np.zeros(n, dtype=bool), np.zeros(n, dtype=bool)
    for _ in range(MOST_ROUNDS):
        left = ~(bursts | referred)
        new_bursts, new_referred = left & _bursts(cells, left), left & _referred(cells, left)
        if not (new_bursts | new_referred).any():
            break
        bursts |= new_bursts
        referred |= new_referred & ~new_bursts
    return bursts[codes], referred[codes]


def _bursts(cells: _Cells, left: Booleans) -> Booleans:
    """Return the cells of implausible days; where there are none, of weeks, then of four weeks.

    A day is tried before the weeks that hold it, so that a burst does not take its whole month along.
    Longer spans overlap by half.
    """
    for span in SPANS_DAYS:
        found = np.zeros_like(left)
        for subject in cells.subjects:
            for offset in sorted({0, span // 2}):
                found |= _implausible(subject, (cells.day + offset) // span, cells, left, NEIGHBOURS)
        if (found & left).any():
            return found
    return np.zeros_like(left)


def _referred(cells: _Cells, left: Booleans) -> Booleans:
    """Return the cells of implausible referrers; who came from nowhere is judged by the day alone."""
    found = np.zeros_like(left)
    if cells.referrer.any():
        for subject in cells.subjects:
            found |= _implausible(subject, cells.referrer, cells, left, 0) & (cells.referrer > 0)
    return found


def _implausible(
    subject: Integers, group: Integers, cells: _Cells, left: Booleans, neighbours: int
) -> Booleans:
    """Return the cells of groups with far more takes than their subject's other groups lead to expect.

    So many neighbours before and after are asked apart, in the order of the groups' numbers; all others
    together where neither side has seen as much as the group itself.
    """
    groups, n = numbered(subject, group)
    own = np.array(
        [np.bincount(groups, weights=each * left, minlength=n) for each in (cells.taken, cells.looks)]
    )
    owner = np.zeros(n, dtype=np.int64)
    owner[groups] = subject
    here = np.arange(n)
    first, end = np.searchsorted(owner, owner), np.searchsorted(owner, owner, side="right")
    until = np.concatenate([np.zeros((2, 1)), np.cumsum(own, axis=1)], axis=1)
    before = until[:, here] - until[:, np.maximum(first, here - neighbours)]
    after = until[:, np.minimum(end, here + 1 + neighbours)] - until[:, here + 1]
    has_before, has_after = ((side[1] >= own[1]) & (side[1] > 0) for side in (before, after))
    chance = np.where(
        has_before | has_after,
        np.maximum(_chance(own, before) * has_before, _chance(own, after) * has_after),
        _chance(own, until[:, end] - until[:, first] - own),
    )
    result: Booleans = ((chance < CHANCE) & (own[0] > 0))[groups]
    return result


def _chance(own: Floats, others: Floats) -> Floats:
    """Return how likely as many takes are as there are, given takes and looks of others."""
    shape = np.maximum(others[0], 0.0) + USUAL_RATE * USUAL_LOOKS
    scale = np.maximum(others[1], 0.0) + USUAL_LOOKS
    chance: Floats = nbinom.sf(own[0] - 1, shape, scale / (scale + own[1]))
    return chance
