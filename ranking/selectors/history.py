"""How published ranks went over time."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import FloatField, OuterRef, QuerySet
from django.db.models.functions import Cast, JSONObject

from ranking.compute.positions import place_words
from ranking.models import CurrentSnapshot, RankEntry, RankSnapshot

# Movers are looked for over a week; where no snapshot is that old, since the one before.
MOVING_DAYS = 7
# A line needs no more points than this.
MAX_SNAPSHOTS = 60


@dataclass(frozen=True)
class HistoryPoint:
    """An artifact's score as it was published for a day, under which formula."""

    as_of: dt.date
    score: float
    formula_version: str


@dataclass(frozen=True)
class Mover:
    """How far an artifact's score went since an earlier snapshot."""

    slug: str
    points: float
    places_before: str
    places: str


@dataclass(frozen=True)
class Movers:
    """What rose and what fell, furthest first, since ``since``."""

    since: dt.date
    rising: tuple[Mover, ...]
    falling: tuple[Mover, ...]


def history_rows(artifact: OuterRef) -> QuerySet[RankEntry, Any]:
    """Return the published entries of the ``artifact`` of a query around it, as JSON; newest first."""
    entries = RankEntry.objects.filter(artifact=artifact, snapshot__published_at__isnull=False)
    as_json = JSONObject(
        as_of="snapshot__as_of", score=Cast("score", FloatField()), formula="snapshot__formula__version"
    )
    return entries.order_by("-snapshot__published_at").values(json=as_json)[:MAX_SNAPSHOTS]


def history_from_json(rows: Sequence[Mapping[str, Any]]) -> tuple[HistoryPoint, ...]:
    """Return what ``history_rows`` found, oldest first, one a day: the last published of it."""
    points: dict[dt.date, HistoryPoint] = {}
    for row in reversed(rows):
        day = dt.date.fromisoformat(row["as_of"])
        points[day] = HistoryPoint(day, row["score"], row["formula"])
    return tuple(points[day] for day in sorted(points))


def score_histories(slugs: Iterable[str]) -> dict[str, tuple[HistoryPoint, ...]]:
    """Return published scores by slug, oldest first, one a day: the last published of it. Two queries."""
    latest = RankSnapshot.objects.filter(published_at__isnull=False).order_by("-published_at")
    snapshots = list(latest.values_list("pk", flat=True)[:MAX_SNAPSHOTS])
    rows = (
        RankEntry.objects.filter(snapshot__in=snapshots, slug__in=list(slugs))
        .order_by("snapshot__published_at")
        .values_list("slug", "snapshot__as_of", "score", "snapshot__formula__version")
    )
    found: dict[str, dict[dt.date, HistoryPoint]] = defaultdict(dict)
    for slug, as_of, score, version in rows:
        found[slug][as_of] = HistoryPoint(as_of, float(score), version)
    return {slug: tuple(points[day] for day in sorted(points)) for slug, points in found.items()}


def movers(slugs: Iterable[str], *, limit: int) -> Movers | None:
    """Return which of some artifacts moved furthest; None where there is nothing to compare with.

    Only snapshots of one formula are compared: a new formula moves everybody and says nothing of anyone.
    At most four queries.
    """
    pointer = CurrentSnapshot.objects.select_related("snapshot").first()
    if pointer is None:
        return None
    now = pointer.snapshot
    earlier = RankSnapshot.objects.filter(published_at__lt=now.published_at, formula=now.formula_id).order_by(
        "-published_at"
    )
    week_ago = now.as_of - dt.timedelta(days=MOVING_DAYS)
    before = earlier.filter(as_of__lte=week_ago).first() or earlier.first()
    if before is None:
        return None
    rows = RankEntry.objects.filter(snapshot__in=[before, now], slug__in=list(slugs))
    sides: dict[int, dict[str, tuple[float, str]]] = {before.pk: {}, now.pk: {}}
    columns = ("snapshot", "slug", "score", "position_best", "position_worst")
    for snapshot_id, slug, score, best, worst in rows.values_list(*columns):
        sides[snapshot_id][slug] = (float(score), place_words(best, worst))
    was, is_ = sides[before.pk], sides[now.pk]
    moved = [
        Mover(slug, round(is_[slug][0] - was[slug][0], 3), was[slug][1], is_[slug][1])
        for slug in sorted(was.keys() & is_.keys())
    ]
    rising = sorted((each for each in moved if each.points > 0), key=lambda each: -each.points)
    falling = sorted((each for each in moved if each.points < 0), key=lambda each: each.points)
    return Movers(before.as_of, tuple(rising[:limit]), tuple(falling[:limit]))
