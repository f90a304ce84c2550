"""How an artifact's rank went over time and why it moved last."""

import datetime as dt
from dataclasses import dataclass

from ranking.compute.movement import Cause
from ranking.selectors import MovementCause, MovementView, PublishedRank
from web.pages.leaderboard.charts import Spark, spark

CAUSES: dict[Cause, str] = {
    "input": "{label}: {before}, now {after}",
    "lost": "{label}: was {before}, no longer known",
    "formula": "{label}: the formula weighs it differently",
}


@dataclass(frozen=True)
class Reason:
    """One thing that moved the score, with what it did in points."""

    text: str
    points: str


@dataclass(frozen=True)
class RankHistory:
    """The line of published scores, and the last movement in parts that add up to it."""

    trend: Spark | None
    since: dt.date | None
    points: str
    places_before: str
    reasons: tuple[Reason, ...]
    formula_change: str = ""


def rank_history(rank: PublishedRank) -> RankHistory | None:
    """Return the history of an artifact's rank; None where there is none yet.

    A snapshot that left the score where it was is no movement and is not told as one.
    """
    moved = rank.moved if rank.moved and rank.moved.points else None
    trend = spark(rank.history)
    if moved is None and trend is None:
        return None
    return RankHistory(
        trend=trend,
        since=moved.as_of_before if moved else None,
        points=f"{moved.points:+.3f}" if moved else "",
        places_before=moved.places_before if moved else "",
        reasons=_reasons(moved) if moved else (),
        formula_change=_formula_change(moved) if moved else "",
    )


def _reasons(moved: MovementView) -> tuple[Reason, ...]:
    return tuple(Reason(_words(cause), f"{cause.points:+.3f}") for cause in moved.causes)


def _formula_change(moved: MovementView) -> str:
    """Say what a new formula did, so that nobody takes it for something that the artifact did."""
    if moved.formula_before == moved.formula_after:
        return ""
    change = f"Formula {moved.formula_before} became formula {moved.formula_after}"
    if moved.by_formula == moved.points:
        return f"{change}: all of it is the new formula, nothing about the artifact changed"
    rest = moved.points - moved.by_formula
    return f"{change}: that alone made {moved.by_formula:+.3f} points, the artifact itself {rest:+.3f}"


def _words(cause: MovementCause) -> str:
    return CAUSES[cause.cause].format(label=cause.label, before=cause.before, after=cause.after)
