"""The signed token by which a program says what came of a search."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.core import signing
from django.utils import timezone

VALID_FOR = dt.timedelta(days=7)
SIGNER = signing.TimestampSigner(salt="web.api.feedback")


@dataclass(frozen=True)
class Ticket:
    """One counted search and the visitor whom it counts for."""

    event_id: UUID
    visitor: str


class BadTicketError(Exception):
    """The token was not made here, was changed, or is too old."""


def sealed(ticket: Ticket) -> tuple[str, dt.datetime]:
    """Return a ticket as a token, and when it ends."""
    token = SIGNER.sign_object([ticket.event_id.hex, ticket.visitor])
    return token, timezone.now() + VALID_FOR


def opened(token: str) -> Ticket:
    """Return the ticket in a token.

    Raises:
        BadTicketError: it is none of ours, or has ended.
    """
    try:
        event_hex, visitor = SIGNER.unsign_object(token, max_age=VALID_FOR)
        return Ticket(UUID(event_hex), visitor)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise BadTicketError("The token was not made here, or is older than a week") from error
