"""Intents, and the edges from them to the capabilities that serve them."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count
from django.utils import timezone

from catalog.models import Capability
from catalog.vocabulary import Origin
from matchgraph.audience import SMALLEST_GROUP
from matchgraph.evidence import edge_confidence, edge_weight
from matchgraph.models import Edge, Generation, Intent, SearchEvent
from matchgraph.texts import digest_of, normalised

# A search becomes an intent of the graph when this many visitors have made it.
SEARCHED_BY_AT_LEAST = SMALLEST_GROUP

Pair = tuple[int, int]  # intent, capability


@dataclass(frozen=True)
class GraphReport:
    """What changed in the graph, and how large it is."""

    intents: int
    edges: int
    changed: int


@dataclass(frozen=True)
class EdgeEvidence:
    """What visitors say of an edge: weighed sums, distinct visitors, and the first and last of their days."""

    taken: float = 0.0
    looks: float = 0.0
    visitors: int = 0
    visitors_taken: int = 0
    first_on: dt.date | None = None
    last_on: dt.date | None = None


NO_EVIDENCE = EdgeEvidence()
EDGE_FIELDS = (
    "similarity",
    "weight",
    "confidence",
    "impressions",
    "accepted",
    "first_shown_on",
    "last_shown_on",
)


def sync_intents() -> None:
    """Make the intents be those that capabilities state and those that visitors keep searching for."""
    stated = {intent_digest(text): (text, origin) for text, origin in _stated_texts()}
    known = dict(Intent.objects.values_list("text_digest", "origin"))
    Intent.objects.bulk_create(
        Intent(text=text, text_digest=digest, origin=origin)
        for digest, (text, origin) in stated.items()
        if digest not in known
    )
    for origin in (Intent.Origin.CURATED, Intent.Origin.DECOMPOSED):
        changed = [key for key, (_, own) in stated.items() if own == origin and known.get(key, own) != own]
        Intent.objects.filter(text_digest__in=changed).update(origin=origin)
    Intent.objects.exclude(origin=Intent.Origin.SEARCHED).exclude(text_digest__in=stated).delete()
    searched = (
        SearchEvent.objects.exclude(query_digest="")
        .order_by()
        .values("query_digest")
        .annotate(visitors=Count("visitor", distinct=True))
        .filter(visitors__gte=SEARCHED_BY_AT_LEAST)
        .exclude(query_digest__in=stated)
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


def _stated_texts() -> Iterable[tuple[str, Intent.Origin]]:
    """Yield what capabilities state, with who wrote it; what people wrote comes last and wins."""
    rows = Capability.objects.order_by("id").values_list("intents", "origin")
    by_origin = sorted(rows, key=lambda row: row[1] != Origin.DECOMPOSED)
    for texts, origin in by_origin:
        is_decomposed = origin == Origin.DECOMPOSED
        for text in texts:
            yield text, Intent.Origin.DECOMPOSED if is_decomposed else Intent.Origin.CURATED


def sync_edges(generation: Generation, evidence: Mapping[Pair, EdgeEvidence]) -> GraphReport:
    """Make the edges be those that capabilities state and those that visitors were shown.

    Args:
        generation: whose vectors say how similar the two ends are.
        evidence: what visitors say, by a cluster's first intent and capability; it holds for the edges of
            all members of the cluster.
    """
    ids, first_of = {}, {}
    for pk, digest, cluster_id in Intent.objects.values_list("id", "text_digest", "cluster"):
        ids[digest], first_of[pk] = pk, cluster_id or pk
    stated = {
        (ids[intent_digest(text)], pk)
        for pk, texts in Capability.objects.values_list("id", "intents")
        for text in texts
    }
    pairs = sorted(stated | evidence.keys())
    known = {(edge.intent_id, edge.capability_id): edge for edge in Edge.objects.all()}
    edges = [
        _edge(pair, similarity, evidence.get((first_of[pair[0]], pair[1]), NO_EVIDENCE))
        for pair, similarity in _similarities(generation, pairs)
    ]
    changed = [edge for edge in edges if not _is_same(edge, known.get((edge.intent_id, edge.capability_id)))]
    Edge.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["intent", "capability"],
        update_fields=[*EDGE_FIELDS, "updated_at"],
    )
    gone = [known[pair].pk for pair in known.keys() - set(pairs)]
    Edge.objects.filter(pk__in=gone).delete()
    return GraphReport(len(ids), len(edges), len(changed) + len(gone))


def _edge(pair: Pair, similarity: float, evidence: EdgeEvidence) -> Edge:
    return Edge(
        intent_id=pair[0],
        capability_id=pair[1],
        similarity=similarity,
        weight=round(edge_weight(similarity, looks=evidence.looks, taken=evidence.taken), 6),
        confidence=round(edge_confidence(looks=evidence.looks, taken=evidence.taken), 6),
        impressions=evidence.visitors,
        accepted=evidence.visitors_taken,
        first_shown_on=evidence.first_on,
        last_shown_on=evidence.last_on,
        updated_at=timezone.now(),
    )


def _is_same(edge: Edge, known: Edge | None) -> bool:
    if known is None:
        return False
    return all(getattr(edge, field) == getattr(known, field) for field in EDGE_FIELDS)


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
