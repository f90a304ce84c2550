"""What stands in the links of mails and in their return address: signed, so that nobody makes one up."""

import re
from enum import StrEnum
from typing import Final

from django.core import signing
from django.utils.crypto import constant_time_compare, salted_hmac

from catalog.services.subscriptions import ANSWER_WITHIN

CONFIRM = "brief.confirm"
LEAVE = "brief.leave"
BUILDER_LEAVE = "builders.leave"
MARK_LENGTH = 20
MARK = re.compile(r"(?P<mailing>b?)(?P<number>[0-9]{1,18})-[0-9a-f]{20}")


class Mailing(StrEnum):
    """Whom a mail went to; the value begins the marks of its return addresses."""

    READERS = ""
    BUILDERS = "b"


BOUNCE: Final = {Mailing.READERS: "brief.bounce", Mailing.BUILDERS: "builders.bounce"}


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


def return_mark(number: int, mailing: Mailing = Mailing.READERS) -> str:
    """Return what tells in a return address whose mail came back: a subscriber's, or a builder's by their wish.

    Servers may write it in capitals or small letters, and 64 characters are all that may stand before the @.
    """
    digest = salted_hmac(BOUNCE[mailing], str(number), algorithm="sha256").hexdigest()
    return f"{mailing}{number}-{digest[:MARK_LENGTH]}"


def returned(mark: str) -> tuple[Mailing, int] | None:
    """Return whose mail came back by the mark in its return address; None where nobody's."""
    found = MARK.fullmatch(mark.lower())
    if found is None:
        return None
    mailing, number = Mailing(found["mailing"]), int(found["number"])
    return (mailing, number) if constant_time_compare(mark.lower(), return_mark(number, mailing)) else None
