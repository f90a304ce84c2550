"""``manage.py read_bounces``."""

import mailbox
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import structlog
from django.core.management.base import BaseCommand, CommandError

from catalog.services.dashboard_mail import note_builder_bounce
from catalog.services.subscriptions import note_bounce
from web.mail.bounces import MAX_BYTES, Report, UnreadableMailError, read_report
from web.mail.tokens import Mailing

logger = structlog.get_logger(__name__)


class Command(BaseCommand):
    """Read mails that came back, and stop sending where they say that nothing arrives."""

    help = (
        "Read what came back to BRIEF_BOUNCE_ADDRESS: a Maildir folder, an mbox file, or one mail from "
        "standard input (-), as a mail server's alias pipes it. Example: manage.py read_bounces /var/mail/bounces"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("source", metavar="PATH", help="a Maildir, an mbox, or - for one mail")

    def handle(self, *_args: Any, source: str, **_options: Any) -> None:
        """Read and report. Nothing is deleted; reading the same mail again stops nobody else."""
        n_read = n_known = n_stopped = n_unreadable = 0
        for raw in _mails(source):
            n_read += 1
            try:
                report = read_report(raw)
            except UnreadableMailError as error:
                # What one mail holds must not keep the reports behind it from being read.
                n_unreadable += 1
                logger.warning("returned mail not readable", place=n_read, reason=str(error))
                continue
            if report is not None:
                n_known += 1
                n_stopped += _noted(report)
        self.stdout.write(
            f"{n_read} read, {n_known} about mails of ours, {n_stopped} of them to stopped addresses."
            + (f" {n_unreadable} could not be taken apart; the log says why." if n_unreadable else "")
        )


def _noted(report: Report) -> bool:
    """Count a report; return whether nothing is sent to the address any more."""
    if report.mailing == Mailing.BUILDERS:
        return note_builder_bounce(report.number, report.bounce)
    return note_bounce(report.number, report.bounce, reason=report.reason)


def _mails(source: str) -> Iterator[bytes]:
    if source == "-":
        yield sys.stdin.buffer.read(MAX_BYTES)
        return
    path = Path(source)
    if not path.exists():
        raise CommandError(f"{path} does not exist")
    box: mailbox.Mailbox[Any] = (
        mailbox.Maildir(path, create=False) if path.is_dir() else mailbox.mbox(path, create=False)
    )
    try:
        for key in box.iterkeys():
            yield box.get_bytes(key)
    except (OSError, mailbox.Error) as error:
        raise CommandError(f"{path} cannot be read as a mailbox: {error}") from error
    finally:
        box.close()
