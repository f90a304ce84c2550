"""``/``."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from web.pages.home import home_page
from web.views.caching import public_page
from web.views.rendering import page_response


@require_safe
@public_page
def home(request: HttpRequest) -> HttpResponse:
    """Show the search, the field and comparisons to begin with."""
    return page_response(request, "home.html", home_page())
