"""``manage.py rescore --scorer text``: score stored observations with the scorers' present versions."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from evaluation.scorers.registry import SCORERS
from evaluation.services.rescore import rescore_runs


class Command(BaseCommand):
    """Score what readers have stored once more; needs no picture, no model and no worker."""

    help = (
        "Score stored observations with the present versions of the scorers. Old scores stay beside the new "
        "ones, under their own version. No picture is read and no model is run.\n\n"
        "example: manage.py rescore --scorer text"
    )

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        """Keep the example of the help on its own line."""
        return super().create_parser(
            prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("--scorer", help=f"one of {', '.join(SCORERS)}; default: all")

    def handle(self, *_args: Any, scorer: str | None, **_options: Any) -> None:
        """Score run by run, and say which ones must be read first."""
        if scorer is not None and scorer not in SCORERS:
            raise CommandError(f"unknown scorer {scorer!r}; there are {', '.join(SCORERS)}")
        n_runs = n_scored = 0
        for run in rescore_runs(scorer):
            n_runs += 1
            n_scored += run.n_scored
            unread = f"; {run.n_unread} pictures must be read first" if run.n_unread else ""
            if run.n_scored or unread:
                self.stdout.write(f"run {run.run_id}, {run.words}: {run.n_scored} samples scored{unread}")
        self.stdout.write(f"{n_scored} samples of {n_runs} runs scored")
