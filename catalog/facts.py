"""Which of several facts about one field wins. Plain Python: no database here."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from catalog.vocabulary import SourceKind

PRECEDENCE = {kind: index for index, kind in enumerate(SourceKind)}


@dataclass(frozen=True)
class StatedFact:
    """One source's word on one field."""

    key: int
    value: Any
    source_kind: SourceKind
    observed_on: dt.date


def winning_fact(facts: Iterable[StatedFact]) -> StatedFact | None:
    """Return the fact that sets the column: the strongest kind of source, then the latest date.

    A builder's statement never beats a measured or registry fact, however new it is.

    >>> old = StatedFact(1, 8, SourceKind.REGISTRY, dt.date(2025, 1, 1))
    >>> new = StatedFact(2, 9, SourceKind.BUILDER, dt.date(2026, 1, 1))
    >>> winning_fact([new, old]).value
    8
    """
    return min(
        facts,
        key=lambda fact: (PRECEDENCE[fact.source_kind], -fact.observed_on.toordinal(), -fact.key),
        default=None,
    )
