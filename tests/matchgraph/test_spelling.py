"""Slips among the words of the grammar: put right, and traced back to what was typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchgraph.search.spelling import KEYWORDS, corrected


@given(st.text(alphabet="abcdelmnorstuwy -0123456789$.,", max_size=80))
def test_each_letter_is_traced_to_what_was_typed(typed: str) -> None:
    found = corrected(typed)
    assert len(found.places) == len(found.text) + 1
    assert list(found.places) == sorted(found.places)
    assert found.as_typed(0, len(found.text)) == typed
    assert corrected(found.text).text == found.text


@pytest.mark.parametrize("keyword", KEYWORDS)
def test_two_letters_swapped_are_put_right(keyword: str) -> None:
    middle = len(keyword) // 2
    slip = keyword[:middle] + keyword[middle + 1] + keyword[middle] + keyword[middle + 2 :]
    assert corrected(slip).text == keyword


@pytest.mark.parametrize(
    "right", ["open mouth, closed eyes", "imagen 4", "posted images", "a pictured house", "ten people"]
)
def test_what_is_right_is_left_alone(right: str) -> None:
    assert corrected(right).text == right
