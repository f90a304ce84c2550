"""Prompt suites: versioned data with a digest."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from catalog.models.fields import slug_constraint, validate_slug


class SuiteQuerySet(models.QuerySet["Suite"]):
    """Reads of suites."""

    def current(self) -> SuiteQuerySet:
        """Only the version of each suite that new runs use."""
        return self.filter(is_current=True)


class Suite(models.Model):
    """One version of a set of prompts. A changed prompt without a new version is refused on loading."""

    slug = models.CharField(max_length=60, validators=[validate_slug])
    version = models.CharField(max_length=20)
    name = models.CharField(max_length=120)
    description = models.TextField()
    licence = models.CharField(max_length=80)
    scorer = models.CharField(max_length=40, help_text="Which scorer judges the samples.")
    headline_metric = models.CharField(max_length=60)
    seeds_per_prompt = models.PositiveSmallIntegerField()
    is_beta = models.BooleanField(default=False, help_text="A beta suite weighs 0 in the rank.")
    is_current = models.BooleanField(default=True)
    digest = models.CharField(max_length=64, unique=True)
    loaded_at = models.DateTimeField(auto_now_add=True)

    objects = SuiteQuerySet.as_manager()

    class Meta:
        ordering = ["slug", "-version"]
        constraints = [
            slug_constraint("suite"),
            models.UniqueConstraint(fields=["slug", "version"], name="suite_once_per_version"),
            models.UniqueConstraint(
                fields=["slug"], condition=models.Q(is_current=True), name="suite_one_current_version"
            ),
            models.CheckConstraint(condition=models.Q(seeds_per_prompt__gt=0), name="suite_has_seeds"),
        ]

    def __str__(self) -> str:
        return f"{self.slug} {self.version}"


class Prompt(models.Model):
    """One prompt with the scene that it asks for. ``family`` is the unit of clustering."""

    class Split(models.TextChoices):
        """Whether the prompt is published, or kept secret until it is retired."""

        PUBLIC = "public"
        ROTATING = "rotating"

    suite = models.ForeignKey(Suite, on_delete=models.CASCADE, related_name="prompts")
    key = models.CharField(max_length=80, validators=[validate_slug])
    position = models.PositiveIntegerField()
    family = models.CharField(max_length=80)
    stratum = models.CharField(max_length=80)
    text = models.TextField()
    spec = models.JSONField()
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    difficulty = models.PositiveSmallIntegerField(default=1)
    split = models.CharField(max_length=10, choices=Split, default=Split.PUBLIC)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["suite", "position"]
        constraints = [
            models.UniqueConstraint(fields=["suite", "key"], name="prompt_once_per_suite"),
            models.UniqueConstraint(fields=["suite", "position"], name="prompt_position_once"),
        ]

    def __str__(self) -> str:
        return self.text
