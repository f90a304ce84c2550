"""``/alternatives/<slug>/``."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from web.pages.alternatives import alternatives_page
from web.views.caching import public_page
from web.views.merged import unknown_or_merged
from web.views.rendering import page_or_markdown


@require_safe
@public_page
def alternatives(request: HttpRequest, slug: str, *, as_markdown: bool = False) -> HttpResponse:
    """Show what does the same as one artifact."""
    page = alternatives_page(slug)
    if page is None:
        return unknown_or_merged(
            request, slug, route="alternatives-markdown" if as_markdown else "alternatives"
        )
    return page_or_markdown(request, "alternatives", page, as_markdown=as_markdown)
