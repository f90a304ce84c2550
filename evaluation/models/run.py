"""Runs and their samples: the database, not the broker, knows what is left to do."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse
from django.utils import timezone

from evaluation.conf import claim_expiry_s
from evaluation.models.recipe import Recipe
from evaluation.models.suite import Prompt, Suite


class Run(models.Model):
    """One recipe on one suite. Asking again for the same pair resumes it."""

    class State(models.TextChoices):
        """Where the run stands."""

        PLANNED = "planned"
        RUNNING = "running"
        PARTIAL = "partial"
        FINISHED = "finished"
        FAILED = "failed"
        CANCELLED = "cancelled"

    # Nothing is done for a run in one of these states; asking for it again opens it.
    STOPPED = (State.FAILED, State.CANCELLED)
    OVER = (State.FINISHED, State.PARTIAL, *STOPPED)

    recipe = models.ForeignKey(Recipe, on_delete=models.CASCADE, related_name="runs")
    suite = models.ForeignKey(Suite, on_delete=models.PROTECT, related_name="runs")
    state = models.CharField(max_length=10, choices=State, default=State.PLANNED)
    reason = models.TextField(blank=True, help_text="Why it was given up or cancelled.")
    environment = models.JSONField(default=dict, blank=True, help_text="Library versions and hardware.")
    origin = models.CharField(max_length=200, blank=True, help_text="Where it was imported from.")
    created_at = models.DateTimeField(auto_now_add=True)
    dispatched_at = models.DateTimeField(null=True, blank=True, help_text="When workers were last told.")
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["recipe", "suite"], name="run_once_per_recipe_and_suite"),
            models.CheckConstraint(
                condition=~models.Q(state="finished") | models.Q(finished_at__isnull=False),
                name="run_finished_has_time",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="failed") | ~models.Q(reason=""), name="run_failed_has_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recipe.artifact} on {self.suite}"

    def get_absolute_url(self) -> str:
        """Return the path of the run's record."""
        return reverse("run", args=[self.pk])


class SampleQuerySet(models.QuerySet["Sample"]):
    """Reads of samples."""

    def ended(self) -> SampleQuerySet:
        """Only samples whose generation is over, one way or another."""
        return self.filter(status__in=Sample.ENDED)

    def claimable(self) -> SampleQuerySet:
        """Only samples that are planned, or whose worker gave no sign of life for too long."""
        return self.filter(status=Sample.Status.PLANNED) | self.silent()

    def silent(self) -> SampleQuerySet:
        """Only samples whose worker gave no sign of life for too long."""
        silent_since = timezone.now() - timedelta(seconds=claim_expiry_s())
        return self.filter(status=Sample.Status.CLAIMED, claimed_at__lt=silent_since)

    def failed(self) -> SampleQuerySet:
        """Only samples that gave no usable picture; they score 0 and are counted."""
        return self.filter(status__in=Sample.FAILED)


class Sample(models.Model):
    """One picture asked for: a prompt and a seed under a run's recipe."""

    class Status(models.TextChoices):
        """What became of it."""

        PLANNED = "planned"
        CLAIMED = "claimed"
        OK = "ok"
        FILTERED = "filtered"
        ERROR = "error"
        TIMEOUT = "timeout"

    FAILED = (Status.FILTERED, Status.ERROR, Status.TIMEOUT)
    ENDED = (Status.OK, *FAILED)

    # Found through the index of the constraint, which begins with the run.
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="samples", db_index=False)
    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT, related_name="samples")
    k = models.PositiveSmallIntegerField(help_text="Which of the prompt's seeds.")
    seed = models.BigIntegerField()
    key = models.CharField(max_length=64, help_text="SHA-256 of recipe, prompt text and seed.")
    status = models.CharField(max_length=10, choices=Status, default=Status.PLANNED)
    reason = models.TextField(blank=True)
    image_digest = models.CharField(max_length=64, blank=True)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    text_sent = models.TextField(blank=True)
    was_truncated = models.BooleanField(default=False)
    has_thumbnail = models.BooleanField(default=False)
    thumbnail_sides = ArrayField(
        models.PositiveSmallIntegerField(),
        default=list,
        blank=True,
        help_text="Longest sides of further thumbnails.",
    )
    signature = models.BinaryField(null=True, help_text="16 × 16 RGB means, to find pictures that are alike.")
    made_by = models.CharField(max_length=120, blank=True, help_text="Host and process of the worker.")
    batch = models.CharField(max_length=60, blank=True, help_text="Claim, batch and place in the batch.")
    timings_s = models.JSONField(default=dict, blank=True)
    peak_memory_mb = models.PositiveIntegerField(null=True, blank=True)
    flags = models.JSONField(default=list, blank=True, help_text="Suspicions: name and reason of each.")
    cost_usd = models.DecimalField(
        max_digits=14, decimal_places=9, null=True, blank=True, help_text="What a service says it charged."
    )
    details = models.JSONField(
        default=dict, blank=True, help_text="Batch, fallbacks, tokens used, what a service said."
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_by = models.CharField(max_length=120, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = SampleQuerySet.as_manager()

    class Meta:
        ordering = ["run", "prompt__position", "k"]
        indexes = [
            models.Index(
                fields=["run", "id"],
                name="sample_open",
                condition=models.Q(status__in=["planned", "claimed"]),
            ),
            models.Index(fields=["key"], name="sample_key"),
            models.Index(
                fields=["image_digest"], name="sample_with_image", condition=~models.Q(image_digest="")
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["run", "prompt", "k"], name="sample_once_per_prompt_and_seed"),
            models.CheckConstraint(
                condition=(models.Q(status="ok") & ~models.Q(image_digest="")) | ~models.Q(status="ok"),
                name="sample_ok_has_image",
            ),
            models.CheckConstraint(
                condition=~models.Q(status__in=["filtered", "error", "timeout"]) | ~models.Q(reason=""),
                name="sample_failed_has_reason",
            ),
            models.CheckConstraint(condition=models.Q(seed__gte=0), name="sample_seed_63_bits"),
        ]

    def __str__(self) -> str:
        return f"{self.prompt.key} #{self.k}: {self.status}"
