"""In which order builders' requests are served. Plain Python: no database here."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Waiting:
    """A request that waits; ``key`` is the caller's, ``builder`` whoever asked."""

    key: int
    builder: int
    asked_at: dt.datetime


def fair_order(waiting: Iterable[Waiting], *, served_at: Mapping[int, dt.datetime]) -> tuple[Waiting, ...]:
    """Return the requests in turns: everybody's first before anybody's second.

    Within a turn those come first who were never served, then those who were served longest ago
    (``served_at``, by builder), then those who asked first. Asking for more moves nobody forward.

    >>> noon = dt.datetime(2026, 1, 1, 12)
    >>> asked = [Waiting(1, 7, noon), Waiting(2, 7, noon), Waiting(3, 8, noon), Waiting(4, 9, noon)]
    >>> [each.key for each in fair_order(asked, served_at={7: noon, 8: noon - dt.timedelta(1)})]
    [4, 3, 1, 2]
    """
    turns: dict[int, int] = {}
    asked: dict[int, int] = defaultdict(int)
    ordered = sorted(waiting, key=lambda each: (each.asked_at, each.key))
    for each in ordered:
        turns[each.key] = asked[each.builder]
        asked[each.builder] += 1

    def place(each: Waiting) -> tuple[int, float, dt.datetime, int]:
        served = served_at.get(each.builder)
        return turns[each.key], served.timestamp() if served else float("-inf"), each.asked_at, each.key

    return tuple(sorted(ordered, key=place))
