"""Counts that others keep about an artifact, and benchmark values that others published."""

from django.db import models

from catalog.models.artifact import Artifact
from catalog.models.provenance import SourceRecord


class AdoptionSignal(models.Model):
    """One observed count: a point of a time series."""

    artifact = models.ForeignKey(Artifact, on_delete=models.CASCADE, related_name="adoption_signals")
    source = models.ForeignKey(SourceRecord, on_delete=models.PROTECT, related_name="adoption_signals")
    metric = models.CharField(max_length=40)
    value = models.PositiveBigIntegerField()
    observed_on = models.DateField()
    is_suspect = models.BooleanField(
        default=False, help_text="Far above the artifact's own history: kept, not used until cleared."
    )

    class Meta:
        ordering = ["artifact", "metric", "-observed_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["artifact", "metric", "source", "observed_on"], name="adoption_signal_once"
            ),
            models.CheckConstraint(condition=models.Q(value__gte=0), name="adoption_not_negative"),
            models.CheckConstraint(condition=models.Q(metric__regex=r"^[a-z0-9_]+$"), name="adoption_metric"),
        ]

    def __str__(self) -> str:
        return f"{self.artifact}: {self.value} {self.metric} on {self.observed_on}"


class ReportedResult(models.Model):
    """A benchmark value that somebody else published; shown beside our own, never mixed into it."""

    artifact = models.ForeignKey(Artifact, on_delete=models.CASCADE, related_name="reported_results")
    benchmark = models.CharField(max_length=120)
    metric = models.CharField(max_length=120)
    value = models.DecimalField(max_digits=14, decimal_places=6)
    reported_by = models.CharField(max_length=200)
    is_primary = models.BooleanField(default=True, help_text="Read in the original, not in a note about it.")
    source = models.ForeignKey(SourceRecord, on_delete=models.PROTECT, related_name="reported_results")
    observed_on = models.DateField()

    class Meta:
        ordering = ["artifact", "benchmark", "metric"]
        constraints = [
            models.UniqueConstraint(
                fields=["artifact", "benchmark", "metric", "value", "reported_by"],
                name="reported_result_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.artifact}: {self.benchmark} {self.metric} = {self.value} ({self.reported_by})"
