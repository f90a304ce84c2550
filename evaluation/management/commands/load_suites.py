"""``manage.py load_suites data/suites``: load prompt suites."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from evaluation.services.suites import load_suites
from evaluation.suites.read import SuiteError


class Command(BaseCommand):
    """Load prompt suites; all of them or, where anything is wrong, none."""

    help = "Load prompt suites.\n\nexample: manage.py load_suites data/suites"

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        """Keep the example of the help on its own line."""
        return super().create_parser(
            prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("path", nargs="?", type=Path, help="one suite's folder, or a folder of suites")

    def handle(self, *_args: Any, path: Path | None, **_options: Any) -> None:
        """Load and report."""
        try:
            report = load_suites(path or settings.SUITES_DIR)
        except SuiteError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Suites: {report}")
