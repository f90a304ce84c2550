"""``manage.py restore``."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.embedded.errors import EmbeddedServerError
from ranking.compute.verify import VerificationError
from web.operations.backup import BackupError, restore


class Command(BaseCommand):
    """Fill an empty database and storage from a backup, and check every picture and every rank."""

    help = (
        "Restore a backup into an empty database; run `manage.py migrate` afterwards where the program is "
        "newer than the backup. Example: manage.py restore /backups/2026-11-21"
    )
    # The checks of the models need tables, which are not there yet.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("folder", type=Path, metavar="DIR", help="what `manage.py backup DIR` wrote")

    def handle(self, *_args: Any, folder: Path, **_options: Any) -> None:
        """Restore and report."""
        try:
            report = restore(folder)
        except (BackupError, EmbeddedServerError, VerificationError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Restored and verified {report}")
