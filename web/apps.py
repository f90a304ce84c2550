"""Application configuration."""

from django.apps import AppConfig

from web import checks, receivers

__all__ = ["WebConfig", "checks", "receivers"]


class WebConfig(AppConfig):
    """The web app; importing its checks and receivers registers them."""

    name = "web"
