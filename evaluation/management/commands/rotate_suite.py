"""``manage.py rotate_suite text-rendering --label 2027.1``: load or retire a suite's rotating split."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from evaluation.services.rotation import load_rotation, retire_rotation
from evaluation.suites.read import SuiteError
from evaluation.suites.rotation import RotationError


class Command(BaseCommand):
    """Write a suite's rotating split from SUITES_SECRET and load it, or retire one, which publishes it."""

    help = (
        "Write a suite's rotating split from SUITES_SECRET and load it; or retire one, which publishes it.\n\n"
        "example: manage.py rotate_suite text-rendering --label 2027.1\n"
        "         manage.py rotate_suite text-rendering --label 2027.1 --retire --write retired/"
    )

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        """Keep the example of the help on its own line."""
        return super().create_parser(
            prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("suite", help="slug of the public suite")
        parser.add_argument("--label", required=True, help="which split, for example 2027.1")
        parser.add_argument(
            "--retire", action="store_true", help="publish the split and run nothing new on it"
        )
        parser.add_argument(
            "--write", type=Path, metavar="DIR", help="with --retire: write its prompts there"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Load or retire, and report."""
        slug, label = options["suite"], options["label"]
        try:
            if options["retire"]:
                split = retire_rotation(slug, label=label, folder=options["write"])
                self.stdout.write(f"{split} is public now; digest {split.digest}")
            else:
                self.stdout.write(f"Suites: {load_rotation(slug, label=label)}")
        except (RotationError, SuiteError, OSError) as error:
            raise CommandError(str(error)) from error
