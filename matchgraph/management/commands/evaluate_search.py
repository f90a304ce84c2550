"""``manage.py evaluate_search``."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from matchgraph.models import Generation
from matchgraph.search.graded import (
    MEASURES,
    METHODS,
    GradedIntent,
    Half,
    MethodScore,
    evaluate_method,
    evaluate_weakness,
    read_intents,
    read_pool,
)


class Command(BaseCommand):
    """Measure search against graded answers: words alone, meaning alone, and both."""

    help = "Measure search on intents with graded answers.\n\nexample: manage.py evaluate_search --half test"

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        """Keep the example of the help on its own line."""
        return super().create_parser(
            prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("--intents", type=Path, default=settings.BASE_DIR / "data/search/intents.yaml")
        parser.add_argument("--pool", type=Path, default=settings.BASE_DIR / "data/search/pool.txt")
        parser.add_argument("--half", choices=[half.value for half in Half], help="default: both")

    def handle(self, *_args: Any, intents: Path, pool: Path, half: str | None, **_options: Any) -> None:
        """Measure and print."""
        for path in (intents, pool):
            if not path.is_file():
                raise CommandError(f"{path} is not there")
        if not Generation.objects.filter(is_current=True).exists():
            raise CommandError("There is no match graph yet: run manage.py build_matchgraph")
        graded = [intent for intent in read_intents(intents) if half in (None, intent.half)]
        judged = read_pool(pool)
        scores = {method: evaluate_method(method, graded, pool=judged) for method in METHODS}
        self._print_methods(scores)
        self._print_types(graded, judged)
        weak = evaluate_weakness(graded)
        self.stdout.write(
            f"\nNothing fits: said for {weak.said_rightly} of {weak.n_without_answers} intents without "
            f"answers and {weak.said_wrongly} of {weak.n_with_answers} with some"
        )

    def _print_methods(self, scores: dict[str, MethodScore]) -> None:
        hybrid = scores["hybrid"]
        self.stdout.write(f"{len(hybrid.texts)} intents with answers; 95 % intervals\n")
        self.stdout.write("".join(f"{name:>24}" for name in ["method", *MEASURES]))
        for method, score in scores.items():
            cells = [score.interval(measure) for measure in MEASURES]
            self.stdout.write(
                f"{method:>24}" + "".join(f"{f'{c.mean:.3f} ({c.low:.3f}-{c.high:.3f})':>24}" for c in cells)
            )
        for method in ("words", "meaning"):
            gains = [hybrid.above(scores[method], measure) for measure in MEASURES]
            self.stdout.write(
                f"{f'hybrid above {method}':>24}"
                + "".join(f"{f'{g.difference:+.3f} ({g.low:+.3f} {g.high:+.3f})':>24}" for g in gains)
            )

    def _print_types(self, intents: Sequence[GradedIntent], pool: frozenset[str]) -> None:
        self.stdout.write("\nhybrid by type of intent")
        for kind in sorted({intent.type for intent in intents if intent.answers}):
            of_kind = [intent for intent in intents if intent.type == kind]
            score = evaluate_method("hybrid", of_kind, pool=pool)
            means = [f"{score.interval(measure).mean:.3f}" for measure in MEASURES]
            self.stdout.write(
                f"{f'{kind} ({len(score.texts)})':>24}" + "".join(f"{mean:>24}" for mean in means)
            )
