"""Claims: asked for, proved, proved again from time to time, given up. Every step is written down."""

import secrets
from datetime import timedelta
from typing import Final

import structlog
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from catalog.models import Artifact, Claim
from catalog.ownership.accounts import Look, look_as
from catalog.ownership.places import BY_ACCOUNT, Place, find_place, places_of
from catalog.ownership.proofs import Proof
from catalog.services.claim_records import tell, write_down
from catalog.services.contests import open_contest, rival_of
from catalog.vocabulary import LinkRel

PROVE_WITHIN: Final = timedelta(days=14)
CHECK_EVERY: Final = timedelta(days=7)
# Hugging Face ends a sign-in after some hours: asked every week, its builders would sign in every week.
ACCOUNT_CHECK_EVERY: Final = timedelta(days=90)
NOTICE: Final = timedelta(days=14)
BETWEEN_CHECKS: Final = timedelta(seconds=20)
MOST_OPEN_CLAIMS: Final = 10

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
    # The account's row orders what it begins: two clicks at once are one claim, and no more are open than may be.
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    own = Claim.objects.select_for_update().filter(artifact=artifact, user=user)
    claim = own.exclude(state=Claim.State.LAPSED).first() or own.first()
    if claim is None:
        if Claim.objects.filter(user=user, state=Claim.State.REQUESTED).count() >= MOST_OPEN_CLAIMS:
            raise ClaimError(f"Prove one of your {MOST_OPEN_CLAIMS} open claims first.")
        claim = Claim(artifact=artifact, user=user)
    elif claim.state == Claim.State.REFUSED:
        raise ClaimError("This claim was refused. Write to the operator.")
    elif claim.state in (Claim.State.VERIFIED, Claim.State.CONTESTED):
        return claim
    claim.state, claim.method = Claim.State.REQUESTED, place.method
    claim.token = secrets.token_urlsafe(24)
    claim.expires_at = timezone.now() + PROVE_WITHIN
    # Since when a proof is lost stays: beginning again must not make room for who took the place over.
    claim.checked_at = None
    claim.save()
    write_down(claim, "requested", str(place), actor=user)
    return claim


def check_claim(claim: Claim, *, actor: User | None, look: Look | None = None) -> Proof:
    """Look for the proof now and move the claim accordingly. The network is not touched inside a transaction.

    ``look`` is by default the owner's: in public, or by the rights of an account of theirs.

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
        proof = _looked(claim.token, place, look=look or look_as(claim.user))
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
    """Write down what was seen: verified or contested, failing, or lapsed after two weeks of notice."""
    # Both sides of a contest wait for the artifact's row, so that two proofs at once do not both stand.
    Artifact.objects.select_for_update().get(pk=claim.artifact_id)
    claim = Claim.objects.select_for_update().select_related("artifact", "user").get(pk=claim.pk)
    claim.checked_at = timezone.now()
    if proof.is_given and claim.state == Claim.State.REQUESTED:
        _prove(claim, proof, actor=actor)
    elif proof.is_given:
        _hold(claim, proof, actor=actor)
    elif claim.state == Claim.State.VERIFIED:
        _fail(claim, proof)
    else:
        write_down(claim, "not found", proof.said, actor=actor)
    claim.save()
    return proof


def check_due_claims(*, look: Look | None = None) -> int:
    """Look again at every verified claim whose time is over, and end those that were never proved.

    A claim that cannot be settled is logged and comes again when it is next due; those behind it are looked at.
    """
    now = timezone.now()
    _end_unproved()
    due = Q(checked_at__lt=now - CHECK_EVERY) & ~Q(method__in=BY_ACCOUNT)
    due |= Q(checked_at__lt=now - ACCOUNT_CHECK_EVERY)
    # Notice is given once; the proof is then looked for every week until it is back or the time is over.
    due |= Q(checked_at__lt=now - CHECK_EVERY, failing_since__isnull=False)
    n_checked = 0
    for claim in Claim.objects.verified().filter(due).select_related("artifact", "user"):
        try:
            check_claim(claim, actor=None, look=look)
            n_checked += 1
        except ClaimError as late_look:
            logger.info("claim not due any more", claim=claim.pk, reason=str(late_look))
        except Exception:
            logger.exception("claim not settled", claim=claim.pk)
    return n_checked


@transaction.atomic
def give_up_claim(claim: Claim, *, actor: User) -> None:
    """End a claim at its owner's wish."""
    _end(claim, Claim.State.LAPSED)
    write_down(claim, "given up", actor=actor)


@transaction.atomic
def refuse_claim(claim: Claim, *, actor: User, reason: str) -> None:
    """End a claim at the operator's decision; it cannot be begun again."""
    _end(claim, Claim.State.REFUSED)
    write_down(claim, "refused", reason, actor=actor)
    tell(claim.user, claim.artifact, what="was refused", text=f"Your claim was refused: {reason}")


def _end(claim: Claim, state: Claim.State) -> None:
    # A proof that was missing is no reason any more: this end was somebody's decision.
    claim.state, claim.token, claim.failing_since = state, None, None
    claim.save(update_fields=["state", "token", "failing_since"])


@transaction.atomic
def _end_unproved() -> None:
    late = Claim.objects.select_for_update().filter(
        state=Claim.State.REQUESTED, expires_at__lt=timezone.now()
    )
    for claim in late:
        claim.state, claim.token = Claim.State.LAPSED, None
        claim.save(update_fields=["state", "token"])
        write_down(claim, "never proved", actor=None)


def _prove(claim: Claim, proof: Proof, *, actor: User | None) -> None:
    claim.verified_at, claim.expires_at, claim.failing_since = timezone.now(), None, None
    rival = rival_of(claim)
    claim.state = Claim.State.VERIFIED if rival is None else Claim.State.CONTESTED
    write_down(claim, claim.state, proof.said, actor=actor)
    if rival is not None:
        open_contest(claim, rival)


def _hold(claim: Claim, proof: Proof, *, actor: User | None) -> None:
    if claim.failing_since is not None:
        claim.failing_since = None
        write_down(claim, "found again", proof.said, actor=actor)


def _fail(claim: Claim, proof: Proof) -> None:
    now = timezone.now()
    if claim.failing_since is None:
        claim.failing_since = now
        write_down(claim, "failing", proof.said, actor=None)
        text = f"{proof.said}\n\nThe badge stays for {NOTICE.days} days. Put the proof back before then."
        tell(claim.user, claim.artifact, what="can no longer be verified", text=text)
    elif claim.failing_since < now - NOTICE:
        claim.state = Claim.State.LAPSED
        write_down(claim, "lapsed", proof.said, actor=None)
        text = "The proof was not there for two weeks. You can claim again at any time."
        tell(claim.user, claim.artifact, what="has lapsed", text=text)
