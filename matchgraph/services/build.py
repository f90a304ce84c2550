"""Builds the match graph from the catalogue; what stands already is left alone."""

from dataclasses import dataclass

from django.db import connection, transaction
from django.utils import timezone

from matchgraph.embedders.protocol import Embedder
from matchgraph.models import (
    ArtifactName,
    CapabilityEmbedding,
    Edge,
    Generation,
    Intent,
    IntentEmbedding,
    LexicalDocument,
    Posting,
)
from matchgraph.services.graph import GraphReport, sync_edges, sync_intents
from matchgraph.services.lexicon import sync_names, sync_postings
from matchgraph.services.overlaps import OverlapReport, sync_overlaps
from matchgraph.services.vectors import (
    VectorReport,
    embed_capabilities,
    embed_intents,
    generation_for,
    switch_to,
)

# Held while a graph is built, so that two workers cannot build at once.
ADVISORY_LOCK = 7_281_002
SEARCHED = (
    ArtifactName,
    CapabilityEmbedding,
    Edge,
    Generation,
    Intent,
    IntentEmbedding,
    LexicalDocument,
    Posting,
)


@dataclass(frozen=True)
class BuildReport:
    """What a build did."""

    recipe_digest: str
    capabilities: VectorReport
    intents: VectorReport
    graph: GraphReport
    overlaps: OverlapReport
    postings: int
    names: int

    @property
    def is_unchanged(self) -> bool:
        """Return whether there was nothing to do."""
        made = (self.capabilities.embedded, self.intents.embedded, self.graph.changed)
        return not any((*made, self.overlaps.computed, self.postings, self.names))

    def __str__(self) -> str:
        vectors, intents, pairs = self.capabilities, self.intents, self.overlaps
        return (
            f"{vectors.embedded + vectors.unchanged} capabilities ({vectors.embedded} embedded), "
            f"{intents.embedded + intents.unchanged} intents ({intents.embedded} embedded), "
            f"{self.graph.edges} edges ({self.graph.changed} changed), "
            f"{pairs.computed + pairs.unchanged} overlaps ({pairs.computed} computed), "
            f"{self.postings} texts and {self.names} names indexed, recipe {self.recipe_digest[:12]}"
        )


def build_matchgraph(embedder: Embedder) -> BuildReport:
    """Embed what changed, then bring intents, edges, words and overlaps up to date, and switch to it.

    Vectors of a new recipe are written beside those in use, which searches go on reading until the
    one transaction at the end. Building twice changes nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [ADVISORY_LOCK])
        try:
            return _build(embedder)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [ADVISORY_LOCK])


def _refresh_statistics() -> None:
    """Tell the planner how much there is now: after a first build it still takes the tables for empty."""
    tables = ", ".join(model._meta.db_table for model in SEARCHED)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {tables}")


def _build(embedder: Embedder) -> BuildReport:
    generation = generation_for(embedder)
    sync_intents()
    capabilities = embed_capabilities(generation, embedder)
    intents = embed_intents(generation, embedder)
    with transaction.atomic():
        report = BuildReport(
            embedder.recipe.digest,
            capabilities,
            intents,
            graph=sync_edges(generation),
            overlaps=sync_overlaps(generation),
            postings=sync_postings(),
            names=sync_names(),
        )
        if not report.is_unchanged:
            Generation.objects.filter(pk=generation.pk).update(built_at=timezone.now())
            _refresh_statistics()
        switch_to(generation)
    return report
