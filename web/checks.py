"""System checks of a deployment."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004 - Django's name


@register(Tags.security, deploy=True)
def public_address(**_kwargs: Any) -> list[CheckMessage]:
    """Refuse a deployment that would take the links in its mails from what a visitor's browser asks for."""
    address = urlsplit(settings.SITE_URL)
    if address.scheme == "https" and address.hostname:
        return []
    return [
        Error(
            "SITE_URL must be the site's public address.",
            hint="Set it as in https://example.org: links in mails lead there.",
            id="web.E001",
        )
    ]


@register(Tags.security, deploy=True)
def shared_attempts(**_kwargs: Any) -> list[CheckMessage]:
    """Warn where each web process would count attempts to sign in alone."""
    if "locmem" not in settings.CACHES["default"]["BACKEND"]:
        return []
    return [
        Warning(
            "Attempts to sign in are counted in each process alone.",
            hint="Set COUNTERS_URL to a Redis or Valkey that all web processes reach.",
            id="web.W002",
        )
    ]
