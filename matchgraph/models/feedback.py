"""What visitors searched for, what they were shown and what they did with it. No cookies, no addresses."""

import uuid

from django.db import models

from catalog.models import Artifact, Capability


class SearchEvent(models.Model):
    """One search. ``visitor`` is a salted hash that changes every day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    query = models.CharField(max_length=400)
    query_digest = models.CharField(
        max_length=64, db_index=True, help_text="SHA-256 of the normalised query: the intent that it asks."
    )
    constraints_parsed = models.JSONField(default=list, blank=True)
    visitor = models.CharField(max_length=64)
    n_results = models.PositiveIntegerField()
    is_weak = models.BooleanField(default=False, help_text="Nothing fitted well.")
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.query


class Impression(models.Model):
    """One result shown at one position (1 is the first)."""

    event = models.ForeignKey(SearchEvent, on_delete=models.CASCADE, related_name="impressions")
    artifact = models.ForeignKey(Artifact, on_delete=models.CASCADE, related_name="impressions")
    capability = models.ForeignKey(
        Capability, on_delete=models.SET_NULL, null=True, related_name="impressions"
    )
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["event", "position"]
        constraints = [
            models.UniqueConstraint(fields=["event", "artifact"], name="impression_once"),
            models.CheckConstraint(condition=models.Q(position__gt=0), name="impression_position_from_1"),
        ]

    def __str__(self) -> str:
        return f"{self.artifact_id} at {self.position}"


class Interaction(models.Model):
    """What somebody did with a result that was shown."""

    class Kind(models.TextChoices):
        """Ordered by how much it says; a rejection takes back what a click said."""

        CLICK = "click"
        COMPARE = "compare"
        SELECT = "select"
        REJECT = "reject"

    impression = models.ForeignKey(Impression, on_delete=models.CASCADE, related_name="interactions")
    kind = models.CharField(max_length=10, choices=Kind)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["impression", "kind"], name="interaction_once_per_impression")
        ]

    def __str__(self) -> str:
        return f"{self.kind} on impression {self.impression_id}"
