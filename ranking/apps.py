"""Application configuration."""

from django.apps import AppConfig


class RankingConfig(AppConfig):
    """The ranking app."""

    name = "ranking"
