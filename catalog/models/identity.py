"""Names that an artifact has elsewhere, beside its columns, and names that may be its own."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower

from catalog.models.artifact import Artifact
from catalog.models.fields import choices, one_of
from catalog.sources.base import IdField


class Identity(models.Model):
    """A name under which a source knows an artifact, with the reason why we think so."""

    artifact = models.ForeignKey(Artifact, on_delete=models.CASCADE, related_name="identities")
    scheme = models.CharField(max_length=20, choices=choices(IdField))
    value = models.CharField(max_length=200)
    reason = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["scheme", "value"]
        verbose_name_plural = "identities"
        constraints = [
            models.UniqueConstraint("scheme", Lower("value"), name="identity_of_one_artifact"),
            one_of("scheme", IdField, name="identity_scheme_known"),
        ]

    def __str__(self) -> str:
        return f"{self.artifact} is {self.value} ({self.scheme})"


class ArtifactMerge(models.Model):
    """Two artifacts that were one thing; what moved is written down, so that it can move back."""

    winner = models.ForeignKey(Artifact, on_delete=models.CASCADE, related_name="merges_as_winner")
    loser = models.ForeignKey(Artifact, on_delete=models.CASCADE, related_name="merges_as_loser")
    reason = models.CharField(max_length=300, blank=True)
    moved = models.JSONField(default=dict, editable=False, help_text="Ids of rows, by model and field.")
    merged_at = models.DateTimeField(auto_now_add=True)
    merged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-merged_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["loser"], condition=models.Q(undone_at=None), name="merge_in_force_once"
            ),
            models.CheckConstraint(condition=~models.Q(winner=models.F("loser")), name="merge_of_two"),
        ]

    def __str__(self) -> str:
        return f"{self.loser} into {self.winner}"


class MatchProposal(models.Model):
    """A name at a source that may mean an artifact: it waits for a person, whose answer is remembered."""

    class State(models.TextChoices):
        """What a person decided."""

        WAITING = "waiting"
        APPROVED = "approved"
        REJECTED = "rejected"

    artifact = models.ForeignKey(Artifact, on_delete=models.CASCADE, related_name="match_proposals")
    scheme = models.CharField(max_length=20, choices=choices(IdField))
    value = models.CharField(max_length=200)
    name = models.CharField(max_length=300)
    publisher = models.CharField(max_length=160, blank=True)
    url = models.URLField(max_length=500)
    reason = models.CharField(max_length=300)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING, db_index=True)
    created_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["scheme", "value", "artifact"], name="match_proposed_once"),
            one_of("scheme", IdField, name="match_scheme_known"),
            models.CheckConstraint(
                condition=models.Q(state="waiting", decided_at__isnull=True)
                | (~models.Q(state="waiting") & models.Q(decided_at__isnull=False)),
                name="match_decided_has_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.value} may be {self.artifact}: {self.reason}"
