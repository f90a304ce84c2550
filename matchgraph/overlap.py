"""How far two sets of capabilities are the same: soft Jaccard over the best one-to-one assignment.

Plain mathematics over a matrix of cosine similarities; no database, no model.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

Similarities = NDArray[np.floating]

# Two capabilities at or below this cosine have nothing in common. The value with the best F1 on the
# hand-labelled pairs in tests/matchgraph/labelled_pairs.yaml, where a test recomputes it.
THRESHOLD = 0.58


@dataclass(frozen=True)
class AlignedIndices:
    """Row ``first`` and column ``second`` of the matrix, and the cosine between them."""

    first: int
    second: int
    similarity: float


@dataclass(frozen=True)
class Alignment:
    """``score`` in 0-1, and the pairs that make it, most similar first."""

    score: float
    pairs: tuple[AlignedIndices, ...]


def align(similarities: Similarities, *, threshold: float = THRESHOLD) -> Alignment:
    """Return the soft Jaccard overlap of two sets from the (n, m) cosines between their members.

    Each pair is worth ``max(cosine - threshold, 0) / (1 - threshold)``; the one-to-one assignment
    with the greatest sum ``v`` is taken, and the score is ``v / (n + m - v)``: 1 for a set and
    itself, 0 where no pair is above the threshold or a set is empty.

    >>> round(align(np.array([[1.0, 0.2], [0.1, 0.75]])).score, 4)
    0.5413
    """
    worth = pair_worth(similarities, threshold=threshold)
    return alignment_of(similarities, worth, assignment(worth))


def assignment(worth: Similarities) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the rows and columns of the one-to-one assignment that is worth most."""
    rows, columns = linear_sum_assignment(worth, maximize=True)
    return rows, columns


def alignment_of(
    similarities: Similarities,
    worth: Similarities,
    assigned: tuple[NDArray[np.int64], NDArray[np.int64]],
) -> Alignment:
    """Return the alignment that an assignment of (n, m) makes; a pair that is worth nothing is none."""
    rows, columns = assigned
    values = worth[rows, columns]
    counts = values > 0
    rows, columns = rows[counts], columns[counts]
    cosines = similarities[rows, columns]
    order = np.lexsort((rows, -cosines))
    pairs = map(
        AlignedIndices, rows[order].tolist(), columns[order].tolist(), cosines[order].astype(float).tolist()
    )
    return Alignment(_jaccard(float(values.sum()), similarities.shape), tuple(pairs))


def upper_bound(similarities: Similarities, *, threshold: float = THRESHOLD) -> float:
    """Return a bound on the score without solving the assignment.

    No assignment is worth more than the best pair of each row, nor of each column. Candidates
    visited from the greatest bound down can stop at the first bound below the worst score kept.
    """
    if not similarities.size:
        return 0.0
    worth = pair_worth(similarities, threshold=threshold)
    best = min(worth.max(axis=1).sum(), worth.max(axis=0).sum())
    return _jaccard(float(best), similarities.shape)


def pair_worth(similarities: Similarities, *, threshold: float) -> Similarities:
    """Return what each pair adds, 0-1: nothing up to the threshold, then rising to 1."""
    worth: Similarities = np.clip((similarities - threshold) / (1 - threshold), 0, 1)
    return worth


def _jaccard(shared: float, shape: tuple[int, ...]) -> float:
    total = sum(shape)
    return shared / (total - shared) if total else 0.0
