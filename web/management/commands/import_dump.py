"""``manage.py import_dump``."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from web.export.restore import RestoreError, restore_dump


class Command(BaseCommand):
    """Put a dump into an empty site."""

    help = (
        "Put the catalogue and the published ranks of a dump into an empty site; run build_matchgraph "
        "afterwards. Example: manage.py import_dump dumps/20261121T031700000000-0a1b2c3d4e5f"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("folder", type=Path, metavar="DIR", help="a dump, with its manifest")

    def handle(self, *_args: Any, folder: Path, **_options: Any) -> None:
        """Check, write and report."""
        try:
            restored = restore_dump(folder)
        except RestoreError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Imported: {restored}")
