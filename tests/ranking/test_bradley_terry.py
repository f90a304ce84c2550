"""Strengths agree with a second implementation, and their intervals hold what they promise."""

import evalica
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ranking.compute.bradley_terry import strengths

WINNERS = {1.0: evalica.Winner.X, 0.0: evalica.Winner.Y, 0.5: evalica.Winner.Draw}


def simulated(
    truth: np.ndarray, n_votes: int, random: np.random.Generator, *, ties: float = 0.2
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw votes; a tie comes up regardless of the strengths, which pulls them together."""
    n = len(truth)
    left = random.integers(0, n, n_votes)
    right = (left + random.integers(1, n, n_votes)) % n
    is_win = random.random(n_votes) < 1 / (1 + np.exp(truth[right] - truth[left]))
    outcome = np.where(random.random(n_votes) < ties, 0.5, is_win.astype(float))
    return left, right, outcome


def test_strengths_are_those_of_another_implementation() -> None:
    random = np.random.default_rng(3)
    left, right, outcome = simulated(random.normal(size=12), 20_000, random)
    ours = strengths(left, right, outcome, n=12).values
    names = [f"model-{index:02}" for index in range(12)]
    theirs = evalica.bradley_terry(
        [names[i] for i in left],
        [names[i] for i in right],
        [WINNERS[float(value)] for value in outcome],
        tie_weight=0.5,
        tolerance=1e-12,
        limit=10_000,
    ).scores
    logs = np.log(np.array([theirs[name] for name in names]))
    assert ours == pytest.approx(logs - logs.mean(), abs=1e-6)


def test_intervals_cover_the_truth_in_ninety_five_of_a_hundred_cases() -> None:
    random = np.random.default_rng(20261121)
    truth = np.array([-0.9, -0.3, 0.0, 0.3, 0.9])
    covered, n_simulated = 0, 400
    for _ in range(n_simulated):
        found = strengths(*simulated(truth, 1500, random, ties=0.0), n=5)
        covered += int((np.abs(found.values - truth) <= 1.959964 * found.sds).sum())
    assert 0.93 <= covered / (n_simulated * 5) <= 0.97


@settings(max_examples=1000)
@given(
    st.lists(
        st.tuples(st.integers(0, 4), st.integers(1, 4), st.sampled_from([0.0, 0.5, 1.0])),
        min_size=1,
        max_size=40,
    )
)
def test_sides_do_not_matter_and_strengths_are_centred(votes: list[tuple[int, int, float]]) -> None:
    left = np.array([first for first, _, _ in votes])
    right = np.array([(first + step) % 5 for first, step, _ in votes])
    outcome = np.array([value for _, _, value in votes])
    found = strengths(left, right, outcome, n=5)
    turned = strengths(right, left, 1 - outcome, n=5)
    assert found.values == pytest.approx(turned.values, abs=1e-6, nan_ok=True)
    assert found.sds == pytest.approx(turned.sds, abs=1e-6, nan_ok=True)
    placed = ~np.isnan(found.values)
    assert found.values[placed].sum() == pytest.approx(0, abs=1e-6)


def test_another_win_never_weakens() -> None:
    random = np.random.default_rng(7)
    left, right, outcome = simulated(np.array([0.5, 0.0, -0.5]), 300, random)
    before = strengths(left, right, outcome, n=3).values
    after = strengths(np.append(left, 0), np.append(right, 1), np.append(outcome, 1.0), n=3).values
    assert after[0] - after[1] > before[0] - before[1]


def test_who_never_lost_cannot_be_placed() -> None:
    found = strengths(np.array([0, 0, 1, 2]), np.array([1, 2, 2, 1]), np.array([1.0, 1.0, 1.0, 1.0]), n=4)
    assert np.isnan(found.values).tolist() == [True, False, False, True]


@pytest.mark.parametrize(("right", "outcome"), [(0, 1.0), (1, 0.7)])
def test_nonsense_is_refused(right: int, outcome: float) -> None:
    with pytest.raises(ValueError, match=r"itself|outcome"):
        strengths(np.array([0]), np.array([right]), np.array([outcome]), n=2)
