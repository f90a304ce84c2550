"""Paired differences, Holm and places against definitions written out, and against planted truth."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t

from evaluation.differences import (
    PairedDifference,
    holm_levels,
    paired_difference,
    paired_differences,
    position_intervals,
)
from evaluation.runners.painter import draw_faults
from evaluation.seeds import sample_seed
from evaluation.statistics import expanded_tail, mean_interval

FAMILIES, PER_FAMILY = 60, 4
NAMES = [str(family) for family in np.repeat(np.arange(FAMILIES), PER_FAMILY)]


def loop_interval(
    first: np.ndarray, second: np.ndarray, families: list[str], *, n: int
) -> tuple[float, float]:
    """Resample families one by one, as the definition says; no array does more than one resample."""
    rng = np.random.default_rng(99)
    members = {name: [i for i, family in enumerate(families) if family == name] for name in families}
    names = list(members)
    means = []
    for _ in range(n):
        drawn = [members[names[int(i)]] for i in rng.integers(len(names), size=len(names))]
        rows = [row for family in drawn for row in family]
        means.append(float(np.mean(first[rows] - second[rows])))
    tail = expanded_tail(len(names))
    low, high = np.quantile(means, [tail, 1 - tail])
    return float(low), float(high)


def test_a_loop_over_resamples_gives_the_same_interval() -> None:
    rng = np.random.default_rng(5)
    families = [str(i // 5) for i in range(150)]
    first, second = rng.random(150), rng.random(150) * 0.8
    result = paired_difference(first.tolist(), second.tolist(), families)
    low, high = loop_interval(first, second, families, n=4_000)
    assert (result.low, result.high) == pytest.approx((low, high), abs=0.008)


def holm_by_definition(p_values: list[float], alpha: float) -> set[int]:
    """Return which hypotheses Holm's procedure rejects: one after the other, until one is not."""
    rejected: set[int] = set()
    for k, place in enumerate(sorted(range(len(p_values)), key=lambda i: p_values[i])):
        if p_values[place] >= alpha / (len(p_values) - k):
            break
        rejected.add(place)
    return rejected


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_s_levels_reject_what_his_procedure_rejects(p_values: list[float]) -> None:
    levels = holm_levels(p_values)
    ours = {place for place, p in enumerate(p_values) if p < 1 - levels[place]}
    borderline = {i for i, p in enumerate(p_values) if any(abs(p - 0.05 / m) < 1e-9 for m in range(1, 13))}
    assert ours ^ holm_by_definition(p_values, 0.05) <= borderline
    assert all(0.95 <= level < 1 for level in levels)


def test_of_differences_shown_together_each_needs_more() -> None:
    rng = np.random.default_rng(3)
    weak = (
        (rng.random(240) < 0.62).astype(float).tolist(),
        (rng.random(240) < 0.5).astype(float).tolist(),
        NAMES,
    )
    none = [
        (
            (rng.random(240) < 0.5).astype(float).tolist(),
            (rng.random(240) < 0.5).astype(float).tolist(),
            NAMES,
        )
        for _ in range(5)
    ]
    alone, together = paired_difference(*weak), paired_differences([weak, *none])[0]
    assert alone.level == pytest.approx(0.95)
    assert together.level == pytest.approx(1 - 0.05 / 6)
    assert together.low < alone.low
    assert together.high > alone.high
    assert alone.p_value == together.p_value
    assert not alone.is_tie
    assert together.is_tie


