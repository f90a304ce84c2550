"""Application configuration."""

from django.apps import AppConfig

from web import checks

__all__ = ["WebConfig", "checks"]


class WebConfig(AppConfig):
    """The web app; importing its checks registers them."""

    name = "web"
