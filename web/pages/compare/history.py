"""How the ranks of all sides went over time: lines on one frame, with the days as a table."""

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from web.figures import Tick
from web.formatting import readable_date
from web.pages.compare.sides import ComparedArtifact

# The frame shows at least so many points, so that a small movement stays small.
LEAST_SPAN = 20
STEP = 10
DAYS_SHOWN = 8


@dataclass(frozen=True)
class HistoryLine:
    """One side's published scores as an SVG path in a box of 100 by 100."""

    side: ComparedArtifact
    path: str


@dataclass(frozen=True)
class HistoryDay:
    """What each side's rank was on a day, under which formula; "–" where it was not ranked."""

    day: dt.date
    scores: tuple[str, ...]
    formula: str


@dataclass(frozen=True)
class HistoryChart:
    """All lines, newest days first in the table; ``formulas`` are the days on which a new formula began."""

    lines: tuple[HistoryLine, ...]
    days: tuple[HistoryDay, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    formulas: tuple[Tick, ...]
    n_days: int


def history_chart(sides: Sequence[ComparedArtifact]) -> HistoryChart | None:
    """Return the lines of every side that was ranked on two days; None where none was."""
    drawn = [side for side in sides if len(side.history) > 1]
    if not drawn:
        return None
    days = sorted({point.as_of for side in sides for point in side.history})
    scores = [point.score for side in drawn for point in side.history]
    low, high = _frame(min(scores), max(scores))
    first, length = days[0], max(1, (days[-1] - days[0]).days)

    def place(day: dt.date) -> float:
        return 100 * (day - first).days / length

    lines = tuple(
        HistoryLine(
            side,
            "M"
            + "L".join(
                f"{place(point.as_of):.1f} {100 * (high - point.score) / (high - low):.1f}"
                for point in side.history
            ),
        )
        for side in drawn
    )
    begun = _formulas(sides)
    table = [_day(day, sides) for day in reversed(days)]
    return HistoryChart(
        lines=lines,
        days=tuple(table[:DAYS_SHOWN]),
        x_ticks=tuple(Tick(f"{place(day):.1f}%", readable_date(day)) for day in (days[0], days[-1])),
        y_ticks=tuple(
            Tick(f"{100 * (high - tick) / (high - low):.1f}%", str(tick))
            for tick in range(low, high + 1, STEP)
        ),
        formulas=tuple(Tick(f"{place(day):.1f}%", f"Formula {version}") for day, version in begun),
        n_days=len(days),
    )


def _frame(least: float, most: float) -> tuple[int, int]:
    """Return the ends of the frame in whole steps, inside 0 to 100.

    >>> _frame(42.1, 44.9), _frame(3.0, 97.0)
    ((30, 50), (0, 100))
    """
    low, high = STEP * math.floor(least / STEP), STEP * math.ceil(most / STEP)
    while high - low < LEAST_SPAN:
        low, high = (low - STEP, high) if low >= STEP else (low, high + STEP)
    return low, high


def _formulas(sides: Sequence[ComparedArtifact]) -> list[tuple[dt.date, str]]:
    """Return the days on which another formula began: a step there is nobody's doing."""
    versions = dict(sorted((point.as_of, point.formula_version) for side in sides for point in side.history))
    days = list(versions)
    return [(day, versions[day]) for before, day in pairwise(days) if versions[day] != versions[before]]


def _day(day: dt.date, sides: Sequence[ComparedArtifact]) -> HistoryDay:
    points = [next((point for point in side.history if point.as_of == day), None) for side in sides]
    return HistoryDay(
        day,
        tuple(f"{point.score:.1f}" if point else "–" for point in points),
        next(point.formula_version for point in points if point),
    )
