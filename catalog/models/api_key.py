"""Keys of programs that read the API. Nothing in ``ranking`` may read this table."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models


class ApiKey(models.Model):
    """Somebody's key: of the key itself only the SHA-256 is kept, so a stolen table opens nothing.

    ``prefix`` is the part that may be shown, so that people can tell their keys apart.
    """

    class Scope(models.TextChoices):
        """What a key may do beyond what everybody may."""

        READ = "read", "read and search at the higher limits"
        EXPORT = "export", "export at the higher limits"
        FEEDBACK = "feedback", "have its searches counted and say what came of them"

    name = models.CharField(max_length=120, help_text="Whose it is and for what.")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_keys", null=True, blank=True
    )
    prefix = models.CharField(max_length=12, unique=True, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    scopes = ArrayField(models.CharField(max_length=10, choices=Scope))
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(condition=models.Q(scopes__len__gt=0), name="api_key_has_scope"),
        ]

    def __str__(self) -> str:
        return f"{self.prefix}… ({self.name})"

    def is_valid(self, *, at: dt.datetime) -> bool:
        """Return whether the key opens anything at a moment."""
        return self.revoked_at is None and (self.expires_at is None or at < self.expires_at)
