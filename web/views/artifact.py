"""``/artifact/<slug>/``, its Markdown twin, its picture and its history."""

from dataclasses import replace

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from web.pages.artifact.fact_history import history_page
from web.pages.artifact.page import artifact_page
from web.pages.artifact.vote import vote_form
from web.pages.cards import card_of
from web.pages.social import social_image
from web.views.caching import public_page
from web.views.merged import unknown_or_merged
from web.views.rendering import markdown_response, page_response, png_response


@require_safe
@public_page
def artifact(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one artifact, or the names nearest to what was asked for."""
    page = artifact_page(slug)
    if page is None:
        return unknown_or_merged(request, slug, route="artifact")
    vote = vote_form(slug, event=request.GET.get("from", ""), said=request.GET.get("said", ""))
    return page_response(request, "artifact.html", replace(page, vote=vote))


@require_safe
@public_page
def artifact_markdown(request: HttpRequest, slug: str) -> HttpResponse:
    """Return the same page as Markdown."""
    page = artifact_page(slug)
    if page is None:
        return unknown_or_merged(request, slug, route="artifact-markdown")
    return markdown_response(request, "artifact.md", page)


@require_safe
@public_page
def artifact_image(request: HttpRequest, slug: str) -> HttpResponse:
    """Draw the picture that a shared link to an artifact shows."""
    card = card_of(slug)
    if card is None:
        return unknown_or_merged(request, slug, route="artifact-image")
    return png_response(social_image([("a", card)], site=settings.SITE_NAME, rank=settings.RANK_NAME))


@require_safe
@public_page
def artifact_history(request: HttpRequest, slug: str) -> HttpResponse:
    """Show everything that any source has said of an artifact, by field and date."""
    page = history_page(slug)
    if page is None:
        return unknown_or_merged(request, slug, route="artifact-history")
    return page_response(request, "artifact_history.html", page)
