"""Builders' requests to evaluate a pinned revision of what they built."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from catalog.models import Artifact, Claim
from evaluation.models.run import Run


class EvaluationRequestQuerySet(models.QuerySet["EvaluationRequest"]):
    """Reads of requests."""

    def waiting(self) -> EvaluationRequestQuerySet:
        """Only requests that nothing was planned for yet."""
        return self.filter(state=EvaluationRequest.State.WAITING)

    def open(self) -> EvaluationRequestQuerySet:
        """Only requests that are not over."""
        return self.filter(state__in=EvaluationRequest.OPEN)


class EvaluationRequest(models.Model):
    """One revision of one artifact, asked for by the people of a claim.

    What it measures stands as a variant of the artifact and is no part of any rank: who chooses the revision
    could else ask until one does well. The rank follows the revision that the operator pins.
    """

    class State(models.TextChoices):
        """Where the request stands."""

        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        REFUSED = "refused"
        WITHDRAWN = "withdrawn"

    OPEN = (State.WAITING, State.RUNNING)

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="evaluation_requests")
    artifact = models.ForeignKey(Artifact, on_delete=models.CASCADE, related_name="evaluation_requests")
    revision = models.CharField(max_length=64, help_text="Commit of the hub.")
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    reason = models.TextField(blank=True, help_text="Why it was refused, in words for the builder.")
    runs = models.ManyToManyField(Run, related_name="requests", blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = EvaluationRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["artifact"],
                condition=models.Q(state__in=["waiting", "running"]),
                name="request_one_open_per_artifact",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="refused") | ~models.Q(reason=""), name="request_refused_has_reason"
            ),
            models.CheckConstraint(
                condition=models.Q(state="waiting")
                | models.Q(ended_at__isnull=False)
                | models.Q(state="running", started_at__isnull=False),
                name="request_has_its_times",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.artifact} at {self.revision[:12]}: {self.state}"
