"""``manage.py report_searches``."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from matchgraph.unanswered import DAYS, LINES, unanswered


class Command(BaseCommand):
    """List what visitors searched for and nothing fitted."""

    help = (
        "List the searches without a result or with none that fits well, those of most visitors first.\n\n"
        "example: manage.py report_searches --days 7"
    )

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        """Keep the example of the help on its own line."""
        return super().create_parser(
            prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("--days", type=int, default=DAYS, help=f"default: {DAYS}")
        parser.add_argument("--limit", type=int, default=LINES, help=f"default: {LINES}")

    def handle(self, *_args: Any, days: int, limit: int, **_options: Any) -> None:
        """Print one line a search."""
        if days < 1 or limit < 1:
            raise CommandError("--days and --limit take a whole number from 1")
        rows = unanswered(days=days, limit=limit)
        self.stdout.write(f"{len(rows)} searches of the last {days} days that nothing fitted")
        for row in rows:
            self.stdout.write(
                f"{row.visitors:>6} visitors {row.searches:>6} searches  {row.outcome:<15} "
                f"{row.last_at:%Y-%m-%d}  {row.query}"
            )
