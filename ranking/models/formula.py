"""The versioned formula: weights and reference distributions, with a reason for each."""

from django.db import models


class Formula(models.Model):
    """One version of the weights. ``definition`` holds all that the pure computation needs."""

    version = models.CharField(max_length=20, unique=True)
    digest = models.CharField(max_length=64, unique=True)
    definition = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"Formula {self.version}"
