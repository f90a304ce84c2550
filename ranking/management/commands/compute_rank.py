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
    """Rank every artifact and publish the snapshot; the same inputs change nothing."""

    help = "Compute the rank of every artifact. Example: manage.py compute_rank --as-of 2026-11-01"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("--as-of", type=_date, help="date for freshness (default: today, UTC)")

    def handle(self, *_args: Any, as_of: dt.date | None, **_options: Any) -> None:
        """Compute and report."""
        try:
            report = compute_rank(as_of=as_of or timezone.now().date())
        except ValueError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Rank: {report}")
