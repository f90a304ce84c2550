"""``manage.py backup``."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.embedded.errors import EmbeddedServerError
from web.operations.backup import BackupError, back_up


class Command(BaseCommand):
    """Write the database, the stored pictures and a manifest into a new folder."""

    help = "Back the site up while it runs. Example: manage.py backup /backups/2026-11-21"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("folder", type=Path, metavar="DIR", help="a new or empty folder")

    def handle(self, *_args: Any, folder: Path, **_options: Any) -> None:
        """Back up and report."""
        try:
            report = back_up(folder)
        except (BackupError, EmbeddedServerError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Backed up {report}")
