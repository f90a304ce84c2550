"""What is written down of claims, and what their people are told."""

import datetime as dt
from collections.abc import Iterable
from typing import Final

import structlog
from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import send_mail
from django.utils import timezone

from catalog.models import Artifact, Claim, ClaimEvent

DETAIL: Final = 500
ATTEMPT: Final = "attempt refused"
# One line a day for what one account keeps trying: nobody fills another's record.
ATTEMPT_EVERY: Final = dt.timedelta(days=1)

logger = structlog.get_logger(__name__)


def write_down(claim: Claim, action: str, detail: str = "", *, actor: User | None) -> None:
    """Add a line to a claim's record; ``actor`` is None where the site itself acted."""
    ClaimEvent.objects.create(claim=claim, action=action, detail=detail[:DETAIL], actor=actor)


def note_attempt(claims: Iterable[Claim], *, actor: User, what: str) -> None:
    """Log that an account tried what it has no right to, and write it down with the claims that it was aimed at."""
    since = timezone.now() - ATTEMPT_EVERY
    for claim in claims:
        logger.warning(ATTEMPT, claim=claim.pk, actor=actor.pk, what=what)
        if not claim.events.filter(action=ATTEMPT, actor=actor, detail=what, at__gt=since).exists():
            write_down(claim, ATTEMPT, what, actor=actor)


def tell(user: User, artifact: Artifact, *, what: str, text: str) -> None:
    """Write to somebody about their claim."""
    if user.email:
        mail_about(artifact, user.email, what=f"your claim to {one_line(artifact.name)} {what}", text=text)


def mail_about(artifact: Artifact, address: str, *, what: str, text: str) -> None:
    """Send a plain mail; one that cannot be sent is logged and stops nothing."""
    try:
        send_mail(f"{settings.SITE_NAME}: {what}", text, None, [address])
    except OSError as error:
        logger.warning(
            "mail not sent", artifact=artifact.slug, reason=f"{type(error).__name__}: {error}"[:200]
        )


def one_line(name: str) -> str:
    r"""Return a name from outside without line breaks, which would begin another header in a mail.

    >>> one_line("Painter\r\nBcc: a@example.org")
    'Painter Bcc: a@example.org'
    """
    return " ".join(name.split())
