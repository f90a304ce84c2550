"""Intents, their edges to capabilities, and the overlap of pairs of artifacts."""

from __future__ import annotations

from django.db import models
from pgvector.django import HalfVectorField

from catalog.models import Artifact, Capability

SIGNATURE_DIMENSIONS = 128


class Intent(models.Model):
    """Something that a person wants to do, in the words of a search.

    Intents that say the same in other words make a cluster: all of them point to its first member, which
    points to itself, and what is learnt is learnt of the cluster. None has no cluster yet.
    """

    class Origin(models.TextChoices):
        """Where the intent was seen."""

        CURATED = "curated"
        DECOMPOSED = "decomposed"
        SEARCHED = "searched"

    text = models.CharField(max_length=600)
    text_digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the normalised text.")
    origin = models.CharField(max_length=10, choices=Origin)
    cluster = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="members")

    class Meta:
        ordering = ["text"]

    def __str__(self) -> str:
        return self.text


class Edge(models.Model):
    """An intent that a capability serves, and the evidence for it.

    ``weight`` is the smoothed chance that it does, ``confidence`` how much of the first doubt the evidence has
    taken away; ``impressions`` and ``accepted`` are distinct visitors of the intent's cluster, and the days
    those on which the first and the last of them came.
    """

    intent = models.ForeignKey(Intent, on_delete=models.CASCADE, related_name="edges")
    capability = models.ForeignKey(Capability, on_delete=models.CASCADE, related_name="edges")
    weight = models.FloatField(help_text="0-1.")
    confidence = models.FloatField(default=0.0, db_default=0.0, help_text="0-1.")
    similarity = models.FloatField(help_text="Cosine between the two vectors.")
    impressions = models.PositiveIntegerField(default=0)
    accepted = models.PositiveIntegerField(default=0)
    first_shown_on = models.DateField(null=True, blank=True)
    last_shown_on = models.DateField(null=True, blank=True)
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


class Learnt(models.Model):
    """What visitors' choices say: debiased, smoothed, with a 90 % interval, and on how many visitors it rests.

    ``looks`` and ``taken`` are weighed sums (by trust and age, looks by position too); ``visitors`` and
    ``visitors_taken`` are distinct visitors of the days from ``first_on`` to ``last_on``.
    """

    success = models.FloatField(help_text="0-1: the chance that who looks at it takes it.")
    success_sd = models.FloatField()
    success_low = models.FloatField()
    success_high = models.FloatField()
    looks = models.FloatField()
    taken = models.FloatField()
    visitors = models.PositiveIntegerField()
    visitors_taken = models.PositiveIntegerField()
    first_on = models.DateField()
    last_on = models.DateField()
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True


class IntentMatch(Learnt):
    """How well an artifact serves a cluster of intents, by its first member."""

    intent = models.ForeignKey(Intent, on_delete=models.CASCADE, related_name="matches")
    artifact = models.ForeignKey(Artifact, on_delete=models.CASCADE, related_name="intent_matches")

    class Meta:
        ordering = ["intent", "-success"]
        constraints = [models.UniqueConstraint(fields=["intent", "artifact"], name="intent_match_once")]

    def __str__(self) -> str:
        return f"{self.intent_id} -> {self.artifact_id}: {self.success:.2f}"


class ArtifactMatch(Learnt):
    """How well an artifact serves whoever was shown it, whatever they wanted."""

    artifact = models.OneToOneField(
        Artifact, on_delete=models.CASCADE, related_name="match", primary_key=True
    )

    class Meta:
        ordering = ["artifact"]

    def __str__(self) -> str:
        return f"{self.artifact_id}: {self.success:.2f}"


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
