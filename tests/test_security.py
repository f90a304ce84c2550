"""The threat model names tests that exist; and what belongs to no app."""

import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchgraph.search.constraints import parse

CHECKOUT = Path(__file__).resolve().parent.parent
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", (CHECKOUT / "docs" / "security.md").read_text())
# Far above what any query takes (under 10 ms) and far below what a pattern that backtracks takes.
PATIENCE_S = 2.0


def test_the_threat_model_has_tests() -> None:
    assert len(NAMED) > 30


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_a_named_test_exists(file: str, name: str) -> None:
    assert f"def {name}(" in (CHECKOUT / file).read_text()


@pytest.mark.parametrize(
    "piece",
    ["under ", "$1", "free ", "like ", "1,", "not ", "a", " ", "gb ", "open weights ", "\u0301", "(("],
)
def test_no_query_keeps_the_parser_busy(piece: str) -> None:
    started = time.perf_counter()
    parse(piece * 400, lambda words: None)
    assert time.perf_counter() - started < PATIENCE_S


@given(st.text(max_size=400))
def test_no_text_breaks_the_parser(text: str) -> None:
    parse(text, lambda words: None)
