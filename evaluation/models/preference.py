"""What people prefer: one vote on two pictures of the same prompt and seed."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Greatest, Least

from evaluation.models.run import Sample


class PreferenceVote(models.Model):
    """One vote. ``visitor`` (a browser's session) and ``network`` are salted hashes of the day; no address is kept."""

    class Choice(models.TextChoices):
        """What was said of the two pictures."""

        LEFT = "left"
        RIGHT = "right"
        BOTH_GOOD = "both-good"
        BOTH_BAD = "both-bad"

    left = models.ForeignKey(Sample, on_delete=models.CASCADE, related_name="votes_on_left")
    right = models.ForeignKey(Sample, on_delete=models.CASCADE, related_name="votes_on_right")
    choice = models.CharField(max_length=10, choices=Choice)
    visitor = models.CharField(max_length=64)
    network = models.CharField(max_length=64, db_index=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                "visitor",
                Least("left", "right"),
                Greatest("left", "right"),
                name="preference_once_per_visitor",
            ),
            models.CheckConstraint(
                condition=~models.Q(left=models.F("right")), name="preference_between_two"
            ),
            models.CheckConstraint(
                condition=models.Q(choice__in=["left", "right", "both-good", "both-bad"]),
                name="preference_choice_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.left_id} or {self.right_id}: {self.choice}"
