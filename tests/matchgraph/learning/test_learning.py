"""What is learnt from visitors: bounded, monotone, blind to order, slow to believe one visitor or one day."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from matchgraph.learning.examination import LEAST_EXAMINATION, examination, prior_examination
from matchgraph.learning.holdback import held_back
from matchgraph.learning.learn import evidence_by, weighed
from matchgraph.learning.showings import Showings, joined, numbered
from matchgraph.learning.success import PRIOR_LOOKS, decay, smoothed
from matchgraph.learning.trust import USUAL_SEARCHES, counted, trust_of_visitors

COLUMNS = ("visitor", "search", "intent", "item", "position", "day", "drawn", "referrer")


def showings(**columns: Any) -> Showings:
    """Make showings; a column that is left out is the same for all."""
    n = max(len(column) for column in columns.values())
    defaults = {"position": 1, "is_taken": False}
    given_or_same = {
        name: np.asarray(columns.get(name, [defaults.get(name, 0)] * n)) for name in (*COLUMNS, "is_taken")
    }
    return Showings(**given_or_same)


@st.composite
def any_showings(draw: st.DrawFn) -> Showings:
    n = draw(st.integers(1, 40))

    def column(low: int, high: int) -> Any:
        return draw(hnp.arrays(np.int64, n, elements=st.integers(low, high)))

    position = column(1, 6)
    drawn = np.where(column(0, 1) > 0, np.maximum(position - column(0, 1), 1), 0)
    return Showings(
        visitor=column(0, 5),
        search=column(0, 9),
        intent=column(0, 2),
        item=column(0, 3),
        position=position,
        day=column(0, 60),
        is_taken=draw(hnp.arrays(np.bool_, n)),
        drawn=drawn,
        referrer=column(0, 2),
    )


@settings(max_examples=150)
@given(any_showings())
def test_what_is_learnt_is_bounded_by_who_was_there(shown: Showings) -> None:
    found = weighed(shown, today=60)
    _, learnt = evidence_by(found, found.rows.item)
    assert (learnt.taken >= 0).all()
    _, pairs = evidence_by(found, found.rows.intent, found.rows.item)
    assert (pairs.taken <= pairs.visitors_taken + 1e-9).all()
    assert (pairs.looks <= pairs.visitors + 1e-9).all()
    assert learnt.taken.sum() == pytest.approx(pairs.taken.sum())
    for evidence in (learnt, pairs):
        assert (evidence.visitors_taken <= evidence.visitors).all()
        assert (evidence.first_day <= evidence.last_day).all()
    why = found.discards
    masks = np.stack([why.repeated, why.burst, why.referrer, why.little_trust])
    assert (masks.sum(axis=0) <= 1).all()
    assert len(found.rows) == len(shown) - int(masks[:3].sum())


def weights_of(shown: Showings) -> dict[tuple[int, int], tuple[float, float]]:
    found = weighed(shown, today=60)
    firsts, evidence = evidence_by(found, found.rows.intent, found.rows.item)
    return {
        (int(found.rows.intent[row]), int(found.rows.item[row])): (round(float(t), 9), round(float(k), 9))
        for row, t, k in zip(firsts, evidence.taken, evidence.looks, strict=True)
    }


@settings(max_examples=150)
@given(any_showings(), st.randoms(use_true_random=False))
def test_the_order_of_visitors_does_not_matter(shown: Showings, random: Any) -> None:
    order = list(np.unique(shown.visitor))
    random.shuffle(order)
    # Each visitor's own rows stay in their order: the first of several showings counts.
    shuffled = joined([shown.where(shown.visitor == visitor) for visitor in order])
    assert weights_of(shuffled) == weights_of(shown)


@settings(max_examples=150)
@given(any_showings(), st.integers(1, 5))
def test_doing_it_again_gains_nothing(shown: Showings, times: int) -> None:
    """Whoever repeats a search gains no weight; as a machine they lose some."""
    visitor = int(shown.visitor[0])
    own = shown.where(shown.visitor == visitor)
    repeats = [Showings(**{**own.__dict__, "search": own.search + 100 * (n + 1)}) for n in range(times)]
    once, often = counted(shown), counted(joined([shown, *repeats]))
    assert often.kept.sum() == once.kept.sum()
    assert often.is_taken.sum() == once.is_taken.sum()
    assert trust_of_visitors(joined([shown, *repeats]))[0] <= trust_of_visitors(shown)[0] + 1e-12


@settings(max_examples=150)
@given(any_showings(), st.integers(1, 8))
def test_examination_begins_at_one_and_never_rises(shown: Showings, n: int) -> None:
    found = examination(shown, np.ones(len(shown)), n_positions=n)
    assert found.shape == (n,)
    assert found[0] == 1
    assert (np.diff(found) <= 1e-12).all()
    assert (found >= LEAST_EXAMINATION).all()


looks = st.floats(0, 1e6)


@settings(max_examples=1000)
@given(looks, looks, st.floats(0, 1), st.floats(0, 100))
def test_success_is_a_share_that_grows_with_what_is_taken_and_falls_with_what_is_not(
    taken: float, looked: float, prior: float, more: float
) -> None:
    columns = np.array([taken, taken + more, taken]), np.array([looked, looked + more, looked + more])
    found = smoothed(*columns, prior=np.full(3, prior))
    assert ((found.low >= 0) & (found.low <= found.mean) & (found.mean <= found.high)).all()
    assert (found.high <= 1).all()
    base, liked, ignored = found.mean
    assert liked >= base - 1e-12
    assert ignored <= base + 1e-12


@settings(max_examples=1000)
@given(st.floats(0, 1), st.floats(LEAST_EXAMINATION, 1))
def test_one_visitor_moves_a_success_by_little(prior: float, looked: float) -> None:
    before, after = smoothed(np.array([0.0, 1.0]), np.array([0.0, looked]), prior=np.full(2, prior)).mean
    assert abs(after - before) <= 1 / (PRIOR_LOOKS + 1) + 1e-9


@settings(max_examples=1000)
@given(hnp.arrays(np.float64, 5, elements=st.floats(0, 4000)))
def test_evidence_fades_and_never_grows_again(ages: Any) -> None:
    weights = decay(np.sort(ages))
    assert (np.diff(weights) <= 0).all()
    assert ((weights > 0) & (weights <= 1)).all()


def test_rows_are_numbered_by_their_values() -> None:
    big = np.array([2**40, 2**40, 0, 5])
    numbers, n = numbered(big, big, big)
    assert n == 3
    assert numbers[0] == numbers[1]
    assert len({int(each) for each in numbers}) == 3


def test_swaps_find_how_steeply_attention_falls() -> None:
    """Pairs whose order is drawn by lot, looked at as 1/k^1.5: the curve is found, not the belief."""
    random = np.random.default_rng(7)
    n = 40_000
    upper = random.integers(1, 6, size=n)
    is_lower = random.random(n) < 0.5
    position = upper + is_lower
    is_taken = random.random(n) < 0.5 * position**-1.5
    shown = showings(visitor=np.arange(n), position=position, drawn=upper, is_taken=is_taken)
    found = examination(shown, np.ones(n), n_positions=6)
    assert found == pytest.approx(np.arange(1, 7) ** -1.5, rel=0.2)
    assert examination(shown.where(upper < 0), np.ones(0), n_positions=6) == pytest.approx(
        prior_examination(6)
    )


def test_a_curious_visitor_is_trusted_more_than_one_who_repeats() -> None:
    curious = trust_of_visitors(showings(visitor=[1] * 3, search=[1, 2, 3], intent=[1, 2, 3]))
    single = trust_of_visitors(showings(visitor=[1], search=[1], intent=[1]))
    n = 10 * USUAL_SEARCHES
    machine = trust_of_visitors(showings(visitor=[1] * n, search=list(range(n)), intent=[1] * n))
    fan = trust_of_visitors(
        showings(visitor=[1] * 4, search=[1, 2, 3, 4], intent=[1, 2, 3, 4], is_taken=[True] * 4)
    )
    assert curious[0] == 1
    assert single[0] == 0.5
    assert machine[0] == pytest.approx(0.05)
    assert fan[0] == pytest.approx(0.25), "one artifact, whatever was asked"


def steady(n_days: int, *, rate: float, a_day: int = 20, seed: int = 4) -> Showings:
    random = np.random.default_rng(seed)
    n = n_days * a_day
    day = np.repeat(np.arange(n_days), a_day)
    return showings(visitor=np.arange(n), search=np.arange(n), day=day, is_taken=random.random(n) < rate)


def test_a_burst_is_held_back_and_what_is_usual_is_not() -> None:
    usual = steady(60, rate=0.1)
    n = 40
    burst = showings(visitor=np.arange(n) - n, search=np.arange(n) - n, day=[30] * n, is_taken=[True] * n)
    both = joined([usual, burst])
    bursts, referred = held_back(both, np.ones(len(both)))
    assert bursts[-n:].all()
    assert not referred.any()
    assert bursts[: len(usual)].sum() <= 20, "its own day at most"


def test_what_is_usual_is_hardly_ever_held_back() -> None:
    shares = []
    for seed in range(20):
        usual = steady(60, rate=0.2, seed=seed)
        shares.append(held_back(usual, np.ones(len(usual)))[0].mean())
    assert np.mean(shares) < 0.02


def test_growth_that_lasts_counts() -> None:
    """A new version is taken three times as often: held back at first, believed later."""
    before = steady(60, rate=0.1)
    after = steady(120, rate=0.35, seed=2)
    after = Showings(**{**after.__dict__, "day": after.day + 60, "visitor": after.visitor + 10_000})
    both = joined([before, after])
    bursts, _ = held_back(both, np.ones(len(both)))
    assert bursts[len(before) :].mean() < 0.5


def test_many_visitors_do_not_make_a_burst_where_they_choose_as_ever() -> None:
    """A day of ten times the searches is news, not fraud, as long as the share who take stays."""
    random = np.random.default_rng(3)
    usual = steady(60, rate=0.2)
    n = 200
    busy = showings(
        visitor=np.arange(n) - n, search=np.arange(n) - n, day=[30] * n, is_taken=random.random(n) < 0.2
    )
    both = joined([usual, busy])
    bursts, _ = held_back(both, np.ones(len(both)))
    assert not bursts.any()


def test_a_site_that_sends_nothing_but_takers_is_held_back() -> None:
    usual = steady(60, rate=0.1)
    n = 30
    sent = showings(
        visitor=np.arange(n) - n,
        search=np.arange(n) - n,
        day=np.arange(n) * 2,
        is_taken=[True] * n,
        referrer=[9] * n,
    )
    both = joined([usual, sent])
    bursts, referred = held_back(both, np.ones(len(both)))
    assert (bursts | referred)[-n:].all()
    assert referred[-n:].any()
    assert not referred[: len(usual)].any()
