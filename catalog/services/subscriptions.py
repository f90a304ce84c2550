"""Subscriptions to the weekly brief: asked for, confirmed, ended, or stopped because mail does not arrive."""

import datetime as dt
from enum import StrEnum
from typing import Final

import structlog
from django.db import transaction
from django.utils import timezone

from catalog.models import Subscriber

# Against mail bombing: an address is asked so often at most until it answers, and the whole site mails so
# many an hour. How often one network may ask is counted where the form is answered.
ASKS_PER_ADDRESS: Final = 3
BETWEEN_ASKS: Final = dt.timedelta(hours=1)
ASKS_PER_HOUR: Final = 2_000
# How long a confirmation may take; an address that never answered is forgotten then.
ANSWER_WITHIN: Final = dt.timedelta(days=3)
# So many briefs in a row that could not be delivered for a passing reason are no passing reason.
MOST_SOFT: Final = 5


class Bounce(StrEnum):
    """What a mail server says about a message that did not arrive as it should."""

    HARD = "hard"
    SOFT = "soft"
    COMPLAINT = "complaint"


# Names that mean something within one network only (RFC 6761, RFC 6762, RFC 9476 and ICANN's ``internal``).
PRIVATE_SUFFIXES: Final = frozenset({"localhost", "local", "internal", "alt", "invalid"})

logger = structlog.get_logger(__name__)


def is_mailable(address: str) -> bool:
    """Tell whether an address may be a mailbox on the internet that any mail server can write to.

    >>> [is_mailable(text) for text in ("a@example.org", "a@localhost", "a@[127.0.0.1]", "a@10.0.0.10")]
    [True, False, False, False]
    """
    local, _, host = address.rpartition("@")
    suffix = host.lower().rpartition(".")[2]
    if not local.isascii() or "." not in host or suffix.isdigit() or suffix in PRIVATE_SUFFIXES:
        return False
    try:
        return bool(host.encode("idna")) and not host.startswith("[")
    except UnicodeError:
        return False


@transaction.atomic
def ask(address: str, *, visitor: str) -> Subscriber | None:
    """Write down that an address wants the brief; return it where it is to be asked for confirmation.

    None where nothing is to be sent: it is active, stopped, was asked already, or the whole site has asked
    too many. Callers answer the same either way, so that nobody learns who is subscribed and nobody can close
    the form to others.
    """
    now = timezone.now()
    forget_unanswered()
    recent = Subscriber.objects.filter(asked_at__gt=now - dt.timedelta(hours=1))
    if recent.count() >= ASKS_PER_HOUR:
        logger.warning("confirmation not asked for", reason="the site's limit", most_an_hour=ASKS_PER_HOUR)
        return None
    found, is_new = Subscriber.objects.select_for_update().get_or_create(
        address=address.lower(), defaults={"asked_at": now, "visitor": visitor}
    )
    if is_new:
        return found
    is_early = found.asked_at > now - BETWEEN_ASKS
    if found.state != Subscriber.State.WAITING or is_early or found.n_asked >= ASKS_PER_ADDRESS:
        return None
    found.asked_at, found.visitor, found.n_asked = now, visitor, found.n_asked + 1
    found.save(update_fields=["asked_at", "visitor", "n_asked"])
    return found


def confirm(subscriber_id: int) -> bool:
    """Begin to send to an address; return whether it is active now. Confirming twice changes nothing."""
    Subscriber.objects.filter(pk=subscriber_id, state=Subscriber.State.WAITING).update(
        state=Subscriber.State.ACTIVE, confirmed_at=timezone.now(), visitor=""
    )
    return Subscriber.objects.active().filter(pk=subscriber_id).exists()


def leave(subscriber_id: int) -> None:
    """Forget an address, whatever its state; leaving twice is leaving."""
    Subscriber.objects.filter(pk=subscriber_id).delete()


def note_sent(subscriber: Subscriber, week: str) -> None:
    """Write down that a week's brief goes out; a brief that did not come back ends a row of failures."""
    if subscriber.soft_week != subscriber.sent_week:
        subscriber.n_soft = 0
    subscriber.sent_week = week
    subscriber.save(update_fields=["sent_week", "n_soft"])


@transaction.atomic
def note_bounce(subscriber_id: int, bounce: Bounce, *, reason: str) -> bool:
    """Count what came back; return whether nothing is sent to the address any more.

    Several reports about one brief count once.
    """
    found = Subscriber.objects.select_for_update().filter(pk=subscriber_id).first()
    if found is None:
        return True
    if bounce == Bounce.SOFT and found.soft_week != found.sent_week:
        found.n_soft, found.soft_week = found.n_soft + 1, found.sent_week
    is_over = bounce != Bounce.SOFT or found.n_soft >= MOST_SOFT
    if is_over and found.state != Subscriber.State.STOPPED:
        found.state, found.stopped_at = Subscriber.State.STOPPED, timezone.now()
        # What a stranger's server said: PostgreSQL keeps neither NUL nor half a surrogate pair.
        said = reason.replace("\0", "").encode("utf-8", "replace").decode()
        found.reason = f"{bounce}: {said}"[:200]
    found.save(update_fields=["n_soft", "soft_week", "state", "stopped_at", "reason"])
    return found.state == Subscriber.State.STOPPED


def forget_unanswered() -> int:
    """Delete addresses that never answered; return how many."""
    overdue = Subscriber.objects.filter(
        state=Subscriber.State.WAITING, asked_at__lt=timezone.now() - ANSWER_WITHIN
    )
    return overdue.delete()[0]
