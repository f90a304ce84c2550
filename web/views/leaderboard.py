"""``/leaderboard/`` and ``/category/<slug>/``."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from web.pages.leaderboard import category_page, leaderboard_page
from web.views.rendering import page_response


@require_safe
def leaderboard(request: HttpRequest) -> HttpResponse:
    """Show the standings of one kind of artifact."""
    page = leaderboard_page(request.GET.get("kind", ""), request.GET.get("page", ""))
    return page_response(request, "leaderboard.html", page)


@require_safe
def category(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the standings of one shelf."""
    page = category_page(slug, request.GET.get("page", ""))
    if page is None:
        raise Http404
    return page_response(request, "leaderboard.html", page)
