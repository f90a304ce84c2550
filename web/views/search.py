"""``/search``."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from web.pages.search import search_page
from web.views.rendering import page_response
from web.visitors import visitor_key


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Answer a query."""
    page = search_page(request.GET.get("q", ""), visitor=visitor_key(request))
    return page_response(request, "search.html", page)
