"""Which artifacts overlap most with each of many: candidates by matrix products, then the exact best of them.

Plain mathematics over arrays; no database, no model. Beside ``overlap``, which compares two sets, this
compares one with many at once.
"""

from bisect import insort
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matchgraph.overlap import THRESHOLD, Alignment, alignment_of, assignment, pair_worth

Floats = NDArray[np.floating]
Ids = NDArray[np.int64]
# Of the rows of a product so many are looked at to guess where the best few hundred begin.
SAMPLED = 4_096
BATCH = 256


@dataclass(frozen=True)
class Neighbour:
    """Another set, by its place among all, and how it lines up with the one asked about."""

    place: int
    alignment: Alignment


def candidates(signed: Floats, rows: Ids, *, n: int) -> Iterator[tuple[int, Ids]]:
    """Return for each of some rows the ``n`` others whose signatures (k, d) are nearest to its own.

    Where there are no more than ``n`` others, all are candidates.
    """
    if len(signed) <= n + 1:
        everyone = np.arange(len(signed))
        yield from ((int(row), everyone[everyone != row]) for row in rows)
        return
    for start in range(0, len(rows), BATCH):
        chunk = rows[start : start + BATCH]
        products = signed[chunk] @ signed.T
        products[np.arange(len(chunk)), chunk] = -np.inf
        for row, product in zip(chunk, products, strict=True):
            yield int(row), greatest(product, n)


def greatest(values: Floats, n: int) -> Ids:
    """Return the places of the ``n`` greatest of many values, in no order.

    A sample says about where they begin, so that only few of the values have to be put in order.

    >>> sorted(greatest(np.array([3.0, 1.0, 4.0, 1.5]), 2).tolist())
    [0, 2]
    """
    if len(values) > 4 * SAMPLED:
        sample = values[:: len(values) // SAMPLED]
        expected = max(2 * n * len(sample) // len(values), 1) + 3
        begin = np.partition(sample, len(sample) - expected)[len(sample) - expected]
        places = np.flatnonzero(values >= begin)
        if len(places) >= n:
            return places[np.argpartition(-values[places], n - 1)[:n]]
    return np.argpartition(-values, n - 1)[:n]


def nearest_sets(
    similarities: Floats, starts: Ids, *, n: int, threshold: float = THRESHOLD
) -> list[Neighbour]:
    """Return the ``n`` sets that overlap most with one, best first; those that share nothing are left out.

    Args:
        similarities: the cosines (m, all) between the members of one set and those of all others, one set
            after another.
        starts: where each of the other sets begins among the columns; none is empty.
        n: how many to return.
        threshold: the cosine up to which two capabilities have nothing in common.

    The others are visited from the greatest upper bound of their score down, so that the first whose bound
    is below the worst kept ends the search: the result is that of comparing with all of them.
    """
    if not len(starts):
        return []
    ends = np.append(starts[1:], similarities.shape[1])
    worth = pair_worth(similarities, threshold=threshold)
    bounds = upper_bounds(worth, starts)
    kept: list[tuple[float, int]] = []
    assigned: dict[int, tuple[Ids, Ids]] = {}
    for place in np.argsort(-bounds, kind="stable").tolist():
        if bounds[place] <= 0 or (len(kept) == n and bounds[place] < -kept[-1][0]):
            break
        own = worth[:, starts[place] : ends[place]]
        assigned[place] = assignment(own)
        score = assigned_score(own, assigned[place])
        if score > 0:
            insort(kept, (-score, place))
            del kept[n:]
    parts = ((place, slice(starts[place], ends[place])) for _, place in kept)
    return [
        Neighbour(place, alignment_of(similarities[:, part], worth[:, part], assigned[place]))
        for place, part in parts
    ]


def assigned_score(worth: Floats, assigned: tuple[Ids, Ids]) -> float:
    """Return the score of ``overlap.align`` from what each pair (n, m) is worth and the best assignment."""
    shared = float(worth[assigned].sum())
    return shared / (sum(worth.shape) - shared)


def upper_bounds(worth: Floats, starts: Ids) -> Floats:
    """Return what ``overlap.upper_bound`` says of each set: worth (m, all capabilities), set after set."""
    sizes = np.diff(np.append(starts, worth.shape[1]))
    by_row = np.maximum.reduceat(worth, starts, axis=1).sum(axis=0)
    by_column = np.add.reduceat(worth.max(axis=0), starts)
    shared = np.minimum(by_row, by_column)
    bounds: Floats = shared / (worth.shape[0] + sizes - shared)
    return bounds


def principal_axes(sums: Floats, *, n: int) -> Floats:
    """Return the ``n`` directions (d, n) along which vectors (k, d) say most; fewer cannot be, so zeros follow."""
    axes = np.linalg.svd(sums, full_matrices=False)[2][:n].T
    return np.pad(axes, ((0, 0), (0, n - axes.shape[1]))).astype(np.float32)


def signatures(sums: Floats, axes: Floats) -> Floats:
    """Return one unit vector (k, n) per set from the sums of its members' vectors (k, d)."""
    short = sums @ axes
    unit: Floats = short / np.maximum(np.linalg.norm(short, axis=1, keepdims=True), 1e-12)
    return unit


def gathered(places: Sequence[int] | Ids, bounds: Ids) -> tuple[Ids, Ids]:
    """Return the rows of some sets, one set after another, and where each begins among them.

    ``bounds`` (k + 1) says where each of the k sets begins and the last ends.
    """
    first = bounds[places]
    sizes = bounds[np.asarray(places) + 1] - first
    starts = np.cumsum(sizes) - sizes
    rows = np.repeat(first - starts, sizes) + np.arange(int(sizes.sum()))
    return rows, starts
