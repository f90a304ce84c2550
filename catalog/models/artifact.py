"""Artifacts and the few tables that describe them."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.urls import reverse

from catalog.models.fields import choices, one_of, slug_constraint, validate_slug
from catalog.vocabulary import Kind, LinkRel, Openness, Permission, RelationType, Status


class Publisher(models.Model):
    """Who publishes artifacts."""

    slug = models.CharField(max_length=80, unique=True, validators=[validate_slug])
    name = models.CharField(max_length=160)
    url = models.URLField(blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [slug_constraint("publisher")]

    def __str__(self) -> str:
        return self.name


class Category(models.Model):
    """A shelf of the catalogue."""

    slug = models.CharField(max_length=80, unique=True, validators=[validate_slug])
    name = models.CharField(max_length=120)
    description = models.TextField()

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "categories"
        constraints = [slug_constraint("category")]

    def __str__(self) -> str:
        return self.name


class ArtifactQuerySet(models.QuerySet["Artifact"]):
    """Reads of artifacts."""

    def real(self) -> ArtifactQuerySet:
        """Leave out the demonstration models that are bundled with the site."""
        return self.filter(is_demonstration=False)

    def ranked(self) -> ArtifactQuerySet:
        """Only artifacts that the current snapshot ranks, best first."""
        return self.filter(rank_score__isnull=False).order_by("-rank_score", "slug")

    def for_page(self) -> ArtifactQuerySet:
        """Load with everything that an artifact's header shows."""
        return self.select_related("publisher").prefetch_related("links", "categories")


class PresentManager(models.Manager["Artifact"]):
    """Artifacts that stand for themselves: one that was merged into another is out of sight, not gone."""

    def get_queryset(self) -> ArtifactQuerySet:
        """Leave out merged artifacts."""
        return ArtifactQuerySet(self.model, using=self._db).filter(merged_into=None)


class Artifact(models.Model):
    """A model, tool, repository or service that the catalogue describes and ranks."""

    slug = models.CharField(max_length=120, unique=True, validators=[validate_slug])
    name = models.CharField(max_length=160)
    aliases = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    kind = models.CharField(max_length=20, choices=choices(Kind), db_index=True)
    publisher = models.ForeignKey(Publisher, on_delete=models.PROTECT, related_name="artifacts")
    categories = models.ManyToManyField(Category, related_name="artifacts", blank=True)
    summary = models.CharField(max_length=240)
    about = models.TextField(help_text="Markdown; shown sanitised.")
    inputs = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    outputs = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    best_for = ArrayField(models.CharField(max_length=300), default=list, blank=True)
    limitations = ArrayField(models.CharField(max_length=300), default=list, blank=True)
    requirements = ArrayField(models.CharField(max_length=300), default=list, blank=True)
    openness = models.CharField(max_length=20, choices=choices(Openness))
    status = models.CharField(max_length=20, choices=choices(Status), default=Status.ACTIVE.value)
    licence_id = models.CharField(max_length=80, blank=True, help_text="SPDX identifier or LicenseRef-…")
    licence_name = models.CharField(max_length=160, blank=True)
    licence_url = models.URLField(blank=True)
    licence_outputs_commercial = models.CharField(max_length=12, choices=choices(Permission), blank=True)
    licence_weights_commercial = models.CharField(max_length=12, choices=choices(Permission), blank=True)
    licence_condition = models.TextField(blank=True)
    parameter_count = models.PositiveBigIntegerField(null=True, blank=True)
    released_on = models.DateField(null=True, blank=True)
    last_activity_on = models.DateField(null=True, blank=True)
    memory_gb = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    hub_id = models.CharField(max_length=200, blank=True)
    github_repo = models.CharField(max_length=200, blank=True)
    router_id = models.CharField(max_length=200, blank=True)
    package_name = models.CharField(max_length=200, blank=True)
    weights_path = models.CharField(
        max_length=300, blank=True, help_text="Local pipeline, relative to data/."
    )
    is_demonstration = models.BooleanField(
        default=False, help_text="Bundled to show the loop; left out of default leaderboards."
    )
    content_digest = models.CharField(max_length=64, blank=True, editable=False)
    # Written by `ranking` alone, in the transaction that publishes a snapshot.
    rank_score = models.DecimalField(max_digits=6, decimal_places=3, null=True, blank=True, editable=False)
    rank_low = models.DecimalField(max_digits=6, decimal_places=3, null=True, blank=True, editable=False)
    rank_high = models.DecimalField(max_digits=6, decimal_places=3, null=True, blank=True, editable=False)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="absorbed"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = PresentManager.from_queryset(ArtifactQuerySet)()
    everything = ArtifactQuerySet.as_manager()

    class Meta:
        ordering = ["slug"]
        indexes = [
            models.Index(fields=["-rank_score", "slug"], name="artifact_by_rank"),
            GinIndex(fields=["aliases"], name="artifact_aliases"),
        ]
        constraints = [
            slug_constraint("artifact"),
            one_of("kind", Kind, name="artifact_kind_known"),
            one_of("openness", Openness, name="artifact_openness_known"),
            one_of("status", Status, name="artifact_status_known"),
            models.CheckConstraint(
                condition=~models.Q(merged_into=models.F("id")), name="artifact_merged_into_another"
            ),
            models.CheckConstraint(
                condition=models.Q(parameter_count__isnull=True) | models.Q(parameter_count__gt=0),
                name="artifact_parameters_positive",
            ),
            models.CheckConstraint(
                condition=models.Q(memory_gb__isnull=True) | models.Q(memory_gb__gt=0),
                name="artifact_memory_positive",
            ),
            models.CheckConstraint(
                condition=models.Q(rank_score__isnull=True, rank_low__isnull=True, rank_high__isnull=True)
                # SQL lets a check pass whose result is NULL, so "all three or none" is said in full.
                | models.Q(
                    rank_score__isnull=False,
                    rank_low__isnull=False,
                    rank_high__isnull=False,
                    rank_low__gte=0,
                    rank_low__lte=models.F("rank_score"),
                    rank_high__gte=models.F("rank_score"),
                    rank_high__lte=100,
                ),
                name="artifact_rank_inside_its_interval",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the path of the artifact's page."""
        return reverse("artifact", args=[self.slug])


class Link(models.Model):
    """A place to go on reading about an artifact."""

    artifact = models.ForeignKey(Artifact, on_delete=models.CASCADE, related_name="links")
    rel = models.CharField(max_length=20, choices=choices(LinkRel))
    url = models.URLField(max_length=500)

    class Meta:
        ordering = ["rel", "url"]
        constraints = [
            models.UniqueConstraint(fields=["artifact", "rel", "url"], name="link_once"),
            one_of("rel", LinkRel, name="link_rel_known"),
        ]

    def __str__(self) -> str:
        return f"{self.rel}: {self.url}"


class Relation(models.Model):
    """A tie between two artifacts, read "artifact <type> target"."""

    artifact = models.ForeignKey(Artifact, on_delete=models.CASCADE, related_name="relations")
    target = models.ForeignKey(Artifact, on_delete=models.CASCADE, related_name="reverse_relations")
    type = models.CharField(max_length=20, choices=choices(RelationType))

    class Meta:
        ordering = ["type", "target__slug"]
        constraints = [
            models.UniqueConstraint(fields=["artifact", "type", "target"], name="relation_once"),
            models.CheckConstraint(
                condition=~models.Q(artifact=models.F("target")), name="relation_to_another"
            ),
            one_of("type", RelationType, name="relation_type_known"),
        ]

    def __str__(self) -> str:
        return f"{self.artifact} {self.type} {self.target}"
