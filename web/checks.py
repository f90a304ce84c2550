"""System checks of a deployment."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register  # noqa: A004 - Django's name


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
