"""Prompt suites: versioned data with a digest."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from catalog.models.fields import slug_constraint, validate_slug
from evaluation.suites.names import DEMONSTRATION_PREFIX


class SuiteQuerySet(models.QuerySet["Suite"]):
    """Reads of suites."""

    def current(self) -> SuiteQuerySet:
        """Only the version of each suite that new runs use."""
        return self.filter(is_current=True)

    def public(self) -> SuiteQuerySet:
        """Only suites that anyone may see and repeat: no rotating split, retired or not."""
        return self.filter(split=Suite.Split.PUBLIC)

    def published(self) -> SuiteQuerySet:
        """Only suites whose prompts and pictures may be shown: public ones, and retired rotating splits."""
        return self.exclude(split=Suite.Split.ROTATING, retired_at__isnull=True)


class Suite(models.Model):
    """One version of a set of prompts. A changed prompt without a new version is refused on loading.

    The rotating split of a suite is a suite of its own, named ``<slug>-rotating``.
    """

    class Tier(models.TextChoices):
        """Which models a suite is meant for."""

        STANDARD = "standard"
        DEMONSTRATION = "demonstration"

    class Measures(models.TextChoices):
        """What a suite measures."""

        TEXT = "text"
        ADHERENCE = "adherence"
        ANATOMY = "anatomy"
        SHOWCASE = "showcase"

    class Split(models.TextChoices):
        """Whether the prompts are published, or kept secret until the suite is retired."""

        PUBLIC = "public"
        ROTATING = "rotating"

    slug = models.CharField(max_length=60, validators=[validate_slug])
    version = models.CharField(max_length=20)
    name = models.CharField(max_length=120)
    description = models.TextField()
    licence = models.CharField(max_length=80)
    tier = models.CharField(max_length=16, choices=Tier, default=Tier.STANDARD)
    measures = models.CharField(max_length=16, choices=Measures, default=Measures.ADHERENCE)
    split = models.CharField(max_length=10, choices=Split, default=Split.PUBLIC)
    scorer = models.CharField(max_length=40, help_text="Which scorer judges the samples.")
    headline_metric = models.CharField(max_length=60)
    seeds_per_prompt = models.PositiveSmallIntegerField()
    is_beta = models.BooleanField(default=False, help_text="A beta suite weighs 0 in the rank.")
    is_current = models.BooleanField(default=True)
    digest = models.CharField(max_length=64, unique=True)
    loaded_at = models.DateTimeField(auto_now_add=True)
    retired_at = models.DateTimeField(
        null=True, blank=True, help_text="When a rotating split was published; nothing new is run on it."
    )

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
            models.CheckConstraint(
                condition=models.Q(retired_at__isnull=True) | models.Q(split="rotating", is_current=False),
                name="suite_retired_is_rotating_and_past",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.slug} {self.version}"

    @property
    def stands_for(self) -> str:
        """The slug of the standard suite that measures the same."""
        is_demonstration = self.tier == self.Tier.DEMONSTRATION
        return self.slug.removeprefix(DEMONSTRATION_PREFIX) if is_demonstration else self.slug

    @property
    def is_secret(self) -> bool:
        """Whether neither its prompts nor its pictures may be shown."""
        return self.split == self.Split.ROTATING and self.retired_at is None


class Prompt(models.Model):
    """One prompt with the scene that it asks for. ``family`` is the unit of clustering."""

    suite = models.ForeignKey(Suite, on_delete=models.CASCADE, related_name="prompts")
    key = models.CharField(max_length=80, validators=[validate_slug])
    position = models.PositiveIntegerField()
    family = models.CharField(max_length=80)
    stratum = models.CharField(max_length=80)
    text = models.TextField()
    spec = models.JSONField()
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    difficulty = models.PositiveSmallIntegerField(default=1)
    split = models.CharField(max_length=10, choices=Suite.Split, default=Suite.Split.PUBLIC)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["suite", "position"]
        constraints = [
            models.UniqueConstraint(fields=["suite", "key"], name="prompt_once_per_suite"),
            models.UniqueConstraint(fields=["suite", "position"], name="prompt_position_once"),
        ]

    def __str__(self) -> str:
        return self.text
