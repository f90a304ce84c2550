"""The page objects of ``/builders/``."""

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.urls import reverse

from catalog.models import Claim, DashboardMail, Invitation
from catalog.services.maintainers import invitations_for
from web.pages.meta import Meta


@dataclass(frozen=True)
class BuildersPage:
    """Every claim in which the one who is signed in has a role, and what they are asked to join."""

    meta: Meta
    claims: tuple[Claim, ...]
    invitations: tuple[Invitation, ...]
    wants_mail: bool


@dataclass(frozen=True)
class MailLeftPage:
    """``/builder-mail/leave/<token>/``: the way out of the weekly mail."""

    meta: Meta
    is_known: bool
    is_left: bool


@dataclass(frozen=True)
class WelcomePage:
    """``/builders/`` for who is not signed in."""

    meta: Meta


@dataclass(frozen=True)
class InvitationPage:
    """``/invitations/<token>/``: who asks for what; ``error`` where it can no longer be answered."""

    meta: Meta
    invitation: Invitation
    error: str


def welcome_page() -> WelcomePage:
    """Say what builders get; nothing is read."""
    return WelcomePage(
        Meta(
            title="For builders",
            description="Prove what is yours, see how people find it, and speak beside our words.",
            path=reverse("builders"),
            is_indexable=False,
        )
    )


def builders_page(user: User) -> BuildersPage:
    """Read the user's claims, invitations and wish for mail. Four queries for any number of them."""
    own = Claim.objects.open_to(user).select_related("artifact__publisher", "user")
    meta = Meta(
        title="For builders",
        description="Your claims, how people find what you built, and your own words on its page.",
        path=reverse("builders"),
        is_indexable=False,
    )
    # Of a claim that is over only its owner keeps seeing that there was one.
    claims = tuple(claim for claim in own if claim.user_id == user.pk or claim.state == Claim.State.VERIFIED)
    wants_mail = DashboardMail.objects.filter(user=user).exists()
    return BuildersPage(meta, claims, tuple(invitations_for(user)), wants_mail)


def mail_left_page(path: str, *, is_known: bool, is_left: bool) -> MailLeftPage:
    """Say whether the mail is left; nothing is read."""
    title = "The weekly mail to builders"
    return MailLeftPage(Meta(title, title, path, is_indexable=False), is_known, is_left)


def invitation_page(invitation: Invitation, *, error: str = "") -> InvitationPage:
    """Say what is asked."""
    title = f"Look after {invitation.claim.artifact.name}"
    path = reverse("invitation", args=[invitation.token])
    return InvitationPage(Meta(title, title, path, is_indexable=False), invitation, error)
