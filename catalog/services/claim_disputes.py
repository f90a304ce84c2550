"""Disputes about who the builder is: the claim's people are told and heard before the operator answers."""

from datetime import timedelta
from typing import Final

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from catalog.models import Claim, Dispute
from catalog.services.claim_records import tell, write_down

DISPUTED: Final = "disputed"
# Anybody may dispute; nobody may fill a builder's mailbox by it.
MAIL_EVERY: Final = timedelta(days=1)


class ReplyError(Exception):
    """A reply that cannot be taken; the message says why."""


def tell_holders(dispute: Dispute) -> None:
    """Ask those who hold the artifact for their side of a dispute about who its builder is; others need none."""
    if dispute.subject != Dispute.Subject.CLAIM:
        return
    text = (
        f"Somebody says that it is not yours:\n\n{dispute.statement}\n\nSay what you have to say to it on the page "
        "of your claim. The operator reads both and answers in public."
    )
    since = timezone.now() - MAIL_EVERY
    holding = Claim.objects.verified().filter(artifact=dispute.artifact_id)
    for claim in holding.select_related("artifact", "user"):
        was_told = claim.events.filter(action=DISPUTED, at__gt=since).exists()
        write_down(claim, DISPUTED, f"dispute {dispute.pk}", actor=None)
        if not was_told:
            tell(claim.user, claim.artifact, what="is disputed", text=text)


def disputes_against(claim: Claim) -> list[Dispute]:
    """Return the open disputes about who the builder is, oldest first."""
    found = Dispute.objects.filter(
        artifact=claim.artifact_id, subject=Dispute.Subject.CLAIM, state=Dispute.State.OPEN
    )
    return list(found.order_by("created_at"))


@transaction.atomic
def reply_to_dispute(claim: Claim, *, dispute_id: int, author: User, text: str) -> None:
    """Write down what the builder says to a dispute; said again, it replaces what was said.

    Raises:
        ReplyError: the claim does not hold, there is no such open dispute, or nothing is said.
    """
    said = text.replace("\x00", "").strip()
    if claim.state != Claim.State.VERIFIED:
        raise ReplyError("Only a verified claim has a say in it.")
    if not 20 <= len(said) <= 2_000:
        raise ReplyError(f"Between 20 and 2,000 characters, please; this has {len(said):,}.")
    dispute = next((each for each in disputes_against(claim) if each.pk == dispute_id), None)
    if dispute is None:
        raise ReplyError("This dispute was answered already.")
    dispute.reply = said
    dispute.save(update_fields=["reply"])
    write_down(claim, "replied", f"dispute {dispute.pk}", actor=author)
