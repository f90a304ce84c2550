"""What every template may use; no queries here."""

from django.conf import settings
from django.http import HttpRequest


def site(_request: HttpRequest) -> dict[str, str | bool]:
    """Return the site's name, its rank's name, and whether it has an arena."""
    return {
        "site_name": settings.SITE_NAME,
        "rank_name": settings.RANK_NAME,
        "has_arena": settings.ARENA_ENABLED,
    }
