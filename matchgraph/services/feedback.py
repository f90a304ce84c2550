"""Writes down what was searched for, what was shown and what was done with it."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import DatabaseError, transaction

from matchgraph.models import Impression, Interaction, SearchEvent
from matchgraph.services.graph import intent_digest

logger = logging.getLogger(__name__)

OPPOSITES = {
    Interaction.Kind.SELECT: Interaction.Kind.REJECT,
    Interaction.Kind.REJECT: Interaction.Kind.SELECT,
}
LONGEST_QUERY = SearchEvent._meta.get_field("query").max_length


@dataclass(frozen=True)
class ShownResult:
    """One result in the place where it was shown, by the order of the list."""

    artifact_id: int
    capability_id: int | None


@dataclass(frozen=True)
class LoggedSearch:
    """What there is to write down of a search."""

    query: str
    constraints: Sequence[Mapping[str, str]]
    is_weak: bool
    results: Sequence[ShownResult]


def log_search(search: LoggedSearch, *, visitor: str) -> UUID | None:
    """Write a search and its impressions; return the event's id.

    A search is answered whether or not it can be written down: a failing database is logged, and the
    id is then ``None``. ``visitor`` is a salted hash that changes every day.
    """
    event = SearchEvent(
        query=search.query[:LONGEST_QUERY],
        query_digest=intent_digest(search.query),
        constraints_parsed=list(search.constraints),
        visitor=visitor,
        n_results=len(search.results),
        is_weak=search.is_weak,
    )
    try:
        with transaction.atomic():
            event.save(force_insert=True)
            Impression.objects.bulk_create(
                Impression(
                    event=event,
                    artifact_id=result.artifact_id,
                    capability_id=result.capability_id,
                    position=position,
                )
                for position, result in enumerate(search.results, start=1)
            )
    except DatabaseError:
        logger.exception("A search could not be written down")
        return None
    return event.pk


def record_interaction(event_id: UUID, *, artifact_id: int, kind: Interaction.Kind, visitor: str) -> bool:
    """Write down what a visitor did with a result; return whether it counted.

    It counts once for each result and kind, and only for the visitor to whom the result was shown. Who
    changes their mind about whether it helped takes back what they said before.
    """
    impression = Impression.objects.filter(
        event=event_id, artifact=artifact_id, event__visitor=visitor
    ).first()
    if impression is None:
        return False
    if kind in OPPOSITES:
        impression.interactions.filter(kind=OPPOSITES[kind]).delete()
    _, is_new = Interaction.objects.get_or_create(impression=impression, kind=kind)
    return is_new
