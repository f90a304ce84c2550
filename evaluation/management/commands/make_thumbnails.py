"""``manage.py make_thumbnails``: further sizes of pictures that were stored before there were any."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from evaluation.services.images import StorageError
from evaluation.services.thumbnails import make_missing


class Command(BaseCommand):
    """Make the thumbnails that are missing; those of new pictures are made with the picture."""

    help = (
        "Make the thumbnails of further sizes that earlier versions did not store. Running it again makes "
        "nothing twice. Example: manage.py make_thumbnails"
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Make them and report."""
        try:
            made = make_missing()
        except StorageError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{made.n_pictures} pictures got further thumbnails, {made.n_broken} cannot be read."
        )
