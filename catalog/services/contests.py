"""Contests: two accounts proved one artifact, both bring their evidence, and the operator decides."""

from datetime import timedelta
from typing import Final

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from catalog.models import Claim, Contest, ContestEvidence
from catalog.services.claim_records import tell, write_down

EVIDENCE_WITHIN: Final = timedelta(days=14)
# A domain is bought after it expired: whoever lost their proof in the last year is heard first.
REMEMBERED: Final = timedelta(days=365)
MOST_PIECES: Final = 10
LONGEST: Final = 4_000


class ContestError(Exception):
    """Evidence that cannot be taken, or a decision that was made before; the message says why."""


def rival_of(claim: Claim) -> Claim | None:
    """Return another's claim to the artifact that holds, or was lost because its proof went missing."""
    others = Claim.objects.filter(artifact=claim.artifact_id).exclude(user=claim.user_id)
    holding = others.verified().order_by("verified_at").first()
    since = timezone.now() - REMEMBERED
    # Whoever has begun to prove it again has not given it up.
    over = (Claim.State.LAPSED, Claim.State.REQUESTED)
    lost = others.filter(state__in=over, failing_since__gt=since)
    return holding or lost.order_by("-failing_since").first()


def open_contest(challenger: Claim, holder: Claim) -> Contest:
    """Put two claims before the operator and ask both sides for their evidence."""
    until = timezone.now() + EVIDENCE_WITHIN
    contest = Contest.objects.create(
        artifact_id=challenger.artifact_id, holder=holder, challenger=challenger, evidence_until=until
    )
    text = (
        f"Another account has proved this artifact too. The operator decides who speaks for it, not before "
        f"{until:%d %B %Y}. Until then say on the page of your claim what makes it yours: only the operator "
        "reads it."
    )
    for claim in (holder, challenger):
        write_down(claim, "contest opened", f"number {contest.pk}", actor=None)
        tell(claim.user, claim.artifact, what="is contested", text=text)
    return contest


def contest_of(claim: Claim) -> Contest | None:
    """Return the open contest that a claim is a side of."""
    sides = Contest.objects.open().filter(holder=claim) | Contest.objects.open().filter(challenger=claim)
    return sides.order_by("opened_at").first()


@transaction.atomic
def add_evidence(claim: Claim, *, author: User, text: str, url: str = "") -> ContestEvidence:
    """Add what one side has to show to the claim's open contest.

    Raises:
        ContestError: there is no such contest, nothing is said, or enough was said.
    """
    contest = contest_of(claim)
    if contest is None:
        raise ContestError("Nobody contests this claim.")
    said = text.replace("\x00", "").strip()
    if not 20 <= len(said) <= LONGEST:
        raise ContestError(f"Between 20 and {LONGEST:,} characters, please; this has {len(said):,}.")
    if contest.evidence.filter(claim=claim).count() >= MOST_PIECES:
        raise ContestError(f"You have said {MOST_PIECES} things already. The operator reads them.")
    write_down(claim, "evidence given", f"contest {contest.pk}", actor=author)
    return ContestEvidence.objects.create(contest=contest, claim=claim, author=author, text=said, url=url)


@transaction.atomic
def concede(claim: Claim, *, actor: User) -> None:
    """End a contest at its challenger's wish: the claim that was first goes on as it was.

    Raises:
        ContestError: this claim challenges none.
    """
    contest = Contest.objects.open().select_for_update().filter(challenger=claim).first()
    if contest is None:
        raise ContestError("This claim challenges none.")
    contest.outcome, contest.reason = Contest.Outcome.HOLDER, "The claim that came later was given up."
    contest.decided_at, contest.decided_by = timezone.now(), actor
    contest.save()
    claim.state, claim.token = Claim.State.LAPSED, None
    claim.save(update_fields=["state", "token"])
    write_down(claim, "given up", "contest conceded", actor=actor)
    write_down(contest.holder, "contest won", contest.reason, actor=actor)
    tell(contest.holder.user, contest.holder.artifact, what="is no longer contested", text=contest.reason)


@transaction.atomic
def decide_contest(contest: Contest, *, outcome: str, reason: str, actor: User) -> None:
    """End a contest: the claims that lose are refused, the others hold, and both sides are told why.

    Raises:
        ContestError: it was decided before, the outcome is none, or no reason is given.
    """
    found = Contest.objects.select_for_update().select_related("holder", "challenger").get(pk=contest.pk)
    if found.outcome:
        raise ContestError("This contest was decided before.")
    if outcome not in Contest.Outcome.values or not reason.strip():
        raise ContestError("Say who may speak for the artifact, and why.")
    found.outcome, found.reason = outcome, reason.strip()[:500]
    found.decided_at, found.decided_by = timezone.now(), actor
    found.save()
    sides = {Contest.Outcome.HOLDER: found.holder, Contest.Outcome.CHALLENGER: found.challenger}
    for side, claim in sides.items():
        _settle(claim, wins=outcome in (side, Contest.Outcome.BOTH), reason=found.reason, actor=actor)


def _settle(claim: Claim, *, wins: bool, reason: str, actor: User) -> None:
    """A side that wins holds again; one that had lapsed stays over until its owner proves it anew."""
    if wins and claim.state == Claim.State.CONTESTED:
        claim.state = Claim.State.VERIFIED
    elif not wins:
        claim.state, claim.token = Claim.State.REFUSED, None
    claim.save(update_fields=["state", "token"])
    action = "contest won" if wins else "contest lost"
    write_down(claim, action, reason, actor=actor)
    what = "was decided in your favour" if wins else "was decided against you"
    tell(claim.user, claim.artifact, what=what, text=f"The operator's reason: {reason}")
