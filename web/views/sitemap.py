"""``/robots.txt``, ``/sitemap.xml`` and the files that it leads to."""

from collections.abc import Sequence

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from web.pages.sitemap import SitemapEntry, sitemap_comparisons, sitemap_files, sitemap_pages
from web.views.caching import public_page

# Far more than there will be; a larger number need not reach the database.
MOST_PAGES = 100_000


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
    """List the files that list the pages."""
    return _listing(request, "sitemap_index.xml", sitemap_files())


@require_safe
@public_page
def pages(request: HttpRequest) -> HttpResponse:
    """List the pages that are no comparisons."""
    return _listing(request, "sitemap.xml", sitemap_pages())


@require_safe
@public_page
def comparisons(request: HttpRequest, number: int) -> HttpResponse:
    """List some of the comparisons that have something to say."""
    entries = sitemap_comparisons(number) if 0 < number <= MOST_PAGES else ()
    if not entries:
        raise Http404
    return _listing(request, "sitemap.xml", entries)


def _listing(request: HttpRequest, template: str, entries: Sequence[SitemapEntry]) -> HttpResponse:
    context = {"entries": entries, "origin": f"{request.scheme}://{request.get_host()}"}
    return render(request, template, context, content_type="application/xml; charset=utf-8")
