"""Builds the match graph from the catalogue; what stands already is left alone."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils import timezone

from catalog.services.locks import process_lock
from matchgraph.embedders.protocol import Embedder
from matchgraph.models import (
    ArtifactName,
    CapabilityEmbedding,
    Edge,
    Generation,
    Intent,
    IntentEmbedding,
    LexicalDocument,
    NameEmbedding,
    Posting,
)
from matchgraph.search.graded import GradedIntent, tuning_intents
from matchgraph.services.clusters import sync_clusters
from matchgraph.services.gate import measured, require_good
from matchgraph.services.generations import drop_retired, switch_to
from matchgraph.services.graph import GraphReport, sync_intents
from matchgraph.services.learning import learn_from_visitors
from matchgraph.services.lexicon import sync_names, sync_postings
from matchgraph.services.overlaps import OverlapReport, sync_overlaps
from matchgraph.services.vector_indexes import index_generation
from matchgraph.services.vectors import VectorReport, embed_capabilities, embed_intents, generation_for

# Held while a graph is built, so that two workers cannot build at once.
ADVISORY_LOCK = 7_281_002
NO_GRAPH = GraphReport(0, 0, 0)
SEARCHED = (
    ArtifactName,
    CapabilityEmbedding,
    Edge,
    Generation,
    Intent,
    IntentEmbedding,
    LexicalDocument,
    NameEmbedding,
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


def build_matchgraph(embedder: Embedder, *, questions: Sequence[GradedIntent] | None = None) -> BuildReport:
    """Embed what changed, then bring intents, edges, words and overlaps up to date, and switch to it.

    Vectors of a new recipe are written beside those in use, which searches go on reading until the
    one transaction at the end. Building twice changes nothing. ``questions`` are what a generation is
    judged by before it is used; by default the tuning half of the graded intents.

    Raises:
        GenerationRefusedError: where a new generation is worse than the one in use, which stays.
    """
    with process_lock(ADVISORY_LOCK, waits=True):
        return _build(embedder, questions)


def _build(embedder: Embedder, questions: Sequence[GradedIntent] | None) -> BuildReport:
    generation = generation_for(embedder)
    sync_intents()
    capabilities = embed_capabilities(generation, embedder)
    intents = embed_intents(generation, embedder)
    if capabilities.embedded or intents.embedded or not generation.is_current:
        index_generation(generation)
    sync_clusters(generation, embedder)
    with transaction.atomic():
        graph = learn_from_visitors(generation=generation).graph
        report = BuildReport(
            embedder.recipe.digest,
            capabilities,
            intents,
            graph=graph or NO_GRAPH,
            overlaps=sync_overlaps(generation),
            postings=sync_postings(),
            names=sync_names(),
        )
        if not report.is_unchanged:
            Generation.objects.filter(pk=generation.pk).update(built_at=timezone.now())
            _refresh_statistics()
        if not generation.is_current or generation.recall_at_10 is None:
            _judge(generation, embedder, tuning_intents() if questions is None else questions)
        switch_to(generation)
    drop_retired()
    return report


def _judge(generation: Generation, embedder: Embedder, questions: Sequence[GradedIntent]) -> None:
    """Let a generation through that is good enough, and write down how good it is."""
    quality = measured(generation, embedder, questions)
    if not generation.is_current:
        require_good(quality, before=Generation.objects.filter(is_current=True).first())
    generation.recall_at_10, generation.ndcg_at_10 = quality.recall, quality.ndcg
    generation.save(update_fields=["recall_at_10", "ndcg_at_10"])


def _refresh_statistics() -> None:
    """Tell the planner how much there is now: after a first build it still takes the tables for empty."""
    tables = ", ".join(model._meta.db_table for model in SEARCHED)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {tables}")
