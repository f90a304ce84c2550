"""``manage.py dump``."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from ranking.services.export import NothingToExportError
from web.export.dumps import MovedError, write_dump


class Command(BaseCommand):
    """Write today's dump of the whole site."""

    help = (
        "Write catalogue, evaluations and ranks of this moment as files under the data directory, which the "
        "API serves; the scheduler does so once a day. Example: manage.py dump --keep 7"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument(
            "--keep", type=int, default=settings.DUMPS_KEPT or 1, help="how many dumps to keep (DUMPS_KEPT)"
        )

    def handle(self, *_args: Any, keep: int, **_options: Any) -> None:
        """Write and report."""
        if keep < 1:
            raise CommandError("--keep must be at least 1")
        try:
            dump = write_dump(keep=keep)
        except (NothingToExportError, MovedError, OSError) as error:
            raise CommandError(str(error)) from error
        for name, file in sorted(dump.manifest["files"].items()):
            self.stdout.write(f"{file['lines']:>12,} lines {file['bytes']:>14,} bytes  {name}")
        self.stdout.write(f"Dump: {dump.folder}")
