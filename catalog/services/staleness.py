"""Marks what could not be confirmed: a source that fails keeps its facts, and the facts say so.

The mark lies on the source's records, where every page and answer that cites them reads it anyway.
"""

import datetime as dt
from collections.abc import Collection, Iterable

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from catalog.models import SourceCheck, SourceRecord
from catalog.sources.base import Source

# A budget reads popular things first, so the least popular may wait for days without anything being wrong.
CONFIRMED_FOR = dt.timedelta(days=7)


def note_checks(source: Source, *, answered: Collection[str], unread: Collection[str]) -> None:
    """Remember what was asked for just now: these were answered, those could not be read. Two queries."""
    now = timezone.now()
    rows = [SourceCheck(source=source.value, subject=name, tried_at=now, read_at=now) for name in answered]
    _upsert(rows, fields=["tried_at", "read_at"])
    _upsert(
        [SourceCheck(source=source.value, subject=name, tried_at=now) for name in unread],
        fields=["tried_at"],
    )


def mark_stale(source: Source, subjects: Iterable[str]) -> int:
    """Mark what the source can no longer tell us of these subjects; an earlier mark stays."""
    rows = SourceRecord.objects.filter(connector=source.value, subject__in=list(subjects))
    return rows.filter(stale_since=None).update(stale_since=timezone.now())


def mark_fresh(source: Source, subjects: Iterable[str]) -> int:
    """Take the mark from these subjects: the source has just confirmed or replaced what it said."""
    rows = SourceRecord.objects.filter(connector=source.value, subject__in=list(subjects))
    return rows.filter(stale_since__isnull=False).update(stale_since=None)


def mark_source_stale(source: Source, *, since: dt.datetime) -> int:
    """Mark all that a failing source said, but for what it confirmed from ``since`` on."""
    rows = SourceRecord.objects.filter(connector=source.value, stale_since=None)
    return rows.exclude(Exists(_checks().filter(read_at__gte=since))).update(stale_since=timezone.now())


def mark_forgotten(*, now: dt.datetime | None = None) -> int:
    """Mark what no connector has confirmed for ``CONFIRMED_FOR``, whatever the reason; return how many."""
    now = now or timezone.now()
    rows = SourceRecord.objects.exclude(connector="").filter(stale_since=None)
    return rows.filter(Exists(_checks().filter(read_at__lt=now - CONFIRMED_FOR))).update(stale_since=now)


def tried_since(source: Source, moment: dt.datetime) -> frozenset[str]:
    """Return the subjects that the source was asked for from ``moment`` on."""
    rows = SourceCheck.objects.filter(source=source.value, tried_at__gte=moment)
    return frozenset(rows.values_list("subject", flat=True))


def tried_at(source: Source) -> dict[str, dt.datetime]:
    """Return when the source was last asked for each subject."""
    rows = SourceCheck.objects.filter(source=source.value)
    return dict(rows.values_list("subject", "tried_at").iterator())


def _checks() -> QuerySet[SourceCheck]:
    return SourceCheck.objects.filter(source=OuterRef("connector"), subject=OuterRef("subject"))


def _upsert(rows: list[SourceCheck], *, fields: list[str]) -> None:
    SourceCheck.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["source", "subject"],
        update_fields=fields,
        batch_size=2_000,
    )
