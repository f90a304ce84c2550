"""``manage.py evaluate tiny-a tiny-b --wait``: run prompt suites through the workers."""

from argparse import ArgumentParser, ArgumentTypeError, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from evaluation.console import ProgressDisplay, outcome_lines
from evaluation.dispatch import dispatch_run
from evaluation.estimates import estimate_words
from evaluation.models import Run
from evaluation.runners.base import RecipeError
from evaluation.selectors import progress_of, run_progress
from evaluation.services.estimate import estimate_run
from evaluation.services.evaluate import RequestError, plan_runs, requested_artifacts, requested_suites
from evaluation.services.export_run import ExportError, export_run
from evaluation.services.import_run import ImportRunError, import_run
from evaluation.services.score import score_run
from evaluation.suites.read import SuiteError
from evaluation.watch import watch_runs


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is not a number from 1 upwards")
    return int(text)


class Command(BaseCommand):
    """Evaluate artifacts on prompt suites through the workers; what exists already is not repeated."""

    help = (
        "Evaluate artifacts on prompt suites through the workers; what exists already is not repeated.\n\n"
        "example: manage.py evaluate tiny-a tiny-b --suite tiny-text-rendering --wait"
    )

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        """Keep the example of the help on its own line."""
        return super().create_parser(
            prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("artifacts", nargs="*", metavar="ARTIFACT", help="slug of an artifact")
        parser.add_argument(
            "--suite",
            action="append",
            default=[],
            dest="suites",
            help="slug of a suite; default: all standard suites, for demonstration models those of their own",
        )
        parser.add_argument(
            "--variant", default="", help="a declared variant of the recipes, such as quantised weights"
        )
        parser.add_argument("--limit", type=_positive, help="only the first N prompts of each suite")
        parser.add_argument(
            "--wait", action="store_true", help="stay until it is done and show how far it is"
        )
        parser.add_argument(
            "--plan",
            action="store_true",
            help="plan the samples, say what is missing and what it needs, and stop",
        )

        parser.add_argument(
            "--export", nargs=2, metavar=("RUN", "DIR"), help="write a finished run as a folder, and stop"
        )
        parser.add_argument(
            "--import", type=Path, dest="folder", metavar="DIR", help="read such a folder, and stop"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Plan, send to the workers and, if asked to, wait; or exchange a run with another site."""
        if options["export"]:
            self._export(*options["export"])
        elif options["folder"]:
            self._import(options["folder"])
        elif options["artifacts"]:
            self._evaluate(options)
        else:
            raise CommandError("name an artifact, or what to --export or to --import")

    def _export(self, run: str, folder: str) -> None:
        if not run.isdigit():
            raise CommandError(f"{run!r} is not the number of a run")
        try:
            manifest = export_run(int(run), Path(folder))
        except ExportError as error:
            raise CommandError(str(error)) from error
        n_bytes = sum(file.n_bytes for file in manifest.files.values())
        self.stdout.write(f"run {run}: {manifest.n_samples} samples, {n_bytes:,} bytes in {folder}")

    def _import(self, folder: Path) -> None:
        try:
            imported = import_run(folder)
        except ImportRunError as error:
            raise CommandError(str(error)) from error
        words = "imported" if imported.is_new else "here already, nothing changed"
        self.stdout.write(f"run {imported.run_id}: {imported.n_samples} samples {words}")
        progress = run_progress(imported.run_id)
        if progress.is_ready_to_score:
            score_run(imported.run_id)
        elif imported.is_new:
            self.stdout.write(f"{progress.n_unread} pictures wait for this site's readers")
            dispatch_run(progress)

    def _evaluate(self, options: dict[str, Any]) -> None:
        try:
            suites = requested_suites(options["suites"])
            artifacts = requested_artifacts(options["artifacts"])
            runs = plan_runs(
                artifacts,
                suites,
                limit=options["limit"],
                variant=options["variant"],
                only_own_tier=not options["suites"],
            )
        except (RequestError, RecipeError, SuiteError) as error:
            raise CommandError(str(error)) from error
        run_ids = [run.pk for run in runs]
        progress = progress_of(run_ids)
        for run, planned in zip(progress, runs, strict=True):
            missing = run.n_samples - run.n_ended
            needs = estimate_words(estimate_run(planned, n_missing=missing)) if options["plan"] else ""
            self.stdout.write(
                f"{run.artifact} on {run.suite}: {missing} of {run.n_samples} missing{needs and f'; {needs}'}"
            )
        if options["plan"]:
            return
        for run in progress:
            dispatch_run(run)
        if options["wait"]:
            self._wait(run_ids)

    def _wait(self, run_ids: list[int]) -> None:
        with ProgressDisplay(self.stdout) as display:
            progress = watch_runs(run_ids, show=display.show)
        for line in outcome_lines(run_ids):
            self.stdout.write(line)
        failed = [run for run in progress if run.state == Run.State.FAILED]
        if failed:
            raise CommandError(f"{failed[0].artifact} on {failed[0].suite}: {failed[0].reason}")
