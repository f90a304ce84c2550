"""``manage.py api_key``."""

import datetime as dt
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from catalog.models import ApiKey
from catalog.services.api_keys import create_key, revoke_key


class Command(BaseCommand):
    """Make, list and revoke keys of the API."""

    help = (
        "Make, list and revoke keys of the API. A key is shown once, when it is made.\n\n"
        'example: manage.py api_key create "nightly sync of Acme" --scope read --scope export --days 365'
    )

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        """Keep the example of the help on its own line."""
        return super().create_parser(
            prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        actions = parser.add_subparsers(dest="action", required=True)
        create = actions.add_parser("create", help="make a key and print it")
        create.add_argument("name", help="whose it is and for what")
        create.add_argument("--scope", action="append", choices=ApiKey.Scope.values, required=True)
        create.add_argument("--days", type=int, help="valid for so many days; without, until revoked")
        actions.add_parser("list", help="print every key's prefix, scopes and dates")
        revoke = actions.add_parser("revoke", help="close a key for good")
        revoke.add_argument("prefix")

    def handle(self, *_args: Any, action: str, **options: Any) -> None:
        """Do one of the three."""
        if action == "create":
            self._create(options["name"], options["scope"], options["days"])
        elif action == "revoke":
            if not revoke_key(options["prefix"]):
                raise CommandError(f"there is no valid key {options['prefix']}")
            self.stdout.write(f"Revoked: {options['prefix']}")
        else:
            for key in ApiKey.objects.all():
                self.stdout.write(self._line(key))

    def _create(self, name: str, scopes: list[str], days: int | None) -> None:
        if days is not None and days <= 0:
            raise CommandError("--days must be above 0")
        expires_at = timezone.now() + dt.timedelta(days=days) if days else None
        key, text = create_key(name, scopes=scopes, expires_at=expires_at)
        self.stderr.write(f"Key {key.prefix}, scopes {', '.join(key.scopes)}. It is shown this once:")
        self.stdout.write(text)

    def _line(self, key: ApiKey) -> str:
        state = "valid" if key.is_valid(at=timezone.now()) else "closed"
        used = f"last used {key.last_used_at:%Y-%m-%d}" if key.last_used_at else "never used"
        return f"{key.prefix}  {state}  {','.join(key.scopes)}  {used}  {key.name}"
