"""Who looks after a claim together with its owner, and who was asked to."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from catalog.models.claim import Claim


class Role(models.TextChoices):
    """What somebody may do with a claim; each role may do what those behind it may."""

    OWNER = "owner", "Owner: people, proof and all below"
    EDITOR = "editor", "Editor: words, evaluations and all below"
    VIEWER = "viewer", "Viewer: reads the dashboard"

    def may(self, least: "Role") -> bool:
        """Whether this role is at least another.

        >>> Role.OWNER.may(Role.EDITOR), Role.VIEWER.may(Role.EDITOR)
        (True, False)
        """
        order = list(Role)
        return order.index(self) <= order.index(least)


class Maintainer(models.Model):
    """Somebody beside the owner who has a role in a claim. The owner is the claim's own account."""

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="maintainers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="maintained")
    role = models.CharField(max_length=10, choices=Role)
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["since"]
        constraints = [
            models.UniqueConstraint(fields=["claim", "user"], name="maintainer_once_per_claim"),
            models.CheckConstraint(
                condition=models.Q(role__in=("editor", "viewer")), name="maintainer_never_owner"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.role}"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Reads of invitations."""

    def open(self) -> "InvitationQuerySet":
        """Only invitations that can still be answered."""
        return self.filter(state=Invitation.State.OPEN, expires_at__gt=timezone.now())


class Invitation(models.Model):
    """An address is asked to take a role in a claim; asked to be its owner, the claim is handed over.

    Only an account that has confirmed the address may answer, so a forwarded link opens nothing.
    """

    class State(models.TextChoices):
        """What became of it."""

        OPEN = "open"
        ACCEPTED = "accepted"
        DECLINED = "declined"
        WITHDRAWN = "withdrawn"

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="invitations")
    address = models.EmailField(help_text="In lower case.")
    role = models.CharField(max_length=10, choices=Role)
    token = models.CharField(max_length=64, unique=True)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["claim", "address"],
                condition=models.Q(state="open"),
                name="invitation_one_open_per_address",
            ),
            models.CheckConstraint(
                condition=models.Q(state="open") | models.Q(answered_at__isnull=False),
                name="invitation_over_has_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} of {self.claim.artifact}: {self.state}"
