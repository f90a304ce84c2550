"""Precedence of facts."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from catalog.facts import PRECEDENCE, StatedFact, winning_fact
from catalog.vocabulary import SourceKind

facts = st.lists(
    st.builds(
        StatedFact,
        key=st.integers(0, 10**6),
        value=st.integers(),
        source_kind=st.sampled_from(SourceKind),
        observed_on=st.dates(dt.date(2020, 1, 1), dt.date(2026, 12, 31)),
    ),
    unique_by=lambda fact: fact.key,
    max_size=6,
)


@given(facts)
def test_the_strongest_kind_wins_then_the_latest_date(stated: list[StatedFact]) -> None:
    winner = winning_fact(stated)
    if not stated:
        assert winner is None
        return
    assert winner is not None
    strongest = min(PRECEDENCE[fact.source_kind] for fact in stated)
    rivals = [fact for fact in stated if PRECEDENCE[fact.source_kind] == strongest]
    assert winner in rivals
    assert winner.observed_on == max(fact.observed_on for fact in rivals)


@given(facts, st.dates(dt.date(2020, 1, 1), dt.date(2030, 12, 31)))
def test_a_builder_never_beats_anybody(stated: list[StatedFact], day: dt.date) -> None:
    builder = StatedFact(-1, "mine", SourceKind.BUILDER, day)
    others = [fact for fact in stated if fact.source_kind != SourceKind.BUILDER]
    if others:
        assert winning_fact([*others, builder]) != builder


@given(facts)
def test_the_order_of_facts_does_not_matter(stated: list[StatedFact]) -> None:
    assert winning_fact(stated) == winning_fact(list(reversed(stated)))
