"""``/compare/``: the form, the comparison of two to four, and its twins."""

from collections.abc import Sequence
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from catalog.costs import Volume
from catalog.models import Artifact
from matchgraph.models import Interaction
from web.api.schemas.compare import compare_out, several_out
from web.pages.cards import compare_path
from web.pages.compare.costs import AskedVolume, asked_volume
from web.pages.compare.download import compare_download
from web.pages.compare.gallery import compare_gallery_page
from web.pages.compare.page import ComparePage, compare_page
from web.pages.compare.several import MOST, SeveralPage, several_page
from web.pages.compare.social import social_image
from web.pages.nearest import resolved_slug, unknown_comparison_page
from web.views.caching import public_page
from web.views.feedback import record
from web.views.rendering import markdown_response, page_response

FIELDS = ("a", "b", "c", "d", "pick")


@require_safe
@public_page
def compare(request: HttpRequest, pair: str) -> HttpResponse:
    """Show two to four artifacts side by side under their one canonical URL."""
    slugs = tuple(pair.split("-vs-"))
    if other_url := _elsewhere(slugs, "compare"):
        return redirect(other_url, permanent=True)
    page = _page(slugs, asked_volume(request.GET.dict()))
    if page is None:
        return page_response(request, "unknown.html", unknown_comparison_page(slugs), status=404)
    template = "compare.html" if isinstance(page, ComparePage) else "compare_several.html"
    return page_response(request, template, page)


@require_safe
@public_page
def compare_markdown(request: HttpRequest, pair: str) -> HttpResponse:
    """Return the same comparison as Markdown."""
    slugs = tuple(pair.split("-vs-"))
    if other_url := _elsewhere(slugs, "compare-markdown"):
        return redirect(other_url, permanent=True)
    page = _page(slugs, asked_volume(request.GET.dict()))
    if page is None:
        return page_response(request, "unknown.html", unknown_comparison_page(slugs), status=404)
    template = "compare.md" if isinstance(page, ComparePage) else "compare_several.md"
    return markdown_response(request, template, page)


@require_safe
@public_page
def compare_json(request: HttpRequest, pair: str) -> HttpResponse:
    """Return the same comparison as the API states it."""
    slugs = tuple(pair.split("-vs-"))
    if other_url := _elsewhere(slugs, "compare-json"):
        return redirect(other_url, permanent=True)
    page = _page(slugs, AskedVolume(Volume()))
    if page is None:
        raise Http404
    stated = compare_out(page) if isinstance(page, ComparePage) else several_out(page)
    return _twin(HttpResponse(stated.model_dump_json(), content_type="application/json"))


@require_safe
@public_page
def compare_csv(request: HttpRequest, pair: str) -> HttpResponse:
    """Return the feature table as a spreadsheet reads it."""
    slugs = tuple(pair.split("-vs-"))
    if other_url := _elsewhere(slugs, "compare-csv"):
        return redirect(other_url, permanent=True)
    page = _page(slugs, AskedVolume(Volume()))
    if page is None:
        raise Http404
    response = HttpResponse(compare_download(page).written("csv"), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{pair}.csv"'
    return _twin(response)


@require_safe
@public_page
def compare_image(request: HttpRequest, pair: str) -> HttpResponse:
    """Draw the picture that a shared link shows."""
    slugs = tuple(pair.split("-vs-"))
    if other_url := _elsewhere(slugs, "compare-image"):
        return redirect(other_url, permanent=True)
    page = _page(slugs, AskedVolume(Volume()))
    if page is None:
        raise Http404
    drawn = social_image(page, site=settings.SITE_NAME, rank=settings.RANK_NAME)
    return HttpResponse(drawn, content_type="image/png")


def _twin(response: HttpResponse) -> HttpResponse:
    """Keep a twin out of search results: the page stands for it."""
    response["X-Robots-Tag"] = "noindex"
    return response


def _page(slugs: tuple[str, ...], asked: AskedVolume) -> ComparePage | SeveralPage | None:
    if len(slugs) == 2:
        return compare_page(*slugs, asked=asked)
    return several_page(slugs, asked=asked) if 2 < len(slugs) <= MOST else None


@require_safe
@public_page
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
    """Return where a comparison belongs if not here: sorted, each once, and one alone on its own page."""
    if len(slugs) < 2 or not all(slugs):
        return ""
    ordered = tuple(sorted(set(slugs)))
    if len(ordered) == 1:
        return reverse("artifact", args=[slugs[0]])
    return "" if slugs == ordered else reverse(name, args=["-vs-".join(ordered)])


@require_safe
def compare_form(request: HttpRequest) -> HttpResponse:
    """Lead from two to four names, as typed or ticked, to their comparison."""
    typed = [text for key in FIELDS for text in request.GET.getlist(key) if text.strip()][:MOST]
    if not typed:
        return redirect("leaderboard")
    slugs = list(dict.fromkeys(resolved_slug(text) or slugify(text) for text in typed))[:MOST]
    if len(slugs) == 1:
        return redirect("artifact", slugs[0]) if slugs[0] else redirect("leaderboard")
    if not all(slugs) or any("-vs-" in slug for slug in slugs):
        return page_response(
            request, "unknown.html", unknown_comparison_page(tuple(typed[:MOST])), status=404
        )
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
