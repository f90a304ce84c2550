"""What a generation of vectors has to show before searches use it: its index finds, and it finds what is right."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from catalog.models import Artifact, Capability
from matchgraph.embedders.protocol import Embedder, Vectors, embedded_query
from matchgraph.measures import ndcg
from matchgraph.models import Generation
from matchgraph.search.graded import GradedIntent
from matchgraph.search.nearest import nearest

# What the index must find of the ten that a look at every vector finds.
LEAST_RECALL = 0.95
# By how much a new generation may be worse than the one in use and still be taken for as good: half of
# the interval of a hundred graded intents.
TOLERATED_LOSS = 0.03
# With fewer graded intents that apply to this catalogue nothing can be said about quality.
FEWEST_INTENTS = 20
N_NEAREST = 10


@dataclass(frozen=True)
class Quality:
    """What was measured, each 0-1; ``ndcg`` is ``None`` where too few questions apply."""

    recall: float
    ndcg: float | None


class GenerationRefusedError(Exception):
    """A generation is worse than it must be; the one before stays in use."""


def measured(generation: Generation, embedder: Embedder, questions: Sequence[GradedIntent]) -> Quality:
    """Return how well a generation answers questions, whether or not it is the one in use.

    Only the questions count of which this catalogue has an answer.
    """
    slugs = {slug for question in questions for slug in question.answers}
    known = set(Artifact.objects.filter(slug__in=slugs).values_list("slug", flat=True))
    asked = [question for question in questions if known & question.answers.keys()]
    if len(asked) < FEWEST_INTENTS and not generation.indexed:
        return Quality(recall=1.0, ndcg=None)
    vectors = [embedded_query(embedder, question.text) for question in asked or questions]
    gains = [
        ndcg(
            _slugs(generation, vector),
            {slug: question.answers[slug] for slug in known & question.answers.keys()},
        )
        for question, vector in zip(asked, vectors, strict=False)
    ]
    return Quality(
        recall=float(np.mean([_recall(generation, vector) for vector in vectors]))
        if generation.indexed
        else 1.0,
        ndcg=float(np.mean(gains)) if len(gains) >= FEWEST_INTENTS else None,
    )


def require_good(quality: Quality, *, before: Generation | None) -> None:
    """Refuse what finds too little.

    Raises:
        GenerationRefusedError: with the figures.
    """
    if quality.recall < LEAST_RECALL:
        raise GenerationRefusedError(
            f"the index finds {quality.recall:.3f} of the ten nearest, less than {LEAST_RECALL}"
        )
    if before is None or before.ndcg_at_10 is None or quality.ndcg is None:
        return
    if quality.ndcg < before.ndcg_at_10 - TOLERATED_LOSS:
        raise GenerationRefusedError(
            f"nDCG@10 by meaning is {quality.ndcg:.3f}, that of the generation in use {before.ndcg_at_10:.3f}"
        )


def _recall(generation: Generation, vector: Vectors) -> float:
    """Return which share of the ten nearest the index finds; what is as near as the tenth counts."""
    exact = nearest(generation, vector, scope=None, is_exact=True)
    found = nearest(generation, vector, scope=None)
    best = [hit.cosine for hit in exact.values()][:N_NEAREST]
    return sum(hit.cosine >= best[-1] for hit in list(found.values())[:N_NEAREST]) / len(best)


def _slugs(generation: Generation, vector: Vectors) -> list[str]:
    """Return the artifacts by their nearest capability."""
    hits = nearest(generation, vector, scope=None)
    owners = dict(Capability.objects.filter(pk__in=hits).values_list("pk", "artifact__slug"))
    return list(dict.fromkeys(owners[pk] for pk in hits if pk in owners))
