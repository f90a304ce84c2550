"""Intervals and paired differences against known truth and a second implementation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import bootstrap

from evaluation.differences import paired_difference
from evaluation.sanity.intervals import coverage
from evaluation.statistics import mean_interval, wilson

share = st.floats(0, 1, allow_nan=False)
samples = st.lists(st.tuples(share, st.sampled_from("abcdef")), min_size=1, max_size=40)


@given(samples)
def test_interval_holds_the_mean_and_stays_in_range(rows: list[tuple[float, str]]) -> None:
    interval = mean_interval([value for value, _ in rows], [family for _, family in rows])
    assert 0.0 <= interval.low <= interval.mean <= interval.high <= 1.0
    assert interval.n_samples == len(rows)


@given(st.lists(st.tuples(share, share, st.sampled_from("abcdef")), min_size=1, max_size=40))
def test_swapping_sides_mirrors_the_difference(rows: list[tuple[float, float, str]]) -> None:
    first, second, families = zip(*rows, strict=True)
    one, other = paired_difference(first, second, families), paired_difference(second, first, families)
    assert one.difference == pytest.approx(-other.difference, abs=1e-12)
    assert one.is_tie == other.is_tie or abs(one.low * one.high) < 1e-3
    assert -1.0 <= one.low <= one.difference <= one.high <= 1.0


@given(st.lists(st.tuples(share, st.sampled_from("abcdef")), min_size=1, max_size=30))
def test_a_system_ties_with_itself(rows: list[tuple[float, str]]) -> None:
    values, families = [value for value, _ in rows], [family for _, family in rows]
    result = paired_difference(values, values, families)
    assert result.difference == 0.0
    assert result.is_tie
    assert result.low < 0.0 < result.high


@given(st.permutations(range(24)))
def test_order_of_samples_does_not_matter(order: list[int]) -> None:
    values, families = [float(i % 3 == 0) for i in range(24)], [str(i // 4) for i in range(24)]
    expected = mean_interval(values, families)
    assert mean_interval([values[i] for i in order], [families[i] for i in order]) == expected


def test_unanimous_families_do_not_give_an_interval_without_width() -> None:
    families = [str(i // 4) for i in range(80)]
    nothing, everything = mean_interval([0.0] * 80, families), mean_interval([1.0] * 80, families)
    assert (nothing.low, nothing.high) == pytest.approx((0.0, wilson(0.0, 20)[1]))
    assert (everything.low, everything.high) == pytest.approx((wilson(1.0, 20)[0], 1.0))


def test_one_family_says_nothing_about_others() -> None:
    interval = mean_interval([0.0, 1.0, 1.0], ["a", "a", "a"])
    assert (interval.low, interval.high) == (0.0, 1.0)


def test_repeating_a_family_s_samples_does_not_narrow_its_interval() -> None:
    rng = np.random.default_rng(1)
    values = rng.integers(0, 2, 20).astype(float)
    once = mean_interval(values.tolist(), [str(i) for i in range(20)])
    often = mean_interval(np.repeat(values, 10).tolist(), [str(i) for i in np.repeat(np.arange(20), 10)])
    assert (often.low, often.high) == pytest.approx((once.low, once.high))


def test_agrees_with_scipy_s_bootstrap_where_families_are_many() -> None:
    rng = np.random.default_rng(2)
    means = rng.beta(2, 2, 400)
    ours = mean_interval(means.tolist(), [str(i) for i in range(400)])
    theirs = bootstrap((means,), np.mean, method="percentile", n_resamples=9_999, rng=3).confidence_interval
    # Yes/no outcomes would vary more than these shares do, so the bootstrap alone decides here.
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=0.003)


@pytest.mark.parametrize(("true_mean", "spread"), [(0.5, 4.0), (0.3, 2.0), (0.8, 20.0)])
def test_intervals_hold_the_truth_as_often_as_they_say(true_mean: float, spread: float) -> None:
    share = coverage(n_simulations=500, true_mean=true_mean, spread=spread)
    assert 0.93 <= share <= 0.975


def test_a_true_difference_is_found_and_its_size_is_detectable() -> None:
    rng = np.random.default_rng(4)
    families = [str(i // 4) for i in range(160)]
    first, second = (rng.random(160) < 0.8).astype(float), (rng.random(160) < 0.4).astype(float)
    result = paired_difference(first.tolist(), second.tolist(), families)
    assert not result.is_tie
    assert result.low > 0.0
    assert 0.05 < result.minimal_detectable < 0.35


@pytest.mark.parametrize(
    ("values", "families", "words"),
    [([], [], "0 values"), ([1.0], ["a", "b"], "1 values, 2 families"), ([1.5], ["a"], r"in \[0, 1\]")],
)
def test_bad_input_is_named(values: list[float], families: list[str], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        mean_interval(values, families)
