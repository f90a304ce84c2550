"""Claims: asked for, proved, proved again from time to time, given up. Every step is written down."""

import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Final

import structlog
from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import send_mail
from django.db import transaction
from django.utils import timezone

from catalog.models import Artifact, Claim, ClaimEvent
from catalog.ownership.places import Method, Place, find_place, places_of
from catalog.ownership.proofs import Proof, look_for
from catalog.vocabulary import LinkRel

PROVE_WITHIN: Final = timedelta(days=14)
CHECK_EVERY: Final = timedelta(days=7)
NOTICE: Final = timedelta(days=14)
BETWEEN_CHECKS: Final = timedelta(seconds=20)
MOST_OPEN_CLAIMS: Final = 10

Look = Callable[[str, Place], Proof]

logger = structlog.get_logger(__name__)


class ClaimError(Exception):
    """A claim that cannot be made or checked now; the message is for the claimant."""


def claim_places(artifact: Artifact) -> tuple[Place, ...]:
    """Return the ways in which an artifact can be proved."""
    homepage = artifact.links.filter(rel=LinkRel.HOMEPAGE).values_list("url", flat=True).first()
    return places_of(homepage=homepage or "", github_repo=artifact.github_repo, hub_id=artifact.hub_id)


@transaction.atomic
def request_claim(artifact: Artifact, *, user: User, method: str) -> Claim:
    """Begin a claim, or begin an unproved one again with a new token.

    Raises:
        ClaimError: the artifact has no such place, the claim was refused, or too many are open.
    """
    place = find_place(claim_places(artifact), method)
    if place is None:
        raise ClaimError("This artifact cannot be proved in that way.")
    claim = Claim.objects.select_for_update().filter(artifact=artifact, user=user).first()
    if claim is None:
        if Claim.objects.filter(user=user, state=Claim.State.REQUESTED).count() >= MOST_OPEN_CLAIMS:
            raise ClaimError(f"Prove one of your {MOST_OPEN_CLAIMS} open claims first.")
        claim = Claim(artifact=artifact, user=user)
    elif claim.state == Claim.State.REFUSED:
        raise ClaimError("This claim was refused. Write to the operator.")
    elif claim.state == Claim.State.VERIFIED:
        return claim
    claim.state, claim.method = Claim.State.REQUESTED, place.method
    claim.token = secrets.token_urlsafe(24)
    claim.expires_at = timezone.now() + PROVE_WITHIN
    claim.checked_at = claim.failing_since = None
    claim.save()
    _write_down(claim, "requested", str(place), actor=user)
    return claim


def check_claim(claim: Claim, *, actor: User | None, look: Look = look_for) -> Proof:
    """Look for the token now and move the claim accordingly. The network is not touched inside a transaction.

    Raises:
        ClaimError: it was looked for a moment ago, it is too late, or the place is gone.
    """
    now = timezone.now()
    if claim.state not in (Claim.State.REQUESTED, Claim.State.VERIFIED):
        raise ClaimError(f"This claim is {claim.state}.")
    if claim.state == Claim.State.REQUESTED and claim.expires_at and claim.expires_at < now:
        raise ClaimError("This token has expired. Begin the claim again.")
    # One statement decides who may look, so that a hundred clicks at once are one request to the place.
    free = Claim.objects.filter(pk=claim.pk).exclude(checked_at__gt=now - BETWEEN_CHECKS)
    if not free.update(checked_at=now):
        raise ClaimError(f"Looked a moment ago. Try again in {BETWEEN_CHECKS.seconds} seconds.")
    place = find_place(claim_places(claim.artifact), claim.method)
    if place is None or not claim.token:
        proof = Proof(is_given=False, said="The place of the proof is no longer a link of this artifact.")
    else:
        proof = _looked(claim.token, place, look=look)
    return settle_claim(claim, proof, actor=actor)


def _looked(token: str, place: Place, *, look: Look) -> Proof:
    """Look; a place that breaks the look proves nothing, or breaking it would keep a claim for ever."""
    try:
        return look(token, place)
    except Exception:
        logger.exception("claim not checked", place=str(place))
        return Proof(is_given=False, said="The place cannot be read.")


@transaction.atomic
def settle_claim(claim: Claim, proof: Proof, *, actor: User | None) -> Proof:
    """Write down what was seen: verified, or failing, or lapsed after two weeks of failing."""
    claim = Claim.objects.select_for_update().select_related("artifact", "user").get(pk=claim.pk)
    now = timezone.now()
    claim.checked_at = now
    if proof.is_given:
        if claim.state == Claim.State.REQUESTED:
            claim.state, claim.verified_at, claim.expires_at = Claim.State.VERIFIED, now, None
            _write_down(claim, "verified", proof.said, actor=actor)
        claim.failing_since = None
    elif claim.state == Claim.State.VERIFIED:
        _fail(claim, proof)
    else:
        _write_down(claim, "not found", proof.said, actor=actor)
    claim.save()
    return proof


def check_due_claims(*, look: Look = look_for) -> int:
    """Look again at every verified claim whose week is over, and end those that were never proved.

    A claim that cannot be settled is logged and comes again next week; those behind it are looked at.
    """
    now = timezone.now()
    late = Claim.objects.filter(state=Claim.State.REQUESTED, expires_at__lt=now)
    late.update(state=Claim.State.LAPSED)
    due = (
        Claim.objects.verified().exclude(method=Method.GITHUB_ADMIN).filter(checked_at__lt=now - CHECK_EVERY)
    )
    n_checked = 0
    for claim in due.select_related("artifact", "user"):
        try:
            check_claim(claim, actor=None, look=look)
            n_checked += 1
        except ClaimError as late_look:
            logger.info("claim not due any more", claim=claim.pk, reason=str(late_look))
        except Exception:
            logger.exception("claim not settled", claim=claim.pk)
    return n_checked


def give_up_claim(claim: Claim, *, actor: User) -> None:
    """End a claim at its owner's wish."""
    claim.state, claim.token = Claim.State.LAPSED, None
    claim.save(update_fields=["state", "token"])
    _write_down(claim, "given up", "", actor=actor)


def refuse_claim(claim: Claim, *, actor: User, reason: str) -> None:
    """End a claim at the operator's decision; it cannot be begun again."""
    claim.state, claim.token = Claim.State.REFUSED, None
    claim.save(update_fields=["state", "token"])
    _write_down(claim, "refused", reason, actor=actor)
    _tell(claim, "was refused", f"Your claim was refused: {reason}")


def _fail(claim: Claim, proof: Proof) -> None:
    now = timezone.now()
    if claim.failing_since is None:
        claim.failing_since = now
        _write_down(claim, "failing", proof.said, actor=None)
        _tell(
            claim,
            "can no longer be verified",
            f"{proof.said}\n\nThe badge stays for {NOTICE.days} days. Put the token back before then.",
        )
    elif claim.failing_since < now - NOTICE:
        claim.state = Claim.State.LAPSED
        _write_down(claim, "lapsed", proof.said, actor=None)
        _tell(claim, "has lapsed", "The proof was not there for two weeks. You can claim again at any time.")


def _tell(claim: Claim, what: str, text: str) -> None:
    # A name from outside may hold a line break, which would begin another header.
    name = " ".join(claim.artifact.name.split())
    address = claim.user.email
    if address:
        send_mail(
            f"{settings.SITE_NAME}: your claim to {name} {what}", text, None, [address], fail_silently=True
        )


def _write_down(claim: Claim, action: str, detail: str, *, actor: User | None) -> None:
    ClaimEvent.objects.create(claim=claim, action=action, detail=detail[:500], actor=actor)
