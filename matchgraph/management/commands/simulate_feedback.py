"""``manage.py simulate_feedback``."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand

from matchgraph.learning.attacks import Attack, Style, places_gained
from matchgraph.learning.showings import joined
from matchgraph.learning.simulation import Site, kendall_tau, learnt_order, make_world, naive_order

PERIOD_DAYS = 10


class Command(BaseCommand):
    """Let visitors with known preferences use a site that learns, then attack it."""

    help = (
        "Simulate visitors with known preferences and position bias, and click fraud.\n\n"
        "example: manage.py simulate_feedback --seeds 4 --days 60"
    )

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        """Keep the example of the help on its own line."""
        return super().create_parser(
            prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("--seeds", type=int, default=4, help="how many worlds (4)")
        parser.add_argument("--days", type=int, default=60, help="days that the learning site is open (60)")
        parser.add_argument("--attacks", type=int, default=6, help="intents that are attacked (6)")

    def handle(self, *_args: Any, seeds: int, days: int, attacks: int, **_options: Any) -> None:
        """Simulate and print."""
        self.stdout.write("Kendall's tau to the true order, one fixed order shown for 40 days")
        self.stdout.write(f"{'seed':>8}{'belief':>10}{'clicks':>10}{'learnt':>10}{'gain':>10}")
        gains = [self._gain(seed) for seed in range(1, seeds + 1)]
        self.stdout.write(f"{'mean':>8}{'':>30}{np.mean(gains):>+10.3f}\n\nA site that learns every ten days")
        random = np.random.default_rng(seeds + 1)
        site = Site(make_world(random), random)
        for day in range(0, days, PERIOD_DAYS):
            site.open_for(PERIOD_DAYS, first_day=day, learns_every=PERIOD_DAYS)
            tau = kendall_tau(site.estimate, site.world.truth)
            self.stdout.write(f"  day {day + PERIOD_DAYS:>4}: tau {tau:.3f}")
        self.stdout.write("\nPlaces gained by 500 clicks for the weakest of ten candidates, mean")
        for style in Style:
            for n in (5,) if style == Style.THIN else (5, 50):
                attack = Attack(500, n, style)
                gained = places_gained(site, attack, intents=np.arange(attacks), today=days - 1)
                self.stdout.write(f"  {gained:5.2f}  from {n:>2} identities: {style}")

    def _gain(self, seed: int) -> float:
        random = np.random.default_rng(seed)
        site = Site(make_world(random), random)
        site.open_for(40)
        log, truth = joined(site.log), site.world.truth
        belief = kendall_tau(site.world.prior, truth)
        clicks = kendall_tau(naive_order(site.world, log), truth)
        learnt = kendall_tau(learnt_order(site.world, log, today=39), truth)
        cells = (belief, clicks, learnt)
        line = "".join(f"{cell:>10.3f}" for cell in cells)
        self.stdout.write(f"{seed:>8}{line}{learnt - clicks:>+10.3f}")
        return learnt - clicks
