"""``manage.py send_brief``."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from web.mail.send import NoAddressError, send_week
from web.pages.brief.week import named_week, week_of


class Command(BaseCommand):
    """Send a week's brief by e-mail."""

    help = (
        "Send last week's brief, or another week's, to every subscriber who has not got it. Running it again "
        "sends it to nobody twice. Example: manage.py send_brief --week 2026-w47"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("--week", default="", help="the week, as in its address (last week)")
        parser.add_argument("--most", type=int, default=100_000, help="readers to send to at most")

    def handle(self, *_args: Any, week: str, most: int, **_options: Any) -> None:
        """Send and report."""
        this = week_of(timezone.localdate())
        chosen = named_week(week) if week else this.before
        if chosen is None or chosen >= this:
            raise CommandError(f"“{week}” is no week that has ended; write one as {this.before.name}")
        if most < 1:
            raise CommandError("--most must be at least 1")
        try:
            sent = send_week(chosen, most=most)
        except (NoAddressError, OSError) as error:
            raise CommandError(str(error)) from error
        if not sent.has_news:
            self.stdout.write(f"Nothing changed in {chosen.name}: nothing was sent.")
            return
        self.stdout.write(f"{chosen.name}: sent {sent.n_sent}, refused {sent.n_refused}, left {sent.n_left}.")
