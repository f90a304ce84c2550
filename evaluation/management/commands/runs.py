"""``manage.py runs``: list evaluation runs, cancel them, retry what failed."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from evaluation.dispatch import dispatch_run
from evaluation.models import Run
from evaluation.selectors import progress_of, run_progress
from evaluation.services.runs import cancel_run, retry_run

LISTED = 50


class Command(BaseCommand):
    """List runs, cancel them, or open them again for what failed."""

    help = (
        f"Without an action, list the last {LISTED} runs. `cancel` stops runs and keeps what they have; `retry` "
        "plans failed and timed-out samples anew and goes on with what was stopped.\n\n"
        "example: manage.py runs retry 3"
    )

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        """Keep the example of the help on its own line."""
        return super().create_parser(
            prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("action", nargs="?", choices=("list", "cancel", "retry"), default="list")
        parser.add_argument("runs", nargs="*", type=int, metavar="RUN", help="number of a run")

    def handle(self, *_args: Any, action: str, runs: list[int], **_options: Any) -> None:
        """List, cancel or retry."""
        known = Run.objects.in_bulk(runs)
        unknown = [run_id for run_id in runs if run_id not in known]
        if unknown:
            raise CommandError(f"no run {unknown[0]}")
        if action == "list":
            self._list(runs or list(Run.objects.values_list("pk", flat=True)[:LISTED]))
            return
        if not runs:
            raise CommandError(f"name the runs to {action}")
        for run_id in runs:
            self._act(action, run_id)

    def _list(self, runs: list[int]) -> None:
        for run in progress_of(runs):
            done = f"{run.n_ended} of {run.n_samples}"
            self.stdout.write(f"{run.run_id:>6}  {run.state:<9}  {done:>15}  {run.artifact} on {run.suite}")

    def _act(self, action: str, run_id: int) -> None:
        if action == "cancel":
            is_done = cancel_run(run_id, reason="Cancelled by command.")
            self.stdout.write(f"run {run_id}: {'cancelled' if is_done else 'is over already'}")
            return
        n_planned = retry_run(run_id)
        dispatch_run(run_progress(run_id))
        self.stdout.write(f"run {run_id}: {n_planned} samples planned")
