"""What every template may use; no queries here."""

from django.conf import settings
from django.http import HttpRequest


def site(_request: HttpRequest) -> dict[str, str]:
    """Return the site's name and its rank's name."""
    return {"site_name": settings.SITE_NAME, "rank_name": settings.RANK_NAME}
