"""``manage.py export``."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ranking.services.export import NothingToExportError, export_ranks


class Command(BaseCommand):
    """Write the published rank with all that is needed to recompute it."""

    help = (
        "Write formula, inputs, ranks and a manifest into a folder. Example: manage.py export export/ "
        "&& python -m ranking.compute verify export/"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("folder", type=Path, metavar="DIR", help="where to write; made if it is missing")

    def handle(self, *_args: Any, folder: Path, **_options: Any) -> None:
        """Export and report."""
        try:
            report = export_ranks(folder)
        except (NothingToExportError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Export: {report}")
