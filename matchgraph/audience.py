"""What an artifact's builder may see of the searches that found it: sums over visitors, never a visitor."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Avg, Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import TruncWeek
from django.utils import timezone

from matchgraph.models import Impression, Interaction

# Fewer visitors than this are not told apart: a line about one or two people would say what they did.
SMALLEST_GROUP: Final = 5
WEEKS: Final = 12
LINES: Final = 10


@dataclass(frozen=True)
class Week:
    """One week from its Monday; a count is None where it speaks of fewer than five visitors.

    Of those whom it was ``shown``, so many ``opened`` it, ``compared`` it, said that it ``helped``, and did any
    of these without rejecting it (``taken``).
    """

    start: dt.date
    shown: int | None
    position: float | None
    taken: int | None
    opened: int | None
    compared: int | None
    helped: int | None


@dataclass(frozen=True)
class AskedFor:
    """A search that at least five visitors made, where the artifact stood, and what they did with it."""

    digest: str
    query: str
    visitors: int
    position: float
    taken: int | None
    opened: int | None
    compared: int | None
    helped: int | None


@dataclass(frozen=True)
class Audience:
    """Twelve weeks of an artifact in searches."""

    since: dt.date
    weeks: tuple[Week, ...]
    asked_for: tuple[AskedFor, ...]


def audience(artifact_id: int) -> Audience:
    """Return what searches of the last twelve weeks say about an artifact. Three queries."""
    since = timezone.now() - dt.timedelta(weeks=WEEKS)
    shown = Impression.objects.filter(artifact=artifact_id, event__created_at__gte=since)
    return Audience(since=since.date(), weeks=_weeks(shown), asked_for=_asked_for(shown))


def taken() -> Q:
    """Return that a visitor did something with an impression and did not reject it."""
    done = Interaction.objects.filter(impression=OuterRef("pk"))
    return Q(Exists(done)) & ~Q(Exists(done.filter(kind=Interaction.Kind.REJECT)))


def _did(kind: Interaction.Kind) -> Q:
    return Q(Exists(Interaction.objects.filter(impression=OuterRef("pk"), kind=kind)))


def _visitors(condition: Q | None = None) -> Count:
    return Count("event__visitor", distinct=True, filter=condition)


def _outcomes() -> dict[str, Count]:
    return {
        "taken": _visitors(taken()),
        "opened": _visitors(_did(Interaction.Kind.CLICK)),
        "compared": _visitors(_did(Interaction.Kind.COMPARE)),
        "helped": _visitors(_did(Interaction.Kind.SELECT)),
    }


def _told(row: Mapping[str, Any]) -> dict[str, int | None]:
    return {name: if_enough(row[name]) for name in ("taken", "opened", "compared", "helped")}


def if_enough(count: int) -> int | None:
    """Return a count of visitors, None where it speaks of too few."""
    return count if count >= SMALLEST_GROUP else None


def _weeks(shown: QuerySet[Impression]) -> tuple[Week, ...]:
    rows = (
        shown.annotate(week=TruncWeek("event__created_at"))
        .order_by("week")
        .values("week")
        .annotate(shown=_visitors(), place=Avg("position"), **_outcomes())
    )
    return tuple(
        Week(
            start=row["week"].date(),
            shown=if_enough(row["shown"]),
            position=round(row["place"], 1) if row["shown"] >= SMALLEST_GROUP else None,
            **_told(row),
        )
        for row in rows
    )


def _asked_for(shown: QuerySet[Impression]) -> tuple[AskedFor, ...]:
    # The digest stands for all spellings of one search; the words shown are those of its latest asker.
    rows = (
        shown.exclude(event__query_digest="")
        .order_by()
        .values("event__query_digest")
        .annotate(**_outcomes())
        .annotate(visitors=_visitors(), place=Avg("position"))
        .filter(visitors__gte=SMALLEST_GROUP)
        .order_by("-visitors", "event__query_digest")[:LINES]
    )
    found = {row["event__query_digest"]: row for row in rows}
    words = dict(
        shown.filter(event__query_digest__in=found)
        .order_by("event__query_digest", "event__created_at")
        .values_list("event__query_digest", "event__query")
    )
    return tuple(
        AskedFor(digest, words[digest], row["visitors"], round(row["place"], 1), **_told(row))
        for digest, row in found.items()
    )


@dataclass(frozen=True)
class OpenedPair:
    """Two artifacts that visitors put side by side."""

    first_slug: str
    second_slug: str
    visitors: int


def opened_pairs(*, limit: int) -> tuple[OpenedPair, ...]:
    """Return the pairs that most visitors opened from a search in the last twelve weeks. One query.

    Pairs that fewer than five visitors opened are not told.
    """
    compared = Q(interactions__kind=Interaction.Kind.COMPARE)
    rows = (
        Impression.objects.filter(compared, event__created_at__gte=timezone.now() - dt.timedelta(weeks=WEEKS))
        .filter(
            event__impressions__interactions__kind=Interaction.Kind.COMPARE,
            artifact__slug__lt=F("event__impressions__artifact__slug"),
        )
        .order_by()
        .values(first=F("artifact__slug"), second=F("event__impressions__artifact__slug"))
        .annotate(visitors=_visitors())
        .filter(visitors__gte=SMALLEST_GROUP)
        .order_by("-visitors", "first", "second")[:limit]
    )
    return tuple(OpenedPair(row["first"], row["second"], row["visitors"]) for row in rows)
