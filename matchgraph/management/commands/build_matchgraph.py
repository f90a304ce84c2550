"""``manage.py build_matchgraph``."""

from argparse import RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from matchgraph.embedders.configured import ensured_embedder
from matchgraph.embedders.export_minilm import ExportError
from matchgraph.services.build import build_matchgraph


class Command(BaseCommand):
    """Bring vectors, intents, edges, overlaps and the search index up to date with the catalogue."""

    help = (
        "Build the match graph from the catalogue; only what changed is made anew.\n\n"
        "example: manage.py build_matchgraph"
    )

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        """Keep the example of the help on its own line."""
        return super().create_parser(
            prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs
        )

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Build and report."""
        try:
            embedder = ensured_embedder()
        except ExportError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Match graph: {build_matchgraph(embedder)}")