@given(st.integers(0, 400))
def test_a_tie_is_exactly_an_interval_that_covers_0_and_matches_its_p_value(seed: int) -> None:
    rng = np.random.default_rng(seed)
    shift = rng.random() * 0.3
    first = (rng.random(80) < 0.5 + shift).astype(float).tolist()
    second = (rng.random(80) < 0.5).astype(float).tolist()
    result = paired_difference(first, second, [str(i // 4) for i in range(80)])
    assert result.is_tie == (result.low <= 0 <= result.high)
    if abs(result.p_value - 0.05) > 0.005:
        assert result.is_tie == (result.p_value > 0.05)


def test_false_differences_among_many_equals_are_rare() -> None:
    rng = np.random.default_rng(11)
    wrong = 0
    for simulation in range(60):
        pairs = [
            (
                (rng.random(120) < 0.5).astype(float).tolist(),
                (rng.random(120) < 0.5).astype(float).tolist(),
                NAMES[:120],
            )
            for _ in range(4)
        ]
        wrong += any(not result.is_tie for result in paired_differences(pairs, seed=simulation))
    assert wrong / 60 <= 0.13  # 5 % in truth; more than 7 of 60 would happen once in a hundred times


def test_places_follow_the_means_and_widen_where_means_are_close() -> None:
    rng = np.random.default_rng(4)
    values = (rng.random((4, 240)) < np.array([[0.9], [0.62], [0.6], [0.2]])).astype(float)
    best, second, third, last = position_intervals(values, NAMES)
    assert (best.low, best.high, last.low, last.high) == (1, 1, 4, 4)
    assert (second.low, second.high, third.low, third.high) == (2, 3, 2, 3)
    assert sorted((second.position, third.position)) == [2, 3]


def test_equals_share_a_place() -> None:
    values = np.tile((np.arange(40) % 3 == 0).astype(float), (3, 1))
    families = [str(i // 2) for i in range(40)]
    assert {(p.position, p.low, p.high) for p in position_intervals(values, families)} == {(1, 1, 1)}


def painted(simulation: int) -> np.ndarray:
    """Return what a painter draws for one fault in a run of its own: below its rate it plants the fault."""
    seeds = (
        sample_seed(f"run-{simulation}", str(family), k)
        for family in range(FAMILIES)
        for k in range(PER_FAMILY)
    )
    return np.array([draw_faults(np.random.default_rng(seed))["wrong_colour"] for seed in seeds])


@pytest.mark.slow
def test_intervals_cover_the_rates_planted_by_painters_in_200_runs() -> None:
    runs, covered = [painted(simulation) for simulation in range(200)], []
    for rate in (0.1, 0.35, 0.7):
        intervals = (mean_interval((run >= rate).astype(float).tolist(), NAMES) for run in runs)
        covered += [interval.low <= 1 - rate <= interval.high for interval in intervals]
    assert 0.93 <= np.mean(covered) <= 0.97


def minimal_detectable(rates: np.ndarray) -> float:
    """Return the difference that 80 % of repetitions would show, from the planted rates instead of a sample."""
    stderr = float(np.sqrt((rates * (1 - rates)).sum() / len(NAMES)))
    return float(t.ppf(0.975, FAMILIES - 1) + t.ppf(0.8, FAMILIES - 1)) * stderr


@pytest.mark.slow
def test_painters_are_ordered_rightly_beyond_the_minimal_detectable_difference() -> None:
    rng = np.random.default_rng(8)
    beyond: list[tuple[float, PairedDifference]] = []
    estimates = []
    for simulation in range(200):
        rates = rng.uniform(0.1, 0.9, size=2)
        first, second = (rng.random((2, len(NAMES))) >= rates[:, None]).astype(float).tolist()
        result = paired_difference(first, second, NAMES, seed=simulation)
        estimates.append(result.minimal_detectable / minimal_detectable(rates))
        if abs(rates[1] - rates[0]) > minimal_detectable(rates):
            beyond.append((float(rates[1] - rates[0]), result))
    assert len(beyond) > 100
    assert all(truth * result.difference > 0 for truth, result in beyond)
    assert np.mean([result.is_tie for _, result in beyond]) <= 0.2
    assert np.mean(estimates) == pytest.approx(1.0, abs=0.03)


@pytest.mark.slow
def test_a_minimal_detectable_difference_is_found_in_four_of_five_repetitions() -> None:
    rng = np.random.default_rng(21)
    gap = paired_difference(
        (rng.random(len(NAMES)) < 0.6).astype(float).tolist(),
        (rng.random(len(NAMES)) < 0.5).astype(float).tolist(),
        NAMES,
    ).minimal_detectable
    found = 0
    for simulation in range(200):
        first = (rng.random(len(NAMES)) < 0.5 + gap / 2).astype(float).tolist()
        second = (rng.random(len(NAMES)) < 0.5 - gap / 2).astype(float).tolist()
        found += not paired_difference(first, second, NAMES, seed=simulation).is_tie
    assert 0.70 <= found / 200 <= 0.90
