"""Sudden growth is cut at the edge of an artifact's own history, and shown."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ranking.compute.bursts import Observed, Winsorised, winsorised_total, winsorised_window
from ranking.compute.rhythm import own_grace_days

START = dt.date(2026, 1, 1)
COUNTS = st.lists(st.integers(0, 10**7), min_size=1, max_size=8)


def history(counts: list[int], every_days: int = 7) -> list[Observed]:
    return [Observed(START + dt.timedelta(index * every_days), count) for index, count in enumerate(counts)]


def both(counts: list[int]) -> list[Winsorised]:
    return [winsorised_total(history(counts)), winsorised_window(history(counts))]


@settings(max_examples=1000)
@given(COUNTS)
def test_what_counts_is_between_nothing_and_what_was_observed(counts: list[int]) -> None:
    for count in both(counts):
        assert 0 <= count.value <= count.observed == counts[-1]
        assert count.doubt >= 0
        assert (count.doubt == 0) == (count.value == count.observed)


@settings(max_examples=1000)
@given(COUNTS, st.integers(0, 10**7))
def test_more_never_counts_for_less(counts: list[int], more: int) -> None:
    better = [*counts[:-1], counts[-1] + more]
    for before, after in zip(both(counts), both(better), strict=True):
        # The last bit of a long sum is no loss.
        assert after.value >= before.value - 1e-6


def test_a_short_history_tells_nothing() -> None:
    assert all(count.value == 10**6 for count in both([10, 12, 10**6]))


def test_steady_growth_counts_in_full() -> None:
    counts = [1000 * 1.05**week for week in range(12)]
    assert winsorised_total(history([int(count) for count in counts])).doubt == 0
    assert winsorised_window(history([int(count) for count in counts])).doubt == 0


def test_a_burst_counts_up_to_the_edge_of_its_history() -> None:
    count = winsorised_total(history([100, 110, 120, 130, 140, 5000]))
    # Ten a week are 10 / 7 a day; six deviations of at least one a day above that, for seven days.
    assert count.value == pytest.approx(140 + 7 * (10 / 7 + 6 * 1))
    assert count.observed == 5000
    assert count.doubt > 3


def test_a_burst_that_stays_counts_after_half_a_year() -> None:
    counts = [100, 110, 120, 130, 140, 5000, *[5000 + 10 * week for week in range(1, 27)]]
    assert winsorised_total(history(counts[:10])).doubt > 0
    assert winsorised_total(history(counts)).value == counts[-1]


def test_a_window_that_jumps_is_held_against_its_earlier_values() -> None:
    count = winsorised_window(history([1000, 1100, 900, 1000, 1050, 90_000]))
    assert 4000 < count.value < 5000


def test_own_rhythm_needs_three_releases_and_stays_in_its_bounds() -> None:
    assert own_grace_days([START, START, START + dt.timedelta(9)]) is None
    assert own_grace_days([START + dt.timedelta(day) for day in range(5)]) == 30
    assert own_grace_days([START + dt.timedelta(900 * year) for year in range(3)]) == 365
