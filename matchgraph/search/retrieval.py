"""Finds what could answer a query: by what it does, by its name, and what nothing speaks against."""

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import Q, QuerySet

from catalog.models import Artifact
from matchgraph.embedders.configured import EmbedderMissingError, configured_embedder
from matchgraph.embedders.protocol import Embedder, Vectors, embedded_query
from matchgraph.learning.clusters import SAME_WISH
from matchgraph.search.blend import Weights, text_relevance
from matchgraph.search.condition import Condition
from matchgraph.search.legs import WordsHit, by_words
from matchgraph.search.names import NameHit, NameMatch, longest
from matchgraph.search.nearest import MeaningHit, by_meaning
from matchgraph.search.records import ParsedQuery
from matchgraph.search.scope import Scope
from matchgraph.texts import digest_of, normalised

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Found:
    """One capability for a query, how it was found, and how well it answers, 0-1."""

    capability_id: int
    meaning: MeaningHit | None
    words: WordsHit | None
    relevance: float


def named_artifacts(hits: Sequence[NameHit], parsed: ParsedQuery) -> dict[int, NameHit]:
    """Return the best name of each artifact that a query asks for; "like X" does not ask for X.

    ``hits`` come best first. Where the whole query is a name, names inside it say nothing more.
    """
    if any(hit.match != NameMatch.MENTIONED for hit in hits):
        hits = [hit for hit in hits if hit.match != NameMatch.MENTIONED]
    else:
        asked = f" {normalised(parsed.residual)} "
        hits = longest(hit for hit in hits if f" {hit.text} " in asked)
    named: dict[int, NameHit] = {}
    for hit in hits:
        named.setdefault(hit.artifact_id, hit)
    return named


def allowed_artifacts(conditions: Sequence[Condition], named: Mapping[int, NameHit]) -> QuerySet[Artifact]:
    """Return the artifacts that violate nothing; demonstration models only where they are named."""
    artifacts = Artifact.objects.filter(Q(is_demonstration=False) | Q(pk__in=list(named)))
    for condition in conditions:
        artifacts = artifacts.exclude(condition.violated)
        artifacts = artifacts.exclude(condition.violated_unless_named & ~Q(pk__in=list(named)))
    return artifacts


def found_capabilities(
    text: str, *, scope: Scope | None, weights: Weights, words_of: str = ""
) -> dict[int, list[Found]]:
    """Return the capabilities of each artifact that answer a text, best first. Three queries.

    ``words_of`` is the part of the text whose words count, if not all do.
    """
    if not text:
        return {}
    words = by_words(words_of or text, scope=scope)
    meaning = _by_meaning(text, scope=scope)
    found: dict[int, list[Found]] = defaultdict(list)
    for pk in sorted(words.keys() | meaning.keys()):
        owner = words[pk].artifact_id if pk in words else meaning[pk].artifact_id
        found[owner].append(_found(pk, meaning.get(pk), words.get(pk), weights))
    return {pk: sorted(items, key=lambda item: -item.relevance) for pk, items in found.items()}


def asked_intents(text: str, found: Mapping[int, Sequence[Found]]) -> list[str]:
    """Return the digests of the intents that a text asks: its own, and the nearest where that says the same."""
    near = [
        item.meaning for items in found.values() for item in items if item.meaning and item.meaning.intent
    ]
    nearest = max(near, key=lambda hit: hit.cosine, default=None)
    same = [nearest.intent] if nearest and nearest.cosine >= SAME_WISH else []
    return [digest_of(normalised(each)) for each in (text, *same)]


def _found(pk: int, meaning: MeaningHit | None, words: WordsHit | None, weights: Weights) -> Found:
    relevance = text_relevance(
        meaning.cosine if meaning else None, words.coverage if words else None, weights=weights
    )
    return Found(pk, meaning, words, relevance)


def _by_meaning(text: str, *, scope: Scope | None) -> dict[int, MeaningHit]:
    """Search by meaning, or say in the log why search has to do with words."""
    try:
        embedder = configured_embedder()
    except EmbedderMissingError as error:
        logger.warning("Search goes by words alone: %s", error)
        return {}
    return by_meaning(_query_vector(embedder, text), embedder.recipe.digest, scope=scope)


@lru_cache(maxsize=256)
def _query_vector(embedder: Embedder, text: str) -> Vectors:
    """Return a query's vector; what would have to give is searched for with the same words again and again."""
    return embedded_query(embedder, text)
