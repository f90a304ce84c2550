"""What visitors searched for, what they were shown and what they did with it. No cookies, no addresses."""

import uuid

from django.db import models
from django.utils import timezone

from catalog.models import Artifact, Capability
from matchgraph.models.graph import Intent


class SearchEvent(models.Model):
    """One search. ``visitor`` is a salted hash that changes every day.

    The words, their digest, what was parsed from them and the referring site are emptied after some weeks;
    ``intent`` stays, for an intent that visitors made is only what enough of them have searched for.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    query = models.CharField(max_length=400, blank=True)
    query_digest = models.CharField(
        max_length=64,
        blank=True,
        db_index=True,
        help_text="SHA-256 of the normalised query: the intent that it asks.",
    )
    constraints_parsed = models.JSONField(default=list, blank=True)
    intent = models.ForeignKey(
        Intent, on_delete=models.SET_NULL, null=True, blank=True, related_name="searches"
    )
    referrer = models.CharField(
        max_length=120, blank=True, db_default="", help_text="The host that led to the search."
    )
    visitor = models.CharField(max_length=64)
    n_results = models.PositiveIntegerField()
    is_weak = models.BooleanField(default=False, help_text="Nothing fitted well.")
    created_at = models.DateTimeField(default=timezone.now, editable=False, db_index=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.query


class Impression(models.Model):
    """One result shown at one position (1 is the first).

    ``drawn`` is the upper position of the pair of near-tied neighbours that the result is one of, where their
    order was drawn by lot in this search; 0 elsewhere.
    """

    event = models.ForeignKey(SearchEvent, on_delete=models.CASCADE, related_name="impressions")
    artifact = models.ForeignKey(Artifact, on_delete=models.CASCADE, related_name="impressions")
    capability = models.ForeignKey(
        Capability, on_delete=models.SET_NULL, null=True, related_name="impressions"
    )
    position = models.PositiveSmallIntegerField()
    drawn = models.PositiveSmallIntegerField(default=0, db_default=0)

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


class Discard(models.Model):
    """How much of one day's feedback about one artifact did not count, and why. No visitor is named.

    The first three reasons are counted at the door, as they happen; the others by each learning, anew for
    everything that it has read.
    """

    class Reason(models.TextChoices):
        """Why feedback does not count."""

        BOT = "bot", "A program that says so, or a page fetched ahead of a click"
        OWN = "own", "The artifact's own builder, signed in"
        STRANGER = "stranger", "Not the visitor to whom the result was shown"
        REPEATED = "repeated", "The same visitor was shown it for the same intent before"
        BURST = "burst", "Far more takes than the artifact's own record explains"
        REFERRER = "referrer", "One site sends visitors who take it far more often than others do"
        LITTLE_TRUST = "little-trust", "Counted little: hundreds of searches, or one artifact every time"

    AT_THE_DOOR = (Reason.BOT, Reason.OWN, Reason.STRANGER)

    day = models.DateField(db_index=True)
    reason = models.CharField(max_length=12, choices=Reason)
    artifact = models.ForeignKey(
        Artifact, on_delete=models.CASCADE, null=True, blank=True, related_name="discards"
    )
    count = models.PositiveIntegerField()

    class Meta:
        ordering = ["-day", "reason", "artifact"]
        constraints = [
            models.UniqueConstraint(
                fields=["day", "reason", "artifact"], nulls_distinct=False, name="discard_once_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.count} {self.reason} on {self.day}"
