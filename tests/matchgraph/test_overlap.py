"""The overlap of two sets: bounds, symmetry, identity, a second implementation, and the pruning bound."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from matchgraph.overlap import THRESHOLD, align, pair_worth, upper_bound

DIMENSIONS = 4
Vectors = NDArray[np.float64]


@st.composite
def unit_vectors(draw: st.DrawFn, *, largest: int = 5) -> Vectors:
    """A set of up to ``largest`` capabilities, as unit vectors."""
    n = draw(st.integers(1, largest))
    numbers = st.lists(st.floats(-1, 1).map(lambda x: round(x, 3)), min_size=DIMENSIONS, max_size=DIMENSIONS)
    rows = np.array(draw(st.lists(numbers, min_size=n, max_size=n)))
    rows[:, 0] += 1.5  # No vector is zero, and many are near each other, as capabilities are.
    unit: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit


def brute_force(similarities: Vectors) -> float:
    """The definition, word by word: try every one-to-one assignment."""
    worth = pair_worth(similarities, threshold=THRESHOLD)
    if worth.shape[0] > worth.shape[1]:
        worth = worth.T
    n, m = worth.shape
    best = max(
        sum(worth[row, column] for row, column in enumerate(columns)) for columns in permutations(range(m), n)
    )
    return float(best / (n + m - best))


@settings(max_examples=300, deadline=None)
@given(unit_vectors(), unit_vectors())
def test_score_is_that_of_the_best_assignment(first: Vectors, second: Vectors) -> None:
    similarities = first @ second.T
    assert align(similarities).score == pytest.approx(brute_force(similarities), abs=1e-9)


@settings(max_examples=300, deadline=None)
@given(unit_vectors(largest=9), unit_vectors(largest=9))
def test_score_is_symmetric_bounded_and_below_its_bound(first: Vectors, second: Vectors) -> None:
    similarities = first @ second.T
    alignment, mirrored = align(similarities), align(similarities.T)
    assert 0 <= alignment.score <= 1
    assert alignment.score == pytest.approx(mirrored.score, abs=1e-9)
    assert alignment.score <= upper_bound(similarities) + 1e-9
    rows = [pair.first for pair in alignment.pairs]
    columns = [pair.second for pair in alignment.pairs]
    assert len(set(rows)) == len(rows)
    assert len(set(columns)) == len(columns)
    assert all(pair.similarity > THRESHOLD for pair in alignment.pairs)


@settings(max_examples=100, deadline=None)
@given(unit_vectors(largest=9))
def test_a_set_and_itself_are_the_same(vectors: Vectors) -> None:
    assert align(vectors @ vectors.T).score == pytest.approx(1, abs=1e-6)


@settings(max_examples=50, deadline=None)
@given(unit_vectors(), st.lists(unit_vectors(), min_size=5, max_size=12))
def test_visiting_by_bound_finds_the_exact_top(own: Vectors, others: list[Vectors]) -> None:
    exact = sorted((align(own @ other.T).score for other in others), reverse=True)[:3]
    kept: list[float] = []
    for other in sorted(others, key=lambda other: -upper_bound(own @ other.T)):
        if len(kept) == 3 and upper_bound(own @ other.T) < kept[-1]:
            break
        kept = sorted([*kept, align(own @ other.T).score], reverse=True)[:3]
    assert kept == pytest.approx(exact)


def test_nothing_in_common_is_zero_and_so_is_an_empty_set() -> None:
    assert align(np.full((2, 3), THRESHOLD)).score == 0
    assert align(np.full((2, 3), THRESHOLD)).pairs == ()
    assert align(np.empty((0, 3))).score == 0
    assert upper_bound(np.empty((0, 3))) == 0


def test_each_capability_is_used_once() -> None:
    # The second row would take the first column too, but gives it up for the better sum.
    similarities = np.array([[0.95, 0.6], [0.9, 0.1]])
    pairs = {(pair.first, pair.second) for pair in align(similarities, threshold=0.5).pairs}
    assert pairs == {(0, 1), (1, 0)}
