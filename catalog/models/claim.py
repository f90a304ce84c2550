"""A builder's claim to an artifact. Nothing in ``ranking`` may read this table."""

from django.conf import settings
from django.db import models

from catalog.models.artifact import Artifact


class Claim(models.Model):
    """Somebody says that an artifact is theirs, and may have proved it."""

    class State(models.TextChoices):
        """Where the claim stands."""

        REQUESTED = "requested"
        VERIFIED = "verified"
        LAPSED = "lapsed"
        REFUSED = "refused"

    artifact = models.ForeignKey(Artifact, on_delete=models.CASCADE, related_name="claims")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="claims")
    state = models.CharField(max_length=10, choices=State, default=State.REQUESTED)
    method = models.CharField(max_length=20, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["artifact", "user"], name="claim_once_per_user"),
            models.CheckConstraint(
                condition=~models.Q(state="verified") | models.Q(verified_at__isnull=False),
                name="claim_verified_has_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} claims {self.artifact}: {self.state}"
