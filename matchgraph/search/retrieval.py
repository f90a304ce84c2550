"""Finds what could answer a query: per artifact its best capability, its name, its likeness."""

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from catalog.models import Artifact, Capability
from matchgraph.embedders.configured import EmbedderMissingError, configured_embedder
from matchgraph.embedders.protocol import embedded_query
from matchgraph.models import Overlap
from matchgraph.search.blend import Weights, text_relevance
from matchgraph.search.conditions import Condition, is_software
from matchgraph.search.legs import WordsHit, by_words
from matchgraph.search.names import NameHit, NameMatch, longest
from matchgraph.search.nearest import MeaningHit, by_meaning
from matchgraph.search.records import ConstraintKind, ParsedQuery
from matchgraph.search.scope import Scope
from matchgraph.texts import normalised

logger = logging.getLogger(__name__)

SATISFIED, NOT_KNOWN = 1, 0
# Who wants something like a program wants a program, and who wants a model a model; the others keep
# this much of their likeness.
OTHER_SORT_KEEPS = 0.5
# What a list of results does not show.
LONG_TEXTS = ("about", "best_for", "limitations", "requirements")


@dataclass(frozen=True)
class Found:
    """One capability for a query, how it was found, and how well it answers, 0-1."""

    capability_id: int
    meaning: MeaningHit | None
    words: WordsHit | None
    relevance: float


@dataclass(frozen=True)
class Likeness:
    """How much of a named artifact's capabilities another one shares, as a share of what the nearest does.

    ``capability_id`` is the one of its own that is most alike.
    """

    share: float
    n_shared: int
    capability_id: int


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
    return artifacts


def found_capabilities(text: str, *, scope: Scope | None, weights: Weights) -> dict[int, list[Found]]:
    """Return the capabilities of each artifact that answer a text, best first. Four queries."""
    if not text:
        return {}
    words = by_words(text, scope=scope)
    meaning = _by_meaning(text, scope=scope)
    found: dict[int, list[Found]] = defaultdict(list)
    owners = Capability.objects.filter(pk__in=words.keys() | meaning.keys()).order_by("pk")
    for pk, artifact_id in owners.values_list("pk", "artifact_id"):
        found[artifact_id].append(_found(pk, meaning.get(pk), words.get(pk), weights))
    return {pk: sorted(items, key=lambda item: -item.relevance) for pk, items in found.items()}


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
    return by_meaning(embedded_query(embedder, text), embedder.recipe.digest, scope=scope)


def likeness_to(parsed: ParsedQuery) -> dict[int, Likeness]:
    """Return how like the artifact that a query names the others are. One query, if it names one."""
    slug = next((item.value for item in parsed.constraints if item.kind == ConstraintKind.LIKE), None)
    if slug is None:
        return {}
    rows = Overlap.objects.filter(Q(first__slug=slug) | Q(second__slug=slug), score__gt=0)
    likeness = {}
    for row in rows.select_related("first", "second"):
        other, side = (row.second, "second") if row.first.slug == slug else (row.first, "first")
        is_same_sort = is_software(row.first) == is_software(row.second)
        score = row.score if is_same_sort else row.score * OTHER_SORT_KEEPS
        likeness[other.pk] = Likeness(score, len(row.pairs), row.pairs[0][side])
    most = max((item.share for item in likeness.values()), default=1.0)
    return {pk: replace(item, share=item.share / most) for pk, item in likeness.items()}


def judged(artifacts: QuerySet[Artifact], conditions: Sequence[Condition]) -> QuerySet[Artifact]:
    """Annotate artifacts with ``state_<n>`` for the n-th condition: satisfied or not known."""
    states = {
        f"state_{number}": Case(
            When(condition.satisfied, then=Value(SATISFIED)),
            default=Value(NOT_KNOWN),
            output_field=IntegerField(),
        )
        for number, condition in enumerate(conditions)
    }
    return artifacts.annotate(**states).defer(*LONG_TEXTS)
