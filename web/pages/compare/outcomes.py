"""How a pair of pictures can turn out, and which pairs did. Plain Python: no database here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlencode

from evaluation.models import Sample
from evaluation.selectors import ScoredPair

PASS = 0.5
OK = Sample.Status.OK


class Outcome(StrEnum):
    """What became of a prompt and seed; one pair may belong to several."""

    A_PASSES_B_FAILS = "a-passes-b-fails"
    B_PASSES_A_FAILS = "b-passes-a-fails"
    PASSED_BY_BOTH = "both-pass"
    FAILED_BY_BOTH = "both-fail"
    NO_PICTURE = "no-picture"
    UNSCORED = "unscored"


@dataclass(frozen=True)
class OutcomeLink:
    """An outcome in words, how many pairs had it and where they are shown."""

    outcome: Outcome
    words: str
    count: int
    path: str


def is_pass(value: float | None) -> bool:
    """Return whether a score counts as passed."""
    return value is not None and value >= PASS


TESTS: dict[Outcome, Callable[[ScoredPair], bool]] = {
    Outcome.A_PASSES_B_FAILS: lambda pair: _scored(pair) and is_pass(pair.first) and not is_pass(pair.second),
    Outcome.B_PASSES_A_FAILS: lambda pair: _scored(pair) and is_pass(pair.second) and not is_pass(pair.first),
    Outcome.PASSED_BY_BOTH: lambda pair: is_pass(pair.first) and is_pass(pair.second),
    Outcome.FAILED_BY_BOTH: lambda pair: (
        _scored(pair) and not is_pass(pair.first) and not is_pass(pair.second)
    ),
    Outcome.NO_PICTURE: lambda pair: not pair.first_status == pair.second_status == OK,
    Outcome.UNSCORED: lambda pair: not _scored(pair),
}


def _scored(pair: ScoredPair) -> bool:
    return pair.difference is not None


def outcome_words(outcome: Outcome, names: tuple[str, str]) -> str:
    """Return an outcome as a filter names it.

    >>> outcome_words(Outcome.A_PASSES_B_FAILS, ("Alpha", "Beta"))
    'Alpha passes, Beta fails'
    """
    first, second = names
    return {
        Outcome.A_PASSES_B_FAILS: f"{first} passes, {second} fails",
        Outcome.B_PASSES_A_FAILS: f"{second} passes, {first} fails",
        Outcome.PASSED_BY_BOTH: "Both pass",
        Outcome.FAILED_BY_BOTH: "Both fail",
        Outcome.NO_PICTURE: "A picture is missing",
        Outcome.UNSCORED: "One is unscored",
    }[outcome]


def outcome_links(pairs: Sequence[ScoredPair], names: tuple[str, str], path: str) -> tuple[OutcomeLink, ...]:
    """Return the outcomes that occurred, each with its count and the address that shows them."""
    counts = {outcome: sum(map(test, pairs)) for outcome, test in TESTS.items()}
    return tuple(
        OutcomeLink(
            outcome, outcome_words(outcome, names), count, f"{path}?{urlencode({'outcome': outcome})}"
        )
        for outcome, count in counts.items()
        if count
    )
