"""The people of a claim: invited by its owner, with roles; one of them may be handed the claim itself."""

import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from catalog.models import Claim, Invitation, Maintainer, Role
from catalog.ownership.places import BY_ACCOUNT
from catalog.services.claim_records import mail_about, one_line, tell, write_down
from catalog.services.claims import ACCOUNT_CHECK_EVERY
from catalog.services.subscriptions import is_mailable

ANSWER_WITHIN: Final = timedelta(days=14)
MOST_PEOPLE: Final = 20
INVITATIONS_A_DAY: Final = 10
ASKED_A_WEEK: Final = 3


class MaintainerError(Exception):
    """Somebody who cannot be invited, let in or taken out; the message says why."""


def role_of(claim: Claim, user: User) -> Role | None:
    """Return what somebody may do with a claim; None where nothing."""
    if claim.user_id == user.pk:
        return Role.OWNER
    found = claim.maintainers.filter(user=user).values_list("role", flat=True).first()
    return Role(found) if found else None


@transaction.atomic
def invite(claim: Claim, *, by: User, address: str, role: str, link_of: Callable[[str], str]) -> Invitation:
    """Ask an address to take a role; as owner, to take the claim over. ``link_of`` a token is where one answers.

    Raises:
        MaintainerError: no such role or mailbox, somebody who is in already, or too many.
    """
    if role not in Role.values:
        raise MaintainerError("There is no such role.")
    address = _mailbox(address)
    # The claim's row orders those who ask at the same time.
    Claim.objects.select_for_update().get(pk=claim.pk)
    _check_room(claim, address)
    now = timezone.now()
    # An invitation that nobody answered in time makes room for the next.
    overdue = claim.invitations.filter(address=address, state=Invitation.State.OPEN, expires_at__lte=now)
    overdue.update(state=Invitation.State.WITHDRAWN, answered_at=now)
    made = Invitation.objects.create(
        claim=claim,
        address=address,
        role=role,
        token=secrets.token_urlsafe(32),
        invited_by=by,
        expires_at=now + ANSWER_WITHIN,
    )
    write_down(claim, "invited", f"{address} as {role}", actor=by)
    _ask(made, link=link_of(made.token))
    return made


def _mailbox(address: str) -> str:
    address = address.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise MaintainerError("This is no e-mail address.") from error
    if not is_mailable(address):
        raise MaintainerError("This is no e-mail address that can be reached from here.")
    return address


def _check_room(claim: Claim, address: str) -> None:
    if claim.user.email.lower() == address:
        raise MaintainerError("This is the owner's own address.")
    if claim.invitations.open().filter(address=address).exists():
        raise MaintainerError("This address is invited already.")
    if claim.maintainers.count() + claim.invitations.open().count() >= MOST_PEOPLE:
        raise MaintainerError(f"{MOST_PEOPLE} people look after it or are asked to already.")
    now = timezone.now()
    if claim.invitations.filter(created_at__gt=now - timedelta(days=1)).count() >= INVITATIONS_A_DAY:
        raise MaintainerError(f"{INVITATIONS_A_DAY} invitations a day; come back tomorrow.")
    # Whoever asks: an address is no one's to fill.
    asked = Invitation.objects.filter(address=address, created_at__gt=now - timedelta(days=7))
    if asked.count() >= ASKED_A_WEEK:
        raise MaintainerError("This address was asked often enough this week.")


def _ask(invitation: Invitation, *, link: str) -> None:
    artifact = invitation.claim.artifact
    name = one_line(artifact.name)
    asked = (
        f"asked to take over the claim to {name}"
        if invitation.role == Role.OWNER
        else f"asked to look after {name} as {invitation.role}"
    )
    text = (
        f"You are {asked}. Sign in with an account that has confirmed this address, and say yes or no:\n"
        f"{link}\n\n"
        f"The question stands until {invitation.expires_at:%d %B %Y}. If you know nothing of it, do nothing."
    )
    mail_about(artifact, invitation.address, what=f"you are {asked}", text=text)


def invitations_for(user: User) -> list[Invitation]:
    """Return the open invitations to addresses that an account has confirmed."""
    addresses = [
        address.lower()
        for address in EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    ]
    found = Invitation.objects.open().filter(address__in=addresses, claim__state=Claim.State.VERIFIED)
    return list(found.select_related("claim__artifact", "claim__user"))


@transaction.atomic
def answer_invitation(invitation: Invitation, *, user: User, accepts: bool) -> None:
    """Take a role, or not. Callers have checked that the invitation is this account's to answer.

    Raises:
        MaintainerError: it is over, its claim does not hold any more, or the account has a claim of its own.
    """
    found = Invitation.objects.select_for_update().select_related("claim__artifact", "claim__user")
    invitation = found.get(pk=invitation.pk)
    claim = Claim.objects.select_for_update().get(pk=invitation.claim_id)
    now = timezone.now()
    if invitation.state != Invitation.State.OPEN or invitation.expires_at <= now:
        raise MaintainerError("This invitation is over.")
    if claim.state != Claim.State.VERIFIED:
        raise MaintainerError("The claim behind this invitation no longer holds.")
    if claim.user_id == user.pk:
        raise MaintainerError("You are its owner already.")
    state = Invitation.State.ACCEPTED if accepts else Invitation.State.DECLINED
    Invitation.objects.filter(pk=invitation.pk).update(state=state, answered_at=now)
    if not accepts:
        write_down(claim, "declined", f"to be {invitation.role}", actor=user)
    elif invitation.role == Role.OWNER:
        _hand_over(claim, user)
    else:
        claim.maintainers.update_or_create(user=user, defaults={"role": invitation.role})
        write_down(claim, "joined", f"as {invitation.role}", actor=user)


def _hand_over(claim: Claim, user: User) -> None:
    """Make somebody the owner; who was it stays as an editor, until taken out."""
    others = Claim.objects.filter(artifact=claim.artifact_id, user=user).exclude(state=Claim.State.LAPSED)
    if others.exists():
        raise MaintainerError("You have a claim of your own to this artifact. Give it up first.")
    before = claim.user
    claim.maintainers.filter(user=user).delete()
    claim.user = user
    if claim.method in BY_ACCOUNT:
        # It was proved by the rights of another account: the next look asks for those of the new owner.
        claim.checked_at = timezone.now() - ACCOUNT_CHECK_EVERY
    claim.save(update_fields=["user", "checked_at"])
    claim.maintainers.create(user=before, role=Role.EDITOR)
    # Whom the owner before invited is for the new one to decide.
    claim.invitations.filter(state=Invitation.State.OPEN).update(
        state=Invitation.State.WITHDRAWN, answered_at=timezone.now()
    )
    write_down(claim, "handed over", f"{before.email} to {user.email}", actor=user)
    tell(before, claim.artifact, what="was handed over", text=f"{user.email} owns it now. You are an editor.")


@transaction.atomic
def withdraw_invitation(invitation: Invitation, *, by: User) -> None:
    """Take an invitation back; one that was answered meanwhile stays answered."""
    changed = Invitation.objects.filter(pk=invitation.pk, state=Invitation.State.OPEN).update(
        state=Invitation.State.WITHDRAWN, answered_at=timezone.now()
    )
    if changed:
        write_down(invitation.claim, "invitation withdrawn", invitation.address, actor=by)


@transaction.atomic
def remove_maintainer(maintainer: Maintainer, *, by: User) -> None:
    """Take somebody's role away, or give up one's own."""
    maintainer.delete()
    left = maintainer.user_id == by.pk
    detail = "" if left else maintainer.user.email
    write_down(maintainer.claim, "left" if left else "removed", detail, actor=by)
