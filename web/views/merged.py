"""What is answered where no artifact goes by a slug."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from catalog.selectors import merged_slug
from web.pages.nearest import unknown_artifact_page
from web.views.rendering import page_response


def unknown_or_merged(request: HttpRequest, slug: str, *, route: str) -> HttpResponse:
    """Lead to the artifact that a merged one became, for as long as it is merged, or name the nearest."""
    if now := merged_slug(slug):
        return HttpResponseRedirect(reverse(route, args=[now]))
    return page_response(request, "unknown.html", unknown_artifact_page(slug), status=404)
