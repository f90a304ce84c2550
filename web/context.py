"""What every template may use; no queries here."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject


def site(request: HttpRequest) -> dict[str, object]:
    """Return the site's name and address, its rank's name, and whether it has an arena."""
    return {
        # The host is checked each time it is asked for, and a head names it a dozen times.
        "origin": SimpleLazyObject(lambda: f"{request.scheme}://{request.get_host()}"),
        "site_name": settings.SITE_NAME,
        "rank_name": settings.RANK_NAME,
        "has_arena": settings.ARENA_ENABLED,
    }
