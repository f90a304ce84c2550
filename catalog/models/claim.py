"""Builders' claims, statements and disputes. Nothing in ``ranking`` may read these tables."""

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models

from catalog.models.artifact import Artifact
from catalog.ownership.places import Method


class ClaimQuerySet(models.QuerySet["Claim"]):
    """Reads of claims."""

    def verified(self) -> "ClaimQuerySet":
        """Only claims that hold now."""
        return self.filter(state=Claim.State.VERIFIED)

    def open_to(self, user: AbstractBaseUser) -> "ClaimQuerySet":
        """Only claims in which somebody has a role: their own, and those they help to look after."""
        return self.filter(models.Q(user=user.pk) | models.Q(maintainers__user=user.pk)).distinct()


class Claim(models.Model):
    """Somebody says that an artifact is theirs, and may have proved it. The account is the claim's owner.

    The token is shown to its claimant alone and published by the artifact's owner; it proves nothing for
    another account or artifact. It is kept after the proof, which is looked for again from time to time.
    """

    class State(models.TextChoices):
        """Where the claim stands."""

        REQUESTED = "requested"
        VERIFIED = "verified"
        # Proved, and so was another's: the operator decides.
        CONTESTED = "contested"
        LAPSED = "lapsed"
        REFUSED = "refused"

    artifact = models.ForeignKey(Artifact, on_delete=models.CASCADE, related_name="claims")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="claims")
    state = models.CharField(max_length=10, choices=State, default=State.REQUESTED)
    method = models.CharField(
        max_length=20, blank=True, choices=[(method.value, method) for method in Method]
    )
    token = models.CharField(max_length=64, blank=True, unique=True, null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True, help_text="Until when it can be proved.")
    checked_at = models.DateTimeField(null=True, blank=True)
    failing_since = models.DateTimeField(null=True, blank=True)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            # A claim that is over stands in nobody's way who is handed another.
            models.UniqueConstraint(
                fields=["artifact", "user"],
                condition=~models.Q(state="lapsed"),
                name="claim_one_alive_per_user",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="verified") | models.Q(verified_at__isnull=False),
                name="claim_verified_has_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} claims {self.artifact}: {self.state}"


class ClaimEvent(models.Model):
    """What happened to a claim, when, and by whom: written once, never changed.

    Everything that is done with a claim is here: proof, people, words, evaluations, and what was refused.
    """

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty where the site itself acted.",
    )
    action = models.CharField(max_length=30)
    detail = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action}"


class Statement(models.Model):
    """The builder's own words on a listing, shown as such beside ours once a moderator accepts them."""

    class Field(models.TextChoices):
        """What a builder may state: words only, and nothing that a score is made of."""

        SUMMARY = "summary"
        ABOUT = "about"

    class State(models.TextChoices):
        """Where the statement stands."""

        PROPOSED = "proposed"
        ACCEPTED = "accepted"
        REFUSED = "refused"
        WITHDRAWN = "withdrawn"

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="statements")
    field = models.CharField(max_length=20, choices=Field)
    value = models.TextField(max_length=4_000)
    before = models.TextField(blank=True, help_text="The builder's words that this replaces.")
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    created_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    answer = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["claim", "field"],
                condition=models.Q(state="proposed"),
                name="statement_one_proposal_per_field",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=("proposed", "withdrawn")) | models.Q(decided_at__isnull=False),
                name="statement_decided_has_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field} of {self.claim.artifact}: {self.state}"


class Dispute(models.Model):
    """Somebody says that a fact or a score is wrong; anybody may, and the answer is public."""

    class Subject(models.TextChoices):
        """What is disputed."""

        FACT = "fact", "A fact on the page"
        PRICE = "price", "A price"
        SCORE = "score", "A score of ours"
        CLAIM = "claim", "Who the builder is"

    class State(models.TextChoices):
        """Where the dispute stands."""

        OPEN = "open"
        CORRECTED = "corrected"
        KEPT = "kept"

    artifact = models.ForeignKey(Artifact, on_delete=models.CASCADE, related_name="disputes")
    subject = models.CharField(max_length=10, choices=Subject)
    statement = models.TextField(max_length=2_000)
    evidence_url = models.URLField(max_length=500, blank=True)
    contact = models.EmailField(blank=True, help_text="Shown to the operator alone.")
    visitor = models.CharField(
        max_length=64, blank=True, help_text="A salted hash of the day, against floods."
    )
    reply = models.TextField(
        max_length=2_000, blank=True, help_text="What the builder says to it; shown to the operator alone."
    )
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    answer = models.TextField(max_length=2_000, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="open")
                | (models.Q(answered_at__isnull=False) & ~models.Q(answer="")),
                name="dispute_closed_has_answer",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_subject_display()} of {self.artifact}: {self.state}"
