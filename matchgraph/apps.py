"""Application configuration."""

from django.apps import AppConfig


class MatchgraphConfig(AppConfig):
    """The matchgraph app."""

    name = "matchgraph"
