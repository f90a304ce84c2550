"""``/compare/``: the form, and the comparison of two to four in every form that it is read in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Generic, TypeAlias, TypeVar
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from catalog.models import Artifact
from catalog.selectors import merged_slug
from matchgraph.models import Interaction
from web.api.schemas.compare import comparison_out
from web.pages.cards import compare_path
from web.pages.compare.card import compare_card
from web.pages.compare.costs import asked_volume
from web.pages.compare.download import compare_download
from web.pages.compare.gallery import CompareGalleryPage, compare_gallery_page
from web.pages.compare.lookup import Drawn, comparison
from web.pages.compare.several import MOST
from web.pages.nearest import resolved_slugs, unknown_comparison_page
from web.pages.social import social_image
from web.views.caching import public_page
from web.views.feedback import record
from web.views.rendering import markdown_response, page_response, png_response

FIELDS = ("a", "b", "c", "d", "pick")
# A leaderboard's page has fifty boxes to tick; each name is looked up.
MOST_READ = 60
T = TypeVar("T")
Draw: TypeAlias = Callable[[HttpRequest, Drawn], HttpResponse]


@dataclass(frozen=True)
class Form(Generic[T]):
    """One form of a comparison: its address behind the slugs, what is read for it and how that is drawn."""

    name: str
    ending: str
    read: Callable[[tuple[str, ...], Mapping[str, str]], T | None]
    draw: Callable[[HttpRequest, T], HttpResponse]


@require_safe
@public_page
def compare(request: HttpRequest, pair: str, *, form: Form[T]) -> HttpResponse:
    """Answer one form under its one canonical address; an unknown name gets the nearest ones."""
    slugs = tuple(pair.split("-vs-"))
    if other_url := _elsewhere(slugs, form.name):
        return redirect(other_url, permanent=True)
    page = form.read(slugs, request.GET.dict())
    if page is None:
        return _moved(slugs, form.name) or page_response(
            request, "unknown.html", unknown_comparison_page(slugs), status=404
        )
    return form.draw(request, page)


def _elsewhere(slugs: tuple[str, ...], name: str) -> str:
    """Return where a comparison belongs if not here: sorted, each once, and one alone on its own page."""
    if len(slugs) < 2 or not all(slugs):
        return ""
    ordered = tuple(sorted(set(slugs)))
    if len(ordered) == 1:
        return reverse("artifact", args=[slugs[0]])
    return "" if slugs == ordered else reverse(name, args=["-vs-".join(ordered)])


def _moved(slugs: tuple[str, ...], name: str) -> HttpResponse | None:
    """Lead to the comparison of what merged artifacts became; a merge can be undone, so not for good."""
    if not 2 <= len(slugs) <= MOST:
        return None
    now = tuple(merged_slug(slug) or slug for slug in slugs)
    if now == slugs:
        return None
    ordered = tuple(sorted(set(now)))
    if len(ordered) == 1:
        return redirect("artifact", ordered[0])
    return redirect(name, "-vs-".join(ordered))


def _compared(slugs: tuple[str, ...], wanted: Mapping[str, str]) -> Drawn | None:
    return comparison(slugs, asked=asked_volume(wanted))


def _gallery(slugs: tuple[str, ...], wanted: Mapping[str, str]) -> CompareGalleryPage | None:
    return compare_gallery_page(*slugs, wanted) if len(slugs) == 2 else None


def _html(request: HttpRequest, page: Drawn) -> HttpResponse:
    return page_response(request, f"{page.template}.html", page)


def _understood(draw: Draw) -> Draw:
    """Refuse a file of a volume that cannot be understood: in it nobody would see that it is of another."""

    @wraps(draw)
    def drawn(request: HttpRequest, page: Drawn) -> HttpResponse:
        if problem := page.costs.asked.problem:
            return HttpResponseBadRequest(problem, content_type="text/plain; charset=utf-8")
        return draw(request, page)

    return drawn


@_understood
def _markdown(request: HttpRequest, page: Drawn) -> HttpResponse:
    return markdown_response(request, f"{page.template}.md", page)


@_understood
def _json(_request: HttpRequest, page: Drawn) -> HttpResponse:
    return _twin(HttpResponse(comparison_out(page).model_dump_json(), content_type="application/json"))


@_understood
def _csv(_request: HttpRequest, page: Drawn) -> HttpResponse:
    table = compare_download(page).written("csv")
    response = HttpResponse(table, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{page.pair}.csv"'
    return _twin(response)


def _picture(_request: HttpRequest, page: Drawn) -> HttpResponse:
    cards = [(side.letter, side.card) for side in page.sides]
    return png_response(social_image(cards, site=settings.SITE_NAME, rank=settings.RANK_NAME))


def _card(request: HttpRequest, page: Drawn) -> HttpResponse:
    context = {"page": compare_card(page)}
    return _twin(render(request, "compare_card.svg", context, content_type="image/svg+xml; charset=utf-8"))


def _pictures(request: HttpRequest, page: CompareGalleryPage) -> HttpResponse:
    return page_response(request, "compare_gallery.html", page)


def _twin(response: HttpResponse) -> HttpResponse:
    """Keep a twin out of search results: the page stands for it."""
    response["X-Robots-Tag"] = "noindex"
    return response


FORMS: tuple[Form[Drawn] | Form[CompareGalleryPage], ...] = (
    Form[Drawn]("compare", "/", _compared, _html),
    Form[Drawn]("compare-markdown", ".md", _compared, _markdown),
    Form[Drawn]("compare-json", ".json", _compared, _json),
    Form[Drawn]("compare-csv", ".csv", _compared, _csv),
    Form[Drawn]("compare-image", ".png", _compared, _picture),
    Form[Drawn]("compare-card", ".svg", _compared, _card),
    Form[CompareGalleryPage]("compare-pictures", "/pictures/", _gallery, _pictures),
)


@require_safe
def compare_form(request: HttpRequest) -> HttpResponse:
    """Lead from two to four names, as typed or ticked, to their comparison."""
    typed = [text for key in FIELDS for text in request.GET.getlist(key) if text.strip()]
    if not typed:
        return redirect("leaderboard")
    known = resolved_slugs(typed[:MOST_READ])
    slugs = list(dict.fromkeys(known.get(text) or slugify(text) for text in typed[:MOST_READ]))
    if len(slugs) == 1:
        return redirect("artifact", slugs[0]) if slugs[0] else redirect("leaderboard")
    if len(slugs) > MOST:
        return page_response(request, "unknown.html", unknown_comparison_page(tuple(slugs)), status=400)
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
