"""Embeds what is new or changed into the generation of an embedding recipe."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

from django.db import transaction

from catalog.models import Capability
from matchgraph.embedders.protocol import Embedder
from matchgraph.models import CapabilityEmbedding, Generation, Intent, IntentEmbedding
from matchgraph.texts import capability_text, digest_of

# Rows are written as they are made, so that a killed build of many goes on where it stopped.
CHUNK = 512


@dataclass(frozen=True)
class VectorReport:
    """How many vectors were made, and how many stood already."""

    embedded: int
    unchanged: int


def generation_for(embedder: Embedder) -> Generation:
    """Return the generation of the embedder's recipe, making an empty one where it is new."""
    recipe = embedder.recipe
    return Generation.objects.get_or_create(recipe_digest=recipe.digest, defaults={"recipe": asdict(recipe)})[
        0
    ]


def embed_capabilities(generation: Generation, embedder: Embedder) -> VectorReport:
    """Embed each capability whose text has no vector in this generation."""
    known = dict(generation.embeddings.values_list("capability_id", "content_digest"))
    texts = {
        pk: capability_text(name, description)
        for pk, name, description in Capability.objects.values_list("id", "name", "description")
    }
    changed = {pk: text for pk, text in texts.items() if known.get(pk) != digest_of(text)}
    for chunk in _chunks(changed):
        vectors = embedder.embed([text for _, text in chunk])
        CapabilityEmbedding.objects.bulk_create(
            [
                CapabilityEmbedding(
                    generation=generation, capability_id=pk, content_digest=digest_of(text), vector=vector
                )
                for (pk, text), vector in zip(chunk, vectors, strict=True)
            ],
            update_conflicts=True,
            unique_fields=["generation", "capability"],
            update_fields=["content_digest", "vector"],
        )
    return VectorReport(len(changed), len(texts) - len(changed))


def embed_intents(generation: Generation, embedder: Embedder) -> VectorReport:
    """Embed each intent that has no vector in this generation."""
    known = set(generation.intent_embeddings.values_list("intent_id", flat=True))
    texts = dict(Intent.objects.values_list("id", "text"))
    missing = {pk: text for pk, text in texts.items() if pk not in known}
    for chunk in _chunks(missing):
        vectors = embedder.embed([text for _, text in chunk])
        IntentEmbedding.objects.bulk_create(
            IntentEmbedding(generation=generation, intent_id=pk, vector=vector)
            for (pk, _), vector in zip(chunk, vectors, strict=True)
        )
    return VectorReport(len(missing), len(texts) - len(missing))


def _chunks(texts: Mapping[int, str]) -> Iterable[Sequence[tuple[int, str]]]:
    items = sorted(texts.items())
    return (items[start : start + CHUNK] for start in range(0, len(items), CHUNK))


class GenerationIncompleteError(Exception):
    """A generation that lacks vectors must not become the one in use."""


def switch_to(generation: Generation) -> None:
    """Make a complete generation the one in use; the one before stays for a way back, older ones go.

    Raises:
        GenerationIncompleteError: where a capability or an intent has no vector in it.
    """
    capabilities = Capability.objects.exclude(embeddings__generation=generation).count()
    intents = Intent.objects.exclude(embeddings__generation=generation).count()
    if capabilities or intents:
        raise GenerationIncompleteError(
            f"{generation} lacks vectors of {capabilities} capabilities and {intents} intents"
        )
    with transaction.atomic():
        before = Generation.objects.select_for_update().filter(is_current=True).first()
        if before == generation:
            return
        Generation.objects.exclude(pk__in=[generation.pk, before.pk if before else None]).delete()
        Generation.objects.filter(is_current=True).update(is_current=False)
        generation.is_current = True
        generation.save(update_fields=["is_current"])
