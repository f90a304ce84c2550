"""``/robots.txt`` and ``/sitemap.xml``."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from web.pages.sitemap import sitemap_entries
from web.views.caching import public_page


@require_safe
@public_page
def robots(request: HttpRequest) -> HttpResponse:
    """Let everybody read everything but searches, and say where the sitemap is."""
    location = request.build_absolute_uri(reverse("sitemap"))
    lines = ["User-agent: *", "Disallow: /search", "Disallow: /admin/", "", f"Sitemap: {location}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@require_safe
@public_page
def sitemap(request: HttpRequest) -> HttpResponse:
    """List the pages that a search engine may want."""
    context = {"entries": sitemap_entries(), "origin": f"{request.scheme}://{request.get_host()}"}
    return render(request, "sitemap.xml", context, content_type="application/xml; charset=utf-8")
