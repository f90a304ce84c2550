"""Which reported values only repeat another document's. Plain Python: no database here."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from catalog.vocabulary import Claimant

CLAIMANT_ORDER = {claimant: index for index, claimant in enumerate(Claimant)}


@dataclass(frozen=True)
class StatedResult:
    """One document's value; ``key`` is the caller's."""

    key: int
    artifact: int
    benchmark: str
    metric: str
    value: Decimal
    claimant: Claimant
    is_primary: bool
    source: str


def copies(results: Iterable[StatedResult]) -> dict[int, int]:
    """Return each copy's key with the key of the statement that it repeats.

    Papers reprint each other's tables, so the same artifact, benchmark, metric and value in two documents
    count as one measurement. The original is the statement read first hand, then the benchmark authors'
    own, then the maker's. A user who ran the model again and got the same value has measured, not copied.

    >>> row = {"artifact": 1, "benchmark": "GenEval", "metric": "overall", "value": Decimal("0.66")}
    >>> paper = StatedResult(1, **row, claimant=Claimant.THIRD_PARTY, is_primary=True, source="b")
    >>> authors = StatedResult(2, **row, claimant=Claimant.BENCHMARK, is_primary=True, source="a")
    >>> copies([paper, authors])
    {1: 2}
    """
    groups: dict[tuple[int, str, str, Decimal], list[StatedResult]] = defaultdict(list)
    for result in results:
        if result.claimant != Claimant.USER:
            name = (result.benchmark.casefold(), result.metric.casefold())
            groups[result.artifact, *name, result.value.normalize()].append(result)
    found: dict[int, int] = {}
    for group in groups.values():
        original = min(group, key=_rank)
        found |= {result.key: original.key for result in group if result is not original}
    return found


def _rank(result: StatedResult) -> tuple[bool, int, str, int]:
    return not result.is_primary, CLAIMANT_ORDER[result.claimant], result.source, result.key
