"""Intents, and the edges from them to the capabilities that serve them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count
from django.utils import timezone

from catalog.models import Capability
from matchgraph.evidence import edge_weight
from matchgraph.models import Edge, Generation, Intent, SearchEvent
from matchgraph.texts import digest_of, normalised

# A search becomes an intent of the graph when this many visitors have made it.
SEARCHED_BY_AT_LEAST = 3

Pair = tuple[int, int]  # intent, capability


@dataclass(frozen=True)
class GraphReport:
    """What changed in the graph, and how large it is."""

    intents: int
    edges: int
    changed: int


def sync_intents() -> None:
    """Make the intents be those that capabilities state and those that visitors keep searching for."""
    texts = {intent_digest(text): text for text in _stated_texts()}
    known = set(Intent.objects.values_list("text_digest", flat=True))
    Intent.objects.bulk_create(
        Intent(text=text, text_digest=digest, origin=Intent.Origin.CURATED)
        for digest, text in texts.items()
        if digest not in known
    )
    Intent.objects.filter(origin=Intent.Origin.SEARCHED, text_digest__in=texts).update(
        origin=Intent.Origin.CURATED
    )
    Intent.objects.filter(origin=Intent.Origin.CURATED).exclude(text_digest__in=texts).delete()
    searched = (
        SearchEvent.objects.values("query_digest")
        .annotate(visitors=Count("visitor", distinct=True))
        .filter(visitors__gte=SEARCHED_BY_AT_LEAST)
        .exclude(query_digest__in=texts)
        .values_list("query_digest", flat=True)
    )
    latest = SearchEvent.objects.filter(query_digest__in=searched).order_by("query_digest", "-created_at")
    Intent.objects.bulk_create(
        [
            Intent(text=event.query, text_digest=event.query_digest, origin=Intent.Origin.SEARCHED)
            for event in latest.distinct("query_digest")
        ],
        ignore_conflicts=True,
    )


def intent_digest(text: str) -> str:
    """Return what identifies an intent: its words, whatever their case and punctuation."""
    return digest_of(normalised(text))


def _stated_texts() -> Iterable[str]:
    for texts in Capability.objects.order_by("id").values_list("intents", flat=True):
        yield from texts


def sync_edges(generation: Generation) -> GraphReport:
    """Make the edges be those that capabilities state and those that visitors were shown."""
    ids = dict(Intent.objects.values_list("text_digest", "id"))
    stated = {
        (ids[intent_digest(text)], pk)
        for pk, texts in Capability.objects.values_list("id", "intents")
        for text in texts
    }
    evidence = _evidence()
    pairs = sorted(stated | evidence.keys())
    known = {(edge.intent_id, edge.capability_id): edge for edge in Edge.objects.all()}
    edges = [
        _edge(pair, similarity, *evidence.get(pair, (0, 0)))
        for pair, similarity in _similarities(generation, pairs)
    ]
    changed = [edge for edge in edges if not _is_same(edge, known.get((edge.intent_id, edge.capability_id)))]
    Edge.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["intent", "capability"],
        update_fields=["weight", "similarity", "impressions", "accepted", "updated_at"],
    )
    gone = [known[pair].pk for pair in known.keys() - set(pairs)]
    Edge.objects.filter(pk__in=gone).delete()
    return GraphReport(len(ids), len(edges), len(changed) + len(gone))


def _edge(pair: Pair, similarity: float, impressions: int, accepted: int) -> Edge:
    return Edge(
        intent_id=pair[0],
        capability_id=pair[1],
        similarity=similarity,
        weight=edge_weight(similarity, impressions=impressions, accepted=accepted),
        impressions=impressions,
        accepted=accepted,
        updated_at=timezone.now(),
    )


def _is_same(edge: Edge, known: Edge | None) -> bool:
    if known is None:
        return False
    fields = ("similarity", "weight", "impressions", "accepted")
    return all(getattr(edge, field) == getattr(known, field) for field in fields)


def _similarities(generation: Generation, pairs: list[Pair]) -> list[tuple[Pair, float]]:
    """Return the cosine of each pair, rounded to what a half-precision vector can say."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT pair.intent_id, pair.capability_id, 1 - (intent.vector <=> capability.vector)
            FROM unnest(%s::bigint[], %s::bigint[]) AS pair(intent_id, capability_id)
            JOIN matchgraph_intentembedding AS intent
                ON intent.intent_id = pair.intent_id AND intent.generation_id = %s
            JOIN matchgraph_capabilityembedding AS capability
                ON capability.capability_id = pair.capability_id AND capability.generation_id = %s
            ORDER BY 1, 2
            """,
            [[pair[0] for pair in pairs], [pair[1] for pair in pairs], generation.pk, generation.pk],
        )
        return [((intent, capability), round(cosine, 4)) for intent, capability, cosine in cursor.fetchall()]


def _evidence() -> dict[Pair, tuple[int, int]]:
    """Return (visitors who were shown the capability for the intent, those of them who took it)."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT intent.id, impression.capability_id,
                count(DISTINCT event.visitor),
                count(DISTINCT event.visitor) FILTER (WHERE EXISTS (
                    SELECT 1 FROM matchgraph_interaction WHERE impression_id = impression.id)
                    AND NOT EXISTS (SELECT 1 FROM matchgraph_interaction
                        WHERE impression_id = impression.id AND kind = 'reject'))
            FROM matchgraph_searchevent AS event
            JOIN matchgraph_intent AS intent ON intent.text_digest = event.query_digest
            JOIN matchgraph_impression AS impression ON impression.event_id = event.id
            WHERE impression.capability_id IS NOT NULL
            GROUP BY 1, 2
            """
        )
        return {(row[0], row[1]): (row[2], row[3]) for row in cursor.fetchall()}
