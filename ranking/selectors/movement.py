"""An artifact's published rank: how it went, and why it moved since the snapshot before."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef

from ranking.compute.formula import MILLI
from ranking.compute.movement import Cause, MovementPart
from ranking.history import movement_parts
from ranking.models import RankEntry
from ranking.selectors.current import EntryView, entry_view, shown_value
from ranking.selectors.history import HistoryPoint, history_from_json, history_rows


@dataclass(frozen=True)
class MovementCause:
    """One reason, with what it did to the score in points and the input before and after, in words."""

    label: str
    component: str
    cause: Cause
    points: Decimal
    before: str
    after: str


@dataclass(frozen=True)
class MovementView:
    """From one published rank to the next; the points of ``causes`` sum to ``points`` exactly."""

    points: Decimal
    score_before: float
    score_after: float
    places_before: str
    places_after: str
    as_of_before: dt.date
    as_of_after: dt.date
    formula_before: str
    formula_after: str
    causes: tuple[MovementCause, ...]

    @property
    def by_formula(self) -> Decimal:
        """Return the points that come from the formula alone: nothing about the artifact changed there."""
        return sum((cause.points for cause in self.causes if cause.cause == "formula"), Decimal(0))


@dataclass(frozen=True)
class PublishedRank:
    """One artifact's published rank, its scores over time, and how it came from the one before if any was."""

    entry: EntryView
    history: tuple[HistoryPoint, ...]
    moved: MovementView | None


def published_rank(artifact_id: int) -> PublishedRank | None:
    """Return everything that is published of an artifact's rank; None where it has none. Two queries."""
    entries = RankEntry.objects.select_related("snapshot__formula")
    current = entries.current().filter(artifact=artifact_id)
    # Any: the rows are none of the model's own fields.
    after: Any = current.annotate(rows=ArraySubquery(history_rows(OuterRef("artifact")))).first()
    if after is None:
        return None
    before = (
        entries.filter(slug=after.slug, snapshot__published_at__lt=after.snapshot.published_at)
        .order_by("-snapshot__published_at")
        .first()
    )
    return PublishedRank(
        entry=entry_view(artifact_id, after),
        history=history_from_json(after.rows),
        moved=_view(before, after) if before else None,
    )


def _view(before: RankEntry, after: RankEntry) -> MovementView:
    parts = movement_parts(before, after)
    return MovementView(
        points=Decimal(sum(part.points for part in parts)) / MILLI,
        score_before=float(before.score),
        score_after=float(after.score),
        places_before=before.places,
        places_after=after.places,
        as_of_before=before.snapshot.as_of,
        as_of_after=after.snapshot.as_of,
        formula_before=before.snapshot.formula.version,
        formula_after=after.snapshot.formula.version,
        causes=tuple(_cause(part) for part in parts),
    )


def _cause(part: MovementPart) -> MovementCause:
    return MovementCause(
        label=part.label,
        component=part.component,
        cause=part.cause,
        points=Decimal(part.points) / MILLI,
        before=shown_value(part.before),
        after=shown_value(part.after),
    )
