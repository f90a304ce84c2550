"""Two accounts that both say an artifact is theirs: the operator decides, with what both have to show."""

from django.conf import settings
from django.db import models

from catalog.models.claim import Claim


class ContestQuerySet(models.QuerySet["Contest"]):
    """Reads of contests."""

    def open(self) -> "ContestQuerySet":
        """Only contests that nobody has decided."""
        return self.filter(outcome="")


class Contest(models.Model):
    """A claim that was proved while another one held, or had been lost not long ago.

    Whoever buys an expired domain proves a claim with it, so a second proof alone hands nothing over.
    """

    class Outcome(models.TextChoices):
        """Who may speak for the artifact."""

        HOLDER = "holder", "The claim that was first"
        CHALLENGER = "challenger", "The claim that came later"
        BOTH = "both", "Both"

    artifact = models.ForeignKey("catalog.Artifact", on_delete=models.CASCADE, related_name="contests")
    holder = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="contests_held")
    challenger = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="contests_begun")
    opened_at = models.DateTimeField(auto_now_add=True)
    evidence_until = models.DateTimeField(help_text="Both sides were asked for their evidence until then.")
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = ContestQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["challenger"], condition=models.Q(outcome=""), name="contest_one_open_per_challenger"
            ),
            models.CheckConstraint(
                condition=models.Q(outcome="") | (models.Q(decided_at__isnull=False) & ~models.Q(reason="")),
                name="contest_decided_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.artifact}: {self.get_outcome_display() or 'open'}"


class ContestEvidence(models.Model):
    """What one side has to show; the other side does not see it, the operator sees both."""

    contest = models.ForeignKey(Contest, on_delete=models.CASCADE, related_name="evidence")
    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="+", help_text="Whose side.")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    text = models.TextField(max_length=4_000)
    url = models.URLField(max_length=500, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["at"]
        verbose_name_plural = "contest evidence"

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d}: {self.text[:60]}"
