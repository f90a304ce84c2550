"""``manage.py decompose sdnext README.md``."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalog.decompose.endpoint import DecompositionError
from catalog.models import Artifact
from catalog.services.decompose import configured_endpoint, drafts_of, keep_drafts, latest_card

MAX_FILE_BYTES = 1_000_000


class Command(BaseCommand):
    """Read draft capabilities out of a model card or README."""

    help = (
        "Read draft capabilities out of a text, or of the card that was last read from the Hub;\n"
        "they wait for approval in the admin.\n"
        "With DECOMPOSITION_URL and DECOMPOSITION_MODEL a language model reads, else a plain extractor.\n\n"
        "example: manage.py decompose sdnext README.md --source-url https://github.com/vladmandic/sdnext"
    )

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        """Keep the example of the help on its own line."""
        return super().create_parser(
            prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("slug", help="the artifact")
        parser.add_argument("card", type=Path, nargs="?", help="a Markdown file; without it, the Hub's card")
        parser.add_argument("--source-url", default="", help="where the text stands")
        parser.add_argument("--tag", action="append", default=[], help="a task tag, such as text-to-image")

    def handle(self, *_args: Any, slug: str, card: Path | None, **options: Any) -> None:
        """Read, keep and report."""
        artifact = Artifact.objects.filter(slug=slug).first()
        if artifact is None:
            raise CommandError(f"there is no artifact {slug}")
        text, url = (_text(card), options["source_url"]) if card else _read_card(artifact)
        try:
            drafts = drafts_of(text, tags=options["tag"], endpoint=configured_endpoint())
        except DecompositionError as error:
            raise CommandError(f"{slug}: {error}") from error
        n_new = keep_drafts(artifact, drafts, card=text, source_url=url)
        for reason in drafts.left_out:
            self.stdout.write(f"left out: {reason}")
        self.stdout.write(f"{slug}: {len(drafts.drafts)} drafts by {drafts.author}, {n_new} new")


def _read_card(artifact: Artifact) -> tuple[str, str]:
    """Return the text and the address of the card that a connector read last."""
    found = latest_card(artifact)
    if found is None:
        raise CommandError(f"no card of {artifact.slug} was read from the Hub yet: name a file")
    return found


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise CommandError(f"{path} is larger than {MAX_FILE_BYTES:,} bytes")
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{path} cannot be read: {error}") from error
