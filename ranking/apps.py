"""Application configuration."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class RankingConfig(AppConfig):
    """The ranking app."""

    name = "ranking"

    def ready(self) -> None:
        """Keep the database role's rights up with the tables."""
        from ranking.receivers import set_up_reader_role  # noqa: PLC0415 - needs the models loaded

        post_migrate.connect(set_up_reader_role, sender=self, dispatch_uid="ranking.reader_role")
