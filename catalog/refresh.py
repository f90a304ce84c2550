"""When a source is read again, and what is asked for first where its budget does not reach for all.

No database here.
"""

import datetime as dt
import math
from collections.abc import Iterable
from dataclasses import dataclass

# After a run that ended so, the source is asked again so much later. A source that asks for patience gives
# a new allowance by the hour; one that is out of order is not helped by asking at once.
AGAIN_AFTER = {
    "done": dt.timedelta(hours=20),
    "paused": dt.timedelta(minutes=50),
    "failed": dt.timedelta(hours=6),
    # Of a run that never ended, its process is lost by then: a run's time is limited.
    "running": dt.timedelta(hours=1),
}


def is_due(*, state: str, ended_at: dt.datetime, now: dt.datetime) -> bool:
    """Tell whether a source whose last run ended then and so (or began then) is to be read again.

    >>> noon = dt.datetime(2026, 11, 1, 12)
    >>> is_due(state="paused", ended_at=noon, now=noon + dt.timedelta(hours=1))
    True
    """
    return now - ended_at >= AGAIN_AFTER[state]


@dataclass(frozen=True)
class Due:
    """One thing that may be asked for: how many people use it, and how long ago it was asked for.

    ``age_days`` is None for what was never asked for.
    """

    key: str
    popularity: int
    age_days: float | None


def urgency(due: Due) -> float:
    """Return how urgent a reading is: its age, times one and a digit for each power of ten of its users.

    What a million people use is read seven times as often as what nobody does, and nothing waits for ever.

    >>> urgency(Due("a", popularity=1_000_000, age_days=1.0)) > urgency(Due("b", popularity=0, age_days=6.0))
    True
    """
    weight = 1 + math.log10(1 + max(due.popularity, 0))
    return math.inf if due.age_days is None else max(due.age_days, 0.0) * weight


def by_urgency(things: Iterable[Due]) -> list[str]:
    """Return keys, the most urgent first; among those never asked for the most popular, then by name.

    >>> by_urgency([Due("old", 0, 30.0), Due("new", 0, None), Due("hit", 10**6, 5.0), Due("star", 9, None)])
    ['star', 'new', 'hit', 'old']
    """
    ordered = sorted(things, key=lambda due: (-urgency(due), -due.popularity, due.key))
    return [due.key for due in ordered]
