"""Strengths from paired preferences: Bradley-Terry with ties, and intervals that survive a wrong model.

``P(i beats j) = 1 / (1 + exp(s_j - s_i))``; a tie is half a win for both sides. The strengths maximise the
likelihood by Newton's method over the counts of each pair, so a million votes cost no more than a hundred once
they are counted. The covariance is the sandwich ``H+ M H+`` (Huber 1967; White 1982): it asks only that the
votes are independent, not that ties and wins come from the model.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
MAX_STEPS = 100
TOLERANCE = 1e-10
# Where a full step would overshoot, no strength moves further than this at once.
MAX_MOVE = 4.0


@dataclass(frozen=True)
class Strengths:
    """Log-strengths of n items with mean 0, their standard deviations and covariance of shape (n, n).

    ``values`` is NaN where an item cannot be placed: it is not tied to the others by wins both ways.
    """

    values: Floats
    sds: Floats
    covariance: Floats


def strengths(left: Integers, right: Integers, outcome: Floats, *, n: int) -> Strengths:
    """Return strengths from votes.

    Args:
        left: the item on the left of each vote, 0 to n - 1.
        right: the item on the right, another one.
        outcome: 1 where the left one was preferred, 0 where the right one was, 0.5 for a tie.
        n: how many items there are.

    Raises:
        ValueError: a vote compares an item with itself, or an outcome is none.
    """
    if np.any(left == right):
        raise ValueError("an item cannot be compared with itself")
    if not np.isin(outcome, (0.0, 0.5, 1.0)).all():
        raise ValueError("an outcome is 0, 0.5 or 1")
    cells = left * n + right
    votes = np.bincount(cells, minlength=n * n).reshape(n, n).astype(np.float64)
    wins = np.bincount(cells, weights=outcome, minlength=n * n).reshape(n, n)
    squares = np.bincount(cells, weights=outcome**2, minlength=n * n).reshape(n, n)
    # Both orders of a pair in one cell: what the right one won is what is left of the votes.
    counts = _Counts(
        votes=votes + votes.T, wins=wins + (votes - wins).T, squares=squares + (votes - 2 * wins + squares).T
    )
    values, covariance = np.full(n, np.nan), np.full((n, n), np.nan)
    placed = _largest_group(counts.wins)
    if len(placed) > 1:
        inside = np.ix_(placed, placed)
        values[placed], covariance[inside] = _fitted(
            _Counts(counts.votes[inside], counts.wins[inside], counts.squares[inside])
        )
    return Strengths(values, np.sqrt(np.diag(covariance)), covariance)


@dataclass(frozen=True)
class _Counts:
    """Of each ordered pair: votes, what the first of them won, and the sum of its squared outcomes."""

    votes: Floats
    wins: Floats
    squares: Floats


def _largest_group(wins: Floats) -> Integers:
    """Return the items of the largest group within which wins lead from each to each."""
    if not wins.size:
        return np.array([], dtype=np.int64)
    _, labels = connected_components(csr_array(wins > 0), connection="strong")
    return np.flatnonzero(labels == np.bincount(labels).argmax())


def _fitted(counts: _Counts) -> tuple[Floats, Floats]:
    n = len(counts.votes)
    values = np.zeros(n)
    for _ in range(MAX_STEPS):
        chances = _chances(values)
        gradient = (counts.wins - counts.votes * chances).sum(axis=1)
        move = _solve(_laplacian(counts.votes * chances * (1 - chances)), gradient)
        move *= min(1.0, MAX_MOVE / max(np.abs(move).max(), TOLERANCE))
        values += move
        if np.abs(move).max() < TOLERANCE:
            break
    values = values - float(values.mean())
    chances = _chances(values)
    bread = np.linalg.inv(_laplacian(counts.votes * chances * (1 - chances)) + 1 / n) - 1 / n
    residuals = counts.squares - 2 * chances * counts.wins + counts.votes * chances**2
    covariance: Floats = bread @ _laplacian(residuals) @ bread
    return values, covariance


def _chances(values: Floats) -> Floats:
    chances: Floats = 1 / (1 + np.exp(values[None, :] - values[:, None]))
    return chances


def _laplacian(weights: Floats) -> Floats:
    """Return the Laplacian of a graph: singular along the constant, which has no meaning for strengths."""
    laplacian: Floats = np.diag(weights.sum(axis=1)) - weights
    return laplacian


def _solve(hessian: Floats, gradient: Floats) -> Floats:
    n = len(gradient)
    move: Floats = np.asarray(np.linalg.solve(hessian + 1 / n, gradient), dtype=np.float64)
    return move
