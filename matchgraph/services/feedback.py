"""Writes down what was searched for, what was shown and what was done with it, and counts what does not count."""

import datetime as dt
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from django.db import DatabaseError, transaction
from django.db.models import F
from django.utils import timezone

from matchgraph.models import Discard, Impression, Interaction, SearchEvent
from matchgraph.services.graph import intent_digest

logger = logging.getLogger(__name__)

OPPOSITES = {
    Interaction.Kind.SELECT: Interaction.Kind.REJECT,
    Interaction.Kind.REJECT: Interaction.Kind.SELECT,
}
LONGEST_QUERY = SearchEvent._meta.get_field("query").max_length
LONGEST_REFERRER = SearchEvent._meta.get_field("referrer").max_length


@dataclass(frozen=True)
class ShownResult:
    """One result in the place where it was shown, by the order of the list.

    ``drawn`` is the upper position of the pair whose order was drawn by lot, where it is one of that pair.
    """

    artifact_id: int
    capability_id: int | None
    drawn: int = 0


@dataclass(frozen=True)
class LoggedSearch:
    """What there is to write down of a search."""

    query: str
    constraints: Sequence[Mapping[str, str]]
    is_weak: bool
    results: Sequence[ShownResult]
    referrer: str = ""


@dataclass(frozen=True)
class SearchRecord:
    """A search with its visitor and time, ready to be written by whoever comes to it."""

    id: UUID
    visitor: str
    created_at: dt.datetime
    search: LoggedSearch


def record_of(search: LoggedSearch, *, visitor: str) -> SearchRecord:
    """Return the record of a search that was made now; ``visitor`` is a salted hash that changes every day."""
    return SearchRecord(uuid4(), visitor, timezone.now(), search)


def write_searches(records: Sequence[SearchRecord]) -> None:
    """Write searches and their impressions; a record that was written before changes nothing.

    Raises:
        DatabaseError: nothing was written.
    """
    with transaction.atomic():
        ids = [record.id for record in records]
        written = set(SearchEvent.objects.filter(pk__in=ids).values_list("pk", flat=True))
        new = [record for record in records if record.id not in written]
        SearchEvent.objects.bulk_create(map(_event, new))
        Impression.objects.bulk_create(
            Impression(
                event_id=record.id,
                artifact_id=result.artifact_id,
                capability_id=result.capability_id,
                position=position,
                drawn=result.drawn,
            )
            for record in new
            for position, result in enumerate(record.search.results, start=1)
        )


def _event(record: SearchRecord) -> SearchEvent:
    search = record.search
    return SearchEvent(
        id=record.id,
        query=search.query[:LONGEST_QUERY],
        query_digest=intent_digest(search.query),
        constraints_parsed=list(search.constraints),
        referrer=search.referrer[:LONGEST_REFERRER],
        visitor=record.visitor,
        n_results=len(search.results),
        is_weak=search.is_weak,
        created_at=record.created_at,
    )


def record_interaction(event_id: UUID, *, artifact_id: int, kind: Interaction.Kind, visitor: str) -> bool:
    """Write down what a visitor did with a result; return whether it counted.

    It counts once for each result and kind, and only for the visitor to whom the result was shown. Who
    changes their mind about whether it helped takes back what they said before.
    """
    shown = Impression.objects.filter(event=event_id, artifact=artifact_id).select_related("event").first()
    if shown is None:
        return False
    if shown.event.visitor != visitor:
        count_discard(Discard.Reason.STRANGER, artifact_id=artifact_id)
        return False
    if kind in OPPOSITES:
        shown.interactions.filter(kind=OPPOSITES[kind]).delete()
    _, is_new = Interaction.objects.get_or_create(impression=shown, kind=kind)
    return is_new


def count_discard(reason: Discard.Reason, *, artifact_id: int) -> None:
    """Count that something about an artifact did not count today, and why; never fails a request."""
    try:
        row, is_new = Discard.objects.get_or_create(
            day=timezone.now().date(), reason=reason, artifact_id=artifact_id, defaults={"count": 1}
        )
        if not is_new:
            Discard.objects.filter(pk=row.pk).update(count=F("count") + 1)
    except DatabaseError:
        logger.exception("What did not count could not be counted")
