"""Immutable snapshots of the rank and the one pointer to the current of them."""

from __future__ import annotations

from django.db import models

from catalog.models import Artifact
from ranking.compute.positions import place_words
from ranking.models.formula import Formula


class RankSnapshot(models.Model):
    """All ranks computed from one set of inputs; the digest of inputs and formula is its name.

    ``published_at`` is when the pointer last moved to it, empty while it was never published.
    ``held_reasons`` says why it was held back when it was last looked at; it stays as a record.
    ``weights`` says by profile how much each component decides, as the computation's own records.
    """

    digest = models.CharField(max_length=64, unique=True)
    formula = models.ForeignKey(Formula, on_delete=models.PROTECT, related_name="snapshots")
    as_of = models.DateField()
    n_artifacts = models.PositiveIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(null=True, blank=True, db_index=True)
    held_reasons = models.JSONField(default=list, blank=True)
    weights = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.as_of} {self.digest[:12]}"

    @property
    def is_held(self) -> bool:
        """Return whether it waits for somebody to look at it."""
        return bool(self.held_reasons) and self.published_at is None


class RankEntryQuerySet(models.QuerySet["RankEntry"]):
    """Reads of rank entries."""

    def current(self) -> RankEntryQuerySet:
        """Only entries of the published snapshot."""
        return self.filter(snapshot__pointer__isnull=False)


class RankEntry(models.Model):
    """One artifact's rank in one snapshot. ``components`` decompose ``score`` exactly.

    Scores are in points (0-100, three decimals: integer milli-points). ``components`` holds the
    computation's own records, with the inputs as they were given. ``slug`` names the artifact also after
    it has left the catalogue. ``position`` is its place by score among the ``n_ranked`` of its kind, and
    ``position_best`` to ``position_worst`` the places that its interval leaves open: what pages show.
    Demonstration models are counted among themselves.
    """

    snapshot = models.ForeignKey(RankSnapshot, on_delete=models.CASCADE, related_name="entries")
    artifact = models.ForeignKey(Artifact, on_delete=models.SET_NULL, null=True, related_name="rank_entries")
    slug = models.CharField(max_length=120)
    kind = models.CharField(max_length=20)
    is_demonstration = models.BooleanField(default=False)
    position = models.PositiveIntegerField()
    n_ranked = models.PositiveIntegerField()
    position_best = models.PositiveIntegerField()
    position_worst = models.PositiveIntegerField()
    score = models.DecimalField(max_digits=6, decimal_places=3)
    low = models.DecimalField(max_digits=6, decimal_places=3)
    high = models.DecimalField(max_digits=6, decimal_places=3)
    components = models.JSONField()

    objects = RankEntryQuerySet.as_manager()

    class Meta:
        ordering = ["snapshot", "slug"]
        constraints = [
            models.UniqueConstraint(fields=["snapshot", "slug"], name="rank_entry_once_per_snapshot"),
            models.CheckConstraint(
                condition=models.Q(
                    low__gte=0, low__lte=models.F("score"), high__gte=models.F("score"), high__lte=100
                ),
                name="rank_entry_score_inside_interval",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    position_best__gt=0,
                    position__gte=models.F("position_best"),
                    position_worst__gte=models.F("position"),
                    n_ranked__gte=models.F("position_worst"),
                ),
                name="rank_entry_position_in_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.slug}: {self.score}"

    @property
    def places(self) -> str:
        """Return the range of places in words."""
        return place_words(self.position_best, self.position_worst)


class CurrentSnapshot(models.Model):
    """The one row that says which snapshot is published."""

    snapshot = models.OneToOneField(RankSnapshot, on_delete=models.PROTECT, related_name="pointer")
    moved_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="current_snapshot_single_row")]

    def __str__(self) -> str:
        return str(self.snapshot)
