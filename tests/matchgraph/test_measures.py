"""Measures of an order: by hand, at their bounds, and against a second implementation."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchgraph.measures import ndcg, recall, reciprocal_rank, success

slugs = st.sampled_from("abcdefghijklmno")
rankings = st.lists(slugs, unique=True, max_size=15)
graded = st.dictionaries(slugs, st.integers(1, 3), max_size=15)


def plain_ndcg(ranking: list[str], grades: dict[str, int]) -> float:
    """The textbook's loop."""
    total, ideal = 0.0, 0.0
    for place in range(10):
        if place < len(ranking):
            total += (2 ** grades.get(ranking[place], 0) - 1) / math.log2(place + 2)
        ordered = sorted(grades.values(), reverse=True)
        if place < len(ordered):
            ideal += (2 ** ordered[place] - 1) / math.log2(place + 2)
    return total / ideal if ideal else 0.0


@given(rankings, graded)
def test_ndcg_agrees_with_the_textbook(ranking: list[str], grades: dict[str, int]) -> None:
    assert ndcg(ranking, grades) == pytest.approx(plain_ndcg(ranking, grades))


@given(rankings, graded)
def test_measures_are_shares(ranking: list[str], grades: dict[str, int]) -> None:
    for measure in (ndcg, recall, reciprocal_rank, success):
        assert 0 <= measure(ranking, grades) <= 1


@given(graded.filter(bool))
def test_the_best_order_is_worth_one(grades: dict[str, int]) -> None:
    best = sorted(grades, key=lambda slug: -grades[slug])
    assert ndcg(best, grades) == pytest.approx(1)
    assert recall(best, grades) == (1 if max(grades.values()) > 1 else 0)


def test_by_hand() -> None:
    grades = {"a": 3, "b": 2, "c": 1}
    assert reciprocal_rank(["c", "x", "b"], grades) == pytest.approx(1 / 3)
    assert recall(["c", "x", "b"], grades) == 0.5
    assert (success(["a"], grades), success(["c"], grades), success([], grades)) == (1, 0, 0)
    assert reciprocal_rank(["x"], grades) == 0
