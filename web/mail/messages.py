"""The mails themselves. Text and HTML say the same; neither holds a picture nor a link that tells who clicked."""

from dataclasses import dataclass

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.urls import reverse

from catalog.models import Subscriber
from catalog.services.subscriptions import ANSWER_WITHIN
from web.mail.tokens import confirm_token, leave_token, return_mark
from web.pages.brief.page import Issue


@dataclass(frozen=True)
class Edition:
    """One week's brief as it is mailed: all but the way out is the same for everybody."""

    issue: Issue
    origin: str


def opt_in_message(subscriber: Subscriber, *, origin: str) -> EmailMultiAlternatives:
    """Return the question whether somebody really wants the brief; without an answer nothing else follows."""
    context = {
        "site_name": settings.SITE_NAME,
        "confirm_url": f"{origin}{reverse('brief-confirm', args=[confirm_token(subscriber.pk)])}",
        "days": ANSWER_WITHIN.days,
    }
    return EmailMultiAlternatives(
        f"Do you want the {settings.SITE_NAME} brief?",
        render_to_string("mail/opt_in.txt", context),
        return_address(return_mark(subscriber.pk)),
        [subscriber.address],
        headers=_sender(),
    )


def brief_message(
    subscriber: Subscriber, edition: Edition, *, connection: BaseEmailBackend | None = None
) -> EmailMultiAlternatives:
    """Return a week's brief for one reader, with the headers by which mail programs offer one click out."""
    leave_url = f"{edition.origin}{reverse('brief-leave', args=[leave_token(subscriber.pk)])}"
    context = {
        "site_name": settings.SITE_NAME,
        "issue": edition.issue,
        "origin": edition.origin,
        "leave_url": leave_url,
    }
    message = EmailMultiAlternatives(
        f"{settings.SITE_NAME} brief: {edition.issue.title}",
        render_to_string("mail/brief.txt", context),
        return_address(return_mark(subscriber.pk)),
        [subscriber.address],
        connection=connection,
        headers=one_click_headers(leave_url, name="brief", origin=edition.origin),
    )
    message.attach_alternative(render_to_string("mail/brief.html", context), "text/html")
    return message


def one_click_headers(leave_url: str, *, name: str, origin: str) -> dict[str, str]:
    """Return the headers of a mail to a list: who sends it, its name, and the way out of it."""
    return {
        **_sender(),
        # RFC 8058: one POST to this address ends it, without a question.
        "List-Unsubscribe": f"<{leave_url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "List-Id": f"<{name}.{origin.partition('://')[2].partition(':')[0]}>",
    }


def _sender() -> dict[str, str]:
    return {"From": settings.BRIEF_FROM_EMAIL, "Auto-Submitted": "auto-generated"}


def return_address(mark: str) -> str:
    """Return where the failures of a mail with this mark go; its reader sees the From header instead."""
    local, at, host = str(settings.BRIEF_BOUNCE_ADDRESS).rpartition("@")
    return f"{local}+{mark}@{host}" if at else settings.BRIEF_FROM_EMAIL
