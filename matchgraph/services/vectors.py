"""Embeds what is new or changed into the generation of an embedding recipe."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import TypeVar

from django.db import transaction

from catalog.models import Capability
from matchgraph.embedders.protocol import Embedder
from matchgraph.models import CapabilityEmbedding, Generation, Intent, IntentEmbedding
from matchgraph.texts import capability_text, digest_of

# Rows are written as they are made, so that a killed build of many goes on where it stopped.
CHUNK = 512

Row = TypeVar("Row", Capability, Intent)


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
    capabilities = Capability.objects.order_by("pk").only("name", "description")
    changed = [item for item in capabilities if known.get(item.pk) != _content_digest(item)]
    for chunk in _chunks(changed):
        CapabilityEmbedding.objects.bulk_create(
            _embedded(chunk, generation, embedder),
            update_conflicts=True,
            unique_fields=["generation", "capability"],
            update_fields=["content_digest", "vector", "name_vector"],
        )
    return VectorReport(len(changed), len(capabilities) - len(changed))


def _content_digest(capability: Capability) -> str:
    return digest_of(capability.name, capability.description)


def _embedded(
    chunk: Sequence[Capability], generation: Generation, embedder: Embedder
) -> list[CapabilityEmbedding]:
    """Return the rows of some capabilities; a name that several bear is embedded once."""
    texts = embedder.embed([capability_text(item.name, item.description) for item in chunk])
    names = sorted({item.name for item in chunk})
    by_name = dict(zip(names, embedder.embed(names), strict=True))
    return [
        CapabilityEmbedding(
            generation=generation,
            capability=item,
            content_digest=_content_digest(item),
            vector=text,
            name_vector=by_name[item.name],
        )
        for item, text in zip(chunk, texts, strict=True)
    ]


def embed_intents(generation: Generation, embedder: Embedder) -> VectorReport:
    """Embed each intent that has no vector in this generation."""
    known = set(generation.intent_embeddings.values_list("intent_id", flat=True))
    intents = Intent.objects.order_by("pk")
    missing = [intent for intent in intents if intent.pk not in known]
    for chunk in _chunks(missing):
        vectors = embedder.embed([intent.text for intent in chunk])
        IntentEmbedding.objects.bulk_create(
            IntentEmbedding(generation=generation, intent=intent, vector=vector)
            for intent, vector in zip(chunk, vectors, strict=True)
        )
    return VectorReport(len(missing), len(intents) - len(missing))


def _chunks(items: Sequence[Row]) -> Iterable[Sequence[Row]]:
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
