"""Intents, and the edges from them to the capabilities that serve them."""

import datetime as dt
from collections import defaultdict
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count, Q
from django.utils import timezone

from catalog.models import Capability
from catalog.vocabulary import Origin
from matchgraph.audience import SMALLEST_GROUP
from matchgraph.evidence import edge_confidence, edge_weight
from matchgraph.models import Edge, Generation, Intent, SearchEvent
from matchgraph.services.chunks import batched, in_chunks
from matchgraph.texts import digest_of, normalised

# A search becomes an intent of the graph when this many visitors have made it.
SEARCHED_BY_AT_LEAST = SMALLEST_GROUP
# So many rows are read and written at a time.
CHUNK = 2_000

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
    known = dict(Intent.objects.values_list("text_digest", "origin"))
    stated: dict[str, Intent.Origin] = {}
    # What people wrote comes last and wins.
    for origin in (Intent.Origin.DECOMPOSED, Intent.Origin.CURATED):
        for texts in batched(_stated_texts(origin), CHUNK):
            by_digest = {intent_digest(text): text for text in texts}
            new = [key for key in by_digest if key not in known and key not in stated]
            Intent.objects.bulk_create(
                Intent(text=by_digest[key], text_digest=key, origin=origin) for key in new
            )
            stated |= dict.fromkeys(by_digest, origin)
    for origin in (Intent.Origin.CURATED, Intent.Origin.DECOMPOSED):
        _update_origin([key for key, own in stated.items() if own == origin], origin)
    gone = [key for key, own in known.items() if own != Intent.Origin.SEARCHED and key not in stated]
    for digests in batched(gone, CHUNK):
        Intent.objects.filter(text_digest__in=digests).delete()
    _create_searched(stated)


def _update_origin(digests: list[str], origin: Intent.Origin) -> None:
    """Say of intents who wrote them, where that has changed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE matchgraph_intent SET origin = %s WHERE text_digest = ANY(%s) AND origin <> %s",
            [origin.value, digests, origin.value],
        )


def _create_searched(stated: Container[str]) -> None:
    """Make intents of what enough visitors searched for and no capability states."""
    rows = (
        SearchEvent.objects.exclude(query_digest="")
        .order_by()
        .values("query_digest")
        .annotate(visitors=Count("visitor", distinct=True))
        .filter(visitors__gte=SEARCHED_BY_AT_LEAST)
        .values_list("query_digest", flat=True)
    )
    searched = [digest for digest in rows if digest not in stated]
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


def _stated_texts(origin: Intent.Origin) -> Iterator[str]:
    """Yield what capabilities state that people wrote, or that were drafted from a model card."""
    is_drafted = Q(origin=Origin.DECOMPOSED.value)
    rows = Capability.objects.filter(is_drafted if origin == Intent.Origin.DECOMPOSED else ~is_drafted)
    for texts in rows.order_by("id").values_list("intents", flat=True).iterator():
        yield from texts


def sync_edges(generation: Generation, evidence: Mapping[Pair, EdgeEvidence]) -> GraphReport:
    """Make the edges be those that capabilities state and those that visitors were shown.

    Some capabilities at a time, so that memory does not grow with the graph.

    Args:
        generation: whose vectors say how similar the two ends are.
        evidence: what visitors say, by a cluster's first intent and capability; it holds for the edges of
            all members of the cluster.
    """
    ids, first_of = {}, {}
    for pk, digest, cluster_id in Intent.objects.values_list("id", "text_digest", "cluster"):
        ids[digest], first_of[pk] = pk, cluster_id or pk
    shown: dict[int, list[Pair]] = defaultdict(list)
    for pair in evidence:
        shown[pair[1]].append(pair)
    n_edges = n_changed = 0
    for chunk in in_chunks(Capability.objects.only("intents"), CHUNK):
        pairs = {(ids[intent_digest(text)], item.pk) for item in chunk for text in item.intents}
        pairs.update(pair for item in chunk for pair in shown.get(item.pk, ()))
        edges = [
            _edge(pair, similarity, evidence.get((first_of[pair[0]], pair[1]), NO_EVIDENCE))
            for pair, similarity in _similarities(generation, sorted(pairs))
        ]
        n_edges += len(edges)
        n_changed += _write_edges([item.pk for item in chunk], edges, pairs)
    return GraphReport(len(ids), n_edges, n_changed)


def _write_edges(capability_ids: list[int], edges: list[Edge], pairs: Container[Pair]) -> int:
    """Make the edges of some capabilities be these; return how many changed. What is in no pair any more goes."""
    known = {
        (edge.intent_id, edge.capability_id): edge
        for edge in Edge.objects.filter(capability__in=capability_ids)
    }
    changed = [edge for edge in edges if not _is_same(edge, known.get((edge.intent_id, edge.capability_id)))]
    Edge.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["intent", "capability"],
        update_fields=[*EDGE_FIELDS, "updated_at"],
    )
    gone = [edge.pk for pair, edge in known.items() if pair not in pairs]
    Edge.objects.filter(pk__in=gone).delete()
    return len(changed) + len(gone)


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
