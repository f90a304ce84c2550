"""``manage.py load_catalogue data/catalog``."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from catalog.seed.read import CatalogueError
from catalog.services.load import load_catalogue


class Command(BaseCommand):
    """Load catalogue files; all of them or, where anything is wrong, none."""

    help = "Load the seed catalogue from YAML.\n\nexample: manage.py load_catalogue data/catalog"

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        """Keep the example of the help on its own line."""
        return super().create_parser(
            prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("paths", nargs="*", type=Path, help="catalogue folders or artifact files")

    def handle(self, *_args: Any, paths: list[Path], **_options: Any) -> None:
        """Load and report."""
        try:
            report = load_catalogue(paths or [settings.CATALOGUE_DIR])
        except CatalogueError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Catalogue: {report}")
