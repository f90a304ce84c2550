"""``/methodology/``."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from web.pages.methodology import methodology_page
from web.views.caching import public_page
from web.views.rendering import page_response


@require_safe
@public_page
def methodology(request: HttpRequest) -> HttpResponse:
    """Show how every number of the site is made."""
    return page_response(request, "methodology.html", methodology_page())
