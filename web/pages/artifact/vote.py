"""The question that a visitor who came from a search is asked: did it help?"""

from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse


@dataclass(frozen=True)
class VoteForm:
    """Where the answer goes, and what was answered already."""

    path: str
    said: str


def vote_form(slug: str, *, event: str, said: str) -> VoteForm | None:
    """Return the form for who came from the search ``event``; None for everybody else.

    >>> vote_form("sdnext", event="not-a-search", said="") is None
    True
    """
    try:
        event_id = UUID(event)
    except ValueError:
        return None
    return VoteForm(reverse("vote", args=[event_id, slug]), said)
