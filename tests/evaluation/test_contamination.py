"""The gap between published and hidden prompts: it covers the truth, and names what memory of prompts does."""

import numpy as np
import pytest

from evaluation.contamination import split_gap

N_SIMULATIONS = 400


def simulated(rng: np.random.Generator, *, mean: float, n: int) -> tuple[list[float], list[str]]:
    """Scores of n families of four samples that resemble each other."""
    rates = np.clip(rng.normal(mean, 0.15, n), 0.02, 0.98)
    values = (rng.random((n, 4)) < rates[:, None]).astype(float)
    return values.ravel().tolist(), [f"family-{i}" for i in range(n) for _ in range(4)]


def test_the_interval_covers_the_true_gap() -> None:
    rng = np.random.default_rng(7)
    covered, suspected = 0, 0
    for _ in range(N_SIMULATIONS):
        public, hidden = simulated(rng, mean=0.6, n=60), simulated(rng, mean=0.6, n=40)
        gap = split_gap(*public, *hidden)
        covered += gap.low <= 0.0 <= gap.high
        suspected += gap.is_suspicious
    assert 0.93 <= covered / N_SIMULATIONS <= 0.99
    assert suspected / N_SIMULATIONS <= 0.04


def test_a_model_that_knows_the_published_prompts_is_suspected() -> None:
    rng = np.random.default_rng(8)
    gap = split_gap(*simulated(rng, mean=0.9, n=100), *simulated(rng, mean=0.6, n=60))
    assert gap.is_suspicious
    assert gap.low < gap.difference < gap.high
    assert gap.difference == pytest.approx(gap.public.mean - gap.hidden.mean)


def test_the_gap_stays_between_minus_one_and_one() -> None:
    gap = split_gap([1.0, 1.0], ["a", "b"], [0.0, 0.0], ["a", "b"])
    assert (gap.difference, gap.high) == (1.0, 1.0)
    with pytest.raises(ValueError, match="need one family per value"):
        split_gap([], [], [1.0], ["a"])
