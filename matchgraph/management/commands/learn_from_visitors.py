"""``manage.py learn_from_visitors``."""

import datetime as dt
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand
from django.db.models import Sum
from django.utils import timezone

from matchgraph.models import Discard
from matchgraph.services.learning import learn_from_visitors

DAYS = 30


class Command(BaseCommand):
    """Learn from visitors now, and say what counted, what did not, and why."""

    help = (
        "Learn from what visitors did, and report what did not count.\n\n"
        "example: manage.py learn_from_visitors --days 7"
    )

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        """Keep the example of the help on its own line."""
        return super().create_parser(
            prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("--days", type=int, default=DAYS, help=f"days to report on ({DAYS})")

    def handle(self, *_args: Any, days: int, **_options: Any) -> None:
        """Learn and print."""
        self.stdout.write(str(learn_from_visitors()))
        since = timezone.now().date() - dt.timedelta(days=days)
        rows = (
            Discard.objects.filter(day__gte=since)
            .order_by()
            .values("reason", "artifact__slug")
            .annotate(n=Sum("count"))
            .order_by("reason", "-n", "artifact__slug")
        )
        if not rows:
            self.stdout.write(f"Nothing was discarded since {since}.")
        for row in rows:
            label = Discard.Reason(row["reason"]).label
            self.stdout.write(f"{row['n']:>8}  {row['artifact__slug'] or '-'}: {label}")
