"""Vectors of capabilities, their names and intents, in generations that are built beside the one in use.

Each large generation has approximate indexes of its own (``services.vector_indexes``), so that vectors of
two recipes do not meet there either; what is small is scanned exactly.
"""

from __future__ import annotations

from django.db import models
from pgvector.django import HalfVectorField

from catalog.models import Artifact, Capability
from matchgraph.models.graph import Intent

DIMENSIONS = 384


class Generation(models.Model):
    """All vectors made by one frozen embedding recipe; vectors of two recipes never meet."""

    recipe = models.JSONField()
    recipe_digest = models.CharField(max_length=64, unique=True)
    is_current = models.BooleanField(default=False)
    built_at = models.DateTimeField(null=True, blank=True)
    recall_at_10 = models.FloatField(
        null=True, blank=True, help_text="Of the ten nearest, the share that the index finds; 0-1."
    )
    ndcg_at_10 = models.FloatField(
        null=True, blank=True, help_text="By meaning alone on the tuning intents; empty where too few apply."
    )
    counts = models.JSONField(
        default=dict, blank=True, help_text="Vectors of texts, names and intents, and artifacts, when built."
    )
    indexed = models.JSONField(
        default=list, blank=True, help_text="The kinds of vectors that have an approximate index."
    )
    signature_axes = models.BinaryField(
        null=True,
        editable=False,
        help_text="What shortens the vectors of whole artifacts: float32, (768, 128).",
    )
    retired_at = models.DateTimeField(null=True, blank=True, help_text="When another one took over.")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_current"], condition=models.Q(is_current=True), name="generation_one_current"
            )
        ]

    def __str__(self) -> str:
        return f"generation {self.pk} ({self.recipe_digest[:12]})"


class NameEmbedding(models.Model):
    """The vector of one name; the capabilities that bear it share the row."""

    generation = models.ForeignKey(Generation, on_delete=models.CASCADE, related_name="name_embeddings")
    name = models.CharField(max_length=90)
    vector = HalfVectorField(dimensions=DIMENSIONS)

    class Meta:
        ordering = ["generation", "name"]
        constraints = [
            models.UniqueConstraint(fields=["generation", "name"], name="name_embedding_once_per_generation")
        ]

    def __str__(self) -> str:
        return f"vector of {self.name}"


class CapabilityEmbedding(models.Model):
    """The vector of one capability's text, stamped with the digest of what it and its name say.

    The artifact stands here again so that a filter is decided on the row that a scan is at.
    """

    generation = models.ForeignKey(Generation, on_delete=models.CASCADE, related_name="embeddings")
    capability = models.ForeignKey(Capability, on_delete=models.CASCADE, related_name="embeddings")
    artifact = models.ForeignKey(
        Artifact, on_delete=models.CASCADE, related_name="capability_embeddings", db_index=False
    )
    # A generation goes as a whole, names and all; nothing else deletes names in use.
    name = models.ForeignKey(
        NameEmbedding, on_delete=models.DO_NOTHING, related_name="bearers", db_index=False
    )
    content_digest = models.CharField(max_length=64)
    vector = HalfVectorField(dimensions=DIMENSIONS)

    class Meta:
        ordering = ["generation", "capability"]
        constraints = [
            models.UniqueConstraint(fields=["generation", "capability"], name="embedding_once_per_generation")
        ]
        indexes = [
            models.Index(fields=["artifact", "generation"], name="embedding_by_artifact"),
            models.Index(fields=["name"], include=["artifact", "capability"], name="embedding_by_name"),
        ]

    def __str__(self) -> str:
        return f"vector of {self.capability_id}"


class IntentEmbedding(models.Model):
    """One intent's vector; an intent's text never changes, so neither does its vector."""

    generation = models.ForeignKey(Generation, on_delete=models.CASCADE, related_name="intent_embeddings")
    intent = models.ForeignKey(Intent, on_delete=models.CASCADE, related_name="embeddings")
    vector = HalfVectorField(dimensions=DIMENSIONS)

    class Meta:
        ordering = ["generation", "intent"]
        constraints = [
            models.UniqueConstraint(
                fields=["generation", "intent"], name="intent_embedding_once_per_generation"
            )
        ]

    def __str__(self) -> str:
        return f"vector of {self.intent_id}"
