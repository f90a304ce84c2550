"""Sending: one reader at a time, each written down with the mail, so that a week reaches nobody twice."""

import smtplib
from dataclasses import dataclass

import structlog
from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction

from catalog.models import Subscriber
from catalog.services.subscriptions import Bounce, forget_unanswered, note_bounce, note_sent
from web.mail.bounces import FULL
from web.mail.messages import Edition, brief_message, opt_in_message
from web.pages.brief.page import issue_of
from web.pages.brief.week import Week

logger = structlog.get_logger(__name__)

# What a server or the writing of a message may say against one message, while the connection goes on.
REFUSED = (
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPDataError,
    smtplib.SMTPNotSupportedError,
    UnicodeError,
    ValueError,
)
# The server closes the connection (RFC 5321, 4.2.1): that says nothing of the recipient.
CLOSING = 421


class NoAddressError(Exception):
    """Links in mails need the site's public address, and none is set."""


@dataclass(frozen=True)
class Sent:
    """What became of sending a week's brief."""

    n_sent: int
    n_refused: int
    n_left: int
    has_news: bool = True


def public_origin() -> str:
    """Return the scheme and host that mails link to.

    Raises:
        NoAddressError: ``SITE_URL`` is not set.
    """
    if not settings.SITE_URL:
        raise NoAddressError("SITE_URL is not set: it says where the links in mails lead.")
    return str(settings.SITE_URL).rstrip("/")


def send_opt_in(subscriber_id: int, *, origin: str) -> None:
    """Ask an address for its confirmation; one that has answered or gone meanwhile is not asked."""
    waiting = Subscriber.objects.filter(pk=subscriber_id, state=Subscriber.State.WAITING).first()
    if waiting is not None:
        try:
            opt_in_message(waiting, origin=origin).send()
        except REFUSED as refusal:
            _note_refusal(waiting, refusal)


def send_week(week: Week, *, most: int) -> Sent:
    """Send a week's brief to up to ``most`` readers who have not got it; a week without news is not sent.

    Raises:
        NoAddressError: the site's public address is not set.
    """
    forget_unanswered()
    edition = Edition(issue_of(week), public_origin())
    if not edition.issue.changes:
        return Sent(0, 0, 0, has_news=False)
    waiting = list(Subscriber.objects.without(week.name).values_list("pk", flat=True)[:most])
    done = []
    if waiting:
        with get_connection() as connection:
            done = [_send_one(pk, edition, connection) for pk in waiting]
    sent = Sent(done.count(True), done.count(False), Subscriber.objects.without(week.name).count())
    logger.info("brief sent", week=week.name, sent=sent.n_sent, refused=sent.n_refused, left=sent.n_left)
    return sent


@transaction.atomic
def _send_one(subscriber_id: int, edition: Edition, connection: BaseEmailBackend) -> bool | None:
    """Send to one reader; None where another process does or did, or the reader left."""
    week = edition.issue.week.name
    rows = Subscriber.objects.without(week).select_for_update(skip_locked=True)
    found = rows.filter(pk=subscriber_id).first()
    if found is None:
        return None
    note_sent(found, week)
    try:
        brief_message(found, edition, connection=connection).send()
    except REFUSED as refusal:
        _note_refusal(found, refusal)
        return False
    return True


def _note_refusal(subscriber: Subscriber, refusal: Exception) -> None:
    """Count a refusal against its reader, so that the readers behind get their mail; a lost connection is none."""
    bounce, reason = bounce_of(refusal)
    logger.warning("mail refused", subscriber=subscriber.pk, bounce=bounce.value, reason=reason[:200])
    note_bounce(subscriber.pk, bounce, reason=reason)


def bounce_of(refusal: Exception) -> tuple[Bounce, str]:
    """Return what a refusal means for whom it is about, and the server's words; a full mailbox passes.

    Raises:
        Exception: the refusal itself, where the server closes and it says nothing of the recipient.
    """
    code, said = _answer(refusal)
    if code == CLOSING:
        raise refusal
    is_hard = isinstance(refusal, smtplib.SMTPRecipientsRefused) and 500 <= code < 600
    return Bounce.HARD if is_hard and not said.startswith(FULL) else Bounce.SOFT, f"{code} {said}"


def _answer(refusal: Exception) -> tuple[int, str]:
    """Return code and words of a refusal; 0 where no server was asked."""
    if isinstance(refusal, smtplib.SMTPRecipientsRefused):
        code, said = next(iter(refusal.recipients.values()))
        return code, _words(said)
    if isinstance(refusal, smtplib.SMTPResponseException):
        return refusal.smtp_code, _words(refusal.smtp_error)
    return 0, f"{type(refusal).__name__}: {refusal}"


def _words(said: bytes | str) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else said
