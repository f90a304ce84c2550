"""``manage.py evaluate_search``."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from matchgraph.models import Generation
from matchgraph.search.graded import Half, read_intents, read_pool
from matchgraph.search.trial import (
    HYBRID,
    MEASURES,
    METHODS,
    SINGLE,
    MethodScore,
    above,
    evaluate_method,
    evaluate_weakness,
)

FILES = ("intents.yaml", "needs.yaml", "pool.txt")


class Command(BaseCommand):
    """Measure search against graded answers: each retriever alone, both, and both with feedback."""

    help = "Measure search on intents with graded answers.\n\nexample: manage.py evaluate_search --half test"

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        """Keep the example of the help on its own line."""
        return super().create_parser(
            prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("--folder", type=Path, default=settings.BASE_DIR / "data/search")
        parser.add_argument("--half", choices=[half.value for half in Half], help="default: both")

    def handle(self, *_args: Any, folder: Path, half: str | None, **_options: Any) -> None:
        """Measure and print."""
        for name in FILES:
            if not (folder / name).is_file():
                raise CommandError(f"{folder / name} is not there")
        if not Generation.objects.filter(is_current=True).exists():
            raise CommandError("There is no match graph yet: run manage.py build_matchgraph")
        intents = [intent for intent in read_intents(folder) if half in (None, intent.half)]
        pool = read_pool(folder)
        scores = [evaluate_method(method, intents, pool=pool) for method in METHODS]
        families = len(set(scores[0].families))
        self.stdout.write(
            f"{len(scores[0].intents)} intents with answers, of {families} families; means with 95 % "
            "intervals over families"
        )
        self._print_rows(scores)
        self._print_gains(scores)
        for kind in sorted({intent.type for intent in scores[0].intents}):
            parts = [score.of_type(kind) for score in scores]
            self.stdout.write(f"\ntype {kind}: {len(parts[0].intents)} intents")
            self._print_rows(parts)
        weak = evaluate_weakness(intents)
        self.stdout.write(
            f"\nNothing fits: said for {weak.said_rightly} of {weak.n_without_answers} intents without "
            f"answers and {weak.said_wrongly} of {weak.n_with_answers} with some"
        )

    def _print_rows(self, scores: Sequence[MethodScore]) -> None:
        self.stdout.write("".join(f"{name:>24}" for name in ["method", *MEASURES]))
        for score in scores:
            cells = [score.interval(measure) for measure in MEASURES]
            self.stdout.write(
                f"{score.method:>24}"
                + "".join(f"{f'{c.mean:.3f} ({c.low:.3f}-{c.high:.3f})':>24}" for c in cells)
            )

    def _print_gains(self, scores: Sequence[MethodScore]) -> None:
        """Print by how much search is better than each retriever alone, at Holm's levels."""
        by_name = {score.method: score for score in scores}
        singles = [by_name[name] for name in SINGLE]
        gains = {measure: above(by_name[HYBRID], singles, measure) for measure in MEASURES}
        for place, name in enumerate(SINGLE):
            cells = [gains[measure][place] for measure in MEASURES]
            self.stdout.write(
                f"{f'above {name}':>24}"
                + "".join(f"{f'{g.difference:+.3f} ({g.low:+.3f} {g.high:+.3f})':>24}" for g in cells)
            )
