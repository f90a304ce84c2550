"""Searches that the catalogue had no good answer to: what is missing, by how many people miss it."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.db.models import Count, Max, Min
from django.utils import timezone

from matchgraph.models import SearchEvent

DAYS: Final = 30
LINES: Final = 100


class Outcome(StrEnum):
    """What was missing: any result, or one that fits well."""

    NOTHING = "no result"
    LOW = "low confidence"


@dataclass(frozen=True)
class Unanswered:
    """One search in all its spellings of case and punctuation, in the words of its latest asker."""

    query: str
    outcome: Outcome
    visitors: int
    searches: int
    last_at: dt.datetime


def unanswered(*, days: int = DAYS, limit: int = LINES) -> list[Unanswered]:
    """Return the searches of the last days that nothing fitted, those of most visitors first. Two queries.

    What was answered once in that time is left out: the catalogue has grown since, or the words were put right.
    """
    since = timezone.now() - dt.timedelta(days=days)
    events = SearchEvent.objects.filter(created_at__gte=since).exclude(query_digest="")
    answered = events.filter(is_weak=False).values("query_digest")
    rows = (
        events.exclude(query_digest__in=answered)
        .order_by()
        .values("query_digest")
        .annotate(
            visitors=Count("visitor", distinct=True),
            searches=Count("pk"),
            fewest=Min("n_results"),
            last_at=Max("created_at"),
        )
        .order_by("-visitors", "-last_at", "query_digest")[:limit]
    )
    found = {row["query_digest"]: row for row in rows}
    words = dict(
        events.filter(query_digest__in=found)
        .order_by("query_digest", "created_at")
        .values_list("query_digest", "query")
    )
    return [
        Unanswered(
            words[digest],
            Outcome.LOW if row["fewest"] else Outcome.NOTHING,
            row["visitors"],
            row["searches"],
            row["last_at"],
        )
        for digest, row in found.items()
    ]
