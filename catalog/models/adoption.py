"""Counts that others keep about an artifact."""

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
