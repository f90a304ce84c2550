"""The blend: bounded, monotone in what should help, and a tie-breaker stays a tie-breaker."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from matchgraph.search import blend
from matchgraph.search.blend import Signals

shares = st.floats(0, 1)
signals = st.builds(
    Signals,
    texts=st.lists(shares, max_size=5).map(tuple),
    likeness=st.none() | shares,
    rank=st.none() | shares,
    success=st.none() | shares,
    n_not_known=st.integers(0, 4),
    is_memory_not_known=st.booleans(),
    is_mentioned=st.booleans(),
)


def scored(item: Signals) -> float:
    return blend.score(item, relevance=blend.relevance(item, has_text=True))


@given(signals)
def test_scores_are_shares(item: Signals) -> None:
    assert 0 <= scored(item) <= 1


@given(signals, shares, shares)
def test_more_of_anything_good_never_lowers_a_score(item: Signals, low: float, high: float) -> None:
    low, high = min(low, high), max(low, high)
    worse, better = (*item.texts, low), (*item.texts, high)
    assert scored(replace(item, texts=worse)) <= scored(replace(item, texts=better)) + 1e-12
    assert scored(replace(item, success=low)) <= scored(replace(item, success=high)) + 1e-12
    assert scored(replace(item, rank=low)) <= scored(replace(item, rank=high)) + 1e-12


@given(signals)
def test_what_is_not_known_never_helps(item: Signals) -> None:
    assert scored(replace(item, n_not_known=item.n_not_known + 1)) <= scored(item)
    assert scored(replace(item, is_memory_not_known=True)) <= scored(item)


@given(signals)
def test_rank_and_evidence_decide_only_between_like_fits(item: Signals) -> None:
    item = replace(item, n_not_known=0, is_memory_not_known=False)
    most = replace(item, rank=1.0, success=1.0)
    least = replace(item, rank=None, success=0.0)
    assert scored(most) - scored(least) <= blend.PUBLISHED.rank + blend.PUBLISHED.evidence + 1e-12


def test_relevance_is_a_convex_combination() -> None:
    assert blend.PUBLISHED.meaning + blend.PUBLISHED.words == 1
    assert blend.text_relevance(1.0, 1.0) == 1
    assert blend.text_relevance(None, None) == 0
    assert blend.relevance(Signals(texts=(0.3,)), has_text=False) == 1


def test_the_best_capability_decides_and_the_next_add_a_little() -> None:
    one, several = Signals(texts=(0.6,)), Signals(texts=(0.5, 0.1, 0.1, 0.1))
    assert blend.relevance(one, has_text=True) == 0.6
    assert 0.5 < blend.relevance(several, has_text=True) < 0.6
    assert blend.relevance(Signals(texts=(1.0, 1.0, 1.0)), has_text=True) == 1


@given(st.floats(-1, 1), shares, st.floats(-1, 1), shares)
def test_text_relevance_grows_with_both_parts(low: float, few: float, high: float, many: float) -> None:
    low, high, few, many = min(low, high), max(low, high), min(few, many), max(few, many)
    assert 0 <= blend.text_relevance(low, few) <= blend.text_relevance(high, many) <= 1
