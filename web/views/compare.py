"""``/compare/``: the form, the page and its Markdown twin."""

from collections.abc import Sequence
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from catalog.models import Artifact
from matchgraph.models import Interaction
from web.pages.cards import compare_path
from web.pages.compare.gallery import compare_gallery_page
from web.pages.compare.page import compare_page
from web.pages.nearest import resolved_slug, unknown_comparison_page
from web.views.feedback import record
from web.views.rendering import markdown_response, page_response


@require_safe
def compare(request: HttpRequest, pair: str) -> HttpResponse:
    """Show two artifacts side by side under their one canonical URL."""
    slugs = tuple(pair.split("-vs-"))
    if other_url := _elsewhere(slugs, "compare"):
        return redirect(other_url, permanent=True)
    page = compare_page(*slugs) if len(slugs) == 2 else None
    if page is None:
        return page_response(request, "unknown.html", unknown_comparison_page(slugs), status=404)
    return page_response(request, "compare.html", page)


@require_safe
def compare_markdown(request: HttpRequest, pair: str) -> HttpResponse:
    """Return the same comparison as Markdown."""
    slugs = tuple(pair.split("-vs-"))
    if other_url := _elsewhere(slugs, "compare-markdown"):
        return redirect(other_url, permanent=True)
    page = compare_page(*slugs) if len(slugs) == 2 else None
    if page is None:
        return page_response(request, "unknown.html", unknown_comparison_page(slugs), status=404)
    return markdown_response(request, "compare.md", page)


@require_safe
def compare_pictures(request: HttpRequest, pair: str) -> HttpResponse:
    """Show every prompt and seed that both ran, filtered by suite, kind of prompt and outcome."""
    slugs = tuple(pair.split("-vs-"))
    if other_url := _elsewhere(slugs, "compare-pictures"):
        return redirect(other_url, permanent=True)
    page = compare_gallery_page(*slugs, request.GET.dict()) if len(slugs) == 2 else None
    if page is None:
        return page_response(request, "unknown.html", unknown_comparison_page(slugs), status=404)
    return page_response(request, "compare_gallery.html", page)


def _elsewhere(slugs: tuple[str, ...], name: str) -> str:
    """Return where a comparison of two belongs if not here: sorted, and with oneself on one's own page."""
    if len(slugs) != 2 or not all(slugs):
        return ""
    if slugs[0] == slugs[1]:
        return reverse("artifact", args=[slugs[0]])
    ordered = tuple(sorted(slugs))
    return "" if slugs == ordered else reverse(name, args=["-vs-".join(ordered)])


@require_safe
def compare_form(request: HttpRequest) -> HttpResponse:
    """Lead from two names, as typed or ticked, to the comparison of the two."""
    typed = [text for key in ("a", "b", "pick") for text in request.GET.getlist(key) if text.strip()][:2]
    if not typed:
        return redirect("leaderboard")
    slugs = [resolved_slug(text) or slugify(text) for text in typed]
    if len(set(slugs)) == 1:
        return redirect("artifact", slugs[0]) if slugs[0] else redirect("leaderboard")
    if not all(slugs) or any("-vs-" in slug for slug in slugs):
        return page_response(request, "unknown.html", unknown_comparison_page(tuple(typed)), status=404)
    _record_compared(request, slugs)
    return redirect(compare_path(*slugs))


def _record_compared(request: HttpRequest, slugs: Sequence[str]) -> None:
    """Count that results of a search were compared, where the form says of which."""
    try:
        event_id = UUID(request.GET.get("from", ""))
    except ValueError:
        return
    if request.method == "GET":
        for artifact in Artifact.objects.filter(slug__in=slugs):
            record(request, event_id, artifact, Interaction.Kind.COMPARE)
