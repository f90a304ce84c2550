"""``/about/``."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from web.pages.about import about_page
from web.views.caching import public_page
from web.views.rendering import page_response


@require_safe
@public_page
def about(request: HttpRequest) -> HttpResponse:
    """Say what this site is, what it keeps of its visitors, and who answers for it."""
    return page_response(request, "about.html", about_page())
