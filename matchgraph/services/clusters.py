"""Puts intents into clusters, and searches in other words to the intent that they mean."""

import numpy as np
from django.db.models import F

from matchgraph.embedders.protocol import Embedder, Vectors
from matchgraph.learning.clusters import SAME_WISH, leaders
from matchgraph.models import Generation, Intent, IntentEmbedding, SearchEvent

# So many new wordings are looked at by one build; the rest waits for the next.
MOST_WORDINGS = 2_000


def sync_clusters(generation: Generation, embedder: Embedder) -> None:
    """Give every new intent its cluster, and every search that says an intent in other words that intent."""
    _cluster_intents(generation)
    _recognise_searches(generation, embedder)


def _cluster_intents(generation: Generation) -> None:
    """Let new intents follow the nearest first member or lead themselves; what people wrote leads first."""
    rows = IntentEmbedding.objects.filter(generation=generation).select_related("intent")
    new = list(rows.filter(intent__cluster=None).order_by("intent__origin", "intent"))
    if not new:
        return
    first = list(rows.filter(intent__cluster=F("intent")).order_by("intent"))
    both = [row.intent for row in (*first, *new)]
    following = leaders(_matrix([*first, *new]), known=len(first))
    for index in range(len(first), len(both)):
        both[index].cluster = both[following[index]]
    Intent.objects.bulk_update(both[len(first) :], ["cluster"], batch_size=500)


def _recognise_searches(generation: Generation, embedder: Embedder) -> None:
    """Link searches whose words are no intent's to the first member of the cluster that means the same."""
    known = Intent.objects.values("text_digest")
    strangers = SearchEvent.objects.filter(intent=None).exclude(query="").exclude(query_digest__in=known)
    wordings = dict(
        strangers.order_by("query_digest")
        .distinct("query_digest")
        .values_list("query_digest", "query")[:MOST_WORDINGS]
    )
    rows = list(
        IntentEmbedding.objects.filter(generation=generation, intent__cluster=F("intent")).order_by("intent")
    )
    if not wordings or not rows:
        return
    asked = embedder.embed(list(wordings.values())).astype(np.float32)
    cosines = asked @ _matrix(rows).T
    for digest, row, best in zip(wordings, cosines, cosines.argmax(axis=1), strict=True):
        if row[best] >= SAME_WISH:
            SearchEvent.objects.filter(intent=None, query_digest=digest).update(intent=rows[best].intent_id)


def _matrix(rows: list[IntentEmbedding]) -> Vectors:
    return np.array([row.vector for row in rows], dtype=np.float32)
