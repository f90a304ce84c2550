"""Forgets what visitors typed, and after a year or so that they searched at all."""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from matchgraph.models import Discard, SearchEvent


@dataclass(frozen=True)
class PurgeReport:
    """How many searches lost their words, and how many are gone."""

    emptied: int
    deleted: int

    def __str__(self) -> str:
        return f"{self.emptied} searches emptied of their words, {self.deleted} deleted"


def purge_searches(*, now: dt.datetime | None = None) -> PurgeReport:
    """Empty old searches of words, digest, conditions and referrer, and delete very old ones.

    What was learnt from them stays: sums over visitors, and intents that enough of them had.
    """
    now = now or timezone.now()
    words_until = now - dt.timedelta(days=settings.SEARCH_WORDS_KEPT_DAYS)
    events_until = now - dt.timedelta(days=settings.SEARCH_EVENTS_KEPT_DAYS)
    deleted, _ = SearchEvent.objects.filter(created_at__lt=events_until).delete()
    Discard.objects.filter(day__lt=events_until.date()).delete()
    has_words = ~Q(query="") | ~Q(query_digest="") | ~Q(referrer="") | ~Q(constraints_parsed=[])
    emptied = SearchEvent.objects.filter(has_words, created_at__lt=words_until).update(
        query="", query_digest="", constraints_parsed=[], referrer=""
    )
    return PurgeReport(emptied, deleted)
