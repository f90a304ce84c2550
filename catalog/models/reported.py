"""Benchmark values that others published; shown beside our own measurements, never mixed into them."""

from __future__ import annotations

from django.db import models

from catalog.models.artifact import Artifact
from catalog.models.fields import choices, one_of
from catalog.models.provenance import SourceRecord
from catalog.vocabulary import Claimant


class ReportedResultQuerySet(models.QuerySet["ReportedResult"]):
    """Reads of reported results."""

    def counted(self) -> ReportedResultQuerySet:
        """Leave out values that repeat another document's: a copy is no second measurement."""
        return self.filter(copy_of__isnull=True)


class ReportedResult(models.Model):
    """A benchmark value as one document states it."""

    artifact = models.ForeignKey(Artifact, on_delete=models.CASCADE, related_name="reported_results")
    benchmark = models.CharField(max_length=120)
    metric = models.CharField(max_length=120)
    value = models.DecimalField(max_digits=14, decimal_places=6)
    reported_by = models.CharField(max_length=200)
    claimant = models.CharField(max_length=12, choices=choices(Claimant), default=Claimant.THIRD_PARTY.value)
    is_primary = models.BooleanField(default=True, help_text="Read in the original, not in a note about it.")
    document = models.CharField(
        max_length=80,
        blank=True,
        help_text="Entry under data/catalog/reported; empty: the artifact's own file.",
    )
    copy_of = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="copies", editable=False
    )
    source = models.ForeignKey(SourceRecord, on_delete=models.PROTECT, related_name="reported_results")
    observed_on = models.DateField()

    objects = ReportedResultQuerySet.as_manager()

    class Meta:
        ordering = ["artifact", "benchmark", "metric"]
        constraints = [
            models.UniqueConstraint(
                fields=["artifact", "benchmark", "metric", "value", "reported_by", "document"],
                name="reported_result_once_per_document",
            ),
            one_of("claimant", Claimant, name="reported_claimant_known"),
        ]

    def __str__(self) -> str:
        return f"{self.artifact}: {self.benchmark} {self.metric} = {self.value} ({self.reported_by})"
