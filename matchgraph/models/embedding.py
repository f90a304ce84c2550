"""Vectors of capabilities and intents, kept in generations that are built beside the one in use.

There is no approximate index: at the size of the catalogue an exact scan takes about a millisecond,
and it never returns fewer rows than there are.
"""

from __future__ import annotations

from django.db import models
from pgvector.django import HalfVectorField

from catalog.models import Capability
from matchgraph.models.graph import Intent

DIMENSIONS = 384


class Generation(models.Model):
    """All vectors made by one frozen embedding recipe; vectors of two recipes never meet."""

    recipe = models.JSONField()
    recipe_digest = models.CharField(max_length=64, unique=True)
    is_current = models.BooleanField(default=False)
    built_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_current"], condition=models.Q(is_current=True), name="generation_one_current"
            )
        ]

    def __str__(self) -> str:
        return f"generation {self.pk} ({self.recipe_digest[:12]})"


class CapabilityEmbedding(models.Model):
    """The vectors of one capability's text and of its name, stamped with the digest of what they are of."""

    generation = models.ForeignKey(Generation, on_delete=models.CASCADE, related_name="embeddings")
    capability = models.ForeignKey(Capability, on_delete=models.CASCADE, related_name="embeddings")
    content_digest = models.CharField(max_length=64)
    vector = HalfVectorField(dimensions=DIMENSIONS)
    name_vector = HalfVectorField(dimensions=DIMENSIONS)

    class Meta:
        ordering = ["generation", "capability"]
        constraints = [
            models.UniqueConstraint(fields=["generation", "capability"], name="embedding_once_per_generation")
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
