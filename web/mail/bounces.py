"""Reading mails that came back: RFC 3464 reports of delivery and RFC 5965 reports of complaint."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message

from catalog.services.subscriptions import Bounce
from web.mail.tokens import Mailing, returned

# A report that is longer holds somebody's attachment, not more about the delivery.
MAX_BYTES = 200_000
# Every level of nesting and every part says its type, and each line is held against each level.
MAX_LINES = 5_000
MAX_PARTS = 50
PART = re.compile(rb"(?:\A|[\r\n])content-type:", re.IGNORECASE)
MAX_HEADER_CHARS = 2_000
MARK = re.compile(r"\+(b?[0-9]{1,18}-[0-9a-f]{20})@", re.IGNORECASE)
TO_HEADERS = ("Delivered-To", "X-Original-To", "Envelope-To", "To")
STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
# The mailbox is full: that passes.
FULL = "5.2.2"


class UnreadableMailError(Exception):
    """A mail that cannot be taken apart; the message says what went wrong."""


@dataclass(frozen=True)
class Report:
    """Whose mail came back, how, and in the reporting server's words; ``number`` is a subscriber's or a wish's."""

    mailing: Mailing
    number: int
    bounce: Bounce
    reason: str


def read_report(raw: bytes) -> Report | None:
    """Return what a mail to the return address reports; None where it is no report about a mail of ours.

    Only the signed mark in the return address says whose it is: what the report itself claims can be made
    up by anybody.

    Raises:
        UnreadableMailError: the mail has too many parts, or breaks what reads it.
    """
    raw = b"".join(raw[:MAX_BYTES].splitlines(keepends=True)[:MAX_LINES])
    if len(PART.findall(raw)) > MAX_PARTS:
        raise UnreadableMailError(f"more than {MAX_PARTS} parts")
    try:
        return _read(raw)
    except Exception as error:
        # Anybody can write to the return address, and the library that reads mails fails in many ways.
        raise UnreadableMailError(f"{type(error).__name__}: {error}"[:200]) from error


def _read(raw: bytes) -> Report | None:
    # The newer policies read address lists by a grammar that fails, or takes seconds, on hostile ones.
    message = message_from_bytes(raw, policy=policy.compat32)
    whose = _marked(message)
    if whose is None:
        return None
    for part in message.walk():
        if part.get_content_type() == "message/feedback-report":
            return Report(*whose, Bounce.COMPLAINT, "the reader called it unwanted")
        if part.get_content_type() == "message/delivery-status":
            return _delivery(whose, part)
    return None


def _marked(message: Message) -> tuple[Mailing, int] | None:
    for name in TO_HEADERS:
        for value in message.get_all(name, []):
            if found := MARK.search(_text(value)):
                return returned(found[1])
    return None


def _text(value: object) -> str:
    return str(value)[:MAX_HEADER_CHARS]


def _delivery(whose: tuple[Mailing, int], part: Message) -> Report | None:
    """Return the report of the first recipient that was given up; a delay is none, the server still tries."""
    for block in _blocks(part):
        action = _text(block.get("Action", "")).strip().lower()
        found = STATUS.search(_text(block.get("Status", "")))
        if action != "failed" or found is None:
            continue
        said = " ".join(_text(block.get("Diagnostic-Code", "")).split()) or found[0]
        is_soft = found[1] == "4" or found[0] == FULL
        return Report(*whose, Bounce.SOFT if is_soft else Bounce.HARD, said)
    return None


def _blocks(part: Message) -> Iterator[Message]:
    payload = part.get_payload()
    if isinstance(payload, list):
        yield from (block for block in payload if isinstance(block, Message))
