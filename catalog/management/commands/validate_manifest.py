"""``manage.py validate_manifest unfragile.yaml``."""

import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalog.manifest import MAX_BYTES, ManifestError, json_schema_text, parse_manifest


class Command(BaseCommand):
    """Check a builder's manifest."""

    help = (
        "Check a builder's manifest and name everything that is wrong with it.\n\n"
        "example: manage.py validate_manifest unfragile.yaml"
    )

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        """Keep the example of the help on its own line."""
        return super().create_parser(
            prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("path", nargs="?", help="a YAML file, or - for the standard input")
        parser.add_argument("--schema", action="store_true", help="print the JSON Schema and stop")

    def handle(self, *_args: Any, path: str | None, schema: bool, **_options: Any) -> None:
        """Check and report."""
        if schema:
            self.stdout.write(json_schema_text(), ending="")
            return
        if path is None:
            raise CommandError("name a file, or - for the standard input")
        try:
            manifest = parse_manifest(_text(path))
        except ManifestError as error:
            raise CommandError(f"{path} is no valid manifest\n{error}") from error
        count = len(manifest.capabilities)
        self.stdout.write(f"{path}: a valid manifest of {manifest.name} with {count} capabilities")


def _text(path: str) -> str:
    try:
        if path == "-":
            return sys.stdin.read(MAX_BYTES + 1)
        with Path(path).open(encoding="utf-8") as file:
            return file.read(MAX_BYTES + 1)
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{path} cannot be read: {error}") from error
