"""The threat model names tests that exist; and what belongs to no app."""

import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchgraph.search.constraints import parse
from tests.hostile import classes

CHECKOUT = Path(__file__).resolve().parent.parent
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", (CHECKOUT / "docs" / "security.md").read_text())
CLASSES = {
    *("XSS in imported fields", "CSRF", "SSRF", "IDOR", "mass assignment", "open redirect", "ReDoS"),
    *("bombs: pictures, archives, YAML", "pickle", "prompt injection", "log injection"),
    *("e-mail header injection", "cache poisoning and deception", "account enumeration", "token leakage"),
    *("click fraud", "claims by expired domains", "denial of service"),
}
# Far above what any query takes (under 10 ms) and far below what a pattern that backtracks takes.
PATIENCE_S = 2.0


def test_the_threat_model_has_tests() -> None:
    assert len(NAMED) > 30


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_a_named_test_exists(file: str, name: str) -> None:
    assert f"def {name}(" in (CHECKOUT / file).read_text()


def test_no_class_of_attack_is_without_a_test() -> None:
    text = (CHECKOUT / "docs" / "security.md").read_text()
    assert set(classes(text)) >= CLASSES
    assert not re.search(r"\| 0 \|$", text, re.MULTILINE)


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
