"""Capabilities that a program read out of a text and that wait for a person."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from catalog.models.artifact import Artifact
from catalog.models.fields import choices, one_of
from catalog.vocabulary import Confidence


class CapabilityDraft(models.Model):
    """One statement with the passage that supports it; shown nowhere before it is approved."""

    class State(models.TextChoices):
        """What a person decided."""

        WAITING = "waiting"
        APPROVED = "approved"
        REFUSED = "refused"

    artifact = models.ForeignKey(Artifact, on_delete=models.CASCADE, related_name="capability_drafts")
    name = models.CharField(max_length=90)
    description = models.TextField()
    quote = models.TextField(help_text="The passage of the text that supports the statement.")
    confidence = models.CharField(max_length=8, choices=choices(Confidence))
    input_types = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    output_types = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    intents = ArrayField(models.CharField(max_length=600), default=list, blank=True)
    author = models.CharField(max_length=120, help_text="The extractor, or the model that wrote it.")
    source_url = models.URLField(max_length=500, blank=True)
    text_digest = models.CharField(max_length=64, help_text="Of the text that it was read from.")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING, db_index=True)
    created_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["artifact", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["artifact", "name", "author", "text_digest"], name="capability_draft_once"
            ),
            one_of("confidence", Confidence, name="capability_draft_confidence_known"),
            models.CheckConstraint(
                condition=models.Q(state="waiting", decided_at__isnull=True)
                | (~models.Q(state="waiting") & models.Q(decided_at__isnull=False)),
                name="capability_draft_decided_has_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.artifact}: {self.name} ({self.state})"
