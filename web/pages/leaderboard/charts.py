"""Charts beside a table: points on a frame, placed in per cent so that letters keep their size."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ranking.selectors import HistoryPoint
from web.figures import Tick
from web.pages.leaderboard.rows import BoardRow

MIN_POINTS = 2
# The height of a line of scores is at least so many points of the rank.
MIN_SPAN = 5.0
# Room inside the frame, in per cent, so that no disc is cut off.
MARGIN = 4.0


@dataclass(frozen=True)
class Point:
    """One artifact: its number in the table, where it stands and what it says."""

    number: int
    name: str
    path: str
    x: str
    y: str
    x_text: str
    y_text: str


@dataclass(frozen=True)
class Chart:
    """A cost against quality; the axis of the cost is logarithmic."""

    name: str
    title: str
    x_label: str
    points: tuple[Point, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    note: str


@dataclass(frozen=True)
class Spark:
    """A line of published scores; ``path`` is drawn in a box of 100 by 100 that is stretched."""

    path: str
    words: str


def price_chart(rows: Sequence[BoardRow]) -> Chart | None:
    """Return price against quality; None with fewer than two artifacts of which both are known."""
    return _chart(
        rows,
        name="price",
        title="Price against quality",
        x_label="US dollars a picture",
        value=lambda row: row.price,
        note="The starting price: a hosted 1024 × 1024 picture, in the middle quality where there are several.",
    )


def speed_chart(rows: Sequence[BoardRow]) -> Chart | None:
    """Return speed against quality; None with fewer than two artifacts of which both are known.

    Times of different machines are never put side by side: the machine with the most artifacts counts.
    """
    timed = [row for row in rows if row.seconds is not None]
    machines = [row.hardware for row in timed]
    machine = max(sorted(set(machines)), key=machines.count, default="")
    return _chart(
        [row for row in timed if row.hardware == machine],
        name="speed",
        title="Speed against quality",
        x_label="Seconds a picture",
        value=lambda row: row.seconds,
        note=f"Median time of our own runs on {machine or 'one machine'}.",
    )


def spark(history: Sequence[HistoryPoint]) -> Spark | None:
    """Return the line of an artifact's published scores; None with fewer than two.

    >>> import datetime as dt
    >>> days = [HistoryPoint(dt.date(2026, 1, day), score, "1") for day, score in ((1, 40.0), (3, 60.0))]
    >>> spark(days).path
    'M0 90 L100 10'
    """
    if len(history) < MIN_POINTS:
        return None
    scores = [point.score for point in history]
    first, last = history[0], history[-1]
    low, high = min(scores), max(scores)
    days = max(1, (last.as_of - first.as_of).days)
    steps = [
        f"{100 * (point.as_of - first.as_of).days / days:g} {_height(point.score, low, high):g}"
        for point in history
    ]
    words = f"{first.score:.1f} on {first.as_of.isoformat()} to {last.score:.1f} on {last.as_of.isoformat()}"
    return Spark("M" + " L".join(steps), words)


def _height(score: float, low: float, high: float) -> float:
    """Return how far down a score stands; a small movement stays small."""
    span = max(MIN_SPAN, high - low)
    return round(50 - 80 * (score - (low + high) / 2) / span, 1)


def _chart(
    rows: Sequence[BoardRow],
    *,
    name: str,
    title: str,
    x_label: str,
    value: Callable[[BoardRow], float | None],
    note: str,
) -> Chart | None:
    known = [
        (row, cost, quality)
        for row in rows
        if (cost := value(row)) and cost > 0 and (quality := row.quality) is not None
    ]
    if len(known) < MIN_POINTS:
        return None
    known.sort(key=lambda each: (each[1], -each[2]))
    place = _log_scale([cost for _, cost, _ in known])
    points = tuple(
        Point(
            number=number,
            name=row.card.name,
            path=row.card.path,
            x=place(cost),
            y=f"{100 - quality:.1f}%",
            x_text=f"{cost:.3g}",
            y_text=f"{quality:.0f}",
        )
        for number, (row, cost, quality) in enumerate(known, start=1)
    )
    ticks = _decades([cost for _, cost, _ in known])
    return Chart(
        name=name,
        title=title,
        x_label=x_label,
        points=points,
        x_ticks=tuple(Tick(place(tick), f"{tick:g}") for tick in ticks),
        y_ticks=tuple(Tick(f"{100 - tick}%", str(tick)) for tick in (0, 25, 50, 75, 100)),
        note=note,
    )


def _log_scale(costs: Sequence[float]) -> Callable[[float], str]:
    ends = (min(costs), max(costs))
    low, high = (math.log10(end) for end in ends)
    span = (high - low) or 1.0

    def place(cost: float) -> str:
        share = (math.log10(cost) - low) / span
        return f"{MARGIN + (100 - 2 * MARGIN) * share:.1f}%"

    return place


def _decades(costs: Sequence[float]) -> list[float]:
    """Return round numbers of 1, 2 and 5 between the smallest and the largest, four at most.

    >>> _decades([0.003, 0.04])
    [0.005, 0.01, 0.02]
    """
    low, high = min(costs), max(costs)
    exponents = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    found = [
        round(step * 10.0**exponent, 12)
        for exponent in exponents
        for step in (1, 2, 5)
        if low <= step * 10.0**exponent <= high
    ]
    stride = math.ceil(len(found) / 4) or 1
    return found[::stride] or [low]
