"""The page object of everything under ``/brief/`` that has to do with mail."""

from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings
from django.urls import reverse

from web.pages.meta import Crumb, Meta


class Step(StrEnum):
    """Where somebody stands between asking for the brief and leaving it."""

    ASK = "ask"
    SENT = "sent"
    CONFIRM = "confirm"
    ACTIVE = "active"
    TOO_LATE = "too-late"
    LEAVE = "leave"
    LEFT = "left"
    UNKNOWN = "unknown"


# What the page says, and what its button does where it has one.
WORDS = {
    Step.ASK: ("The brief by e-mail", "What changed, once a week. You confirm your address first.", ""),
    Step.SENT: (
        "Look into your mailbox",
        (
            "Where the address can get the brief, a mail with a link is on its way. Nothing is sent before you "
            "follow it. It may take some minutes; look among the unwanted mail too."
        ),
        "",
    ),
    Step.CONFIRM: ("One more click", "Confirm that you want the weekly brief.", "Yes, send it"),
    Step.ACTIVE: ("You get the brief", "The next one comes on Monday. Each has a link to leave.", ""),
    Step.TOO_LATE: ("This link does not work any more", "It worked for three days. Ask again.", ""),
    Step.LEAVE: ("Leave the brief?", "Your address is deleted at once.", "Leave"),
    Step.LEFT: ("You have left", "Your address is deleted. Nothing more is sent to it.", ""),
    Step.UNKNOWN: ("This link is not whole", "Copy it from the mail again, to its end.", ""),
}


@dataclass(frozen=True)
class SubscriptionPage:
    """One step."""

    meta: Meta
    title: str
    words: str
    button: str
    path: str
    has_form: bool
    written: str
    error: str


def subscription_page(step: Step, *, path: str, written: str, error: str) -> SubscriptionPage:
    """Return the page of a step; ``path`` is where its button leads."""
    title, words, button = WORDS[step]
    return SubscriptionPage(
        meta=Meta(
            title=f"{title} ({settings.SITE_NAME} brief)",
            description=words,
            path=reverse("brief-subscribe"),
            crumbs=(Crumb("Brief", reverse("brief")), Crumb(title, reverse("brief-subscribe"))),
            is_indexable=False,
        ),
        title=title,
        words=words,
        button=button,
        path=path,
        has_form=step in {Step.ASK, Step.TOO_LATE},
        written=written,
        error=error,
    )
