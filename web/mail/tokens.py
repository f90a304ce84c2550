"""What stands in the links of mails and in their return address: signed, so that nobody makes one up."""

from django.core import signing
from django.utils.crypto import constant_time_compare, salted_hmac

from catalog.services.subscriptions import ANSWER_WITHIN

CONFIRM = "brief.confirm"
LEAVE = "brief.leave"
BOUNCE = "brief.bounce"
BUILDER_LEAVE = "builders.leave"
MARK_LENGTH = 20


def confirm_token(subscriber_id: int) -> str:
    """Return what confirms a subscription, for as long as a confirmation may take."""
    return signing.TimestampSigner(salt=CONFIRM).sign(str(subscriber_id))


def confirmed_id(token: str) -> int | None:
    """Return whose confirmation a token is; None where it is none, or too old."""
    try:
        return int(signing.TimestampSigner(salt=CONFIRM).unsign(token, max_age=ANSWER_WITHIN))
    except signing.BadSignature:
        return None


def leave_token(subscriber_id: int) -> str:
    """Return what ends a subscription. It never grows old: an old mail must lead out too."""
    return signing.Signer(salt=LEAVE).sign(str(subscriber_id))


def leaving_id(token: str) -> int | None:
    """Return who leaves by a token; None where it is none."""
    try:
        return int(signing.Signer(salt=LEAVE).unsign(token))
    except signing.BadSignature:
        return None


def builder_leave_token(wish_id: int) -> str:
    """Return what ends a builder's weekly mail; it never grows old either."""
    return signing.Signer(salt=BUILDER_LEAVE).sign(str(wish_id))


def builder_leaving_id(token: str) -> int | None:
    """Return whose weekly mail a token ends; None where it is none."""
    try:
        return int(signing.Signer(salt=BUILDER_LEAVE).unsign(token))
    except signing.BadSignature:
        return None


def return_mark(subscriber_id: int) -> str:
    """Return what tells in a return address whose mail came back.

    Servers may write it in capitals or small letters, and 64 characters are all that may stand before the @.
    """
    digest = salted_hmac(BOUNCE, str(subscriber_id), algorithm="sha256").hexdigest()
    return f"{subscriber_id}-{digest[:MARK_LENGTH]}"


def returned_id(mark: str) -> int | None:
    """Return whose mail came back by the mark in its return address; None where nobody's."""
    number, _, _ = mark.partition("-")
    if not number.isascii() or not number.isdigit() or len(number) > 18:
        return None
    return int(number) if constant_time_compare(mark.lower(), return_mark(int(number))) else None
