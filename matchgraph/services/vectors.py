"""Embeds what is new or changed into the generation of an embedding recipe, a few rows in memory at a time."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from django.db.models import Exists, Func, OuterRef, QuerySet, TextField, Value
from django.db.models.functions import Concat

from catalog.models import Capability
from matchgraph.embedders.protocol import Embedder, embedded_texts
from matchgraph.models import CapabilityEmbedding, Generation, Intent, IntentEmbedding, NameEmbedding
from matchgraph.services.chunks import in_chunks
from matchgraph.texts import DIGEST_SEPARATOR, capability_text

# Rows are written as they are made, so that a killed build of many goes on where it stopped.
CHUNK = 512


@dataclass(frozen=True)
class VectorReport:
    """How many vectors were made, and how many stood already."""

    embedded: int
    unchanged: int


class ContentDigest(Func):
    """PostgreSQL's own SHA-256 of a text; Django's function of that name wants the extension pgcrypto."""

    template = "encode(sha256(convert_to(%(expressions)s, 'UTF8')), 'hex')"
    output_field = TextField()


def generation_for(embedder: Embedder) -> Generation:
    """Return the generation of the embedder's recipe, making an empty one where it is new."""
    recipe = embedder.recipe
    return Generation.objects.get_or_create(recipe_digest=recipe.digest, defaults={"recipe": asdict(recipe)})[
        0
    ]


def embed_capabilities(generation: Generation, embedder: Embedder) -> VectorReport:
    """Embed each capability whose text has no vector in this generation.

    The database compares the digests, so that what stands already is never read. A name that has a vector
    is not embedded again, whoever bears it.
    """
    n_embedded = 0
    for chunk in in_chunks(changed_capabilities(generation), CHUNK):
        CapabilityEmbedding.objects.bulk_create(
            _embedded(chunk, generation, embedder),
            update_conflicts=True,
            unique_fields=["generation", "capability"],
            update_fields=["artifact", "name", "content_digest", "vector"],
        )
        n_embedded += len(chunk)
    return VectorReport(n_embedded, Capability.objects.count() - n_embedded)


def changed_capabilities(generation: Generation) -> QuerySet[Capability]:
    """Return the capabilities whose vector is not there, of another text, or under another artifact.

    Merging two artifacts moves the capabilities of one to the other.
    """
    # In no order: the tables' own would join two more of them for each capability.
    right = CapabilityEmbedding.objects.filter(
        generation=generation,
        capability=OuterRef("pk"),
        artifact=OuterRef("artifact"),
        content_digest=OuterRef("content_digest"),
    ).order_by()
    digest = ContentDigest(Concat("name", Value(DIGEST_SEPARATOR), "description", output_field=TextField()))
    return Capability.objects.annotate(content_digest=digest).exclude(Exists(right))


def _embedded(
    chunk: Sequence[Capability], generation: Generation, embedder: Embedder
) -> list[CapabilityEmbedding]:
    texts = embedded_texts(embedder, [capability_text(item.name, item.description) for item in chunk])
    names = _name_ids({item.name for item in chunk}, generation, embedder)
    return [
        CapabilityEmbedding(
            generation=generation,
            capability=item,
            artifact_id=item.artifact_id,
            name_id=names[item.name],
            # `changed_capabilities` annotates it.
            content_digest=item.content_digest,  # type: ignore[attr-defined]
            vector=vector,
        )
        for item, vector in zip(chunk, texts, strict=True)
    ]


def _name_ids(names: set[str], generation: Generation, embedder: Embedder) -> dict[str, int]:
    """Return the rows of names in a generation, making those that are missing."""
    rows = NameEmbedding.objects.filter(generation=generation, name__in=names)
    known = dict(rows.values_list("name", "pk"))
    missing = sorted(names - known.keys())
    made = NameEmbedding.objects.bulk_create(
        NameEmbedding(generation=generation, name=name, vector=vector)
        for name, vector in zip(missing, embedded_texts(embedder, missing), strict=True)
    )
    return known | {row.name: row.pk for row in made}


def embed_intents(generation: Generation, embedder: Embedder) -> VectorReport:
    """Embed each intent that has no vector in this generation; an intent's text never changes."""
    known = IntentEmbedding.objects.filter(generation=generation, intent=OuterRef("pk"))
    n_embedded = 0
    for chunk in in_chunks(Intent.objects.exclude(Exists(known)), CHUNK):
        vectors = embedded_texts(embedder, [intent.text for intent in chunk])
        IntentEmbedding.objects.bulk_create(
            IntentEmbedding(generation=generation, intent=intent, vector=vector)
            for intent, vector in zip(chunk, vectors, strict=True)
        )
        n_embedded += len(chunk)
    return VectorReport(n_embedded, Intent.objects.count() - n_embedded)
