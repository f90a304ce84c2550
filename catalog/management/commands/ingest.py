"""``manage.py ingest huggingface``."""

import datetime as dt
from argparse import ArgumentParser, ArgumentTypeError, RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalog.models import IngestRun
from catalog.services.ingest import Options, ingest_source
from catalog.services.ingest_runs import IngestBusyError
from catalog.sources.base import Source


class Command(BaseCommand):
    """Read a source into the catalogue."""

    help = (
        "Read an outside source: facts, counts and prices of artifacts that are in the catalogue.\n"
        "A run that was killed, paused or failed is continued.\n\n"
        "example: manage.py ingest huggingface --since 2026-11-01 --dry-run"
    )

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        """Keep the example of the help on its own line."""
        return super().create_parser(
            prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("source", choices=[source.value for source in Source])
        parser.add_argument("--since", type=dt.date.fromisoformat, help="only what changed since YYYY-MM-DD")
        parser.add_argument("--dry-run", action="store_true", help="print what would change, write nothing")
        parser.add_argument("--limit", type=_positive, help="stop after so many records")

    def handle(self, *_args: Any, source: str, **options: Any) -> None:
        """Read and report."""
        wanted = Options(options["since"], options["limit"], is_dry_run=options["dry_run"])
        try:
            report = ingest_source(Source(source), wanted, on_progress=self._show)
        except IngestBusyError as error:
            raise CommandError(str(error)) from error
        for change in report.changes:
            self.stdout.write(change)
        self.stdout.write(f"{source}: {report}")
        if report.run.state == IngestRun.State.FAILED:
            raise CommandError(f"{source} failed: {report.run.error}")
        if report.run.state == IngestRun.State.PAUSED:
            self.stdout.write(f"{source} paused, the next run goes on: {report.run.error}")

    def _show(self, run: IngestRun) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{run.record_count:,} records, {run.refusal_count:,} refused", ending="")


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) == 0:
        raise ArgumentTypeError("a whole number above 0 is needed")
    return int(text)
