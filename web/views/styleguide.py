"""``/styleguide/``: for whoever changes the pages; on a public site there is no such page."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from web.pages.styleguide import styleguide_page
from web.views.rendering import page_response


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Show the tokens and components of the design system."""
    if not settings.DEBUG:
        raise Http404
    return page_response(request, "styleguide.html", styleguide_page())
