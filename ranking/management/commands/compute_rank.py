"""``manage.py compute_rank``."""

import datetime as dt
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ranking.services.publish import compute_rank


def _date(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"--as-of needs a date such as 2026-11-01, not {text!r}") from error


class Command(BaseCommand):
    """Rank every artifact and publish the snapshot; the same inputs change nothing.

    Exits non-zero where the guard holds the snapshot back.
    """

    help = "Compute the rank of every artifact. Example: manage.py compute_rank --as-of 2026-11-01"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("--as-of", type=_date, help="date for freshness (default: today, UTC)")
        parser.add_argument(
            "--accept",
            action="store_true",
            help="publish also what the guard would hold: artifacts that vanished, unexplained jumps",
        )

    def handle(self, *_args: Any, as_of: dt.date | None, accept: bool, **_options: Any) -> None:
        """Compute and report."""
        try:
            report = compute_rank(as_of=as_of or timezone.now().date(), accept=accept)
        except ValueError as error:
            raise CommandError(str(error)) from error
        if report.outcome == "held":
            raise CommandError(
                f"{report}: {'; '.join(report.reasons)}. What was published stays. "
                "If this is right, publish it with compute_rank --accept or in the admin."
            )
        self.stdout.write(f"Rank: {report}")
