"""``manage.py check_scorers``: measure the scorers on pictures with known truth."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from evaluation.services.check import OFFLINE, SANITY_SUITES, TIERS, run_checks


class Command(BaseCommand):
    """Measure every scorer's error on its sanity suites; fail where a gate is not passed."""

    help = (
        "Measure every scorer's error on pictures with known truth, and store it. "
        "Fails where a gate is not passed.\n\nexample: manage.py check_scorers text"
    )

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        """Keep the example of the help on its own line."""
        return super().create_parser(
            prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("scorers", nargs="*", metavar="SCORER", help=", ".join(SANITY_SUITES))
        parser.add_argument(
            "--tier",
            choices=sorted(TIERS),
            default=OFFLINE,
            help="offline: what ships with the site, in minutes; full: more pictures, and the judges set up here",
        )

    def handle(self, *_args: Any, scorers: list[str], tier: str, **_options: Any) -> None:
        """Measure, print, store."""
        unknown = [name for name in scorers if name not in SANITY_SUITES]
        if unknown:
            raise CommandError(f"unknown scorer {unknown[0]!r}; there are {', '.join(SANITY_SUITES)}")
        missed = 0
        for check in run_checks(scorers, tier=tier):
            missed += not check.passed
            verdict = "pass" if check.passed else "FAIL"
            self.stdout.write(
                f"{verdict}  {check.scorer:<10} {check.sanity_suite:<14} {check.measure}: "
                f"{check.value:.3f} ({check.gate})"
            )
        if missed:
            raise CommandError(f"{missed} gate{'s' if missed > 1 else ''} not passed")
