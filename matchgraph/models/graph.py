"""Intents, their edges to capabilities, and the overlap of pairs of artifacts."""

from __future__ import annotations

from django.db import models
from pgvector.django import HalfVectorField

from catalog.models import Artifact, Capability

SIGNATURE_DIMENSIONS = 128


class Intent(models.Model):
    """Something that a person wants to do, in the words of a search."""

    class Origin(models.TextChoices):
        """Where the intent was seen."""

        CURATED = "curated"
        SEARCHED = "searched"

    text = models.CharField(max_length=600)
    text_digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the normalised text.")
    origin = models.CharField(max_length=10, choices=Origin)

    class Meta:
        ordering = ["text"]

    def __str__(self) -> str:
        return self.text


class Edge(models.Model):
    """An intent that a capability serves, and the evidence for it."""

    intent = models.ForeignKey(Intent, on_delete=models.CASCADE, related_name="edges")
    capability = models.ForeignKey(Capability, on_delete=models.CASCADE, related_name="edges")
    weight = models.FloatField(help_text="0-1.")
    similarity = models.FloatField(help_text="Cosine between the two vectors.")
    impressions = models.PositiveIntegerField(default=0)
    accepted = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["intent", "-weight"]
        constraints = [
            models.UniqueConstraint(fields=["intent", "capability"], name="edge_once"),
            models.CheckConstraint(
                condition=models.Q(weight__gte=0, weight__lte=1), name="edge_weight_between_0_and_1"
            ),
            models.CheckConstraint(
                condition=models.Q(accepted__lte=models.F("impressions")), name="edge_accepted_was_shown"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.intent} -> {self.capability}"


class OverlapQuerySet(models.QuerySet["Overlap"]):
    """Reads of overlaps."""

    def of(self, artifact_id: int) -> OverlapQuerySet:
        """Only those with this artifact; demonstration models are compared among themselves alone."""
        return self.filter(
            models.Q(first=artifact_id, second__is_demonstration=models.F("first__is_demonstration"))
            | models.Q(second=artifact_id, first__is_demonstration=models.F("second__is_demonstration"))
        )


class Overlap(models.Model):
    """How far the capabilities of two artifacts are the same. ``first`` has the smaller slug.

    ``pairs`` is a list of ``{first, second, similarity}`` with capability ids; a capability of
    either side that stands in no pair is that side's alone.
    """

    first = models.ForeignKey(Artifact, on_delete=models.CASCADE, related_name="overlaps_as_first")
    second = models.ForeignKey(Artifact, on_delete=models.CASCADE, related_name="overlaps_as_second")
    score = models.FloatField(help_text="Soft Jaccard, 0-1.")
    pairs = models.JSONField()
    inputs_digest = models.CharField(max_length=64)
    computed_at = models.DateTimeField(auto_now=True)

    objects = OverlapQuerySet.as_manager()

    class Meta:
        ordering = ["-score"]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="overlap_once"),
            models.CheckConstraint(condition=~models.Q(first=models.F("second")), name="overlap_of_two"),
            models.CheckConstraint(
                condition=models.Q(score__gte=0, score__lte=1), name="overlap_between_0_and_1"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first} / {self.second}: {self.score:.2f}"


class Neighbourhood(models.Model):
    """What the nearest of one artifact were found for, where not every pair is kept.

    All artifacts with an overlap above ``least_score`` are stored with it. ``signature`` finds candidates: the
    direction of all its capabilities together.
    """

    artifact = models.OneToOneField(
        Artifact, on_delete=models.CASCADE, related_name="neighbourhood", primary_key=True
    )
    inputs_digest = models.CharField(max_length=64)
    least_score = models.FloatField(default=0)
    signature = HalfVectorField(dimensions=SIGNATURE_DIMENSIONS)

    class Meta:
        ordering = ["artifact"]

    def __str__(self) -> str:
        return f"nearest of {self.artifact_id}"
